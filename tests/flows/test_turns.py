"""One campaign's flood delays no other's entries, photos included: each stage hands out campaigns in turn.

What counts is the order in which things are done, not how quickly a machine does them: a part of the
chain is held still until the flood stands before it, and then let go.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from os import kill
from typing import Any
from uuid import UUID, uuid4

import pytest

from bench.load import send
from tests.support.crowd import Crowd
from tests.support.installation import Installation, wait_until
from tests.support.receipts import receipt_bytes
from tests.support.scenery import make_campaigns
from tests.support.ways_in import BY_WORKER, chosen_way_in

pytestmark = [pytest.mark.flow, pytest.mark.long]

FLOOD, QUIET = 600, 40
"""Several batches of each: one that a busy writer gives back comes much later, with all that is in it."""
PHOTOS, QUIET_PHOTOS = 90, 3
SECONDS = 300


@pytest.fixture
def flooded(embedded: Installation) -> dict[str, Any]:
    """Publish a campaign that somebody floods."""
    return make_campaigns(embedded, {"flooded": {"like": "quick-draw"}})["flooded"]


@pytest.fixture
def quiet(embedded: Installation) -> dict[str, Any]:
    """Publish another client's wish: a campaign with an entry now and then."""
    return make_campaigns(embedded, {"quiet": {"like": "quick-draw"}})["quiet"]


@contextmanager
def held_still(installation: Installation, name: str) -> Iterator[None]:
    """Stop a process where it is until the end of the block."""
    pids = installation.pids(name)
    assert pids
    for pid in pids:
        kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            kill(pid, signal.SIGCONT)


@contextmanager
def photos_held(installation: Installation) -> Iterator[None]:
    """Hand no photo to the images function until the end of the block."""
    function = installation.aws("lambda")
    mapping = function.list_event_source_mappings()["EventSourceMappings"][0]["UUID"]
    function.update_event_source_mapping(UUID=mapping, Enabled=False)
    try:
        yield
    finally:
        function.update_event_source_mapping(UUID=mapping, Enabled=True)


def enter(crowd: Crowd, many: int) -> None:
    outcome = send(crowd.submission, count=many, connections=8)
    assert outcome.only(202), outcome


def in_django(installation: Installation, *crowds: Crowd) -> list[UUID]:
    """Return their entries in the order in which Django got them: that of SQLite's row numbers."""
    theirs = {key for crowd in crowds for key in crowd.ids.values()}
    rows = installation.rows("SELECT id FROM submissions_submission ORDER BY rowid")
    return [key for (text,) in rows if (key := UUID(text)) in theirs]


def waiting_in(installation: Installation, queue: str) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    counted = installation.aws("sqs").get_queue_attributes(
        QueueUrl=installation.environment[queue], AttributeNames=names
    )
    return sum(int(counted["Attributes"][name]) for name in names)


def places_of(few: Crowd, many: Crowd) -> list[int]:
    """Wait for everybody; return at which places the few came, the first first."""
    installation, everybody = few.installation, len(many.ids) + len(few.ids)
    wait_until(
        lambda: len(in_django(installation, many, few)) == everybody,
        what="everybody in Django",
        seconds=SECONDS,
    )
    order = in_django(installation, many, few)
    return sorted(order.index(key) for key in few.ids.values())


@pytest.mark.skipif(
    chosen_way_in() == BY_WORKER,
    reason="One process reads both queues then, and can't be held for one.",
)
def test_entries_of_another_campaign_are_written_while_a_flood_waits_for_the_writer(
    embedded: Installation, flooded: dict[str, Any], quiet: dict[str, Any]
) -> None:
    many, few, first = (Crowd(embedded, of) for of in (flooded, quiet, quiet))
    # Writers that have to start first may take so long that what they were to write comes a second time.
    enter(first, QUIET)
    places_of(first, Crowd(embedded, quiet))
    with held_still(embedded, "pipes"):
        enter(many, FLOOD)
        enter(few, QUIET)
    places = places_of(few, many)
    # In the order in which they were sent all of them would come last. A batch that came a second time is late.
    assert places[QUIET // 4] < (FLOOD + QUIET) / 4, places


@pytest.mark.skipif(
    chosen_way_in() == BY_WORKER,
    reason="One process reads both queues then, and can't be held for one.",
)
def test_entries_of_another_campaign_are_mirrored_while_a_flood_waits_for_the_mirror(
    embedded: Installation, flooded: dict[str, Any], quiet: dict[str, Any]
) -> None:
    many, few = Crowd(embedded, flooded), Crowd(embedded, quiet)
    with held_still(embedded, "manage.py drain"):
        enter(many, FLOOD)
        wait_until(
            lambda: waiting_in(embedded, "MIRROR_QUEUE_URL") >= FLOOD,
            what="the flood before the mirror",
            seconds=SECONDS,
        )
        enter(few, QUIET)
        wait_until(
            lambda: waiting_in(embedded, "MIRROR_QUEUE_URL") >= FLOOD + QUIET,
            what="the few behind it",
            seconds=SECONDS,
        )
    places = places_of(few, many)
    assert places[-1] < (FLOOD + QUIET) / 2, places


def test_a_photo_of_another_campaign_is_looked_at_while_a_flood_of_photos_waits(
    embedded: Installation, flooded: dict[str, Any], quiet: dict[str, Any]
) -> None:
    mark = f"{uuid4().hex[:8]}"
    s3, bucket = embedded.aws("s3"), embedded.environment["BUCKET_NAME"]

    def upload(campaign: dict[str, Any], number: int) -> None:
        key = f"incoming/{campaign['slug']}/{uuid4()}/1/1-1-{mark}"
        s3.put_object(Bucket=bucket, Key=key, Body=receipt_bytes(number))

    def looked_at() -> list[str]:
        pattern = f"incoming/%-{mark}"
        rows = embedded.rows(
            "SELECT key FROM submissions_receiptimage WHERE key LIKE ? ORDER BY rowid", (pattern,)
        )
        return [key.split("/")[1] for (key,) in rows]

    with photos_held(embedded):
        for number in range(PHOTOS):
            upload(flooded, number)
        # More than one: a function that starts on a busy machine may miss its time, and is called again.
        for number in range(QUIET_PHOTOS):
            upload(quiet, PHOTOS + number)
        wait_until(
            lambda: waiting_in(embedded, "IMAGES_QUEUE_URL") >= PHOTOS + QUIET_PHOTOS,
            what="the photos before the function",
            seconds=SECONDS,
        )
    wait_until(
        lambda: len(looked_at()) == PHOTOS + QUIET_PHOTOS, what="all photos", seconds=SECONDS
    )
    assert looked_at().index(quiet["slug"]) < PHOTOS / 2
