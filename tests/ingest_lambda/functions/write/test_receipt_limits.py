"""Limits by receipt: which photos are one receipt, and which receipts are two."""

from datetime import timedelta

import pytest

from ingest_lambda.contract import Purpose, ReasonCode
from ingest_lambda.contract import SubmissionStatus as Status
from tests.ingest_lambda.writing import (
    EMAIL_FIELD,
    NOON,
    ONCE_A_RECEIPT,
    RECEIPT_FIELD,
    Desk,
    decide,
    limit,
    make_payload,
    make_upload,
)

pytestmark = pytest.mark.usefixtures("account")


def test_each_receipt_of_a_submission_counts_by_itself():
    fields = (EMAIL_FIELD, RECEIPT_FIELD)
    desk = Desk(fields=fields, limits=(limit("receipt", 2),))
    a, b, c = (
        make_upload(sha256=digit * 64, nonce=digit).model_copy(update={"receipt": number})
        for number, digit in enumerate("abc", start=1)
    )
    assert desk.send(make_payload(uploads=(a, b))) == "pending_review"
    assert desk.send(make_payload(uploads=(b, c))) == "pending_review"
    assert desk.send(make_payload(uploads=(c,))) == "pending_review"
    refused = make_payload(uploads=(a, b))
    assert desk.send(refused) == "invalid"
    (reason,) = desk.stored(refused.submission_id).reasons
    assert (reason.code, reason.limit) == (ReasonCode.LIMIT_REACHED, "receipt_campaign")


def test_the_same_file_as_two_receipts_is_one_purchase_shown_twice():
    desk = Desk(fields=(EMAIL_FIELD, RECEIPT_FIELD))
    first = make_upload()
    second = first.model_copy(update={"receipt": 2, "key": f"{first.key}2"})
    payload = make_payload(uploads=(first, second))
    assert desk.send(payload) == "invalid"
    (reason,) = desk.stored(payload.submission_id).reasons
    assert (reason.code, reason.field) == (ReasonCode.RECEIPT_USED, "receipt")


def test_the_first_receipts_of_two_fields_are_two_receipts():
    more = {"name": "more", "kind": "receipt_image"}
    desk = Desk(fields=(EMAIL_FIELD, RECEIPT_FIELD, more), limits=(limit("receipt", 2, "day"),))
    first = make_upload()
    second = make_upload(sha256="b" * 64, nonce="n2").model_copy(
        update={"field": "more", "part": 2}
    )
    payload = make_payload(uploads=(first, second))
    assert desk.send(payload) == "pending_review"
    held = {taken.scope_hash for taken in desk.stored(payload.submission_id).limits_taken}
    assert held == {"a" * 64, "b" * 64}

    twice = make_payload(uploads=(first, second.model_copy(update={"sha256": "a" * 64})))
    assert desk.send(twice) == "invalid"
    assert desk.stored(twice.submission_id).reasons[0].code == ReasonCode.RECEIPT_USED


def test_the_photo_of_a_new_attempt_takes_its_own_use_of_a_limit_by_receipt():
    desk = Desk(fields=(EMAIL_FIELD, RECEIPT_FIELD), limits=(limit("receipt", 2, "day"),))
    first = make_payload(uploads=(make_upload(),))
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
    others = [make_payload(uploads=(photo,)) for _ in "ab"]
    assert [desk.send(payload) for payload in others] == ["pending_review", "invalid"]


def test_two_photos_of_one_receipt_may_be_the_same_file():
    desk = Desk(fields=(EMAIL_FIELD, RECEIPT_FIELD), limits=(ONCE_A_RECEIPT,))
    first = make_upload()
    second = first.model_copy(update={"part": 2, "key": f"{first.key}2"})
    payload = make_payload(uploads=(first, second))
    assert desk.send(payload) == "pending_review"
    assert desk.stored(payload.submission_id).guards_taken == ("image:" + "a" * 64,)


@pytest.mark.parametrize("count", [1, 2])
def test_a_receipt_is_the_same_in_any_order_and_with_a_photo_more_or_less(count):
    form = (EMAIL_FIELD, {"name": "receipt", "kind": "receipt_image", "images_per_receipt": 3})
    desk = Desk(fields=form, limits=(limit("receipt", count, "day"),))

    def send(*digits: str) -> str:
        photos = [make_upload(digit * 64, f"n{digit}") for digit in digits]
        parts = [photo.model_copy(update={"part": n}) for n, photo in enumerate(photos, start=1)]
        return desk.send(make_payload(uploads=tuple(parts)))

    assert [send("b", "c") for _ in range(count)] == ["pending_review"] * count
    again = [("c", "b"), ("a", "b", "c"), ("b", "c", "d"), ("b",), ("c",), ("c", "a")]
    assert {send(*digits) for digits in again} == {"invalid"}
    assert send("a", "d") == "pending_review"
