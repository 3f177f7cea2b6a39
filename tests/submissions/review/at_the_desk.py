"""How tests come to the review desk."""

from typing import Any

from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Role
from campaigns.setup.models import Campaign
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mirror.models import Submission
from tests.campaigns.factories import make_user
from tests.submissions.factories import make_record, streamed


def make_submission(campaign: Campaign, **overrides: Any) -> Submission:
    """Mirror a submission and return it."""
    record = make_record(campaign, **overrides)
    mirror_stream_records([streamed(record)], at=timezone.now())
    return Submission.objects.get(pk=record.id)


def make_staff(campaign: Campaign, role: Role = Role.MODERATOR) -> tuple[Browser, User]:
    """Sign somebody in who has a role at the campaign's client."""
    user = make_user((campaign.client, role))
    browser = Browser()
    browser.force_login(user)
    return browser, user


def desk_of(submission: Submission) -> str:
    """Return the desk's address of a submission."""
    return reverse("admin:submissions_submission_change", args=[submission.pk])


def given(verdict: str, *, decision_no: int = 0, **more: Any) -> dict[str, Any]:
    """Return what the desk's form sends, whose page showed the decision of this number."""
    return {"verdict": verdict, "decision_no": decision_no, **more}


def show(browser: Browser, submission: Submission) -> str:
    """Return the desk as it shows a submission."""
    page = browser.get(desk_of(submission))
    assert page.status_code == 200
    return page.content.decode()
