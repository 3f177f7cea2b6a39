"""What has to hold after rough handling, and the handling itself."""

import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from tests.support.crowd import Crowd
from tests.support.installation import Installation, wait_until
from tests.support.ledger import ids_in_django, ids_in_table, items, waiting

OURS = ("gunicorn", "manage.py drain", "manage.py clock", "celery", "local_aws.pipes")
"""The processes of ours, by a part of their command; the functions run inside the emulator."""


def children(pid: int) -> list[int]:
    """Return the processes that a process has started and that still run."""
    found: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found


def victims(installation: Installation, name: str) -> list[int]:
    """Return the processes of one kind; ``functions`` are those that run our code in the emulator."""
    if name != "functions":
        return installation.pids(name)
    return [child for pid in installation.pids("ministack") for child in children(pid)]


def kill(installation: Installation, name: str) -> int:
    """Kill every process of one kind without a word of warning; return how many there were."""
    pids = victims(installation, name)
    # Between two warm ones there may be no function; a process of ours is noted as long as it is wanted.
    assert pids or name == "functions", f"there is no process of the name {name}"
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return len(pids)


@contextmanager
def kill_at_random(installation: Installation, *, every_seconds: float) -> Iterator[Counter[str]]:
    """Kill one kind of process after the other, at random, as long as this lasts."""
    over, killed, rng = threading.Event(), Counter[str](), random.Random(11)

    def work() -> None:
        while not over.wait(every_seconds * rng.uniform(0.5, 1.5)):
            name = rng.choice((*OURS, "functions"))
            killed[name] += kill(installation, name)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()
    assert killed, "nothing was killed"


@contextmanager
def soon_again(installation: Installation, *, seconds: int = 10) -> Iterator[None]:
    """Let what a killed process had in its hands come back in seconds, as long as this lasts."""
    queues, sqs = ("SUBMISSIONS", "IMAGES", "MIRROR"), installation.aws("sqs")
    name = "VisibilityTimeout"
    urls = [installation.environment[f"{queue}_QUEUE_URL"] for queue in queues]
    before = [
        sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"] for url in urls
    ]
    for url in urls:
        sqs.set_queue_attributes(QueueUrl=url, Attributes={name: str(seconds)})
    try:
        yield
    finally:
        for url, attributes in zip(urls, before, strict=True):
            sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)


@dataclass
class Ledger:
    """The books of one crowd: what was accepted against what table and site hold, by id."""

    installation: Installation
    crowd: Crowd
    numbers: Iterable[int]

    def missing(self, accepted: set[UUID]) -> set[UUID]:
        """Return what was accepted and is not in both table and site."""
        lacking = accepted - set(ids_in_django(self.installation))
        # Who waits asks often, and the table can only be read whole: it comes last.
        return lacking or accepted - set(ids_in_table(self.installation))

    def settle(self, accepted: set[UUID], *, seconds: float) -> None:
        """Wait until all that was accepted is in table and site.

        What a busy machine could not deliver in all its tries lies in the
        dead-letter queue and is not lost: it is replayed, as staff do.
        """

        def look() -> bool:
            if not self.missing(accepted):
                return True
            given_up = waiting(self.installation, "SUBMISSIONS_DEAD_LETTER_QUEUE_URL")
            if given_up and not waiting(self.installation, "SUBMISSIONS_QUEUE_URL"):
                self.installation.python(
                    "from campaigns.accounts.models import User\n"
                    "from submissions.operations.services.dead_letters import replay\n"
                    "someone = User.objects.filter(is_superuser=True).first()\n"
                    "replay('submissions', message_ids=None, actor=someone, at=timezone.now())\n"
                )
            return False

        wait_until(look, what="every 202 in table and site", seconds=seconds)

    def prove(self, accepted: set[UUID], *, limit: int) -> None:
        """Fail unless each is there once, equal on both sides, and nobody has more than the limit."""
        slug = self.crowd.campaign["slug"]
        self.installation.manage("reconcile", "--dry-run", "--campaign", slug)
        table, site = ids_in_table(self.installation), ids_in_django(self.installation)
        for held in (table, site):
            counted = Counter(held)
            assert {key: counted[key] for key in accepted} == dict.fromkeys(accepted, 1)
        numbers = {self.crowd.id_of(number): number for number in self.numbers}
        stored = {
            UUID(item["pk"]["S"].removeprefix("SUBMISSION#")): item["status"]["S"]
            for item in items(self.installation, "SUBMISSION#")
            if item["sk"]["S"] == "SUBMISSION"
        }
        shown = {
            UUID(key): status
            for key, status in self.installation.rows(
                "SELECT id, status FROM submissions_submission"
            )
        }
        counts, sent = Counter[int](), Counter[int]()
        for key, number in numbers.items():
            if key not in stored:
                continue
            assert shown[key] == stored[key], "the site shows what the table holds"
            sent[self.crowd.person(number)] += 1
            counts[self.crowd.person(number)] += stored[key] != "invalid"
        assert counts == {who: min(many, limit) for who, many in sent.items()}
        uses = [
            int(item["n"]["N"])
            for item in items(self.installation, f"LIMIT#{self.crowd.campaign['id']}")
        ]
        assert sum(uses) == sum(counts.values()), "every use of a limit is somebody's"
