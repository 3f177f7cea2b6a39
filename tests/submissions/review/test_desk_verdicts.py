"""The desk takes a verdict once, and takes it back within the minute."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.accounts.rules.roles import Role
from ingest_lambda.contract import SubmissionStatus
from submissions.review.models import Review, ReviewHold
from submissions.review.services import decisions
from tests.submissions.factories import NOON, make_campaign
from tests.submissions.review.at_the_desk import desk_of, given, make_staff, make_submission, show

pytestmark = pytest.mark.django_db


def test_a_verdict_without_javascript_leads_to_the_next_one_with_an_undo():
    campaign = make_campaign()
    browser, _ = make_staff(campaign)
    first = make_submission(campaign, entered_at=NOON)
    second = make_submission(campaign, entered_at=NOON + timedelta(hours=1))

    page = browser.post(desk_of(first), given("approve"), follow=True)

    text = page.content.decode()
    assert second.reference in text
    assert f"{first.reference} approved." in text
    assert reverse("admin:submissions_review_undo", args=[first.pk]) in text
    assert not ReviewHold.objects.filter(submission=first).exists()


def test_a_verdict_in_the_background_is_answered_and_the_second_is_told_who_was_first():
    campaign = make_campaign()
    browser, _ = make_staff(campaign)
    submission = make_submission(campaign)
    headers = {"Accept": "application/json"}

    first = browser.post(desk_of(submission), given("approve"), headers=headers)
    second = browser.post(desk_of(submission), given("approve"), headers=headers)

    assert first.json()["said"] == f"{submission.reference} approved."
    assert second.status_code == 409
    assert "approved" in second.json()["trouble"]


def test_asking_again_without_a_reason_says_what_to_do():
    campaign = make_campaign()
    browser, _ = make_staff(campaign)
    submission = make_submission(campaign)
    page = browser.post(desk_of(submission), given("ask_again"), follow=True)
    assert "Choose one to three reasons" in page.content.decode()
    submission.refresh_from_db()
    assert submission.status == SubmissionStatus.PENDING_REVIEW


@pytest.mark.parametrize("forged", ["NONSENSE", "LIMIT_REACHED"])
def test_a_reason_that_is_not_on_the_list_decides_nothing(forged: str):
    campaign = make_campaign()
    browser, _ = make_staff(campaign)
    submission = make_submission(campaign)
    browser.post(desk_of(submission), given("reject", reason=forged))
    assert not Review.objects.exists()


def test_one_s_own_verdict_is_undone_within_the_minute():
    campaign = make_campaign()
    browser, _ = make_staff(campaign)
    submission = make_submission(campaign)
    browser.post(desk_of(submission), given("approve"))
    undo = reverse("admin:submissions_review_undo", args=[submission.pk])

    page = browser.post(undo, {"decision_no": 1}, follow=True)

    assert "waits for review again" in page.content.decode()
    submission.refresh_from_db()
    assert submission.status == SubmissionStatus.PENDING_REVIEW
    assert Review.objects.latest("decision_no").note.startswith("A slip")


def test_after_the_minute_or_by_another_only_a_lead_with_a_reason_takes_it_back():
    campaign = make_campaign()
    moderator, user = make_staff(campaign)
    lead, _ = make_staff(campaign, Role.CAMPAIGN_MANAGER)
    submission = make_submission(campaign)
    decisions.approve_submission(
        submission.pk, actor=user, at=timezone.now() - timedelta(minutes=2)
    )
    undo = reverse("admin:submissions_review_undo", args=[submission.pk])

    assert moderator.post(undo, {"note": "please", "decision_no": 1}).status_code == 404
    lead.post(undo, {"decision_no": 1})
    submission.refresh_from_db()
    assert submission.status == SubmissionStatus.APPROVED
    lead.post(undo, {"note": "The date was right after all.", "decision_no": 1})
    submission.refresh_from_db()
    assert submission.status == SubmissionStatus.PENDING_REVIEW


@pytest.mark.parametrize(
    ("act", "before", "after"),
    [
        ("revoke", SubmissionStatus.APPROVED, SubmissionStatus.REVOKED),
        ("reopen", SubmissionStatus.INVALID, SubmissionStatus.PENDING_REVIEW),
    ],
)
def test_a_lead_revokes_an_approval_and_takes_in_what_the_rules_refused(act, before, after):
    campaign = make_campaign()
    lead, _ = make_staff(campaign, Role.CAMPAIGN_MANAGER)
    moderator, _ = make_staff(campaign)
    submission = make_submission(campaign, status=before)
    address = reverse("admin:submissions_review_undo", args=[submission.pk])

    assert (
        moderator.post(address, {"act": act, "note": "please", "decision_no": 0}).status_code == 404
    )
    assert f'value="{act}"' in show(lead, submission)
    assert f'value="{act}"' not in show(moderator, submission)
    lead.post(address, {"act": act, "decision_no": 0})
    submission.refresh_from_db()
    assert submission.status == before
    said = {"note": "The shop called.", "message": "We looked at it again."}
    lead.post(address, {"act": act, "decision_no": 0, **said})
    submission.refresh_from_db()
    assert submission.status == after


@pytest.mark.parametrize("many", [False, True], ids=["one", "many"])
def test_the_note_of_a_verdict_never_reaches_the_entrant_and_the_message_does(many: bool):
    """Also beside a reason in one's own words, and from a page that had one field for both."""
    campaign = make_campaign()
    lead, _ = make_staff(campaign, Role.CAMPAIGN_MANAGER)
    submission = make_submission(campaign)
    where = reverse("admin:submissions_submission_changelist") if many else desk_of(submission)
    form = given("reject", reason="OTHER", note="A known fraud.")
    form |= {"act": "reject", "id": f"{submission.pk}.0", "confirmed": "1"} if many else {}

    page = lead.post(where, form, follow=True).content.decode()
    assert "A reason in your own words needs a message" in page
    assert not Review.objects.exists()

    lead.post(where, {**form, "message": "Its total is covered."})
    review = Review.objects.get()
    assert review.note == "A known fraud."
    assert [reason["message"] for reason in review.reasons] == ["Its total is covered."]
