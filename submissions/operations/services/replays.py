"""Sending dead letters again, as a job: some that were chosen, or all that lay there when it was started."""

from collections.abc import Collection
from datetime import datetime
from hashlib import sha256

from campaigns.accounts.models import Client, User
from campaigns.accounts.rules.roles import Capability
from campaigns.jobs.models import Job
from campaigns.jobs.services.asking import start
from campaigns.jobs.services.registry import Kind, Step
from submissions.operations.services.dead_letters import (
    MOST_AT_ONCE,
    QueueAway,
    depth_of,
    pairs,
    replay,
)

_A_STEP = 50
"""A few seconds of calls."""
_SENT = "sent again"


def start_replay(
    queue: str,
    *,
    message_ids: Collection[str] | None,
    client: Client | None,
    actor: User,
    at: datetime,
) -> Job:
    """Start the job; without ids it is for all that lie there now, and those of every client.

    What comes while it runs is left for another, or a message that fails each time
    would go round for ever. How many of those that were sent just before a kill -9 is not
    counted; none of them is lost.
    """
    ids = None if message_ids is None else sorted(message_ids)
    pair = pairs()[queue]
    number = "all" if ids is None else f"{len(ids)}"
    which = "all" if ids is None else sha256(" ".join(ids).encode()).hexdigest()[:16]
    return start(
        REPLAY,
        title=f"Send {number} dead letter{'' if number == '1' else 's'} of {pair.label} again",
        client=client,
        actor=actor,
        at=at,
        total=len(ids) if ids is not None else depth_of(pair.dead_url),
        only_one=f"replay:{queue}:{client.pk if client else 'all'}:{which}",
        parameters={"queue": queue, "ids": ids},
    )


def _replay_some(job: Job, at: datetime) -> Step:
    """Send some again; of all, the last step is the one that finds none."""
    queue, ids = job.parameters["queue"], job.parameters["ids"]
    went = replay(
        queue,
        message_ids=ids,
        actor=job.person,
        client=job.client,
        at=at,
        # To a millisecond, as queues tell when a message was sent.
        sent_until=job.asked_at if ids is None else None,
        most=_A_STEP if ids is None else MOST_AT_ONCE,
    )
    counts = {_SENT: went} if went else {}
    return Step({}, done=went, counts=counts, is_last=ids is not None or went == 0)


def _sum_up(job: Job) -> str:
    went = job.counts.get(_SENT, 0)
    if not went:
        return "None of them was there any more."
    if pairs()[job.parameters["queue"]].source_url:
        return f"{went} message{' was' if went == 1 else 's were'} sent again."
    return f"{went} taken up: the whole table is compared, by a job of its own."


REPLAY = Kind(
    name="operations.replay",
    capability=Capability.OPERATIONS,
    step=_replay_some,
    summary=_sum_up,
    unit=("message", "messages"),
    in_transaction=False,
    passing=(QueueAway,),
)
