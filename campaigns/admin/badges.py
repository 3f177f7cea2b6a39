"""Numbers beside the navigation, found without importing the app that owns them."""

from django.apps import apps
from django.http import HttpRequest

from campaigns.rules.roles import Capability
from campaigns.services.scope import campaigns_of
from ingest_lambda.contract import SubmissionStatus


def waiting_count(request: HttpRequest) -> int:
    """Count the submissions that wait for this person's review; stops counting at 1,000."""
    submissions = apps.get_model("submissions", "Submission")
    waiting = submissions._default_manager.filter(
        campaign__in=campaigns_of(request.user, Capability.SUBMISSION_VIEW),  # type: ignore[arg-type]
        status=SubmissionStatus.PENDING_REVIEW.value,
    )
    return len(waiting.values_list("pk")[:1000])
