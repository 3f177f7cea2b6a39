"""Writers beside each other, on tables whose transactions meet: processes with threads of their own."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Any

from ingest_lambda.adapters.releases import Releases
from ingest_lambda.adapters.stock import Stock
from ingest_lambda.adapters.table import Table
from ingest_lambda.contract import (
    Current,
    Decision,
    Manifest,
    PrizeOutcome,
    SubmissionRecord,
    SubmissionStatus,
    TokenPayload,
)
from ingest_lambda.errors import TryAgain
from ingest_lambda.functions.decide import apply_decision
from ingest_lambda.functions.publish import publish
from ingest_lambda.functions.write import Giver, Writer
from tests.ingest_lambda.writing import KEYS, NAME, STOCK_NAME, Kept, make_envelope, make_manifest
from tests.support.conflicting_tables import ConflictingTables, Crash, Key
from tests.support.virtual_time import VirtualTime

MOST_DELIVERIES = 8


class Writers:
    """Several processes of the writer, each with its own memory of the stock, on the same tables."""

    def __init__(
        self,
        tables: ConflictingTables,
        *,
        processes: int = 1,
        now: Callable[[], datetime] | None = None,
        virtual: VirtualTime | None = None,
        **manifest: Any,
    ) -> None:
        self.tables = tables
        self.table, self.stock = Table(tables, NAME), Stock(tables, STOCK_NAME)
        self.virtual = virtual
        self.now = now or (lambda: datetime.now(UTC))
        self.manifest = make_manifest(**manifest)
        self.publish(self.manifest)
        self.reported: Counter[str] = Counter()
        self.writers = [self.new_writer() for _ in range(processes)]

    def stored(self, submission_id: Any) -> SubmissionRecord:
        """Read a submission, which must be there."""
        record = self.table.submissions.get(submission_id)
        assert record is not None
        return record

    def publish(self, manifest: Manifest) -> None:
        """Publish a release, as Django does."""
        current = Current(
            slug=manifest.slug,
            release=manifest.release,
            opens_at=manifest.opens_at,
            closes_at=manifest.closes_at,
        )
        publish(manifest, current, table=self.table)

    def new_writer(self) -> Writer:
        """Start a process: what another one knew is not known here."""
        return Writer(
            table=self.table,
            giver=self._new_giver(),
            releases=Releases(self.table),
            quarantine=Kept(),
            token_keys=KEYS,
            person_secret="ef" * 32,
            clock=self.now,
            sleep=self.virtual.sleep if self.virtual else time.sleep,
        )

    def _new_giver(self) -> Giver:
        rng = random.Random(self.tables.rng.random())
        if self.virtual is None:
            return Giver(self.stock, now=self.now, rng=rng)
        return Giver(
            self.stock,
            now=self.now,
            rng=rng,
            clock=self.virtual.monotonic,
            sleep=self.virtual.sleep,
            lock=self.virtual.lock,
            condition=self.virtual.condition,
        )

    def deliver(self, number: int, payload: TokenPayload, *, at: datetime) -> str:
        """Hand a message to the writer of this number until it is done with it, as the queue does.

        A writer that crashes is started again.
        """
        email = f"{payload.submission_id.hex}@example.com"
        body = make_envelope(payload, at=at, answers={"email": email})
        for _ in range(MOST_DELIVERIES):
            try:
                return self.writers[number].accept(body, sent_timestamp_ms="1")
            except TryAgain as passing:
                self.reported[str(passing)] += 1
            except Crash:
                self.reported["crash"] += 1
                self.tables.started_again()
                self.writers[number] = self.new_writer()
        raise AssertionError("a dead letter")

    def decide(self, payload: TokenPayload, number: int, status: SubmissionStatus) -> None:
        """Carry a verdict to the table until it is there, as the outbox does."""
        decision = Decision(
            submission_id=payload.submission_id,
            decision_no=number,
            status=status,
            decided_at=self.now(),
            gives_back=status is SubmissionStatus.REJECTED,
        )
        for _ in range(MOST_DELIVERIES):
            try:
                apply_decision(decision, table=self.table, giver=self.writers[0].giver)
            except TryAgain as passing:
                self.reported[str(passing)] += 1
            except Crash:
                self.reported["crash"] += 1
                self.tables.started_again()
                self.writers[0] = self.new_writer()
            else:
                return
        raise AssertionError("a verdict that never arrives")

    def run(
        self,
        payloads: Sequence[TokenPayload],
        *,
        threads: int = 8,
        at: Callable[[int], datetime] | None = None,
        a_second: float = float("inf"),
    ) -> list[str]:
        """Send submissions through all processes, ``threads`` of each, until all are written.

        In virtual time they arrive at a steady rate, or as fast as they are taken.
        """
        self.reported = Counter()
        entered = at or (lambda _number: self.now())

        def send(number: int) -> str:
            writer = number % len(self.writers)
            return self.deliver(writer, payloads[number], at=entered(number))

        if (virtual := self.virtual) is not None:
            words: dict[int, str] = {}
            numbers = iter(range(len(payloads)))
            begun = virtual.seconds

            def work(writer: int) -> None:
                for number in numbers:
                    virtual.sleep(max(0.0, begun + number / a_second - virtual.seconds))
                    words[number] = self.deliver(writer, payloads[number], at=entered(number))

            works = [
                partial(work, n % len(self.writers)) for n in range(threads * len(self.writers))
            ]
            self.tables.rng.shuffle(works)
            virtual.run(works)
            return [words[number] for number in sorted(words)]
        with ThreadPoolExecutor(threads * len(self.writers)) as pool:
            return list(pool.map(send, range(len(payloads))))


class Misses:
    """Watches commits: a submission that is told *not this time* while a due moment lay in the table."""

    def __init__(self, tables: ConflictingTables) -> None:
        self.found = 0
        self.committed = 0
        self._tables = tables
        tables.on_commit = self._look

    def _look(self, changes: Iterable[tuple[Key, dict[str, Any] | None]]) -> None:
        for (table, _pk, sk), item in changes:
            if table != NAME or sk != "SUBMISSION" or item is None:
                continue
            self.committed += 1
            record = SubmissionRecord.from_attributes(item)
            if record.prizes.get("voucher") is PrizeOutcome.NOT_THIS_TIME:
                self.found += self._is_due(record)

    def _is_due(self, record: SubmissionRecord) -> bool:
        stock = self._tables.tables.get(STOCK_NAME, {})
        entered = record.entered_at
        return any(
            datetime.fromisoformat(sk.split("#")[0]) <= entered
            for pk, group in stock.items()
            if pk.startswith("MOMENT#")
            for sk in group
        )
