"""One message of the submissions queue in, one word out; no message is lost and none counts twice."""

import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from pydantic import TypeAdapter, ValidationError

from ingest_lambda.adapters.log_context import log_about
from ingest_lambda.adapters.releases import Releases
from ingest_lambda.adapters.table import SUBMISSION, Cancelled, Table, Write
from ingest_lambda.adapters.tokens import verify
from ingest_lambda.contract import (
    Envelope,
    Manifest,
    MessageEnvelope,
    MessageRequest,
    Purpose,
    SubmissionEnvelope,
    SubmissionRecord,
    SubmissionStatus,
    Suspicion,
    TokenPayload,
    check_person_secret,
    entered_at,
    token_keys_of,
)
from ingest_lambda.errors import BadToken, TokenUnreadable, TryAgain
from ingest_lambda.functions.write import limits, messages
from ingest_lambda.functions.write.duplicates import settle_duplicate
from ingest_lambda.functions.write.giving import Giver, PrizesBusy
from ingest_lambda.functions.write.prizes import store_with_prizes
from ingest_lambda.functions.write.resubmissions import store_resubmission
from ingest_lambda.functions.write.validation import Circumstances, is_held, judge
from ingest_lambda.rules.scopes import guards_of
from ingest_lambda.rules.storable import is_readable, is_shallow

TRIES = 4
LONGEST_WAIT_SECONDS = 0.5
_ENVELOPE: TypeAdapter[Envelope] = TypeAdapter(Envelope)
_SUBMITS = frozenset({Purpose.OWN, Purpose.RESUBMIT})


class Quarantine(Protocol):
    """Where messages go whose token was never issued: apart, and into no table."""

    def put(self, body: str, *, why: str, sent_timestamp_ms: str) -> None:
        """Keep one message for seven days, with the time that the queue took it."""


@dataclass(frozen=True)
class Writer:
    """What the writer works with; built once per warm function."""

    table: Table
    giver: Giver
    releases: Releases
    quarantine: Quarantine
    token_keys: str
    person_secret: str
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], None] = time.sleep
    rng: random.Random = random.SystemRandom()  # noqa: RUF009 - one source for all

    def __post_init__(self) -> None:
        """Stop here, and loudly, where a secret is malformed: no message is judged by it."""
        token_keys_of(self.token_keys)
        check_person_secret(self.person_secret)

    def accept(self, body: str, *, sent_timestamp_ms: str, receives: int = 1) -> str:
        """Write one message of the submissions queue; return what became of it, in one word.

        ``sent_timestamp_ms`` is the queue's own, used where the gateway had no
        time to give; ``receives`` says how often the queue has handed the
        message out. A message that can never be good (not JSON, no known
        shape, a token that was never ours) goes to quarantine and counts as
        done: delivered again it would be as bad as before.

        Raises:
            TryAgain: the table was busy or away, or a key is on its way here;
                deliver this record again.
        """
        try:
            envelope = _read(body)
        except (ValueError, RecursionError):
            return self._set_apart(body, "not_understood", sent_timestamp_ms)
        log_about(envelope.body.submission_id)
        try:
            payload = verify(
                envelope.body.token,
                token_keys=self.token_keys,
                is_announced=self.releases.announces_token_key,
            )
            self._belongs(envelope, payload)
        except TokenUnreadable as exc:
            raise TryAgain("token_unreadable") from exc
        except BadToken:
            return self._set_apart(body, "bad_token", sent_timestamp_ms)
        entered = entered_at(envelope.entered_at_ms, sent_timestamp_ms=sent_timestamp_ms)
        try:
            return self._settle(envelope, payload, entered, receives)
        except messages.NotKept as refused:
            return self._set_apart(body, refused.why, sent_timestamp_ms)

    def _settle(
        self,
        envelope: SubmissionEnvelope | MessageEnvelope,
        payload: TokenPayload,
        entered: datetime,
        receives: int,
    ) -> str:
        if isinstance(envelope, MessageEnvelope):
            return self._patiently(
                lambda: messages.keep(
                    envelope,
                    payload,
                    entered=entered,
                    written=self.clock(),
                    receives=receives,
                    table=self.table,
                )
            )
        manifest = self.releases.manifest(payload.slug, payload.release)
        if manifest is None:
            # The token is ours, so the release was there: the table lost it or is behind.
            raise TryAgain("release_missing")
        return self._patiently(lambda: self._write(envelope, payload, manifest, entered, receives))

    def _set_apart(self, body: str, why: str, sent_timestamp_ms: str) -> str:
        self.quarantine.put(body, why=why, sent_timestamp_ms=sent_timestamp_ms)
        return "quarantined"

    @staticmethod
    def _belongs(envelope: SubmissionEnvelope | MessageEnvelope, payload: TokenPayload) -> None:
        if payload.submission_id != envelope.body.submission_id or payload.slug != envelope.slug:
            raise BadToken
        if isinstance(envelope, SubmissionEnvelope) and payload.purpose not in _SUBMITS:
            raise BadToken

    def _patiently(self, write: Callable[[], str]) -> str:
        """Try again in place, with full jitter, before the queue has to deliver again."""
        for attempt in range(TRIES):
            try:
                return write()
            except PrizesBusy:
                raise  # it has tried in place
            except TryAgain:
                if attempt == TRIES - 1:
                    raise
                self.sleep(self.rng.uniform(0, LONGEST_WAIT_SECONDS * 2**attempt / 4))
        raise AssertionError("unreachable")

    def _write(
        self,
        envelope: SubmissionEnvelope,
        payload: TokenPayload,
        manifest: Manifest,
        entered: datetime,
        receives: int,
    ) -> str:
        current = self.releases.current(payload.slug)
        circumstances = Circumstances(
            entered=entered,
            written=self.clock(),
            held=current is not None and is_held(current, entered, manifest),
            closed_at=current.closes_at if current and current.archived else None,
            blocked=self.releases.block_list(manifest.client_id),
            person_secret=self.person_secret,
        )
        if payload.attempt > 1:
            return store_resubmission(
                envelope.body, payload, manifest, circumstances, self.table, receives=receives
            )
        record = judge(envelope.body, payload, manifest, circumstances)
        if record.status is not SubmissionStatus.INVALID:
            record = self._counted_softly(record, manifest)
        return self._create(record, manifest)

    def _counted_softly(self, record: SubmissionRecord, manifest: Manifest) -> SubmissionRecord:
        """Count outside the transaction; who is over such a limit is looked at, never refused."""
        if limits.is_within_soft_limits(record, manifest, table=self.table):
            return record
        return record.model_copy(
            update={
                "suspicions": (*record.suspicions, Suspicion.DEVICE_LIMIT),
                "status": SubmissionStatus.PENDING_REVIEW,
            }
        )

    def _create(self, record: SubmissionRecord, manifest: Manifest) -> str:
        uses = limits.uses_of(record, manifest, table=self.table)
        guards = guards_of(record, manifest)
        record = limits.holding(record, uses, guards, manifest)

        def create(storing: SubmissionRecord, beside: Sequence[Write]) -> None:
            self.table.submissions.create(storing, uses=uses, guards=guards, beside=beside)

        while True:
            try:
                stored = store_with_prizes(
                    record, manifest, store=create, giver=self.giver, table=self.table
                )
            except Cancelled as cancelled:
                if SUBMISSION in cancelled.refused:
                    return settle_duplicate(record, manifest, table=self.table, giver=self.giver)
                record = limits.refused(record, uses, manifest, cancelled.refused)
                uses, guards = (), ()
            else:
                return stored.status.value


def _read(body: str) -> Envelope:
    """Read an envelope.

    Half an emoji, left where a field was cut off, has a spelling in JSON and
    none in UTF-8, so the quick reader takes no part of such a body. It is a bad
    answer, though, and no reason to lose the entry of a person who has a token.

    Raises:
        ValueError: not JSON, of no known shape, nested deeper than anything of
            ours, or (in a message, which is kept as it is said) with a number
            that JSON does not have.
        RecursionError: nested deeper still.
    """
    try:
        envelope = _ENVELOPE.validate_json(body)
    except ValidationError:
        envelope = _ENVELOPE.validate_python(json.loads(body))
    said = envelope.body
    if isinstance(said, MessageRequest):
        readable = is_readable(said.body)
    else:
        readable = is_shallow(said.answers) and is_shallow(said.consents)
    if not readable:
        raise ValueError("nested too deep, or no number")
    return envelope
