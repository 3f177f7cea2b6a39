"""A submission moves as DOMAIN §3 says, whatever a form asks for: from where it is, in whose right, once."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from campaigns.accounts.models import AuditEntry, Membership, User
from campaigns.accounts.rules.roles import Role
from campaigns.setup.models import Campaign
from ingest_lambda.contract import Reason, ReasonCode
from ingest_lambda.contract import SubmissionStatus as Status
from submissions.mirror.models import Submission
from submissions.review.models import Review
from submissions.review.services import decisions
from tests.campaigns.factories import make_client, make_user
from tests.security.two_clients import signed_in
from tests.submissions.factories import make_campaign
from tests.submissions.review.at_the_desk import desk_of, make_submission
from tests.support.at_once import at_once

pytestmark = pytest.mark.django_db
LIST = reverse("admin:submissions_submission_changelist")
UNREADABLE = [Reason(code=ReasonCode.ILLEGIBLE)]
HOUR = timedelta(hours=1)
VERDICTS = ("approve", "reject", "ask_again")
LEADS = {Role.OWNER, Role.CAMPAIGN_MANAGER}
REVIEWERS = {Role.MODERATOR, *LEADS}

RIGHTS: dict[str, set[Role]] = {
    "approve": REVIEWERS,
    "reject": REVIEWERS,
    "ask_again": REVIEWERS,
    "reopen": LEADS,
    "revoke": LEADS,
    "restore": LEADS,
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
    ("restore", Status.INVALID): Status.RECEIVED,
}
"""(act, from) → to. What is not here leaves everything as it was."""


@pytest.fixture
def campaign() -> Campaign:
    """A campaign with entries to decide on."""
    return make_campaign()


@pytest.fixture
def olivia(campaign: Campaign) -> User:
    """A colleague who decided first."""
    user = make_user((campaign.client, Role.OWNER))
    user.first_name = "Olivia"
    user.save()
    return user


def brought_to(status: Status, campaign: Campaign, colleague: User) -> Submission:
    """Make an entry and bring it to a status, an hour ago."""
    by_the_writer = {Status.RECEIVED, Status.INVALID, Status.WITHDRAWN}
    made = make_submission(campaign, status=status if status in by_the_writer else "pending_review")
    signed: dict[str, Any] = {"actor": colleague, "at": timezone.now() - HOUR}
    if status in (Status.APPROVED, Status.REVOKED):
        decisions.approve_submission(made.pk, **signed)
    if status is Status.REVOKED:
        decisions.revoke_submission(made.pk, **signed, note="Copied.")
    if status is Status.REJECTED:
        decisions.reject_submission(made.pk, **signed, reasons=UNREADABLE)
    if status is Status.NEEDS_RESUBMISSION:
        decisions.request_resubmission(made.pk, **signed, reasons=UNREADABLE)
    made.refresh_from_db()
    assert made.status == status
    return made


def ask(browser: Browser, submission: Submission, act: str, **more: Any) -> Any:
    """Send what the desk's form for an act sends."""
    form = {"decision_no": submission.decision_no, "note": "Looked again.", **more}
    if act in VERDICTS:
        address, form = desk_of(submission), {"verdict": act, "reason": "ILLEGIBLE", **form}
        return browser.post(address, form, headers={"accept": "application/json"})
    address = reverse("admin:submissions_review_undo", args=[submission.pk])
    return browser.post(address, {"act": act, **form})


def left_alone(submission: Submission) -> bool:
    """Tell whether an entry is as it was, with no decision and no line of the log more."""
    now = Submission.objects.get(pk=submission.pk)
    same = ("status", "decision_no", "decided_at", "resubmit_until", "decision_status")
    return (
        all(getattr(now, name) == getattr(submission, name) for name in same)
        and Review.objects.filter(submission=submission).count() == submission.decision_no
    )


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
        LIST, {"act": "reject", "id": f"{asked.pk}.1", "reason": "ILLEGIBLE", "confirmed": "1"}
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
        desk_of(entry), {"verdict": "reject", "decision_no": 0, "reason": "ILLEGIBLE"}, follow=True
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


# -------------------------------------------------------------------- many at once


def test_many_at_once_leave_out_what_was_decided_meanwhile_and_say_by_whom(
    campaign: Campaign, olivia: User
) -> None:
    lead = signed_in(make_user((campaign.client, Role.CAMPAIGN_MANAGER)))
    first, second, reopened = (make_submission(campaign) for _ in range(3))
    ticked = [f"{entry.pk}.0" for entry in (first, second, reopened)]
    page: Any = lead.post(LIST, {"act": "approve", "id": ticked})
    assert "Approve 3 entries" in page.content.decode()
    at = timezone.now()
    decisions.reject_submission(second.pk, reasons=UNREADABLE, actor=olivia, at=at)
    decisions.approve_submission(reopened.pk, actor=olivia, at=at)
    decisions.reopen_submission(reopened.pk, actor=olivia, at=at, note="The date is wrong.")
    done = lead.post(LIST, {"act": "approve", "id": ticked, "confirmed": "1"}, follow=True)
    text = done.content.decode()
    assert "1 entry approved" in text
    assert f"Olivia already rejected {second.reference}." in text
    assert f"Olivia reopened {reopened.reference} in the meantime." in text
    for entry, status in (
        (first, Status.APPROVED),
        (second, Status.REJECTED),
        (reopened, Status.PENDING_REVIEW),
    ):
        entry.refresh_from_db()
        assert entry.status == status
    again: Any = lead.post(LIST, {"act": "approve", "id": ticked})
    assert "None of these waits" in again.content.decode()


@pytest.mark.parametrize("form", ["{id}", "{id}.", "{id}.x", "{id}.1", "{id}.0.0", "x.0", ".0"])
def test_a_tick_that_does_not_say_what_its_row_showed_decides_nothing(
    form: str, campaign: Campaign, olivia: User
) -> None:
    entry = make_submission(campaign)
    ticked = form.format(id=entry.pk)
    signed_in(olivia).post(LIST, {"act": "approve", "id": ticked, "confirmed": "1"})
    assert left_alone(entry)


# -------------------------------------------------------------------- undo


@pytest.mark.parametrize("act", VERDICTS)
@pytest.mark.parametrize("role", list(Role))
def test_one_s_own_slip_is_undone_within_the_minute_and_by_nobody_below_a_lead_after(
    role: Role, act: str, campaign: Campaign
) -> None:
    user, other = (make_user((campaign.client, role)) for _ in range(2))
    entry = make_submission(campaign)
    answer = ask(signed_in(user), entry, act).json()
    entry.refresh_from_db()
    assert answer["decision_no"] == entry.decision_no == 1
    if role is Role.MODERATOR:
        assert ask(signed_in(other), entry, "reopen").status_code == 404
        assert left_alone(entry)
    ask(signed_in(user), entry, "reopen", note="")
    entry.refresh_from_db()
    assert (entry.status, entry.decision_no) == (Status.PENDING_REVIEW, 2)
    # What was undone is not undone again, and a late key press neither.
    ask(signed_in(user), entry, "reopen", note="")
    entry.refresh_from_db()
    assert entry.decision_no == 2


def test_an_undo_does_not_take_back_what_another_decided_since(
    campaign: Campaign, olivia: User
) -> None:
    user = make_user((campaign.client, Role.MODERATOR))
    entry = make_submission(campaign)
    ask(signed_in(user), entry, "approve")
    at = timezone.now()
    decisions.revoke_submission(entry.pk, actor=olivia, at=at, note="Copied.")
    undo = reverse("admin:submissions_review_undo", args=[entry.pk])
    assert signed_in(user).post(undo, {"decision_no": 1}).status_code == 404
    with pytest.raises(decisions.AlreadyDecided):
        decisions.undo_decision(entry.pk, actor=user, at=at, after=1)
    with pytest.raises(decisions.AlreadyDecided):
        decisions.undo_decision(entry.pk, actor=user, at=at, after=2)
    entry.refresh_from_db()
    assert entry.status == Status.REVOKED


def test_the_undo_of_another_s_or_an_old_decision_is_refused_by_the_service_too(
    campaign: Campaign, olivia: User
) -> None:
    user = make_user((campaign.client, Role.MODERATOR))
    entry = make_submission(campaign)
    at = timezone.now()
    decisions.approve_submission(entry.pk, actor=user, at=at)
    for actor, when in ((olivia, at), (user, at + timedelta(minutes=1))):
        with pytest.raises(decisions.TooLateToUndo):
            decisions.undo_decision(entry.pk, actor=actor, at=when, after=1)
    decisions.undo_decision(entry.pk, actor=user, at=at + timedelta(seconds=59), after=1)


def test_who_works_there_no_more_undoes_nothing(campaign: Campaign) -> None:
    user = make_user((campaign.client, Role.MODERATOR))
    entry = make_submission(campaign)
    browser = signed_in(user)
    ask(browser, entry, "approve")
    entry.refresh_from_db()
    Membership.objects.filter(user=user).delete()
    assert ask(browser, entry, "reopen").status_code == 404
    assert left_alone(entry)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("second", ["undo", "revoke"])
def test_of_two_at_once_who_saw_the_same_decision_one_is_refused(second: str) -> None:
    campaign = make_campaign()
    first, lead = (make_user((campaign.client, Role.OWNER)) for _ in range(2))
    entry = make_submission(campaign)
    at = timezone.now()
    decisions.approve_submission(entry.pk, actor=first, at=at)
    undo = partial(decisions.undo_decision, entry.pk, actor=first, at=at, after=1)
    revoke = partial(
        decisions.revoke_submission, entry.pk, actor=lead, at=at, note="Copied.", after=1
    )
    outcomes = at_once(undo, {"undo": undo, "revoke": revoke}[second])
    refused = [one for one in outcomes if isinstance(one, decisions.AlreadyDecided)]
    assert len(refused) == 1, outcomes
    assert Review.objects.filter(submission=entry).count() == 2
