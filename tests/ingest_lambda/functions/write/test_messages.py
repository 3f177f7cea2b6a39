"""Later messages: kept once, and only what the token allows."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from ingest_lambda.adapters.tokens import sign
from ingest_lambda.contract import MessageKind, MessageRecord, Purpose, TokenPayload
from ingest_lambda.errors import TryAgain
from ingest_lambda.functions.write import messages
from tests.ingest_lambda.writing import KEYS, NOON, Desk, make_payload

pytestmark = pytest.mark.usefixtures("account")


def envelope(payload: TokenPayload, *, kind: str = "withdrawal", **body: Any) -> str:
    said = {
        "submission_id": str(payload.submission_id),
        "message_id": str(uuid4()),
        "token": sign(payload, token_keys=KEYS),
        "kind": kind,
        "body": {},
    }
    return json.dumps(
        {
            "kind": "message",
            "schema": 1,
            "slug": payload.slug,
            "entered_at_ms": str(int(NOON.timestamp() * 1000)),
            "body": said | body,
        }
    )


def accept(desk: Desk, text: str, receives: int = 1) -> str:
    return desk.writer.accept(text, sent_timestamp_ms="1", receives=receives)


def kept(desk: Desk, submission_id: UUID) -> list[MessageRecord]:
    records = desk.table.ledger.records_of(submission_id)
    return [record for record in records if isinstance(record, MessageRecord)]


def test_a_message_is_kept_once_under_its_id():
    desk, payload = Desk(), make_payload()
    desk.send(payload)
    text = envelope(payload, kind="appeal", body={"text": "Look again, please."})
    assert [accept(desk, text) for _ in "ab"] == ["stored", "seen"]
    (record,) = kept(desk, payload.submission_id)
    assert (record.kind, record.body) == (MessageKind.APPEAL, {"text": "Look again, please."})
    assert record.entered_at == NOON


@pytest.mark.parametrize("purpose", list(Purpose))
@pytest.mark.parametrize("kind", list(MessageKind))
def test_a_token_allows_what_its_purpose_says(purpose, kind):
    desk, payload = Desk(), make_payload()
    desk.send(payload)
    allowed = kind in messages.ALLOWED[purpose]
    text = envelope(payload.model_copy(update={"purpose": purpose}), kind=kind.value)
    assert accept(desk, text) == ("stored" if allowed else "quarantined")
    assert bool(kept(desk, payload.submission_id)) is allowed
    assert desk.quarantine.whys == ([] if allowed else ["not_allowed"])


def test_a_link_in_a_mail_never_changes_an_address():
    assert MessageKind.CORRECTION in messages.ALLOWED[Purpose.OWN]
    for purpose in (Purpose.STATUS, Purpose.RESUBMIT, Purpose.CLAIM):
        assert MessageKind.CORRECTION not in messages.ALLOWED[purpose]


def test_the_pages_token_speaks_after_submitting_is_over_and_a_mails_does_not():
    desk, payload = Desk(), make_payload()
    desk.send(payload)
    over = payload.model_copy(update={"expires_at": NOON - timedelta(seconds=1)})
    assert accept(desk, envelope(over)) == "stored"
    mailed = over.model_copy(update={"purpose": Purpose.STATUS})
    assert accept(desk, envelope(mailed)) == "quarantined"
    assert desk.quarantine.whys == ["token_expired"]


def test_a_token_of_an_epoch_that_is_over_says_nothing():
    desk, payload = Desk(), make_payload()
    desk.send(payload)
    stored = desk.stored(payload.submission_id)
    desk.table.submissions.replace(stored.model_copy(update={"epoch": 2, "version": 2}))
    assert accept(desk, envelope(payload)) == "quarantined"
    assert accept(desk, envelope(payload.model_copy(update={"epoch": 2}))) == "stored"
    assert desk.quarantine.whys == ["token_withdrawn"]


def test_a_message_waits_for_its_submission_and_not_for_ever():
    desk, payload = Desk(), make_payload()
    text = envelope(payload)
    for receives in range(1, messages.PATIENT_RECEIVES + 1):
        with pytest.raises(TryAgain):
            accept(desk, text, receives)
    assert accept(desk, text, messages.PATIENT_RECEIVES + 1) == "quarantined"
    assert desk.quarantine.whys == ["unknown_submission"]
    assert kept(desk, payload.submission_id) == []
    desk.send(payload)
    assert accept(desk, text, 9) == "stored"


def test_a_message_over_16_kb_is_set_apart():
    desk, payload = Desk(), make_payload()
    desk.send(payload)
    assert accept(desk, envelope(payload, body={"text": "é" * 8_200})) == "quarantined"
    assert accept(desk, envelope(payload, body={"text": "é" * 8_000})) == "stored"
    assert desk.quarantine.whys == ["too_large"]


def test_a_flood_of_messages_does_not_fill_a_submission():
    desk, payload = Desk(), make_payload()
    desk.send(payload)
    outcomes = [accept(desk, envelope(payload)) for _ in range(messages.MOST_MESSAGES + 2)]
    assert outcomes.count("stored") == messages.MOST_MESSAGES
    assert desk.quarantine.whys == ["too_many"] * 2


def test_a_message_with_anothers_token_is_forged():
    desk, payload = Desk(), make_payload()
    desk.send(payload)
    assert accept(desk, envelope(payload, submission_id=str(uuid4()))) == "quarantined"
    assert desk.quarantine.whys == ["bad_token"]


def test_half_an_emoji_at_the_end_loses_no_appeal():
    """Left where a text was cut off at its longest; it is what ``JSON.stringify`` sends."""
    desk, payload = Desk(), make_payload()
    desk.send(payload)
    text = envelope(payload, kind="appeal", body={"text": "please \ud83d"})
    assert "\\ud83d" in text
    assert accept(desk, text) == "stored"
    (record,) = kept(desk, payload.submission_id)
    assert record.body == {"text": "please ?"}
