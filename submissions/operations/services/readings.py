"""What other services say of themselves: asked in parallel, waited for briefly, and remembered.

A service that hangs answers after its time-out, or never. The clock asks every few
seconds and keeps the answers; a page asks by itself only where these are old, waits
:data:`PAGE_WAITS_SECONDS` at the most, and shows what it has with its age. Nothing
is asked twice at the same time by one process, so what hangs holds one thread each.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.utils import timezone

from submissions.operations.models import Reading

FRESH = timedelta(seconds=20)
"""An answer of this age is shown without asking again: the clock asks every 15 seconds."""
PAGE_WAITS_SECONDS = 0.5
CLOCK_WAITS_SECONDS = 4.0
"""Longer than one call may take (``campaignhub.aws``): what did not answer by then has failed."""
_THREADS = 24
NO_ANSWER = "no answer yet"


@dataclass(frozen=True)
class Source:
    """Something to ask over the network; what it answers must be fit for JSON."""

    name: str
    ask: Callable[[], Any]


@dataclass(frozen=True)
class Answer:
    """The last answer of a source, and whether the last question failed."""

    value: Any = None
    answered_at: datetime | None = None
    """``None`` where it never answered."""
    took_ms: int | None = None
    asked_at: datetime | None = None
    last_error: str = ""
    """The name of the error of the last question; empty where it was answered."""

    def is_fresh(self, at: datetime) -> bool:
        """Tell whether it is young enough to be shown as what is."""
        return self.answered_at is not None and at - self.answered_at <= FRESH


class Questions:
    """Asks sources in threads of this process, each by one at a time, and keeps the last answers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._open: dict[str, Future[None]] = {}
        self._answers: dict[str, Answer] = {}

    def ask(self, sources: Sequence[Source], *, wait_seconds: float) -> None:
        """Ask; return when all have answered or the time is over. What comes later is kept as well."""
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="reading")
            for source in sources:
                if source.name not in self._open or self._open[source.name].done():
                    self._open[source.name] = self._pool.submit(partial(self._ask, source))
            asked = [self._open[source.name] for source in sources]
        wait(asked, timeout=wait_seconds)

    def _ask(self, source: Source) -> None:
        asked_at, begun = timezone.now(), time.monotonic()
        try:
            value = source.ask()
        except (BotoCoreError, ClientError) as error:
            before = self._answers.get(source.name, Answer())
            error_name = type(error).__name__
            self._keep(source, replace(before, asked_at=asked_at, last_error=error_name))
        else:
            took_ms = round((time.monotonic() - begun) * 1000)
            self._keep(source, Answer(value, timezone.now(), took_ms, asked_at))

    def _keep(self, source: Source, answer: Answer) -> None:
        with self._lock:
            self._answers[source.name] = answer

    def answers(self) -> dict[str, Answer]:
        """Return the last answers; of what has been asked and did not answer, that it did not."""
        with self._lock:
            questions, kept = dict(self._open), dict(self._answers)
        for name, question in questions.items():
            if not question.done():
                before = kept.get(name, Answer())
                kept[name] = replace(before, asked_at=timezone.now(), last_error=NO_ANSWER)
            elif bug := question.exception():
                before = kept.get(name, Answer())
                error = type(bug).__name__
                kept[name] = replace(before, asked_at=timezone.now(), last_error=error)
        return kept

    def forget(self) -> None:
        """Forget all answers, and those that are still on their way."""
        with self._lock:
            self._answers, self._open = {}, {}


_questions = Questions()


def ask_all(sources: Iterable[Source]) -> None:
    """Ask every source and keep the answers for all processes: the clock's round."""
    known = list(sources)
    _questions.ask(known, wait_seconds=CLOCK_WAITS_SECONDS)
    answers, now = _questions.answers(), timezone.now()
    rows = [
        Reading(
            name=source.name,
            value=answer.value,
            answered_at=answer.answered_at,
            took_ms=answer.took_ms,
            asked_at=answer.asked_at or now,
            last_error=answer.last_error,
        )
        for source in known
        if (answer := answers.get(source.name))
    ]
    Reading.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["value", "answered_at", "took_ms", "asked_at", "last_error"],
    )
    Reading.objects.exclude(name__in=[source.name for source in known]).delete()


def kept() -> dict[str, Answer]:
    """Return the last answers by name, as the clock kept them; nothing is asked."""
    return {
        row.name: Answer(row.value, row.answered_at, row.took_ms, row.asked_at, row.last_error)
        for row in Reading.objects.all()
    }


def current(
    sources: Iterable[Source], *, at: datetime, wait_seconds: float | None = None
) -> Mapping[str, Answer]:
    """Return the newest answer of each source, asking those whose last is old; each name is there.

    Waits for :data:`PAGE_WAITS_SECONDS` at the most, unless another time is given.
    """
    known = list(sources)
    newest = _newest(kept(), _questions.answers())
    old = [source for source in known if not newest.get(source.name, Answer()).is_fresh(at)]
    if old:
        patience = PAGE_WAITS_SECONDS if wait_seconds is None else wait_seconds
        _questions.ask(old, wait_seconds=patience)
        newest = _newest(newest, _questions.answers())
    return {source.name: newest.get(source.name, Answer()) for source in known}


def forget() -> None:
    """Have everything asked again: an operator has just changed something."""
    forget_here()
    Reading.objects.update(answered_at=None)


def forget_here() -> None:
    """Forget what this process was answered."""
    _questions.forget()


def _newest(*held: Mapping[str, Answer]) -> dict[str, Answer]:
    """Return of each name the newest answer, with the error of the newest question."""
    newest: dict[str, Answer] = {}
    for answers in held:
        for name, answer in answers.items():
            before = newest.get(name)
            newest[name] = answer if before is None else _newer(before, answer)
    return newest


def _newer(one: Answer, other: Answer) -> Answer:
    answered, silent = (other, one) if _later(other.answered_at, one.answered_at) else (one, other)
    asked_later = _later(silent.asked_at, answered.asked_at)
    return replace(answered, last_error=silent.last_error) if asked_later else answered


def _later(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and (other is None or one > other)
