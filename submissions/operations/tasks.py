"""What runs by the clock: comparisons with the table, and photos that no submission names."""

import time
from collections.abc import Callable

from celery.schedules import crontab
from django.utils import timezone

from campaignhub import ingest
from campaignhub.clock.rounds import clock_round, periodic_task
from campaignhub.clock.turns import Away, Turn
from campaigns.accounts.tenancy import unscoped
from submissions.intake.services import heartbeats
from submissions.operations.services import (
    comparisons,
    ledger_rounds,
    newest,
    readings,
    samples,
    sources,
    unsent_photos,
)

UNSENT_ROUND_SECONDS = 120
READINGS_EVERY_SECONDS = 15
UNSENT_EVERY_SECONDS = 900
"""Each round that has something to do looks through the quarantine, whose messages may be looked at a
thousand times in their seven days (``maxReceiveCount`` in template.yaml)."""


@periodic_task(every=crontab(minute="7"), queue="jobs", expires=3000, time_limit=300)
@unscoped("the table holds every client's submissions")
def reconcile() -> None:
    """Start the job that compares the last day with the table; then go on with the round through all items."""
    comparisons.start_comparison(None, timezone.now())
    try:
        ledger_rounds.go_on(at=timezone.now(), enough=_after(ledger_rounds.SECONDS_AN_HOUR))
    except ingest.IngestBusy as exc:
        raise Away("the submissions table is busy or away") from exc


@periodic_task(
    every=UNSENT_EVERY_SECONDS, queue="jobs", expires=UNSENT_EVERY_SECONDS, time_limit=240
)
@unscoped("the bucket holds every client's photos")
def sweep_unsent_photos() -> None:
    """Sweep photos that no submission names, as far as a round has time for."""
    unsent_photos.sweep_unsent(at=timezone.now(), enough=_after(UNSENT_ROUND_SECONDS))


@clock_round(every=READINGS_EVERY_SECONDS, budget=10)
@unscoped("the machinery is every client's")
def take_readings(_turn: Turn) -> None:
    """Ask every service how it is, once a minute count what there is, and forget processes that are gone."""
    heartbeats.beat("clock", at=timezone.now())
    readings.ask_all(sources.sources())
    now = timezone.now()
    samples.note_minute(readings.kept(), at=now)
    heartbeats.sweep(at=now)


@clock_round(every=60, budget=15)
@unscoped("the table holds every client's submissions")
def look_for_newest(_turn: Turn) -> None:
    """Look whether the table has the newest entries; that it lacks some stands with the round on Operations."""
    try:
        absent, asked = newest.absent_of_newest(at=timezone.now())
    except ingest.IngestBusy as exc:
        raise Away("the submissions table is busy or away") from exc
    if absent:
        raise Away(
            f"{absent} of the newest {asked} entries are not in the table (see Restored table)"
        )


def _after(seconds: float) -> Callable[[], bool]:
    ends_at = time.monotonic() + seconds
    return lambda: time.monotonic() >= ends_at
