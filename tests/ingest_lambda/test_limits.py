"""Limits: whose uses count, in which window, what is said over one, and what comes back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto import mock_aws

from ingest_lambda.contract import (
    Decision,
    Purpose,
    ReasonCode,
    Suspicion,
)
from ingest_lambda.contract import (
    SubmissionStatus as Status,
)
from ingest_lambda.decide import apply_decision
from ingest_lambda.errors import TryAgain
from tests.ingest_lambda.writing import (
    EMAIL_FIELD,
    NOON,
    Desk,
    make_claims,
    make_upload,
)

RECEIPT_FIELD = {"name": "receipt", "kind": "receipt_image", "max_receipts": 3}
ONCE_A_RECEIPT = {
    "name": "receipt_once",
    "scope": "receipt",
    "count": 1,
    "window": {"kind": "campaign"},
}
HOME = (
    EMAIL_FIELD,
    {"name": "street", "kind": "text", "meaning": "address"},
    {"name": "code", "kind": "postal_code", "meaning": "postcode"},
)


@pytest.fixture(autouse=True)
def _aws() -> Iterator[None]:
    with mock_aws():
        yield


def limit(scope: str, count: int = 1, window: str = "campaign", **more: Any) -> dict[str, Any]:
    hours = more.pop("hours", None)
    return {
        "name": more.pop("name", f"{scope}_{window}"),
        "scope": scope,
        "count": count,
        "window": {"kind": window, "hours": hours},
        **more,
    }


def decide(desk: Desk, submission_id: Any, number: int, status: Status, **more: Any) -> bool:
    more.setdefault("gives_back", status is Status.REJECTED)
    decision = Decision(
        submission_id=submission_id, decision_no=number, status=status, decided_at=NOON, **more
    )
    return apply_decision(decision, table=desk.table)


def test_a_phone_counts_however_it_is_written():
    fields = (EMAIL_FIELD, {"name": "phone", "kind": "phone", "meaning": "phone"})
    desk = Desk(fields=fields, limits=(limit("phone"),))
    said = [
        {"email": "a@example.com", "phone": "07911 123456"},
        {"email": "b@example.com", "phone": "+44 7911 123456"},
    ]
    assert [desk.send(make_claims(), answers=answers) for answers in said] == [
        "pending_review",
        "invalid",
    ]


def test_a_household_is_one_however_its_address_is_written():
    desk = Desk(fields=HOME, limits=(limit("household"),))

    def send(name: str, street: str, code: str) -> str:
        answers = {"email": f"{name}@example.com", "street": street, "code": code}
        return desk.send(make_claims(), answers=answers)

    assert send("a", "12 High Street", "SW1A 1AA") == "pending_review"
    assert send("b", "12, high st.", "sw1a1aa") == "invalid"
    assert send("c", "14 High Street", "SW1A 1AA") == "pending_review"
    assert send("d", "12 High Street", "SW1A 1AB") == "pending_review"


def test_a_limit_by_what_the_form_does_not_ask_says_nothing():
    desk = Desk(limits=(limit("household"), limit("phone"), limit("device")))
    assert [desk.send(make_claims()) for _ in "ab"] == ["pending_review"] * 2


def test_each_receipt_of_a_submission_counts_by_itself():
    fields = (EMAIL_FIELD, RECEIPT_FIELD)
    desk = Desk(fields=fields, limits=(limit("receipt", 2),))
    a, b, c = (
        make_upload(sha256=digit * 64, nonce=digit).model_copy(update={"receipt": number})
        for number, digit in enumerate("abc", start=1)
    )
    assert desk.send(make_claims(uploads=(a, b))) == "pending_review"
    assert desk.send(make_claims(uploads=(b, c))) == "pending_review"
    assert desk.send(make_claims(uploads=(c,))) == "pending_review"
    refused = make_claims(uploads=(a, b))
    assert desk.send(refused) == "invalid"
    (reason,) = desk.stored(refused.submission_id).reasons
    assert (reason.code, reason.limit) == (ReasonCode.LIMIT_REACHED, "receipt_campaign")


def test_the_same_file_as_two_receipts_is_one_purchase_shown_twice():
    desk = Desk(fields=(EMAIL_FIELD, RECEIPT_FIELD))
    first = make_upload()
    second = first.model_copy(update={"receipt": 2, "key": f"{first.key}2"})
    claims = make_claims(uploads=(first, second))
    assert desk.send(claims) == "invalid"
    (reason,) = desk.stored(claims.submission_id).reasons
    assert (reason.code, reason.field) == (ReasonCode.RECEIPT_USED, "receipt")


def test_the_first_receipts_of_two_fields_are_two_receipts():
    more = {"name": "more", "kind": "receipt_image"}
    desk = Desk(fields=(EMAIL_FIELD, RECEIPT_FIELD, more), limits=(limit("receipt", 2, "day"),))
    first = make_upload()
    second = make_upload(sha256="b" * 64, nonce="n2").model_copy(
        update={"field": "more", "part": 2}
    )
    claims = make_claims(uploads=(first, second))
    assert desk.send(claims) == "pending_review"
    held = {taken.scope_hash for taken in desk.stored(claims.submission_id).limits_taken}
    assert held == {"a" * 64, "b" * 64}

    twice = make_claims(uploads=(first, second.model_copy(update={"sha256": "a" * 64})))
    assert desk.send(twice) == "invalid"
    assert desk.stored(twice.submission_id).reasons[0].code == ReasonCode.RECEIPT_USED


def test_the_photo_of_a_new_attempt_takes_its_own_use_of_a_limit_by_receipt():
    desk = Desk(fields=(EMAIL_FIELD, RECEIPT_FIELD), limits=(limit("receipt", 2, "day"),))
    first = make_claims(uploads=(make_upload(),))
    desk.send(first)
    decide(
        desk,
        first.submission_id,
        1,
        Status.NEEDS_RESUBMISSION,
        resubmit_until=NOON + timedelta(days=7),
    )
    answer = {"attempt": 2, "purpose": Purpose.RESUBMIT}
    photo = make_upload(sha256="b" * 64, nonce="n2")
    assert desk.send(first.model_copy(update={**answer, "uploads": (photo,)})) == "resubmitted"
    assert len(desk.stored(first.submission_id).limits_taken) == 2
    others = [make_claims(uploads=(photo,)) for _ in "ab"]
    assert [desk.send(claims) for claims in others] == ["pending_review", "invalid"]


def test_two_photos_of_one_receipt_may_be_the_same_file():
    desk = Desk(fields=(EMAIL_FIELD, RECEIPT_FIELD), limits=(ONCE_A_RECEIPT,))
    first = make_upload()
    second = first.model_copy(update={"part": 2, "key": f"{first.key}2"})
    claims = make_claims(uploads=(first, second))
    assert desk.send(claims) == "pending_review"
    assert desk.stored(claims.submission_id).guards_taken == ("image:" + "a" * 64,)


def test_several_limits_at_once_are_taken_together_or_not_at_all():
    desk = Desk(limits=(limit("person", 1, "day"), limit("person", 2, "campaign")))
    days = [NOON, NOON, NOON + timedelta(days=1), NOON + timedelta(days=2)]
    assert [desk.send(make_claims(), at=at) for at in days] == [
        "pending_review",
        "invalid",
        "pending_review",
        "invalid",
    ]


def test_every_limit_that_is_reached_is_named():
    desk = Desk(limits=(limit("person", 1, "day"), limit("person", 1, "week")))
    desk.send(make_claims())
    over = make_claims()
    assert desk.send(over) == "invalid"
    reasons = desk.stored(over.submission_id).reasons
    assert {reason.limit for reason in reasons} >= {"person_day"}
    assert all(reason.again_at is not None for reason in reasons)


def test_over_a_limit_of_the_whole_campaign_there_is_no_next_time():
    desk, over = Desk(limits=(limit("person"),)), make_claims()
    desk.send(make_claims())
    desk.send(over)
    (reason,) = desk.stored(over.submission_id).reasons
    assert (reason.limit, reason.again_at) == ("person_campaign", None)


def test_a_next_time_after_the_close_is_none():
    desk, over = Desk(limits=(limit("person", 1, "day"),)), make_claims()
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    desk.send(make_claims(issued_at=late, expires_at=late + timedelta(days=1)), at=late)
    claims = over.model_copy(update={"issued_at": late, "expires_at": late + timedelta(days=1)})
    assert desk.send(claims, at=late) == "invalid"
    assert desk.stored(over.submission_id).reasons[0].again_at is None


def test_a_backlog_of_midnight_counts_for_the_day_it_entered():
    desk = Desk(limits=(limit("person", 1, "day"),))
    midnight = datetime(2026, 6, 10, 23, tzinfo=UTC)  # 00:00 in London
    before = midnight - timedelta(milliseconds=1)
    assert desk.send(make_claims(), at=midnight) == "pending_review"
    assert desk.send(make_claims(), at=before) == "pending_review"
    assert desk.send(make_claims(), at=before) == "invalid"


def test_devices_over_their_limit_are_looked_at_and_never_refused():
    desk = Desk(review="none", limits=(limit("device", 2, "day"),))
    where = {"address_hash": "a" * 32, "device_hash": "d" * 32}
    sent = [make_claims(**where) for _ in range(3)]
    assert [desk.send(claims) for claims in sent] == ["approved", "approved", "pending_review"]
    assert desk.stored(sent[2].submission_id).suspicions == (Suspicion.DEVICE_LIMIT,)
    # Sent again it is counted once.
    assert desk.send(sent[0]) == "seen"
    other = make_claims(address_hash="a" * 32, device_hash="e" * 32)
    assert desk.send(other) == "approved"


def test_a_partners_kiosk_is_one_device_for_everybody():
    desk = Desk(review="none", limits=(limit("device", 1, "day"),))
    where = {"address_hash": "a" * 32, "device_hash": "d" * 32, "channel": "partner"}
    assert [desk.send(make_claims(**where)) for _ in "abc"] == ["approved"] * 3


def test_a_device_is_counted_over_rolling_hours_too():
    desk = Desk(review="none", limits=(limit("device", 1, "rolling", hours=2),))
    where = {"address_hash": "a" * 32, "device_hash": "d" * 32}
    times = [NOON, NOON + timedelta(hours=1), NOON + timedelta(hours=3)]
    assert [desk.send(make_claims(**where), at=at) for at in times] == [
        "approved",
        "pending_review",
        "approved",
    ]


@pytest.mark.parametrize("gives_back", [True, False])
def test_a_rejection_follows_the_campaigns_choice_for_each_limit_and_for_guards(gives_back):
    chosen = {**ONCE_A_RECEIPT, "gives_back_when_rejected": gives_back}
    desk = Desk(
        fields=(EMAIL_FIELD, RECEIPT_FIELD),
        limits=(chosen, limit("person", 1, "day", gives_back_when_rejected=not gives_back)),
    )
    first = make_claims(uploads=(make_upload(),))
    desk.send(first)
    assert decide(desk, first.submission_id, 1, Status.REJECTED)
    stored = desk.stored(first.submission_id)
    assert bool(stored.guards_taken) is not gives_back
    assert bool(stored.limits_taken) is gives_back
    again = make_claims(uploads=(make_upload(),))
    assert desk.send(again, answers={"email": "other@example.com"}) == (
        "pending_review" if gives_back else "invalid"
    )


def test_invalid_gives_everything_back_whatever_the_campaign_chose():
    desk = Desk(limits=(limit("person", gives_back_when_rejected=False),))
    first = make_claims()
    desk.send(first)
    decide(desk, first.submission_id, 1, Status.INVALID)
    assert desk.send(make_claims()) == "pending_review"


@pytest.mark.parametrize("code", ["DUPLICATE_OWN", "DUPLICATE_OTHER", "ALTERED_OR_GENERATED"])
def test_a_duplicate_or_altered_receipt_gives_nothing_back(code):
    desk = Desk(limits=(limit("person"),))
    first = make_claims()
    desk.send(first)
    decide(desk, first.submission_id, 1, Status.REJECTED, reasons=({"code": code},))
    assert desk.send(make_claims()) == "invalid"


def test_an_approval_frees_nothing_and_neither_does_revoking_it():
    desk, first = Desk(limits=(limit("person"),)), make_claims()
    desk.send(first)
    decide(desk, first.submission_id, 1, Status.APPROVED)
    decide(desk, first.submission_id, 2, Status.REVOKED)
    assert desk.send(make_claims()) == "invalid"


@pytest.mark.parametrize(
    "one", [limit("person", 1, "day"), limit("person", 1, "rolling", hours=24)]
)
def test_a_rejection_that_is_taken_back_takes_its_slot_again(one):
    desk, first = Desk(limits=(one,)), make_claims()
    desk.send(first)
    for number, status in ((1, Status.REJECTED), (2, Status.PENDING_REVIEW), (2, Status.REJECTED)):
        decide(desk, first.submission_id, number, status)
    stored = desk.stored(first.submission_id)
    assert len(stored.limits_taken) == 1
    assert stored.limits_given_back == ()
    assert stored.suspicions == ()
    assert desk.send(make_claims()) == "invalid"


@pytest.mark.parametrize(
    "one", [limit("person", 1, "day"), limit("person", 1, "rolling", hours=24)]
)
def test_a_slot_that_went_to_another_meanwhile_makes_the_entry_a_suspect(one):
    desk, first, second = Desk(limits=(one,)), make_claims(), make_claims()
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
    assert desk.send(make_claims()) == "invalid"


def test_a_receipt_that_went_to_another_meanwhile_is_not_taken_again():
    desk = Desk(fields=(EMAIL_FIELD, RECEIPT_FIELD), limits=(ONCE_A_RECEIPT, limit("person", 9)))
    first, second = (make_claims(uploads=(make_upload(),)) for _ in "ab")
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
    first, second = (make_claims(uploads=(make_upload(),)) for _ in "ab")
    assert desk.send(first, answers={}) == "invalid"
    decide(desk, first.submission_id, 1, Status.RECEIVED)
    stored = desk.stored(first.submission_id)
    assert stored.shown_status is Status.RECEIVED
    assert stored.guards_taken == ("image:" + "a" * 64,)
    assert desk.send(second) == "invalid"


def test_an_entry_over_a_limit_that_staff_let_in_says_that_it_is_one_too_many():
    desk = Desk(limits=(limit("person"),))
    first, over = make_claims(), make_claims()
    desk.send(first)
    assert desk.send(over) == "invalid"
    decide(desk, over.submission_id, 1, Status.RECEIVED)
    stored = desk.stored(over.submission_id)
    assert (stored.limits_taken, stored.suspicions) == ((), (Suspicion.SLOT_TAKEN,))
    # Rejected after all it frees nothing of the other's.
    decide(desk, over.submission_id, 2, Status.REJECTED)
    assert desk.send(make_claims()) == "invalid"


def test_a_release_that_the_table_lacks_keeps_a_verdict_waiting():
    desk, first = Desk(limits=(limit("person"),)), make_claims()
    desk.send(first)
    decide(desk, first.submission_id, 1, Status.REJECTED)
    lost = desk.stored(first.submission_id)
    desk.table.replace_submission(lost.model_copy(update={"release": 9, "version": 3}))
    with pytest.raises(TryAgain):
        decide(desk, first.submission_id, 2, Status.PENDING_REVIEW)
    assert desk.stored(first.submission_id).decision_no == 1


@pytest.mark.parametrize("count", [1, 2])
def test_a_receipt_is_the_same_in_any_order_and_with_a_photo_more_or_less(count):
    form = (EMAIL_FIELD, {"name": "receipt", "kind": "receipt_image", "images_per_receipt": 3})
    desk = Desk(fields=form, limits=(limit("receipt", count, "day"),))

    def send(*digits: str) -> str:
        photos = [make_upload(digit * 64, f"n{digit}") for digit in digits]
        parts = [photo.model_copy(update={"part": n}) for n, photo in enumerate(photos, start=1)]
        return desk.send(make_claims(uploads=tuple(parts)))

    assert [send("b", "c") for _ in range(count)] == ["pending_review"] * count
    again = [("c", "b"), ("a", "b", "c"), ("b", "c", "d"), ("b",), ("c",), ("c", "a")]
    assert {send(*digits) for digits in again} == {"invalid"}
    assert send("a", "d") == "pending_review"
