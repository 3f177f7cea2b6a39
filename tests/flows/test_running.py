"""An installation is stopped, killed and started in every way: its data stay, and no process does."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from bench.load import Answer, send
from tests.flows.conftest import FIVE_EACH
from tests.support import limits_kept
from tests.support.crowd import Crowd
from tests.support.faults import Weather, trouble_before
from tests.support.installation import Installation, running_installation, wait_until
from tests.support.ledger import ids_in_django, ids_in_table, waiting
from tests.support.receipts import receipt_bytes
from tests.support.scenery import make_campaigns
from tests.support.stack import free_port
from tests.support.visitor import Visitor
from tests.support.ways_in import BY_API, BY_FUNCTION, BY_WORKER
from tests.support.weathered import Ledger, kill_at_random, soon_again

pytestmark = [pytest.mark.flow, pytest.mark.long]
TROUBLES = [f"{kind} TransactWriteItems" for kind in ("throttled", "conflicting", "repeated")]


@dataclass
class Rough:
    """An installation for rough handling, with a proxy between its processes and AWS."""

    installation: Installation
    weather: Weather
    proxy: str


@pytest.fixture(scope="module")
def rough(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rough]:
    """Start an installation whose site and worker reach AWS through weather that can be made.

    Its worker calls the writer, since a function reaches AWS past the weather. A test leaves it so.
    """
    port = free_port()
    with trouble_before(f"http://127.0.0.1:{port}") as (proxy, weather):
        directory = tmp_path_factory.mktemp("rough")
        with running_installation(
            directory, aws_port=port, AWS_ENDPOINT_URL=proxy, **BY_WORKER
        ) as installation:
            yield Rough(installation, weather, proxy)


def enter(installation: Installation, number: int) -> Visitor:
    """Send a receipt the whole way into Django."""
    visitor = Visitor(installation, "summer-receipts")
    visitor.enter(receipt_bytes(number))
    visitor.status("pending_review")
    visitor.row("id")
    visitor.images(1)
    return visitor


def holds(installation: Installation, *visitors: Visitor) -> None:
    """Fail unless table and site hold the submissions of these visitors, each once."""
    wanted = {visitor.id for visitor in visitors}
    assert wanted <= set(ids_in_table(installation))
    assert wanted <= set(ids_in_django(installation))


def limits_hold(installation: Installation, facts: dict[str, Any]) -> None:
    """Fail unless many at once count as the limits say, and what was forged ends in quarantine."""
    with soon_again(installation):  # of so many at once, some meet another and come a second time
        for rule in limits_kept.ALL:
            rule(installation, facts)
    before = waiting(installation, "QUARANTINE_QUEUE_URL")
    forger = Visitor(installation, facts["slug"], campaign=facts)
    forger.id, forger.token = uuid4(), "forged" * 10
    assert forger.submit().status_code == 202
    wait_until(
        lambda: waiting(installation, "QUARANTINE_QUEUE_URL") == before + 1,
        what="what was forged is in quarantine",
    )
    assert waiting(installation, "SUBMISSIONS_DEAD_LETTER_QUEUE_URL") == 0


def nothing_runs(installation: Installation) -> None:
    """Fail unless everything that ran for the installation has ended."""
    wait_until(
        lambda: not installation.processes(),
        what=f"nothing is left; {installation.processes()}",
        seconds=40,
    )


def test_data_stay_and_limits_hold_whichever_way_it_ends_and_they_come_in(rough: Rough) -> None:
    """kill -9, SIGTERM and Ctrl-C; and at each start submissions come in another way, at last as in the beginning."""
    installation = rough.installation
    facts = make_campaigns(installation, {"five-each": FIVE_EACH})["five-each"]
    by_worker = enter(installation, 88_002)
    limits_hold(installation, facts)
    installation.stop(signal.SIGKILL)
    nothing_runs(installation)

    installation.environment_too |= BY_API
    installation.start()
    holds(installation, by_worker)
    by_api = enter(installation, 88_003)
    limits_hold(installation, facts)
    installation.stop(signal.SIGTERM)
    nothing_runs(installation)

    installation.environment_too |= BY_FUNCTION
    installation.start()
    holds(installation, by_worker, by_api)
    by_function = enter(installation, 88_004)
    installation.stop()
    nothing_runs(installation)
    assert not (installation.directory / "up.json").exists()

    installation.environment_too |= BY_WORKER
    installation.start()
    holds(installation, by_worker, by_api, by_function)


def test_a_second_start_in_the_same_directory_is_refused_and_harms_nothing(rough: Rough) -> None:
    second = Installation(rough.installation.directory)
    with pytest.raises(AssertionError, match="already runs from this directory"):
        second.start()

    enter(rough.installation, 88_005)


def test_the_emulator_stops_in_the_middle_of_a_submission(rough: Rough) -> None:
    installation = rough.installation
    sent, sending = (Visitor(installation, "summer-receipts") for _ in range(2))
    photo = receipt_bytes(88_006)
    with soon_again(
        installation
    ):  # from the first photo on: one in flight keeps the time it was handed out with
        sending.send_photo(photo)
        sent.enter(receipt_bytes(88_007))
        (emulator,) = installation.pids("ministack")
        os.kill(emulator, signal.SIGTERM)
        wait_until(lambda: emulator not in installation.processes(), what="the emulator has ended")

        def submit() -> bool:
            with suppress(httpx.HTTPError):
                return sending.submit().status_code == 202
            return False

        wait_until(submit, what="the page's own retry is accepted", seconds=90)
        for visitor in (sent, sending):
            visitor.status("pending_review", seconds=120)
            visitor.row("id", seconds=120)
            visitor.images(1, seconds=150)


@pytest.mark.parametrize(
    ("count", "rate"), [(200, 20), pytest.param(5_000, 200, marks=pytest.mark.soak)]
)
def test_in_a_storm_the_ledger_stays_exact(rough: Rough, count: int, rate: int) -> None:
    installation, people, limit = rough.installation, count // 4, 3
    slug = f"storm-{count}"
    facts = make_campaigns(
        installation,
        {
            slug: {
                "like": "quick-draw",
                "limits": [{"scope": "person", "count": limit, "window": "campaign"}],
            }
        },
    )[slug]
    crowd, accepted = Crowd(installation, facts, person=lambda n: n % people), set[UUID]()

    def note(answer: Answer) -> None:
        if answer.status == 202:
            accepted.add(crowd.id_of(answer.number))

    rough.weather.storm()
    with soon_again(installation):
        with kill_at_random(installation, every_seconds=2):
            outcome = send(crowd.submission, count=count, connections=16, rate=rate, seen=note)
            # A phone that heard no answer sends the same again: every twentieth does.
            send(lambda n: crowd.submission(n * 20), count=count // 20, connections=4, rate=rate)
            # On a slow machine most of them are written only now.
            wait_until(
                lambda: all(rough.weather.seen[trouble] for trouble in TROUBLES),
                what=f"each trouble at the writing of an entry; {rough.weather.seen}",
                seconds=180,
            )
        rough.weather.calm()
        assert outcome.statuses[202] >= count * 0.99, outcome.statuses

        ledger = Ledger(installation, crowd, range(count))
        ledger.settle(accepted, seconds=300)
    ledger.prove(accepted, limit=limit)
