"""Suspects are looked at with a reason that staff can see, and nobody is refused by suspicion alone."""

import json
from datetime import timedelta
from typing import Any

import pytest

from ingest_lambda.adapters.table import MOST_BLOCKED, BlockListTooLong
from ingest_lambda.contract import Suspicion
from ingest_lambda.rules.disposable import is_disposable
from ingest_lambda.rules.people import blocked_hash, normalise_address
from tests.ingest_lambda.writing import EMAIL_FIELD, NOON, Desk, make_envelope, make_payload

pytestmark = pytest.mark.usefixtures("account")

PHONE_FIELD = {"name": "phone", "kind": "phone", "meaning": "phone", "required": False}


def blocked(kind: str, value: str) -> str:
    return blocked_hash(kind, value, secret="ef" * 32, client_id="k1", country="GB")


def seen(desk: Desk, **sent: Any) -> tuple[str, tuple[Suspicion, ...]]:
    payload = make_payload(**sent.pop("payload", {}))
    outcome = desk.send(payload, **sent)
    return outcome, desk.stored(payload.submission_id).suspicions


def test_who_fills_in_what_people_do_not_see_is_looked_at():
    desk, payload = Desk(review="none"), make_payload()
    envelope = json.loads(make_envelope(payload))
    envelope["body"]["trap"] = "https://example.com"
    outcome = desk.writer.accept(json.dumps(envelope), sent_timestamp_ms="1")
    assert outcome == "pending_review"
    assert desk.stored(payload.submission_id).suspicions == (Suspicion.HONEYPOT,)


def test_who_types_faster_than_people_is_looked_at_and_a_partners_server_is_not():
    desk = Desk(review="none", minimum_fill_seconds=3)
    quick = {"issued_at": NOON - timedelta(seconds=2)}
    assert seen(desk, payload=quick) == ("pending_review", (Suspicion.FILLED_TOO_FAST,))
    assert seen(desk, payload={**quick, "channel": "partner"}) == ("approved", ())
    slow = {"issued_at": NOON - timedelta(seconds=3)}
    assert seen(desk, payload=slow) == ("approved", ())


def test_who_mends_a_slip_in_a_new_submission_has_had_the_form_since_the_first_touch():
    desk = Desk(review="none", minimum_fill_seconds=3)
    mended = {"issued_at": NOON - timedelta(seconds=1), "touched_at": NOON - timedelta(seconds=10)}
    assert seen(desk, payload=mended) == ("approved", ())


@pytest.mark.parametrize(
    ("challenge", "suspicions"),
    [
        ("passed", ()),
        (None, ()),
        ("failed", (Suspicion.CHALLENGE_FAILED,)),
        ("unreachable", (Suspicion.CHALLENGE_FAILED,)),
    ],
)
def test_a_challenge_that_was_not_passed_is_a_reason_to_look(challenge, suspicions):
    assert seen(Desk(review="none"), payload={"challenge": challenge})[1] == suspicions


@pytest.mark.parametrize(
    ("address", "disposable"),
    [
        ("a@mailinator.com", True),
        ("a@MAILINATOR.com", True),
        ("a@inbox.mailinator.com", True),
        ("a@example.com", False),
        ("a@mailinator.com.example", False),
        ("a@com", False),
        ("nothing", False),
    ],
)
def test_a_mailbox_to_throw_away_is_told_by_its_domain(address, disposable):
    assert is_disposable(address) is disposable


def test_a_disposable_address_is_looked_at():
    answers = {"email": "ann@mailinator.com"}
    expected = ("pending_review", (Suspicion.DISPOSABLE_EMAIL,))
    assert seen(Desk(review="none"), answers=answers) == expected


@pytest.mark.parametrize(
    ("kind", "value", "sent"),
    [
        ("email", "A.nn+x@gmail.com", {"answers": {"email": "ann@googlemail.com"}}),
        (
            "phone",
            "07911 123456",
            {"answers": {"email": "b@example.com", "phone": "+447911123456"}},
        ),
        (
            "device_address",
            "2001:db8::1",
            {"payload": {"network_hash": blocked("device_address", "2001:db8::ffff")}},
        ),
    ],
)
def test_who_is_on_the_clients_block_list_is_looked_at_by_any_spelling(kind, value, sent):
    desk = Desk(review="none", fields=(EMAIL_FIELD, PHONE_FIELD))
    desk.table.published.put_block_list("k1", [blocked(kind, value)])
    assert seen(desk, **sent) == ("pending_review", (Suspicion.BLOCK_LIST,))
    assert seen(desk, answers={"email": "other@example.com"}) == ("approved", ())


def test_another_clients_block_list_says_nothing():
    desk = Desk(review="none")
    desk.table.published.put_block_list("k2", [blocked("email", "ann@example.com")])
    assert seen(desk)[1] == ()


def test_a_block_list_is_known_within_thirty_seconds_and_can_be_emptied():
    desk = Desk(review="none")
    now = [0.0]
    object.__setattr__(desk.writer.releases, "_clock", lambda: now[0])
    assert seen(desk)[0] == "approved"
    desk.table.published.put_block_list("k1", [blocked("email", "ann@example.com")])
    now[0] = 29.9
    assert seen(desk)[0] == "approved"
    now[0] = 30.0
    assert seen(desk)[0] == "pending_review"
    desk.table.published.put_block_list("k1", [])
    now[0] = 60.0
    assert seen(desk)[0] == "approved"


def test_a_block_list_ends_at_five_thousand():
    desk = Desk()
    hashes = [f"{n:032x}" for n in range(MOST_BLOCKED + 1)]
    with pytest.raises(BlockListTooLong):
        desk.table.published.put_block_list("k1", hashes)
    desk.table.published.put_block_list("k1", [*hashes[1:], hashes[1]])
    assert len(desk.table.published.block_list("k1")) == MOST_BLOCKED


def test_a_refused_entry_is_no_suspect():
    desk = Desk(closes_at=NOON)
    assert seen(desk, answers={"email": "ann@mailinator.com"}) == ("invalid", ())


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (" office ", "office"),
    ],
)
def test_of_an_address_the_network_counts(address, network):
    assert normalise_address(address) == network
