"""Does one campaign's flood delay another's entries or photos?

The whole installation as ``make up`` runs it, and two clients' campaigns. One has
the costliest form that the check before publish lets pass and is flooded: 10,000
of its entries wait in the queue all the while, and after them hundreds of its photos. Of the
other, two entries and one photo come a second. Measured is the age of the other's:
seconds from the 202 (of a photo, from S3's answer) until the row is in Django, p95.

The peer is the same campaign in the same installation before the flood.
"""

import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from bench.load import Answer, Request, percentile, send
from bench.report import Report, Scale
from bench.watch import LOOK_SECONDS, PATIENCE_SECONDS, Watch
from tests.support.crowd import Crowd
from tests.support.installation import Installation, running_installation
from tests.support.receipts import receipt_bytes
from tests.support.scenery import make_campaigns

WAITING: dict[Scale, int] = {"small": 200, "bench": 10_000, "soak": 10_000}
ENTRIES: dict[Scale, int] = {"small": 10, "bench": 80, "soak": 200}
ENTRIES_RATE = 2
FLOOD_OF_PHOTOS: dict[Scale, int] = {"small": 20, "bench": 600, "soak": 1_000}
PHOTOS: dict[Scale, int] = {"small": 5, "bench": 40, "soak": 60}
PHOTOS_RATE = 1
GOAL_ENTRY_SECONDS = 5
GOAL_PHOTO_SECONDS = 30

COSTLIEST = {"kind": "text", "pattern": "(a?){1000}", "required": True, "max_length": 300}
"""As ``tests/security/test_cost_of_an_entry.py`` finds it: a repeat is what this engine pays for."""
PLANS: dict[str, dict[str, Any]] = {
    "flooded": {"like": "quick-draw", "fields": [{"name": "costly", **COSTLIEST}]},
    "other": {"like": "quick-draw"},
}


@dataclass
class Flood:
    """Keeps as many entries of a campaign waiting as ``waiting`` says, until told to end."""

    crowd: Crowd
    watch: Watch
    waiting: int
    accepted: dict[UUID, float] = field(default_factory=dict)
    _over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._blow, daemon=True)
        self._thread.start()

    def under_way(self) -> int:
        """Count what got its 202 and is not in Django."""
        # Copies, which are made at once: comparing asks each id for its hash, and other threads add in between.
        return len(self.accepted.copy().keys() - self.watch.visible.copy().keys())

    def rise(self) -> None:
        """Return when as many wait as should; give up when none was accepted for long."""
        begun = time.monotonic()
        while self.under_way() < self.waiting * 0.95:
            if time.monotonic() - begun > PATIENCE_SECONDS:
                raise SystemExit(f"The flood stands at {self.under_way()} of {self.waiting}.")
            time.sleep(LOOK_SECONDS)

    def end(self) -> None:
        """Send no more, and return when what was accepted has arrived."""
        self._over.set()
        self._thread.join()
        self.watch.wait_for(self.accepted)

    def _blow(self) -> None:
        step, first = 500, 0
        while not self._over.is_set():
            if self.under_way() >= self.waiting:
                time.sleep(LOOK_SECONDS)
                continue
            _send(self.crowd, first, step, self.accepted)
            first += step


def run(report: Report) -> None:
    """Measure another campaign's entries and photos before the flood and in it."""
    with (
        tempfile.TemporaryDirectory() as directory,
        running_installation(Path(directory) / "var") as installation,
    ):
        campaigns = make_campaigns(installation, PLANS)
        watch = Watch(installation.directory / "db.sqlite3")
        watch.start()
        try:
            _entries(report, installation, campaigns, watch)
            _photos(report, installation, campaigns)
        finally:
            watch.end()
        _none_is_dead(report, installation)


def _entries(
    report: Report, installation: Installation, campaigns: dict[str, dict[str, Any]], watch: Watch
) -> None:
    count, waiting = ENTRIES[report.scale], WAITING[report.scale]
    calm = _ages(installation, campaigns["other"], watch, count)
    costly = {**campaigns["flooded"]["answers"], "costly": "a" * 300}
    crowd = Crowd(installation, {**campaigns["flooded"], "answers": costly})
    flood = Flood(crowd, watch, waiting)
    flood.rise()
    ages = _ages(installation, campaigns["other"], watch, count)
    still = flood.under_way()
    flood.end()
    report.say(f"entries of the flood: {len(flood.accepted):,}, {still:,} waiting at the end")
    what = f"age of another campaign's entry while {waiting:,} wait"
    _age(report, what, ages, calm, GOAL_ENTRY_SECONDS, flooded=still >= waiting * 0.9)


def _age(
    report: Report, what: str, ages: list[float], calm: list[float], goal: int, *, flooded: bool
) -> None:
    """Add a row: the ages in the flood, beside those before it, of which there are as many."""
    p95, missing = percentile(ages, 0.95), len(calm) - len(ages)
    report.row(
        what,
        goal=f"p95 ≤ {goal} s",
        measured=f"p50 {percentile(ages, 0.5):.2f} s, p95 {p95:.2f} s, {missing} missing",
        met=p95 <= goal and not missing and flooded,
        peer=f"before the flood p95 {percentile(calm, 0.95):.2f} s",
    )


def _ages(
    installation: Installation, campaign: dict[str, Any], watch: Watch, count: int
) -> list[float]:
    """Enter ``count`` times at the steady pace; return the ages of those that arrived."""
    crowd, accepted = Crowd(installation, campaign), dict[UUID, float]()
    _send(crowd, 0, count, accepted, rate=ENTRIES_RATE, connections=2)
    watch.wait_for(accepted)
    seen = watch.visible
    return [max(0.0, seen[key] - done) for key, done in accepted.items() if key in seen]


def _send(
    crowd: Crowd,
    first: int,
    count: int,
    accepted: dict[UUID, float],
    *,
    rate: float | None = None,
    connections: int = 16,
) -> None:
    def make(number: int) -> Request:
        return crowd.submission(first + number)

    def note(answer: Answer) -> None:
        if answer.status == 202:
            accepted[crowd.id_of(first + answer.number)] = answer.done

    send(make, count=count, connections=connections, rate=rate, seen=note)


def _photos(
    report: Report, installation: Installation, campaigns: dict[str, dict[str, Any]]
) -> None:
    many, count = FLOOD_OF_PHOTOS[report.scale], PHOTOS[report.scale]
    calm = _photo_ages(installation, _uploader(installation, campaigns["other"]), count)
    flood = _uploader(installation, campaigns["flooded"])
    keys = {flood(number) for number in range(many)}
    ages = _photo_ages(installation, _uploader(installation, campaigns["other"]), count)
    waited = keys - _seen(installation)
    _until(lambda: keys <= _seen(installation))
    report.say(f"photos of the flood: {many}, {len(waited)} waiting when the other's had arrived")
    what = f"age of another campaign's photo beside {many} photos of one"
    _age(report, what, ages, calm, GOAL_PHOTO_SECONDS, flooded=bool(waited))


def _uploader(installation: Installation, campaign: dict[str, Any]) -> Callable[[int], str]:
    """Return what uploads the n-th photo of a campaign, each of another form, and returns its key."""
    s3, bucket = installation.aws("s3"), installation.environment["BUCKET_NAME"]

    def upload(number: int) -> str:
        key = f"incoming/{campaign['slug']}/{uuid4()}/1/1-1-{uuid4().hex[:8]}"
        photo = receipt_bytes(number, width=1800, height=2700)
        s3.put_object(Bucket=bucket, Key=key, Body=photo, ContentType="image/jpeg")
        return key

    return upload


def _photo_ages(
    installation: Installation, upload: Callable[[int], str], count: int
) -> list[float]:
    """Upload at the steady pace; return how long each was on its way into Django."""
    sent: dict[str, float] = {}
    seen: dict[str, float] = {}
    begun = time.perf_counter()

    def look() -> bool:
        now, there = time.perf_counter(), _seen(installation)
        for key in sent.keys() & there:
            seen.setdefault(key, now)
        return seen.keys() == sent.keys()

    for number in range(count):
        while time.perf_counter() < begun + number / PHOTOS_RATE:
            look()
            time.sleep(LOOK_SECONDS)
        sent[upload(number)] = time.perf_counter()
    _until(look)
    return [seen[key] - sent[key] for key in seen]


def _seen(installation: Installation) -> set[str]:
    return {key for (key,) in installation.rows("SELECT key FROM submissions_receiptimage")}


def _until(there: Callable[[], bool]) -> None:
    begun = time.monotonic()
    while not there() and time.monotonic() - begun < PATIENCE_SECONDS:
        time.sleep(LOOK_SECONDS)


def _none_is_dead(report: Report, installation: Installation) -> None:
    queues = installation.aws("sqs")
    names = [
        url
        for name, url in installation.environment.items()
        if name.endswith("DEAD_LETTER_QUEUE_URL")
    ]
    depth = ["ApproximateNumberOfMessages"]
    dead = sum(
        int(queues.get_queue_attributes(QueueUrl=url, AttributeNames=depth)["Attributes"][depth[0]])
        for url in names
    )
    report.row("dead letters", goal="0", measured=str(dead), met=dead == 0 and bool(names))
