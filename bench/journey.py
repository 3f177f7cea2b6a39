"""How fast does a submission get from its 202 into Django, and does every one of them?

The whole installation as ``make up`` runs it, in a directory of its own:
emulator, both Pipes, writer function, drain, clock, workers, web, SQLite.
Submissions of ``summer-receipts`` (one per day and ten per campaign per person,
one per receipt: two limits and a guard in the writer's transaction, and the index
by hour), every one another person with another receipt.

Three things come out. *Sustained rate* (submissions/s): as many as the chain
takes, counted from the first 202 until the last is visible to the site's
database; so that the load cannot run away from it, no more is sent while
``MOST_ON_THE_WAY`` are under way. *Age* (seconds from 202 to visible), at a
fixed rate that leaves air. *CPU* of each process per submission, ours apart from
the emulator's, for on AWS the latter is somebody else's.

In ``make soak`` the first and the last 15,000 of 250,000 are measured apart: what a
submission costs does not grow with what is there.

The ledger closes it: every id that got a 202 is in the table and in Django, once,
and nothing else is.

The peer is the form that people write first, which is done when it answers.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from bench import plain_form
from bench.cpu import metered
from bench.load import Answer, Outcome, percentile, send
from bench.report import Report, Scale
from bench.submissions import Visitors
from bench.watch import Watch
from tests.support.installation import Installation, running_installation

COUNT: dict[Scale, int] = {"small": 600, "bench": 15_000, "soak": 250_000}
STEADY_RATE = 150
STEADY_COUNT: dict[Scale, int] = {"small": 300, "bench": 3_000, "soak": 9_000}
MOST_ON_THE_WAY = 2_000
CONNECTIONS = 24
SLICE = 15_000
"""Where there are more than two of them, the first and the last so many are compared."""

GOAL_RATE = 250
GOAL_CPU_MS = 2.5
GOAL_AGE_SECONDS = 1
GOAL_GROWTH = 1.1


def run(report: Report) -> None:
    """Measure rate, age and CPU, and prove the ledger."""
    measure(report)


def measure(
    report: Report,
    *,
    prepare: Callable[[Installation], int] | None = None,
    also: Callable[[Installation], None] = lambda _installation: None,
    named: str = "",
) -> None:
    """Measure it in a campaign that is prepared once all is warm, and look at something else at the end.

    ``prepare`` returns the release to enter; ``named`` ends the names of the rows.
    """
    with (
        tempfile.TemporaryDirectory() as directory,
        running_installation(Path(directory) / "var") as installation,
    ):
        visitors = Visitors.of(installation)
        watch = Watch(installation.directory / "db.sqlite3")
        watch.start()
        try:
            _measure(report, installation, visitors, watch, prepare, named)
            also(installation)
        finally:
            watch.end()


def _measure(
    report: Report,
    installation: Installation,
    visitors: Visitors,
    watch: Watch,
    prepare: Callable[[Installation], int] | None,
    named: str,
) -> None:
    count, steady_count = COUNT[report.scale], STEADY_COUNT[report.scale]
    accepted: dict[UUID, float] = {}

    def load(first: int, many: int, **how: object) -> Outcome:
        def note(answer: Answer) -> None:
            if answer.status == 202:
                accepted[visitors.id_of(first + answer.number)] = answer.done

        return send(
            lambda n: visitors.submission(first + n),
            count=many,
            connections=CONNECTIONS,
            seen=note,
            **how,  # type: ignore[arg-type]
        )

    load(0, 100, rate=50)  # the functions' first start is row 5's, not this one's
    watch.wait_for(accepted)
    if prepare is not None:
        visitors.release = prepare(installation)

    spent: list[dict[str, float]] = []
    begin, sent = time.perf_counter(), 100
    for many in slices(count):
        with metered(_root(installation)) as used:
            flat_out = load(
                sent, many, gate=lambda: len(accepted) - len(watch.visible) < MOST_ON_THE_WAY
            )
            watch.wait_for(accepted)
        spent.append({kind: seconds / many * 1000 for kind, seconds in used.items()})
        report.say(f"{many:,} as fast as it could: {flat_out}")
        sent += many
    rate = count / (max(watch.visible.values()) - begin)
    steady = load(100 + count, steady_count, rate=STEADY_RATE)
    watch.wait_for(accepted)
    ages = [
        max(0.0, watch.visible[key] - accepted[key])
        for number in range(100 + count, 100 + count + steady_count)
        if (key := visitors.id_of(number)) in watch.visible and key in accepted
    ]
    report.say(f"accepted at {STEADY_RATE}/s: {steady}")

    peer = _plain_rate(report.scale)
    report.row(
        f"accepted → in Django, sustained{named}",
        goal=f"≥ {GOAL_RATE}/s",
        measured=f"{rate:.0f}/s ({count:,} submissions)",
        met=rate >= GOAL_RATE,
        peer=f"plain form, photo and all in one request: {peer:.0f}/s ({rate / peer:.2f} ×)",
    )
    report.row(
        f"age at {STEADY_RATE}/s, 202 → visible in Django{named}",
        goal=f"p99 ≤ {GOAL_AGE_SECONDS} s",
        measured=f"p50 {percentile(ages, 0.5):.2f} s, p99 {percentile(ages, 0.99):.2f} s",
        met=percentile(ages, 0.99) <= GOAL_AGE_SECONDS,
    )
    _cpu(report, spent[0], named)
    if len(spent) > 1:
        _growth(report, spent[0], spent[-1])
    _ledger(report, installation, set(accepted), watch)


def _root(installation: Installation) -> int:
    assert installation._process is not None
    return installation._process.pid


def slices(count: int) -> list[int]:
    """Return how many are sent at a time: all, or the first and the last ``SLICE`` of many apart."""
    return [SLICE, count - 2 * SLICE, SLICE] if count > 2 * SLICE else [count]


def _ours(each: dict[str, float]) -> float:
    return sum(each.get(kind, 0.0) for kind in ("writer", "drain", "clock", "workers"))


def _growth(report: Report, first: dict[str, float], last: dict[str, float]) -> None:
    """Say how much dearer (CPU, ratio) the last submissions were than the first."""
    grown = _ours(last) / _ours(first)
    emulators = last.get("emulator", 0.0) / first.get("emulator", 1.0)
    report.row(
        f"our own CPU of the last {SLICE:,} beside the first",
        goal=f"≤ {GOAL_GROWTH:g} ×",
        measured=f"{grown:.2f} × ({_ours(first):.2f} and {_ours(last):.2f} ms)",
        met=grown <= GOAL_GROWTH,
        peer=f"emulator {emulators:.2f} ×: on AWS not ours",
    )


def _cpu(report: Report, each: dict[str, float], named: str) -> None:
    """Say what a submission costs (ms), ``each`` by kind of process."""
    ours = _ours(each)
    report.row(
        f"our own CPU per submission, writer + mirror{named}",
        goal=f"≤ {GOAL_CPU_MS:g} ms",
        measured=f"{ours:.2f} ms (writer {each.get('writer', 0):.2f}, "
        f"drain {each.get('drain', 0):.2f}, clock {each.get('clock', 0):.2f}, "
        f"workers {each.get('workers', 0):.2f})",
        met=ours <= GOAL_CPU_MS,
        peer=f"emulator {each.get('emulator', 0):.2f} ms, its Pipes {each.get('pipes', 0):.2f} ms: "
        "on AWS not ours",
    )
    said = ("writer", "drain", "clock", "workers", "emulator", "pipes")
    rest = {kind: value for kind, value in each.items() if kind not in said}
    others = ", ".join(f"{kind} {value:.2f} ms" for kind, value in sorted(rest.items()) if value)
    report.say(f"CPU of the others per submission: {others or 'none'}")


def _ledger(report: Report, installation: Installation, accepted: set[UUID], watch: Watch) -> None:
    begin = time.perf_counter()
    in_table: list[UUID] = []
    pages = installation.aws("dynamodb").get_paginator("scan")
    for page in pages.paginate(
        TableName=installation.environment["TABLE_NAME"],
        FilterExpression="sk = :sk",
        ExpressionAttributeValues={":sk": {"S": "SUBMISSION"}},
        ProjectionExpression="pk",
    ):
        in_table += [UUID(item["pk"]["S"].partition("#")[2]) for item in page["Items"]]
    in_django = [UUID(key) for (key,) in installation.rows("SELECT id FROM submissions_submission")]
    refused = installation.rows(
        "SELECT count(*) FROM submissions_submission WHERE status <> 'pending_review'"
    )[0][0]
    missing = {
        "the table": len(accepted - set(in_table)),
        "Django": len(accepted - set(in_django)),
    }
    extra = len(set(in_table) ^ set(in_django)) + len(set(in_django) - accepted)
    twice = len(in_table) - len(set(in_table)) + watch.times_seen - len(watch.visible)
    exact = not (any(missing.values()) or extra or twice or refused)
    report.row(
        "ledger, by id: every 202 in the table and in Django, once",
        goal="exact",
        measured=f"{len(accepted):,} accepted; "
        + (
            f"exact, proven in {time.perf_counter() - begin:.0f} s"
            if exact
            else f"missing in {missing}, extra {extra}, twice {twice}, refused {refused}"
        ),
        met=exact,
    )


def _plain_rate(scale: Scale) -> float:
    count = 100 if scale == "small" else 2_000
    with plain_form.running() as address:
        send(plain_form.entry(address), count=100, connections=CONNECTIONS)
        return send(plain_form.entry(address), count=count, connections=CONNECTIONS).per_second
