"""Limits: whose uses count, in which window, and what is said over one."""

from datetime import UTC, datetime, timedelta

import pytest

from ingest_lambda.contract import Suspicion
from tests.ingest_lambda.writing import EMAIL_FIELD, NOON, Desk, limit, make_payload

pytestmark = pytest.mark.usefixtures("account")

HOME = (
    EMAIL_FIELD,
    {"name": "street", "kind": "text", "meaning": "address"},
    {"name": "code", "kind": "postal_code", "meaning": "postcode"},
)


def test_a_phone_counts_however_it_is_written():
    fields = (EMAIL_FIELD, {"name": "phone", "kind": "phone", "meaning": "phone"})
    desk = Desk(fields=fields, limits=(limit("phone"),))
    said = [
        {"email": "a@example.com", "phone": "07911 123456"},
        {"email": "b@example.com", "phone": "+44 7911 123456"},
    ]
    assert [desk.send(make_payload(), answers=answers) for answers in said] == [
        "pending_review",
        "invalid",
    ]


def test_a_household_is_one_however_its_address_is_written():
    desk = Desk(fields=HOME, limits=(limit("household"),))

    def send(name: str, street: str, code: str) -> str:
        answers = {"email": f"{name}@example.com", "street": street, "code": code}
        return desk.send(make_payload(), answers=answers)

    assert send("a", "12 High Street", "SW1A 1AA") == "pending_review"
    assert send("b", "12, high st.", "sw1a1aa") == "invalid"
    assert send("c", "14 High Street", "SW1A 1AA") == "pending_review"
    assert send("d", "12 High Street", "SW1A 1AB") == "pending_review"


def test_a_limit_by_what_the_form_does_not_ask_says_nothing():
    desk = Desk(limits=(limit("household"), limit("phone"), limit("device")))
    assert [desk.send(make_payload()) for _ in "ab"] == ["pending_review"] * 2


def test_several_limits_at_once_are_taken_together_or_not_at_all():
    desk = Desk(limits=(limit("person", 1, "day"), limit("person", 2, "campaign")))
    days = [NOON, NOON, NOON + timedelta(days=1), NOON + timedelta(days=2)]
    assert [desk.send(make_payload(), at=at) for at in days] == [
        "pending_review",
        "invalid",
        "pending_review",
        "invalid",
    ]


def test_every_limit_that_is_reached_is_named():
    desk = Desk(limits=(limit("person", 1, "day"), limit("person", 1, "week")))
    desk.send(make_payload())
    over = make_payload()
    assert desk.send(over) == "invalid"
    reasons = desk.stored(over.submission_id).reasons
    assert {reason.limit for reason in reasons} >= {"person_day"}
    assert all(reason.again_at is not None for reason in reasons)


def test_over_a_limit_of_the_whole_campaign_there_is_no_next_time():
    desk, over = Desk(limits=(limit("person"),)), make_payload()
    desk.send(make_payload())
    desk.send(over)
    (reason,) = desk.stored(over.submission_id).reasons
    assert (reason.limit, reason.again_at) == ("person_campaign", None)


def test_a_next_time_after_the_close_is_none():
    desk, over = Desk(limits=(limit("person", 1, "day"),)), make_payload()
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    desk.send(make_payload(issued_at=late, expires_at=late + timedelta(days=1)), at=late)
    payload = over.model_copy(update={"issued_at": late, "expires_at": late + timedelta(days=1)})
    assert desk.send(payload, at=late) == "invalid"
    assert desk.stored(over.submission_id).reasons[0].again_at is None


def test_a_backlog_of_midnight_counts_for_the_day_it_entered():
    desk = Desk(limits=(limit("person", 1, "day"),))
    midnight = datetime(2026, 6, 10, 23, tzinfo=UTC)  # 00:00 in London
    before = midnight - timedelta(milliseconds=1)
    assert desk.send(make_payload(), at=midnight) == "pending_review"
    assert desk.send(make_payload(), at=before) == "pending_review"
    assert desk.send(make_payload(), at=before) == "invalid"


def test_devices_over_their_limit_are_looked_at_and_never_refused():
    desk = Desk(review="none", limits=(limit("device", 2, "day"),))
    where = {"address_hash": "a" * 32, "device_hash": "d" * 32}
    sent = [make_payload(**where) for _ in range(3)]
    assert [desk.send(payload) for payload in sent] == ["approved", "approved", "pending_review"]
    assert desk.stored(sent[2].submission_id).suspicions == (Suspicion.DEVICE_LIMIT,)
    # Sent again it is counted once.
    assert desk.send(sent[0]) == "seen"
    other = make_payload(address_hash="a" * 32, device_hash="e" * 32)
    assert desk.send(other) == "approved"


def test_a_partners_kiosk_is_one_device_for_everybody():
    desk = Desk(review="none", limits=(limit("device", 1, "day"),))
    where = {"address_hash": "a" * 32, "device_hash": "d" * 32, "channel": "partner"}
    assert [desk.send(make_payload(**where)) for _ in "abc"] == ["approved"] * 3


def test_a_device_is_counted_over_rolling_hours_too():
    desk = Desk(review="none", limits=(limit("device", 1, "rolling", hours=2),))
    where = {"address_hash": "a" * 32, "device_hash": "d" * 32}
    times = [NOON, NOON + timedelta(hours=1), NOON + timedelta(hours=3)]
    assert [desk.send(make_payload(**where), at=at) for at in times] == [
        "approved",
        "pending_review",
        "approved",
    ]
