"""A submission moves as DOMAIN §3 says, whatever a form asks for: from where it is, in whose right, once."""

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.accounts.models import AuditEntry, User
from campaigns.accounts.rules.roles import Role
from campaigns.setup.models import Campaign
from ingest_lambda.contract import Reason, ReasonCode
from ingest_lambda.contract import SubmissionStatus as Status
from submissions.review.models import Review
from submissions.review.services import decisions
from tests.campaigns.factories import make_client, make_user
from tests.security.deciding import VERDICTS, ask, brought_to, left_alone
from tests.security.two_clients import signed_in
from tests.submissions.review.at_the_desk import desk_of, make_submission

pytestmark = pytest.mark.django_db
LIST = reverse("admin:submissions_submission_changelist")
LEADS = {Role.OWNER, Role.CAMPAIGN_MANAGER}
REVIEWERS = {Role.MODERATOR, *LEADS}

RIGHTS: dict[str, set[Role]] = {
    "approve": REVIEWERS,
    "reject": REVIEWERS,
    "ask_again": REVIEWERS,
    "reopen": LEADS,
    "revoke": LEADS,
}
"""Act → the roles that may ask for it. What they may not ask for is not there."""

ALLOWED: dict[tuple[str, Status], Status] = {
    ("approve", Status.RECEIVED): Status.APPROVED,
    ("reject", Status.RECEIVED): Status.REJECTED,
    ("ask_again", Status.RECEIVED): Status.NEEDS_RESUBMISSION,
    ("approve", Status.PENDING_REVIEW): Status.APPROVED,
    ("reject", Status.PENDING_REVIEW): Status.REJECTED,
    ("ask_again", Status.PENDING_REVIEW): Status.NEEDS_RESUBMISSION,
    ("reopen", Status.APPROVED): Status.PENDING_REVIEW,
    ("reopen", Status.REJECTED): Status.PENDING_REVIEW,
    ("reopen", Status.NEEDS_RESUBMISSION): Status.PENDING_REVIEW,
    ("revoke", Status.APPROVED): Status.REVOKED,
    ("reopen", Status.INVALID): Status.PENDING_REVIEW,
}
"""(act, from) → to. What is not here leaves everything as it was."""


# -------------------------------------------------------------------- each act from each state


@pytest.mark.parametrize("act", RIGHTS)
def test_an_act_is_checked_by_the_state_it_starts_from_for_every_role(
    act: str, campaign: Campaign, olivia: User
) -> None:
    people: dict[Role | None, User] = {role: make_user((campaign.client, role)) for role in Role}
    people[None] = make_user((make_client("Another"), Role.OWNER))
    for role, user in people.items():
        browser = signed_in(user)
        for status in Status:
            submission = brought_to(status, campaign, olivia)
            lines = AuditEntry.objects.exclude(code="submission.contact_seen").count()
            answer = ask(browser, submission, act)
            case = (act, status, role)
            if role not in RIGHTS[act]:
                assert answer.status_code == 404, case
                assert left_alone(submission), case
                continue
            after = ALLOWED.get((act, status))
            if after is None:
                assert answer.status_code == (409 if act in VERDICTS else 302), case
                assert left_alone(submission), case
                assert AuditEntry.objects.exclude(code="submission.contact_seen").count() == lines
                continue
            submission.refresh_from_db()
            assert submission.status == after, case
            assert submission.reviews.get(decision_no=submission.decision_no).actor == user, case


def test_a_moderator_cannot_reject_what_was_asked_again(campaign: Campaign, olivia: User) -> None:
    """The entrant was promised time, and the page offers no such button: the form is made by hand."""
    browser = signed_in(make_user((campaign.client, Role.MODERATOR)))
    asked = brought_to(Status.NEEDS_RESUBMISSION, campaign, olivia)
    answer = ask(browser, asked, "reject")
    assert answer.status_code == 409
    assert answer.json()["trouble"] == (
        f"Olivia already asked for a new photo of {asked.reference}. Your decision wasn't saved."
    )
    assert left_alone(asked)
    lead = signed_in(olivia)
    assert ask(lead, asked, "reject").status_code == 409
    lead.post(
        LIST,
        {"act": "reject", "id": f"{asked.pk}.1", "reason": "RECEIPT_TOO_OLD", "confirmed": "1"},
    )
    assert left_alone(asked)


# -------------------------------------------------------------------- pages that are out of date


def test_the_second_of_two_is_told_who_was_first(campaign: Campaign, olivia: User) -> None:
    entry = make_submission(campaign)
    mo = signed_in(make_user((campaign.client, Role.MODERATOR)))
    mo.get(desk_of(entry))
    decisions.approve_submission(entry.pk, actor=olivia, at=timezone.now())
    sentence = f"Olivia already approved {entry.reference}. Your decision wasn't saved."
    for act in VERDICTS:
        assert ask(mo, entry, act).json() == {"trouble": sentence, "where": desk_of(entry)}
    page = mo.post(
        desk_of(entry),
        {"verdict": "reject", "decision_no": 0, "reason": "RECEIPT_TOO_OLD"},
        follow=True,
    )
    assert sentence.replace("'", "&#x27;") in page.content.decode()
    assert Review.objects.count() == 1


def test_a_page_from_before_a_decision_decides_nothing_though_its_state_has_come_back(
    campaign: Campaign, olivia: User
) -> None:
    entry = make_submission(campaign)
    at = timezone.now()
    decisions.approve_submission(entry.pk, actor=olivia, at=at)
    decisions.reopen_submission(entry.pk, actor=olivia, at=at, note="The date is wrong.")
    mo = signed_in(make_user((campaign.client, Role.MODERATOR)))
    answer = ask(mo, entry, "approve")
    assert answer.status_code == 409
    assert answer.json()["trouble"].startswith(
        f"Olivia reopened {entry.reference} in the meantime."
    )
    assert Review.objects.count() == 2
    entry.refresh_from_db()
    assert ask(mo, entry, "approve").status_code == 200


def test_what_happened_without_staff_is_said_as_such(campaign: Campaign, olivia: User) -> None:
    mo = signed_in(make_user((campaign.client, Role.MODERATOR)))
    for status, words in (
        (Status.WITHDRAWN, "The entrant withdrew "),
        (Status.INVALID, "was refused by the campaign&#x27;s own rules"),
    ):
        entry = brought_to(status, campaign, olivia)
        assert words.replace("&#x27;", "'") in ask(mo, entry, "approve").json()["trouble"]
    entry = make_submission(campaign)
    decisions.request_resubmission(
        entry.pk,
        reasons=[Reason(code=ReasonCode.IMAGE_NOT_RECEIVED)],
        actor=None,
        at=timezone.now(),
    )
    said = ask(mo, entry, "approve").json()["trouble"]
    assert said.startswith(f"A new photo of {entry.reference} was already asked for automatically.")


def test_one_s_own_second_try_is_told_so(campaign: Campaign) -> None:
    entry = make_submission(campaign)
    mo = signed_in(make_user((campaign.client, Role.MODERATOR)))
    assert ask(mo, entry, "approve").status_code == 200
    said = ask(mo, entry, "approve").json()["trouble"]
    assert said == f"You already approved {entry.reference}. Your decision wasn't saved."


@pytest.mark.parametrize("number", [None, "", "x", "-1", "1.0", "٠", "9" * 30, "0 OR 1=1"])
def test_a_form_that_does_not_say_what_its_page_showed_decides_nothing(
    number: str | None, campaign: Campaign, olivia: User
) -> None:
    entry = make_submission(campaign)
    approved = brought_to(Status.APPROVED, campaign, olivia)
    lead = signed_in(olivia)
    more = {} if number is None else {"decision_no": number}
    answer = lead.post(
        desk_of(entry), {"verdict": "approve", **more}, headers={"accept": "application/json"}
    )
    assert answer.status_code == 409
    assert "out of date" in answer.json()["trouble"]
    undo = reverse("admin:submissions_review_undo", args=[approved.pk])
    lead.post(undo, {"act": "revoke", "note": "Why not.", **more})
    assert left_alone(entry)
    assert left_alone(approved)
