"""What an entrant says about a submission later: kept once, if the token allows it."""

import json
from datetime import datetime

from ingest_lambda.adapters.table import Table
from ingest_lambda.contract import (
    MAX_MESSAGE_BYTES,
    MessageEnvelope,
    MessageKind,
    MessageRecord,
    Purpose,
    TokenPayload,
)
from ingest_lambda.errors import TryAgain
from ingest_lambda.rules.storable import storable

MOST_MESSAGES = 50
"""Of one submission; a flood may not fill its group of items."""
PATIENT_RECEIVES = 3
"""Deliveries for which a message waits for its submission, which may still be in the queue behind it."""

ALLOWED: dict[Purpose, frozenset[MessageKind]] = {
    Purpose.OWN: frozenset({MessageKind.CORRECTION, MessageKind.WITHDRAWAL, MessageKind.APPEAL}),
    # A mail may have reached someone else: its link shows, appeals and withdraws, and changes no
    # address.
    Purpose.STATUS: frozenset({MessageKind.WITHDRAWAL, MessageKind.APPEAL}),
    Purpose.RESUBMIT: frozenset({MessageKind.WITHDRAWAL, MessageKind.APPEAL}),
    Purpose.CLAIM: frozenset({MessageKind.CLAIM}),
}


class NotKept(Exception):
    """What no delivery can make good; ``why`` is the word it goes to quarantine with."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def missing(receives: int) -> TryAgain | NotKept:
    """Return what to raise where the submission that a token is about is not in the table.

    It may still be in the queue, or was deleted (as test data are). That is no
    fault of ours, so it ends in quarantine and not as a dead letter.
    """
    return (
        TryAgain("submission_missing")
        if receives <= PATIENT_RECEIVES
        else NotKept("unknown_submission")
    )


def keep(
    envelope: MessageEnvelope,
    payload: TokenPayload,
    *,
    entered: datetime,
    written: datetime,
    receives: int,
    table: Table,
) -> str:
    """Store a message under its id, once; what follows from it is decided in Django.

    Raises:
        NotKept: the token does not allow this kind, is withdrawn (its epoch is
            over) or past its time; the body is too large; there are too many; or
            the submission has not come in several deliveries.
        TryAgain: the submission may still be on its way, or the table is busy.
    """
    said = envelope.body
    if said.kind not in ALLOWED[payload.purpose]:
        raise NotKept("not_allowed")
    # The token of the page ends submitting with ``expires_at``, not what may be said afterwards.
    if payload.purpose is not Purpose.OWN and entered > payload.expires_at:
        raise NotKept("token_expired")
    # Half an emoji, left where a text was cut off, is no reason to lose an appeal.
    kept = storable(said.body)
    if len(json.dumps(kept, ensure_ascii=False).encode()) > MAX_MESSAGE_BYTES:
        raise NotKept("too_large")
    stored = table.submissions.get(said.submission_id)
    if stored is None:
        raise missing(receives)
    if payload.epoch < stored.epoch:
        raise NotKept("token_withdrawn")
    if table.submissions.message_count(said.submission_id, most=MOST_MESSAGES) >= MOST_MESSAGES:
        raise NotKept("too_many")
    record = MessageRecord(
        submission_id=said.submission_id,
        slug=payload.slug,
        message_id=said.message_id,
        kind=said.kind,
        body=kept,
        entered_at=entered,
        written_at=written,
    )
    return "stored" if table.submissions.put_message(record) else "seen"
