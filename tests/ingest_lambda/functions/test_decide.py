"""What a verdict gives back of limits and guards, and what another takes again."""

import pytest

from ingest_lambda.contract import SubmissionStatus as Status
from ingest_lambda.contract import Suspicion
from ingest_lambda.errors import TryAgain
from tests.ingest_lambda.writing import (
    EMAIL_FIELD,
    ONCE_A_RECEIPT,
    RECEIPT_FIELD,
    Desk,
    decide,
    limit,
    make_payload,
    make_upload,
)

pytestmark = pytest.mark.usefixtures("account")


@pytest.mark.parametrize("gives_back", [True, False])
def test_a_rejection_follows_the_campaigns_choice_for_each_limit_and_for_guards(gives_back):
    chosen = {**ONCE_A_RECEIPT, "gives_back_when_rejected": gives_back}
    desk = Desk(
        fields=(EMAIL_FIELD, RECEIPT_FIELD),
        limits=(chosen, limit("person", 1, "day", gives_back_when_rejected=not gives_back)),
    )
    first = make_payload(uploads=(make_upload(),))
    desk.send(first)
    assert decide(desk, first.submission_id, 1, Status.REJECTED)
    stored = desk.stored(first.submission_id)
    assert bool(stored.guards_taken) is not gives_back
    assert bool(stored.limits_taken) is gives_back
    again = make_payload(uploads=(make_upload(),))
    assert desk.send(again, answers={"email": "other@example.com"}) == (
        "pending_review" if gives_back else "invalid"
    )


def test_invalid_gives_everything_back_whatever_the_campaign_chose():
    desk = Desk(limits=(limit("person", gives_back_when_rejected=False),))
    first = make_payload()
    desk.send(first)
    decide(desk, first.submission_id, 1, Status.INVALID)
    assert desk.send(make_payload()) == "pending_review"


@pytest.mark.parametrize("code", ["DUPLICATE_OWN", "DUPLICATE_OTHER", "ALTERED_OR_GENERATED"])
def test_a_duplicate_or_altered_receipt_gives_nothing_back(code):
    desk = Desk(limits=(limit("person"),))
    first = make_payload()
    desk.send(first)
    decide(desk, first.submission_id, 1, Status.REJECTED, reasons=({"code": code},))
    assert desk.send(make_payload()) == "invalid"


def test_an_approval_frees_nothing_and_neither_does_revoking_it():
    desk, first = Desk(limits=(limit("person"),)), make_payload()
    desk.send(first)
    decide(desk, first.submission_id, 1, Status.APPROVED)
    decide(desk, first.submission_id, 2, Status.REVOKED)
    assert desk.send(make_payload()) == "invalid"


@pytest.mark.parametrize(
    "one", [limit("person", 1, "day"), limit("person", 1, "rolling", hours=24)]
)
def test_a_rejection_that_is_taken_back_takes_its_slot_again(one):
    desk, first = Desk(limits=(one,)), make_payload()
    desk.send(first)
    for number, status in ((1, Status.REJECTED), (2, Status.PENDING_REVIEW), (2, Status.REJECTED)):
        decide(desk, first.submission_id, number, status)
    stored = desk.stored(first.submission_id)
    assert len(stored.limits_taken) == 1
    assert stored.limits_given_back == ()
    assert stored.suspicions == ()
    assert desk.send(make_payload()) == "invalid"


@pytest.mark.parametrize(
    "one", [limit("person", 1, "day"), limit("person", 1, "rolling", hours=24)]
)
def test_a_slot_that_has_gone_to_another_makes_the_submission_a_suspect(one):
    desk, first, second = Desk(limits=(one,)), make_payload(), make_payload()
    desk.send(first)
    decide(desk, first.submission_id, 1, Status.REJECTED)
    assert desk.send(second) == "pending_review"
    decide(desk, first.submission_id, 2, Status.PENDING_REVIEW)
    stored = desk.stored(first.submission_id)
    assert stored.shown_status is Status.PENDING_REVIEW
    assert stored.suspicions == (Suspicion.SLOT_TAKEN,)
    assert stored.limits_taken == ()
    # Rejected again it frees nothing, for it holds nothing.
    decide(desk, first.submission_id, 3, Status.REJECTED)
    assert desk.send(make_payload()) == "invalid"


def test_a_receipt_that_has_gone_to_another_is_not_taken_again():
    desk = Desk(fields=(EMAIL_FIELD, RECEIPT_FIELD), limits=(ONCE_A_RECEIPT, limit("person", 9)))
    first, second = (make_payload(uploads=(make_upload(),)) for _ in "ab")
    desk.send(first)
    decide(desk, first.submission_id, 1, Status.REJECTED)
    assert desk.send(second) == "pending_review"
    decide(desk, first.submission_id, 2, Status.PENDING_REVIEW)
    stored = desk.stored(first.submission_id)
    assert stored.guards_taken == ()
    assert stored.suspicions == (Suspicion.SLOT_TAKEN,)
    assert len(stored.limits_taken) == 1
    assert desk.stored(second.submission_id).guards_taken != ()


def test_an_invalid_entry_that_staff_let_in_takes_its_slot_and_its_receipt():
    desk = Desk(fields=(EMAIL_FIELD, RECEIPT_FIELD), limits=(ONCE_A_RECEIPT, limit("person")))
    first, second = (make_payload(uploads=(make_upload(),)) for _ in "ab")
    assert desk.send(first, answers={}) == "invalid"
    decide(desk, first.submission_id, 1, Status.RECEIVED)
    stored = desk.stored(first.submission_id)
    assert stored.shown_status is Status.RECEIVED
    assert stored.guards_taken == ("image:" + "a" * 64,)
    assert desk.send(second) == "invalid"


def test_an_entry_over_a_limit_that_staff_let_in_says_that_it_is_one_too_many():
    desk = Desk(limits=(limit("person"),))
    first, over = make_payload(), make_payload()
    desk.send(first)
    assert desk.send(over) == "invalid"
    decide(desk, over.submission_id, 1, Status.RECEIVED)
    stored = desk.stored(over.submission_id)
    assert (stored.limits_taken, stored.suspicions) == ((), (Suspicion.SLOT_TAKEN,))
    # Rejected after all it frees nothing of the other's.
    decide(desk, over.submission_id, 2, Status.REJECTED)
    assert desk.send(make_payload()) == "invalid"


def test_a_release_that_the_table_lacks_keeps_a_verdict_waiting():
    desk, first = Desk(limits=(limit("person"),)), make_payload()
    desk.send(first)
    decide(desk, first.submission_id, 1, Status.REJECTED)
    lost = desk.stored(first.submission_id)
    desk.table.submissions.replace(lost.model_copy(update={"release": 9, "version": 3}))
    with pytest.raises(TryAgain):
        decide(desk, first.submission_id, 2, Status.PENDING_REVIEW)
    assert desk.stored(first.submission_id).decision_no == 1
