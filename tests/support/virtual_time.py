"""Threads that take turns in a time of their own: what a minute brings is run in seconds, the same on any machine.

One thread works at a time, and its work takes no time: only what it waits for does.
When it waits, the one whose wait ends first goes on. So hundreds of calls in flight
meet as they do on AWS, where each has a processor of its own, and not as two cores
and one interpreter lock happen to hand them out.
"""

import heapq
import threading
from collections import deque
from collections.abc import Callable, Iterable
from itertools import count


class _Task:
    """A thread and the signal that its turn has come."""

    def __init__(self) -> None:
        self.turn = threading.Semaphore(0)
        self.wait_number = 0
        """Of the wait that it is in: an end that was noted for an earlier one is void."""


class VirtualTime:
    """A clock that jumps to the end of the shortest wait, with the waits that it knows."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._ends: list[tuple[float, int, _Task, int]] = []
        self._numbers = count()
        self._tasks = threading.local()
        self._over = threading.Semaphore(0)
        self._alive = 0
        self._failures: list[BaseException] = []

    def monotonic(self) -> float:
        """Return the seconds since this time began."""
        return self.seconds

    def run(self, works: Iterable[Callable[[], object]]) -> None:
        """Do all works side by side, one thread each; return when all are done.

        Raises:
            RuntimeError: all that are left wait for each other.
        """
        threads = [threading.Thread(target=self._work, args=(_Task(), work)) for work in works]
        self._alive = len(threads)
        for thread in threads:
            thread.daemon = True
            thread.start()
        for _ in threads:
            self._over.acquire()  # each is in its place, and waits for its first turn
        self._next().turn.release()
        self._over.acquire()
        if self._failures:
            raise self._failures[0]

    def sleep(self, seconds: float) -> None:
        """Let others work for so long. Outside of :meth:`run` the time passes at once."""
        me = self._me()
        if me is None:
            self.seconds += seconds
            return
        self._end_at(self.seconds + seconds, me)
        self._yield(me)

    def lock(self) -> "VirtualLock":
        """Return a lock whose waits are of this time."""
        return VirtualLock(self)

    def condition(self) -> "VirtualCondition":
        """Return a condition whose waits are of this time."""
        return VirtualCondition(self)

    def _work(self, me: _Task, work: Callable[[], object]) -> None:
        self._tasks.me = me
        self._end_at(self.seconds, me)
        self._over.release()
        me.turn.acquire()
        try:
            work()
        except BaseException as exc:  # noqa: BLE001 - raised again by ``run``
            self._failures.append(exc)
        self._alive -= 1
        if not self._alive:
            self._over.release()
        elif self._ends:
            self._next().turn.release()
        else:
            self._stuck()

    def _me(self) -> "_Task | None":
        return getattr(self._tasks, "me", None)

    def _end_at(self, seconds: float, task: _Task) -> None:
        heapq.heappush(self._ends, (seconds, next(self._numbers), task, task.wait_number))

    def _next(self) -> _Task:
        while True:
            seconds, _, task, wait_number = heapq.heappop(self._ends)
            if wait_number == task.wait_number:
                self.seconds = max(self.seconds, seconds)
                task.wait_number += 1
                return task

    def _yield(self, me: _Task) -> None:
        try:
            task = self._next()
        except IndexError:
            self._stuck()
            me.turn.acquire()  # for ever: ``run`` has raised
        if task is not me:
            task.turn.release()
            me.turn.acquire()

    def _stuck(self) -> None:
        self._failures.insert(0, RuntimeError("all that are left wait for each other"))
        self._over.release()


class VirtualLock:
    """A lock that is handed on in the order of asking."""

    def __init__(self, time: VirtualTime) -> None:
        self._time = time
        self._held = False
        self._waiting: deque[_Task] = deque()

    def __enter__(self) -> "VirtualLock":
        me = self._time._me()
        if self._held:
            assert me is not None, "nobody can release it"
            self._waiting.append(me)
            self._time._yield(me)  # it is ours when our turn comes
        self._held = True
        return self

    def __exit__(self, *_exc: object) -> None:
        if self._waiting:
            self._time._end_at(self._time.seconds, self._waiting.popleft())
        else:
            self._held = False


class VirtualCondition(VirtualLock):
    """A condition over a lock of its own."""

    def __init__(self, time: VirtualTime) -> None:
        super().__init__(time)
        self._sleepers: list[tuple[_Task, int]] = []

    def wait(self, timeout: float) -> None:
        """Wait until notified, or for so many seconds."""
        me = self._time._me()
        if me is None:
            self._time.sleep(timeout)
            return
        self._sleepers.append((me, me.wait_number))
        self._time._end_at(self._time.seconds + timeout, me)
        self.__exit__()
        self._time._yield(me)
        self.__enter__()

    def notify_all(self) -> None:
        """End the waits of all."""
        for task, wait_number in self._sleepers:
            if task.wait_number == wait_number:
                self._time._end_at(self._time.seconds, task)
        self._sleepers.clear()
