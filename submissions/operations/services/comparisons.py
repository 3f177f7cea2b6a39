"""Comparing the last day with the table, and repairing a table that is behind: as jobs, bit by bit."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from campaignhub import ingest
from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Capability
from campaigns.jobs.models import Job, JobState
from campaigns.jobs.services.asking import start
from campaigns.jobs.services.registry import Kind, Step
from campaigns.setup.models import Campaign
from submissions.mirror.services.writing import SETTLES_WITHIN
from submissions.operations.models import LedgerCheck
from submissions.operations.services import ledger, table_repair
from submissions.operations.services.table_repair import TableRepair

LEDGER_LOOKS_BACK = timedelta(hours=26)
"""Of the comparison of the last day: a day and a bit. ``manage.py reconcile`` compares all there is."""
_HOURS_A_STEP = 20
_ENTRIES_A_STEP = 5_000
"""A step ends after the hour with which it has compared so many: a second or two."""
_TIMES = ("begun_at", "since", "until")
_COUNTS = ("hours", "stored", "mirrored", "repaired", "gaps", "rows")


def start_comparison(actor: User | None, at: datetime) -> Job:
    """Start the job that compares the last day, and closes gaps; of two, the first goes on.

    The clock starts it every hour.
    """
    return start(
        COMPARE_DAY,
        title="Compare the last day with the table",
        client=None,
        actor=actor,
        at=at,
        only_one="ledger:day",
    )


def start_repair(actor: User, at: datetime) -> Job:
    """Start the job that puts into the table what it lacks; of two, the first goes on."""
    return start(
        REPAIR_TABLE,
        title="Put back into the table what it lacks",
        client=None,
        actor=actor,
        at=at,
        only_one="repair_table",
    )


def _compare_next(job: Job, at: datetime) -> Step:
    """Compare some hours of entry; first of all, say which there are."""
    if not job.cursor:
        return _plan(at)
    waiting, check = job.cursor["waiting"], _read(job.cursor["check"])
    if not waiting:
        return Step(job.cursor, is_last=True)
    done, before = 0, check.stored + check.mirrored
    for key, is_test, begins_at, ends_at in waiting[:_HOURS_A_STEP]:
        campaign = Campaign.objects.get(pk=key)
        span = (datetime.fromisoformat(begins_at), datetime.fromisoformat(ends_at))
        if ledger.compare_span(campaign, is_test, span, check, repair=True):
            break  # more is missing in this hour than is repaired at once
        done += 1
        if check.stored + check.mirrored - before >= _ENTRIES_A_STEP:
            break
    left = waiting[done:]
    return Step({"waiting": left, "check": _written(check)}, done=done, is_last=not left)


def _plan(at: datetime) -> Step:
    since, until = at - LEDGER_LOOKS_BACK, at - SETTLES_WITHIN
    check = ledger.begin_check(at=at, since=since, until=until)
    hours = [
        [str(campaign.pk), is_test, begins_at.isoformat(), ends_at.isoformat()]
        for campaign in Campaign.objects.all()
        for is_test, (begins_at, ends_at) in ledger.spans_of(
            campaign, at=at, since=since, until=until
        )
    ]
    cursor = {"waiting": hours, "check": _written(check)}
    return Step(cursor, total=len(hours), is_last=not hours)


def _keep(job: Job, state: JobState, _at: datetime) -> None:
    if state is JobState.DONE:
        ledger.end_check(_read(job.cursor["check"]))


def _say_what_differs(job: Job) -> str:
    if "check" not in job.cursor:
        return "Nothing was compared."
    check = _read(job.cursor["check"])
    told = [f"{check.mirrored} entries in {check.hours} hours of entry were compared."]
    if check.repaired:
        told.append(f"{check.repaired} were missing here or older, and are repaired.")
    told.append(f"{check.gaps} hours still differ." if check.gaps else "None differs.")
    return " ".join(told)


def _written(check: LedgerCheck) -> dict[str, Any]:
    times = {name: getattr(check, name).isoformat() for name in _TIMES}
    return times | {name: getattr(check, name) for name in _COUNTS}


def _read(held: dict[str, Any]) -> LedgerCheck:
    times = {name: datetime.fromisoformat(held[name]) for name in _TIMES}
    return LedgerCheck(**times, **{name: held[name] for name in _COUNTS})


def _repair_some(job: Job, _at: datetime) -> Step:
    """Hold a hundred items against the table, and put back what it lacks."""
    repair = TableRepair(**job.cursor)
    looked_at, restored = repair.looked_at, repair.restored
    table_repair.go_on(repair, enough=lambda: True)
    return Step(
        asdict(repair),
        done=repair.looked_at - looked_at,
        counts={"put back": repair.restored - restored} if repair.restored > restored else {},
        is_last=repair.is_over,
    )


def _say_what_was_put_back(job: Job) -> str:
    repair = TableRepair(**job.cursor)
    told = f"{repair.looked_at} entries, photos, messages and awards were looked at, {repair.restored} put back."
    failed = len(repair.failed)
    return f"{told} {failed} couldn't be: their release isn't in the table." if failed else told


COMPARE_DAY = Kind(
    name="operations.compare_day",
    capability=Capability.OPERATIONS,
    step=_compare_next,
    summary=_say_what_differs,
    unit=("hour of entry", "hours of entry"),
    in_transaction=False,
    passing=(ingest.IngestBusy,),
    on_end=_keep,
)
REPAIR_TABLE = Kind(
    name="operations.repair_table",
    capability=Capability.OPERATIONS,
    step=_repair_some,
    summary=_say_what_was_put_back,
    unit=("item", "items"),
    in_transaction=False,
    passing=(ingest.IngestBusy,),
)
