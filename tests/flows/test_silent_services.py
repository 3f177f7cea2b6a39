"""A service takes every request and never answers: campaigns move on time, and everyone is told once in the end."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from uuid import UUID

import pytest

from bench.load import Answer, send
from tests.support.crowd import Crowd
from tests.support.faults import Weather, trouble_before
from tests.support.installation import Installation, running_installation, wait_until
from tests.support.ledger import ids_in_django, ids_in_table, waiting
from tests.support.mailbox import all_mails
from tests.support.postgres_server import postgres_programs, postgres_server
from tests.support.scenery import make_campaigns
from tests.support.silent import Line, silent_line
from tests.support.stack import free_port
from tests.support.visitor import Visitor
from tests.support.weathered import Ledger, soon_again

pytestmark = [pytest.mark.flow, pytest.mark.long]
SOON_SECONDS = 4
"""From its publishing a campaign opens or closes within so many seconds: while a service hangs."""
FOLLOWS_SECONDS = 5
"""How long after a date the admin says so, while a service hangs that it does not need for that."""
BACK_SECONDS = 30
"""How long after PostgreSQL's return the admin says what was due meanwhile."""
MAILS_PER_SECOND = 50
SLOWEST_MAILS = 7
"""What is waited for in the end: two cores give some forty mails a second, to four such installations at once."""
SERVICES = ("sqs", "dynamodb", "ses", *(("postgresql",) if postgres_programs() else ()))


@dataclass
class Lines:
    """An installation and the lines from its processes to what they need, each of which can go silent."""

    installation: Installation
    weather: Weather
    to_postgres: Line | None = None

    def hang(self, service: str) -> None:
        """Let a service take every request and answer none."""
        if service == "postgresql":
            assert self.to_postgres is not None
            self.to_postgres.hang()
        else:
            self.weather.silent = frozenset({service})

    def heal(self) -> None:
        """Let every service answer again."""
        self.weather.calm()
        if self.to_postgres is not None:
            self.to_postgres.heal()


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lines]:
    """Start an installation on PostgreSQL, where there is one, whose worker calls the writer."""
    port, settings = free_port(), {"INGEST_CONSUMER": "celery"}
    with ExitStack() as stack:
        proxy, weather = stack.enter_context(trouble_before(f"http://127.0.0.1:{port}"))
        address, line = "", None
        if "postgresql" in SERVICES:
            address = stack.enter_context(postgres_server())
            direct = address.rpartition(":")[2].partition("/")[0]
            line = stack.enter_context(silent_line("127.0.0.1", int(direct)))
            settings["DATABASE_URL"] = address.replace(f":{direct}/", f":{line.port}/")
        installation = stack.enter_context(
            running_installation(
                tmp_path_factory.mktemp("silent"),
                aws_port=port,
                postgres=address,
                AWS_ENDPOINT_URL=proxy,
                MAILS_PER_SECOND=str(MAILS_PER_SECOND),
                **settings,
            )
        )
        yield Lines(installation, weather, line)


def moves_while_silent(lines: Lines, service: str, seconds: float) -> None:
    """Let a campaign open and one close while a service takes every request and answers none."""
    installation, soon = lines.installation, SOON_SECONDS / 3600
    names = [f"{service}-{what}-{seconds:g}" for what in ("opens", "closes")]
    facts = make_campaigns(
        installation,
        {
            names[0]: {"like": "quick-draw", "opens_in_hours": soon},
            names[1]: {"like": "quick-draw", "closes_in_hours": soon},
        },
    )
    printed = installation.python(
        "from campaigns.publishing.models import Placement\n"
        f"of = Placement.objects.filter(campaign__slug__in={names!r}, is_test=False)\n"
        "opening, closing = of.order_by('-campaign__slug')\n"
        "print(opening.opens_at.timestamp(), closing.closes_at.timestamp())"
    )
    opens_at, closes_at = map(float, printed.split()[-2:])
    lines.hang(service)
    hung = time.monotonic()
    opening, closing = (Visitor(installation, name, campaign=facts[name]) for name in names)
    for visitor, at, before, after in (
        (opening, opens_at, 409, 200),
        (closing, closes_at, 200, 409),
    ):
        if (left := at - 1 - time.time()) > 0:
            assert visitor.call_start().status_code == before, "a second before"
            time.sleep(left)
        time.sleep(max(0.0, at + 1 - time.time()))
        assert visitor.call_start().status_code == after, "a second after"

    def has_moved() -> bool:
        query = "SELECT state FROM campaigns_campaign WHERE slug IN (?, ?) ORDER BY slug"
        return installation.rows(query, names) == [("closed",), ("live",)]

    if service != "postgresql":
        wait_until(
            has_moved,
            what=f"the admin's states follow while {service} hangs",
            seconds=max(1.0, max(opens_at, closes_at) + FOLLOWS_SECONDS - time.time()),
        )
    time.sleep(max(0.0, hung + seconds - time.monotonic()))
    lines.heal()
    wait_until(has_moved, what=f"the admin's states follow {service}", seconds=BACK_SECONDS)


@pytest.mark.parametrize(
    ("services", "seconds", "rate"),
    [
        (SERVICES, 5, 3),
        *(pytest.param((name,), 720, 20, marks=pytest.mark.soak, id=name) for name in SERVICES),
    ],
)
def test_while_a_service_never_answers_campaigns_move_and_everyone_is_told_once_in_the_end(
    lines: Lines, services: Sequence[str], seconds: int, rate: int
) -> None:
    installation, accepted = lines.installation, set[UUID]()
    slug = f"told-{services[0]}-{seconds}"
    made = make_campaigns(installation, {slug: {"like": "quick-draw"}})
    crowd, count = Crowd(installation, made[slug]), len(services) * seconds * rate
    patience = 90 + 3 * count / MAILS_PER_SECOND
    seldom = min(10.0, count / 1_000)

    def note(answer: Answer) -> None:
        if answer.status == 202:
            accepted.add(crowd.id_of(answer.number))

    with soon_again(installation), ThreadPoolExecutor(1) as beside:
        sending = beside.submit(
            send, crowd.submission, count=count, connections=4, rate=rate, seen=note
        )
        for service in services:
            moves_while_silent(lines, service, seconds)
        assert sending.result().statuses[202] == count
        books = Ledger(installation, crowd, range(count))
        wait_until(
            lambda: not books.missing(accepted), what="all came in", seconds=patience, pause=seldom
        )
    wait_until(
        lambda: told(installation, accepted),
        what="everyone was told",
        seconds=90 + count / SLOWEST_MAILS,
        pause=seldom,
    )
    for held in (ids_in_table(installation), ids_in_django(installation)):
        counted = Counter(held)
        assert all(counted[key] == 1 for key in accepted)
    boxes = Counter(address for mail in all_mails(installation) for address in mail["To"])
    wanted = [f"ada.{crowd.mark}.{number}@example.com" for number in range(count)]
    assert {address: boxes[address] for address in wanted} == dict.fromkeys(wanted, 1)
    dead = [name for name in installation.environment if name.endswith("_DEAD_LETTER_QUEUE_URL")]
    assert waiting(installation, *dead) == 0


def told(installation: Installation, ids: set[UUID]) -> bool:
    """Do with mails what staff do after an outage; tell whether each of these submissions has had its mail."""
    printed = installation.python(
        "from campaigns.accounts.models import User\n"
        "from contextlib import suppress\n"
        "from submissions.mail.models import Mail\n"
        "from submissions.mail.services import by_hand, holds\n"
        "someone = User.objects.filter(is_superuser=True).first()\n"
        "with suppress(holds.NothingHeld):\n"
        "    holds.try_now(actor=someone, at=timezone.now())\n"
        "for mail in Mail.objects.filter(state='unknown'):\n"
        "    by_hand.resend(mail.pk, seen=mail.tries, actor=someone, at=timezone.now())\n"
        "sent = Mail.objects.filter(state__in=('sent', 'delivered'))\n"
        "print(*sent.values_list('submission_id', flat=True))"
    )
    return {str(key) for key in ids} <= set(printed.splitlines()[-1].split())
