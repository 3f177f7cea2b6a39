"""Hands out the messages of a standard queue group by group, in turn, as SQS's fair queues do. Pure.

The emulator knows message groups in ordered queues only, and of a standard
queue hands out the oldest: ten thousand submissions of one campaign would stand
before the next one of another. SQS delivers those of quiet groups first
(https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html).

The queue itself stays the emulator's list, in the order of sending, which it
counts, saves and shows. This is an index over it. It trusts nothing but the
list: what has gone from there is passed over. A receive costs what it hands out
and a delete a few dozen comparisons, however many wait.
"""

import heapq
import threading
from bisect import bisect_left
from collections import deque
from collections.abc import Callable
from typing import Any
from uuid import uuid4

Message = dict[str, Any]
"""The emulator's own: ``group_id``, ``receive_count``, ``visible_at`` and ``receipt_handle`` are read here."""

_INDEX, _PLACE = "fair_index", "fair_place"
_BEYOND = float("inf")


class FairQueue:
    """The index over one queue's messages. Safe to share between threads.

    ``group_of`` names a message's group; those without one are a group together.
    """

    def __init__(self, group_of: Callable[[Message], str | None]) -> None:
        self._group_of = group_of
        # Of this process: a saved message carries the number that an earlier one gave it.
        self._token = uuid4().hex
        self._last = 0
        self._waiting: dict[str | None, deque[Message]] = {}
        """By group, in the order of their turns."""
        self._lined_up: set[int] = set()
        """The numbers of those who wait."""
        self._hidden: list[tuple[float, int, Message]] = []
        """In flight or delayed, by when they show (again); one whose time was moved stands here twice."""
        self._by_handle: dict[str, Message] = {}
        self._lock = threading.RLock()

    def redelivered(self, messages: list[Message], now: float) -> list[Message]:
        """Return what was handed out before and is visible again, oldest first.

        The caller gives back what may be handed out once more, by :meth:`wait`.
        """
        with self._lock:
            self._look_at_new(messages, now)
            found: dict[int, Message] = {}
            while self._hidden and self._hidden[0][0] <= now:
                _at, place, message = heapq.heappop(self._hidden)
                waits = place in self._lined_up or message["visible_at"] > now
                if not waits and self.position(messages, message) is not None:
                    found[place] = message
            return [message for _place, message in sorted(found.items())]

    def wait(self, messages: list[Message]) -> None:
        """Put messages, which are in order, at the head of their groups."""
        with self._lock:
            for message in reversed(messages):
                self._lined_up.add(message[_PLACE])
                self._waiting.setdefault(self._group_of(message), deque()).appendleft(message)

    def take(self, messages: list[Message], most: int, now: float) -> list[Message]:
        """Take up to ``most`` messages that are visible, one group after the other."""
        with self._lock:
            self._look_at_new(messages, now)
            taken: list[Message] = []
            while len(taken) < most and self._waiting:
                group, line = next(iter(self._waiting.items()))
                message = line.popleft()
                self._lined_up.discard(message[_PLACE])
                del self._waiting[group]
                if line:
                    self._waiting[group] = line
                if self.position(messages, message) is None:
                    continue
                if message["visible_at"] > now:
                    self._hide(message)
                    continue
                taken.append(message)
            return taken

    def handed_out(self, message: Message, *, before: str | None) -> None:
        """Note a message's new receipt handle and time; the handle ``before`` is no longer good."""
        with self._lock:
            if before:
                self._by_handle.pop(before, None)
            self._by_handle[message["receipt_handle"]] = message
            self._hide(message)

    def moved(self, handle: str | None) -> None:
        """Note that the time of a message in flight was changed."""
        with self._lock:
            if handle and (message := self._by_handle.get(handle)):
                self._hide(message)

    def forget(self, messages: list[Message], handle: str | None) -> bool:
        """Take the message with a receipt handle out of the queue; tell whether it was there."""
        with self._lock:
            message = self._by_handle.pop(handle, None) if handle else None
            return message is not None and self.drop(messages, message)

    def drop(self, messages: list[Message], message: Message) -> bool:
        """Take a message out of the queue; tell whether it was there."""
        with self._lock:
            position = self.position(messages, message)
            if position is None:
                return False
            del messages[position]
            self._by_handle.pop(message["receipt_handle"], None)
            return True

    def position(self, messages: list[Message], message: Message) -> int | None:
        """Return where a message stands in the queue, which is in the order of their numbers."""
        position = bisect_left(messages, self._place(message), key=self._place)
        there = position < len(messages) and messages[position] is message
        return position if there else None

    def _place(self, message: Message) -> float:
        return message[_PLACE] if message.get(_INDEX) == self._token else _BEYOND

    def _look_at_new(self, messages: list[Message], now: float) -> None:
        """Number what was sent since the last look; it stands at the end."""
        new: list[Message] = []
        for message in reversed(messages):
            if message.get(_INDEX) == self._token:
                break
            new.append(message)
        for message in reversed(new):
            self._last += 1
            message[_INDEX], message[_PLACE] = self._token, self._last
            if message.get("receive_count") or message["visible_at"] > now:
                self._hide(message)
            else:
                self._lined_up.add(self._last)
                self._waiting.setdefault(self._group_of(message), deque()).append(message)

    def _hide(self, message: Message) -> None:
        # The number breaks ties: messages themselves have no order.
        heapq.heappush(self._hidden, (message["visible_at"], message[_PLACE], message))
