"""Many decisions at once, and decisions taken back: each against what its page showed."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.accounts.models import Membership, User
from campaigns.accounts.rules.roles import Capability, Role, roles_with
from campaigns.setup.models import Campaign
from ingest_lambda.contract import SubmissionStatus as Status
from submissions.review.models import Review
from submissions.review.services import decisions
from tests.campaigns.factories import make_user
from tests.security.deciding import TOO_OLD, VERDICTS, ask, left_alone
from tests.security.two_clients import signed_in
from tests.submissions.factories import make_campaign
from tests.submissions.review.at_the_desk import make_submission
from tests.support.at_once import at_once

pytestmark = pytest.mark.django_db
LIST = reverse("admin:submissions_submission_changelist")


# -------------------------------------------------------------------- many at once


def test_many_at_once_leave_out_what_is_decided_already_and_say_by_whom(
    campaign: Campaign, olivia: User
) -> None:
    lead = signed_in(make_user((campaign.client, Role.CAMPAIGN_MANAGER)))
    first, second, reopened = (make_submission(campaign) for _ in range(3))
    ticked = [f"{entry.pk}.0" for entry in (first, second, reopened)]
    page: Any = lead.post(LIST, {"act": "approve", "id": ticked})
    assert "Approve 3 entries" in page.content.decode()
    at = timezone.now()
    decisions.reject_submission(second.pk, reasons=TOO_OLD, actor=olivia, at=at)
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
@pytest.mark.parametrize("role", roles_with(Capability.SUBMISSION_REVIEW))
def test_one_s_own_slip_is_undone_within_the_minute_and_by_nobody_below_a_lead_after(
    role: str, act: str, campaign: Campaign
) -> None:
    user, other = (make_user((campaign.client, Role(role))) for _ in range(2))
    entry = make_submission(campaign)
    answer = ask(signed_in(user), entry, act).json()
    entry.refresh_from_db()
    assert answer["decision_no"] == entry.decision_no == 1
    if role == Role.MODERATOR:
        assert ask(signed_in(other), entry, "reopen").status_code == 404
        assert left_alone(entry)
    ask(signed_in(user), entry, "reopen", note="")
    entry.refresh_from_db()
    assert (entry.status, entry.decision_no) == (Status.PENDING_REVIEW, 2)
    # What was undone is not undone again, and a late key press neither.
    ask(signed_in(user), entry, "reopen", note="")
    entry.refresh_from_db()
    assert entry.decision_no == 2


@pytest.mark.parametrize("act", [*VERDICTS, "reopen"])
def test_a_role_that_reviews_nothing_decides_and_undoes_nothing(
    act: str, campaign: Campaign
) -> None:
    reviewing = roles_with(Capability.SUBMISSION_REVIEW)
    entry = make_submission(campaign)
    for role in Role:
        if role.value not in reviewing:
            browser = signed_in(make_user((campaign.client, role)))
            assert ask(browser, entry, act, note="").status_code == 404, role
    assert left_alone(entry)


def test_an_undo_does_not_take_back_what_another_decided_since(
    campaign: Campaign, olivia: User
) -> None:
    user = make_user((campaign.client, Role.MODERATOR))
    entry = make_submission(campaign)
    ask(signed_in(user), entry, "approve")
    at = timezone.now()
    decisions.revoke_submission(
        entry.pk, actor=olivia, at=at, note="Copied.", message="It was copied."
    )
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
        decisions.revoke_submission,
        entry.pk,
        actor=lead,
        at=at,
        note="Copied.",
        message="It was copied.",
        after=1,
    )
    outcomes = at_once(undo, {"undo": undo, "revoke": revoke}[second])
    refused = [one for one in outcomes if isinstance(one, decisions.AlreadyDecided)]
    assert len(refused) == 1, outcomes
    assert Review.objects.filter(submission=entry).count() == 2
