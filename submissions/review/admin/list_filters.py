"""What the list of submissions is narrowed by."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest

from campaignhub.staff_site.filters import choice
from campaigns.accounts.rules.roles import Capability
from campaigns.setup.models import Campaign
from campaigns.setup.services.scope import campaigns_of
from submissions.mirror.models.submission import STATUSES

FLAGS = {
    "test": "Test entries",
    "photo": "Trouble with a photo",
    "conflict": "Came twice, differently",
}


def campaigns_seen(request: HttpRequest) -> dict[UUID, Campaign]:
    """Return the campaigns whose submissions this person may see, by name; read once a request."""
    kept: dict[UUID, Campaign] | None = getattr(request, "_campaigns_seen", None)
    if kept is None:
        rows = campaigns_of(request.user, Capability.SUBMISSION_VIEW)  # type: ignore[arg-type]
        kept = {row.pk: row for row in rows.select_related("client").order_by("name")}
        request._campaigns_seen = kept  # type: ignore[attr-defined]
    return kept


def _campaigns(request: HttpRequest) -> list[tuple[str, str]]:
    """Offer no choice of one."""
    seen = [(str(pk), row.name) for pk, row in campaigns_seen(request).items()]
    return seen if len(seen) > 1 or "campaign" in request.GET else []


def _on(label: str) -> Callable[[HttpRequest], list[tuple[str, str]]]:
    return lambda _request: [("1", label)]


FILTERS = (
    choice("status", "state", lambda _request: STATUSES),
    choice("campaign", "campaign", _campaigns, unknown="none that you may see"),
    *(choice(name, "more", _on(label)) for name, label in FLAGS.items()),
)
