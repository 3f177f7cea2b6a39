"""How fast are prizes given, and how many transactions does one take when hundreds want it at once?

*Claims per second*: every entry wins, a moment with its code or the next code of a
pool, written by the writer as it is, 16 at a time (two functions with eight threads),
into the tables of the emulator. Peer: PostgreSQL in the same run, the same number of
workers, one transaction each: ``SELECT … FOR UPDATE SKIP LOCKED``, the unit's owner, the
entry and the award. The peer verifies no token, reads no form and does not sync to disk.

*Transactions per claim*: the emulator never refuses a transaction because of
another, so these are counted on tables in this process that do, in virtual time, 6 ms
a call, 504 entries in flight, all units due. The last 1 % of the stock is where all
want the same few. A writer reserves a moment and draws a block's number by single
writes, a tenth of a transaction's price on AWS: they are counted beside.
"""

import random
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from botocore.config import Config as SdkConfig

from bench.report import Report, Scale
from ingest_lambda.adapters.clients import sdk_session
from ingest_lambda.adapters.table import quickened
from ingest_lambda.contract import Block, block_sizes, local_day, unit_name
from tests.ingest_lambda.declared import create_stock_table, create_table
from tests.ingest_lambda.functions.prizes.many import Writers
from tests.ingest_lambda.functions.prizes.prizes import (
    STICKER,
    VOUCHER,
    assert_each_unit_is_given_once,
    given_units,
    load_vouchers,
    plan,
    vouchers,
)
from tests.ingest_lambda.writing import NAME, STOCK_NAME, make_payload
from tests.support.conflicting_tables import ConflictingTables, Key
from tests.support.postgres_server import postgres_programs, postgres_server
from tests.support.stack import running_emulator
from tests.support.virtual_time import VirtualTime

CLAIMS: dict[Scale, int] = {"small": 64, "bench": 1_000, "soak": 20_000}
MET: dict[Scale, int] = {"small": 1_000, "bench": 3_000, "soak": 20_000}
THREADS = 8
WORKERS = 16
IN_FLIGHT = 504
ZONE = "Europe/London"
A_DAY = 50
"""Moments that lie in a day's partition. The emulator sorts all of it for each read."""
MORE = 600
"""Entries beyond the stock: they wait for the last units with the others."""

GOAL_TRANSACTIONS = 1.05
KINDS: dict[str, dict[str, Any]] = {"moments": VOUCHER, "codes": STICKER}


def run(report: Report) -> None:
    """Measure both prizes in both ways, and the peer."""
    count = CLAIMS[report.scale]
    theirs = _plain_rates(count, report)
    with tempfile.TemporaryDirectory() as directory, running_emulator(Path(directory)) as stack:
        for kind in KINDS:
            ours = _rate(stack.endpoint, kind, count)
            peer = theirs.get(kind)
            report.row(
                f"claims of {kind}, {WORKERS} at a time",
                goal="-",
                measured=f"{ours:.0f}/s ({count:,} claims)",
                met=None,
                peer=f"SKIP LOCKED on PostgreSQL {peer:.0f}/s ({ours / peer:.2f} ×)"
                if peer
                else "",
            )
    for kind in KINDS:
        _transactions(report, kind, MET[report.scale])


def _transactions(report: Report, kind: str, units: int) -> None:
    virtual = VirtualTime()
    begin = datetime.now(UTC)
    rng = random.Random(1)
    tables = ConflictingTables(
        seconds=lambda: rng.uniform(0.003, 0.009), rng=rng, sleep=virtual.sleep
    )
    writers = _writers(
        tables,
        kind,
        units,
        processes=IN_FLIGHT // THREADS,
        virtual=virtual,
        now=lambda: begin + timedelta(seconds=virtual.seconds),
    )
    _load(writers, kind, units, begin)
    last = LastPart(tables, units - max(1, units // 100))
    tables.calls.clear()
    tables.cancelled = 0
    writers.run(_payloads(units + MORE, begin), threads=THREADS)
    prize = KINDS[kind]["name"]
    claims = len(given_units(writers.stock, prize))
    assert claims == units, f"{claims} of {units} were given"
    assert_each_unit_is_given_once(writers, prize, units)
    for what, cancelled, single, many in (
        (f"transactions a claim of {kind}, {IN_FLIGHT} in flight", *last.until, last.claims),
        (f"the same through the last 1 % of {kind}", *last.since(), units - last.claims),
    ):
        each = 1 + cancelled / many
        report.row(
            what,
            goal=f"≤ {GOAL_TRANSACTIONS}",
            measured=f"{each:.3f} ({many:,} claims, {single / many:.1f} single writes each)",
            met=each <= GOAL_TRANSACTIONS,
        )


class LastPart:
    """Cancelled transactions and single writes, until so many units were given and since then."""

    def __init__(self, tables: ConflictingTables, claims: int) -> None:
        self.claims = claims
        self.until = (0, 0)
        self._given = 0
        self._tables = tables
        tables.on_commit = self._look

    def since(self) -> tuple[int, int]:
        """Return what came after that."""
        cancelled, single = self._now()
        return cancelled - self.until[0], single - self.until[1]

    def _now(self) -> tuple[int, int]:
        return self._tables.cancelled, self._tables.calls["update_item"]

    def _look(self, changes: Sequence[tuple[Key, Any]]) -> None:
        given = sum(key[1].startswith("GIVEN#") for key, _ in changes)
        self._given += given
        if given and self._given == self.claims:
            self.until = self._now()


class EmulatedTables:
    """The emulator's tables, as far as writers ask more of them than its client has."""

    def __init__(self, client: Any) -> None:
        self.rng = random.Random()
        self._client = client

    def __getattr__(self, operation: str) -> Any:
        return getattr(self._client, operation)


def _rate(endpoint: str, kind: str, count: int) -> float:
    """Return the claims per second."""
    plain: Any = sdk_session().create_client(
        "dynamodb",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=SdkConfig(max_pool_connections=2 * WORKERS, retries={"total_max_attempts": 1}),
    )
    client = quickened(plain)
    for create, name in ((create_table, NAME), (create_stock_table, STOCK_NAME)):
        create(client, name)
    try:
        tables: Any = EmulatedTables(client)
        writers = _writers(tables, kind, count, processes=WORKERS // THREADS)
        now = datetime.now(UTC)
        _load(writers, kind, count, now)
        payloads = _payloads(count, now)
        begin = time.perf_counter()
        writers.run(payloads, threads=THREADS)
        seconds = time.perf_counter() - begin
        assert_each_unit_is_given_once(writers, KINDS[kind]["name"], count)
        assert len(given_units(writers.stock, KINDS[kind]["name"])) == count
    finally:
        for name in (NAME, STOCK_NAME):
            client.delete_table(TableName=name)
    return count / seconds


def _writers(tables: Any, kind: str, units: int, *, processes: int, **time_of: Any) -> Writers:
    now = datetime.now(UTC)
    days: dict[str, Any] = {}
    if kind == "moments":
        days["moment_days"] = tuple(sorted({local_day(_due(n, now), ZONE) for n in range(units)}))
    return Writers(
        tables,
        processes=processes,
        review="none",
        prize_plan=plan(KINDS[kind], **days),
        opens_at=now - timedelta(days=2 + units // A_DAY),
        closes_at=now + timedelta(days=2),
        **time_of,
    )


def _load(writers: Writers, kind: str, units: int, now: datetime) -> None:
    if kind == "moments":
        load_vouchers(
            writers,
            [
                moment.model_copy(update={"at": _due(number, now)})
                for number, moment in enumerate(vouchers(units))
            ],
        )
        return
    blocks = []
    for number, size in enumerate(block_sizes(units)):
        codes = tuple(f"CODE-{unit_name('b1', number, index)}" for index in range(size))
        blocks.append(Block(number=number, size=size, codes=codes))
    writers.stock.blocks.load("c1", "sticker", "b1", blocks)
    writers.stock.blocks.open("c1", "sticker", "b1", blocks=len(blocks))


def _due(number: int, now: datetime) -> datetime:
    return now - timedelta(hours=1, days=number // A_DAY)


def _payloads(count: int, now: datetime) -> list[Any]:
    issued, ends = now - timedelta(minutes=1), now + timedelta(days=1)
    return [make_payload(issued_at=issued, expires_at=ends) for _ in range(count)]


def _plain_rates(count: int, report: Report) -> dict[str, float]:
    """Return the peer's claims per second of each kind; none where PostgreSQL is not installed."""
    if not postgres_programs():
        report.say(
            "PostgreSQL is not installed here (Debian: apt-get install postgresql): left out."
        )
        return {}
    with postgres_server() as address:
        return {kind: _plain_rate(address, kind, count) for kind in KINDS}


_TABLES = """
CREATE TABLE {kind} (id bigserial PRIMARY KEY, due_at timestamptz NOT NULL, code text, owner uuid);
CREATE INDEX ON {kind} (due_at, id) WHERE owner IS NULL;
CREATE TABLE {kind}_entry (id uuid PRIMARY KEY, entered_at timestamptz, answers jsonb, outcome text);
CREATE TABLE {kind}_award (entry uuid PRIMARY KEY, unit bigint UNIQUE, state text);
INSERT INTO {kind} (due_at, code)
SELECT now() - interval '1 hour', 'CODE-' || n FROM generate_series(1, {count}) AS n;
ANALYZE {kind};
"""


def _plain_rate(address: str, kind: str, count: int) -> float:
    with psycopg.connect(address, autocommit=True) as connection:
        for statement in _TABLES.format(kind=kind, count=count).strip().split(";")[:-1]:
            connection.execute(statement)
    numbers = iter(range(count))

    def work(_worker: int) -> int:
        won = 0
        with psycopg.connect(address) as connection:
            for _ in numbers:
                won += _plain_claim(connection, kind)
        return won

    begin = time.perf_counter()
    with ThreadPoolExecutor(WORKERS) as pool:
        won = sum(pool.map(work, range(WORKERS)))
    seconds = time.perf_counter() - begin
    assert won == count, f"{won} of {count} were given"
    return count / seconds


def _plain_claim(connection: Any, kind: str) -> bool:
    entry = uuid4()
    with connection.transaction():
        row = connection.execute(
            f"SELECT id FROM {kind} WHERE owner IS NULL AND due_at <= now() "
            "ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED"
        ).fetchone()
        if row is not None:
            connection.execute(f"UPDATE {kind} SET owner = %s WHERE id = %s", (entry, row[0]))
            connection.execute(
                f"INSERT INTO {kind}_award VALUES (%s, %s, 'confirmed')",
                (entry, row[0]),
            )
        connection.execute(
            f"INSERT INTO {kind}_entry VALUES (%s, now(), %s, %s)",
            (entry, '{"email": "ada@example.com"}', "given" if row else "none"),
        )
    return row is not None
