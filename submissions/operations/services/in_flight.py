"""Which entries may be on their way, though nothing is written of them yet.

An entry that got its 202 may wait in the queue, lie among the dead letters or in
quarantine, and be sent through again by staff; its time of entry stays. The
photos of such an entry must be there when it is written.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError

from submissions.operations.rules.dead_letters import submissions_of
from submissions.operations.services import dead_letters
from submissions.operations.services.queue_ages import oldest_in
from submissions.operations.services.stuck import forget_old, note_stuck

MOST_READ = 1000
"""Of the messages of one queue; of a longer one nobody can say what is in it."""
LONGEST = timedelta(days=31)
"""How long an entry can be on its way: ten days queued, fourteen as a dead letter, seven set apart."""
LONGEST_SEEN = 2 * LONGEST
"""How long a photo waits for an entry that is seen where it cannot be written from.

Anybody can name an entry of their own in a message that goes to quarantine, and in
another when that one is over; without an end their photo would be kept for ever.
Twice as long as an entry can be on its way, for staff may send it through again.
"""
_MARGIN = timedelta(hours=1)
"""By which a queue's own word on its oldest message may be off."""


@dataclass(frozen=True)
class InFlight:
    """Since when an entry may have been sent and not be written yet, but for those that are remembered."""

    since: datetime
    why: str = ""
    """What makes it so long ago, in words for operators."""


def look(*, at: datetime) -> InFlight:
    """Look through the queues; remember each entry that is seen there (``StuckSubmission``).

    The queue before and after the dead letters: what moves from one to the other
    at this moment is seen in one of them.
    """
    forget_old(at=at)
    found = [*_in_queue(at), *_apart("submissions", at), *_apart("quarantine", at), *_in_queue(at)]
    return min(found, key=lambda one: one.since, default=InFlight(at))


def _in_queue(at: datetime) -> Iterator[InFlight]:
    pair = dead_letters.pairs().get("submissions")
    url = pair.source_url if pair else ""
    count = dead_letters.depth_of(url) if url else None
    if count == 0:
        return
    try:
        oldest = oldest_in({url: count}, at=at).get(url) if count else None
    except (BotoCoreError, ClientError):
        oldest = None
    if oldest is None:
        yield InFlight(at - LONGEST, "The queue of submissions doesn't say how old its oldest is.")
    else:
        yield InFlight(min(oldest, at) - _MARGIN, "Submissions wait to be written.")


def _apart(name: str, at: datetime) -> Iterator[InFlight]:
    """Remember the entries in a queue of what did not get through, if all of it can be read."""
    pair = dead_letters.pairs().get(name)
    count = dead_letters.depth_of(pair.dead_url) if pair else None
    if pair is None or count is None:
        yield InFlight(at - LONGEST, "The queues don't answer.")
        return
    try:
        messages = dead_letters.read_messages(name, most=min(count + 10, MOST_READ))
    except dead_letters.QueueAway:
        messages = []
    note_stuck(set().union(*(submissions_of(one["Body"]) for one in messages)), at=at)
    if len(messages) < count:
        yield InFlight(
            at - LONGEST, f"{pair.label}: more dead letters than could be looked through."
        )
