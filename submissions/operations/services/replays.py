"""Sending dead letters again, as a job: some that were chosen, or all that lay there when it was started.

Where the queue service moves all of a queue by itself, the job has it do so, and looks how far it is.
"""

import time
from collections.abc import Collection
from datetime import datetime
from functools import partial
from hashlib import sha256

from django.db import transaction

from campaigns.accounts.models import Client, User
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services import audit
from campaigns.jobs.models import Job, JobState
from campaigns.jobs.services.asking import start
from campaigns.jobs.services.registry import Kind, Step
from submissions.operations.services import move_tasks
from submissions.operations.services.dead_letters import (
    MOST_AT_ONCE,
    QueueAway,
    depth_of,
    held_of,
    pairs,
    replay,
)

_A_STEP = 50
"""A few seconds of calls."""
LOOKED_AT_EVERY_SECONDS = 2.0
"""How often the job asks how far a move is."""
_MOST_WAITS = 35
"""Longer than a message is held that another has looked at."""
_SENT = "sent again"
_REFUSED = "not taken by the queue"


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
    dead_url = pairs()[queue].dead_url
    if "move" in job.cursor:
        return _look_at_move(job, dead_url)
    is_whole = ids is None and job.client is None and queue in move_tasks.MOVED_AS_THEY_LIE
    if is_whole and not job.cursor:
        try:
            return Step({"move": move_tasks.begin(dead_url), "moved": 0})
        except move_tasks.NotOffered:
            pass
    refused: set[str] = set()
    went = replay(
        queue,
        message_ids=ids,
        actor=job.person,
        client=job.client,
        at=at,
        # To a millisecond, as queues tell when a message was sent.
        sent_until=job.asked_at if ids is None else None,
        most=_A_STEP if ids is None else MOST_AT_ONCE,
        refused=refused,
    )
    waits = job.cursor.get("waits", 0)
    # What was moved before the service stopped is logged at the end.
    cursor = {"moved": job.cursor.get("moved", 0), "waits": 0 if went else waits + 1}
    if went == 0 and waits < _MOST_WAITS and held_of(dead_url):
        # They are out of sight for as long as another looks at them, or a look broke off.
        time.sleep(LOOKED_AT_EVERY_SECONDS)
        return Step(cursor)
    is_last = went == 0 or (ids is not None and job.done + went >= len(ids))
    counts = {_SENT: went} if went else {}
    if is_last and refused:
        counts[_REFUSED] = len(refused)
    return Step(cursor, done=went, counts=counts, is_last=is_last)


def _look_at_move(job: Job, dead_url: str) -> Step:
    """Note how many the queue service has moved; what it leaves is sent by us."""
    move = move_tasks.latest(dead_url)
    moved = job.cursor["moved"]
    if move is None:
        return Step({"moved": moved})
    went = max(0, move.moved - moved)
    counts = {_SENT: went} if went else {}
    cursor = {"move": job.cursor["move"], "moved": moved + went}
    if move.status == move_tasks.RUNNING:
        time.sleep(LOOKED_AT_EVERY_SECONDS)
        return Step(cursor, done=went, counts=counts)
    if move.status == move_tasks.COMPLETED:
        return Step(cursor, done=went, counts=counts, is_last=True)
    why = f"The queue service stopped: {move.reason or move.status.lower()}."
    return Step({"moved": moved + went}, done=went, counts=counts, notes=[why])


def _end_move(job: Job, state: JobState, at: datetime) -> None:
    """Log what was moved, once that is final, and stop the move of a job that was cancelled."""
    if moved := job.cursor.get("moved"):
        audit.record_line(
            "deadletters.replayed",
            actor=job.actor,
            client=None,
            target=f"queue:{job.parameters['queue']}",
            at=at,
            after={"count": moved, "ids": [], "reason": ""},
        )
    if state is JobState.CANCELLED and "move" in job.cursor:
        transaction.on_commit(partial(move_tasks.stop, job.cursor["move"]))


def _sum_up(job: Job) -> str:
    went, left = job.counts.get(_SENT, 0), job.counts.get(_REFUSED, 0)
    told = f"{left} stayed, as the queue takes no such message." if left else ""
    if not went:
        return told or "None of them was there any more."
    if pairs()[job.parameters["queue"]].source_url:
        return f"{went} message{' was' if went == 1 else 's were'} sent again. {told}".strip()
    return f"{went} taken up: the whole table is compared, by a job of its own."


REPLAY = Kind(
    name="operations.replay",
    capability=Capability.OPERATIONS,
    step=_replay_some,
    summary=_sum_up,
    unit=("message", "messages"),
    in_transaction=False,
    passing=(QueueAway,),
    on_end=_end_move,
)
