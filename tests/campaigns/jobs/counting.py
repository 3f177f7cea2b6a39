"""A kind of job whose effects can be counted: a line of the log for each of the numbers it goes through."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from campaigns.accounts.models import AuditEntry, Client, User
from campaigns.accounts.rules.roles import Capability, Role
from campaigns.accounts.services import audit
from campaigns.jobs.models import Job
from campaigns.jobs.services.asking import start
from campaigns.jobs.services.registry import Kind, Step, register
from campaigns.jobs.services.running import run_slice
from tests.campaigns.factories import NOON, make_client, make_user


class Away(Exception):
    """What the job needs does not answer."""


def count_one(job: Job, at: datetime) -> Step:
    """Write the next number down, as the parameters say what happens there."""
    number = job.cursor.get("next", 0)
    trouble = job.parameters.get("trouble", {}).get(str(number))
    if trouble == "away":
        raise Away
    if trouble == "bug":
        raise ZeroDivisionError
    audit.record_line("test.counted", actor=job.actor, client=job.client, target=str(number), at=at)
    most = job.parameters["most"]
    is_last = number + 1 == most
    return Step({"next": number + 1}, done=1, counts={"counted": 1}, total=most, is_last=is_last)


def summary(job: Job) -> str:
    """Say how many."""
    return f"{job.counts.get('counted', 0)} counted."


KIND = register(
    Kind(
        name="test.count",
        capability=Capability.SUBMISSION_LEAD,
        step=count_one,
        summary=summary,
        unit=("number", "numbers"),
        passing=(Away,),
    )
)
OUTSIDE = register(
    Kind(
        name="test.count_outside",
        capability=Capability.SUBMISSION_LEAD,
        step=count_one,
        summary=summary,
        unit=("number", "numbers"),
        in_transaction=False,
    )
)


def make_lead(client: Client) -> User:
    """Make a member of staff who may start the job at a client."""
    return make_user((client, Role.CAMPAIGN_MANAGER))


def make_job(most: int = 5, *, kind: Kind = KIND, **more: Any) -> Job:
    """Start a job that counts ``most`` numbers."""
    client = more.pop("client", None) or make_client(f"Client {uuid4().hex[:8]}")
    actor = more.pop("actor", None) or make_lead(client)
    parameters = {"most": most, **more.pop("parameters", {})}
    options = {"title": "Count", "at": NOON, **more}
    return start(kind, client=client, actor=actor, parameters=parameters, **options)


def deliver(job: Job, *, steps: int = 100, at: datetime = NOON, slice_no: int | None = None) -> Any:
    """Deliver the message of a job's next slice, or of another; it has time for so many steps."""
    left = [steps]

    def enough() -> bool:
        left[0] -= 1
        return left[0] < 0

    number = Job.objects.get(pk=job.pk).slice_no if slice_no is None else slice_no
    return run_slice(job.pk, number, clock=lambda: at, enough=enough)


def counted() -> list[int]:
    """Return the numbers that were written down, in order."""
    lines = AuditEntry.objects.filter(code="test.counted").order_by("id")
    return [int(line.target) for line in lines]


def told(job: Job) -> list[str]:
    """Return what the log says of a job, in order."""
    lines = AuditEntry.objects.filter(target=f"job:{job.pk}").order_by("id")
    return [line.code for line in lines]


def later(**span: float) -> datetime:
    """Return a moment after the start."""
    return NOON + timedelta(**span)
