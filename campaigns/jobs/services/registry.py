"""The kinds of job: each room registers its own in a module ``jobs``."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from django.utils.module_loading import autodiscover_modules

from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Capability
from campaigns.jobs.models import Job, JobState


@dataclass(frozen=True)
class Step:
    """What one step did: at most a few seconds of work, after which the job may be stopped."""

    cursor: Any
    """Where the next step goes on."""
    done: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    notes: Sequence[str] = ()
    total: int | None = None
    """How much there is, where that became known or changed."""
    is_last: bool = False


@dataclass(frozen=True)
class Kind:
    """What a job does and who may ask for it.

    Where all effects are rows, ``step`` runs in one transaction with the cursor,
    under the lock of the job's row: it is done once. Elsewhere
    (``in_transaction=False``) a step may be repeated after a kill, so what it does
    must be the same when it is done twice; it then runs without a transaction.
    """

    name: str
    capability: Capability
    """What one needs at the job's client to start, see and cancel it."""
    step: Callable[[Job, datetime], Step]
    summary: Callable[[Job], str]
    """What came of it, in a sentence, from its counts."""
    unit: tuple[str, str]
    """What is counted: one, and several."""
    in_transaction: bool = True
    passing: tuple[type[Exception], ...] = ()
    """Errors that pass by themselves: the step is tried again later."""
    on_end: Callable[[Job, JobState, datetime], None] | None = None
    """What is written in the transaction in which it ends, and how."""
    link: Callable[[Job], tuple[str, str]] | None = None
    """Where its result is seen: words and address."""
    when_cancelled: str = "What is done stays done."
    """What becomes of what it did so far, said beside Cancel."""


@dataclass(frozen=True)
class Offer:
    """A job of the platform that operators start from the list of jobs."""

    words: str
    meaning: str
    """What it does and whom it concerns, in a sentence or two."""
    start: Callable[[User, datetime], Job]


_kinds: dict[str, Kind] = {}
_offers: dict[str, Offer] = {}


def register(kind: Kind) -> Kind:
    """Make a kind of job known.

    Raises:
        ValueError: there is one of that name.
    """
    if kind.name in _kinds:
        raise ValueError(f"There is a kind of job called {kind.name}.")
    _kinds[kind.name] = kind
    return kind


def offer(kind: Kind, words: str, meaning: str, start: Callable[[User, datetime], Job]) -> None:
    """Offer a kind of job to operators on the list of jobs."""
    _offers[kind.name] = Offer(words, meaning, start)


def offered() -> Mapping[str, Offer]:
    """Return what operators may start, by the name of the kind."""
    _discover()
    return _offers


@cache
def _discover() -> None:
    autodiscover_modules("jobs")


def registered() -> Mapping[str, Kind]:
    """Return every kind by name."""
    _discover()
    return _kinds


def kind_of(job: Job) -> Kind | None:
    """Return a job's kind; none where a later version of the product has no such kind any more."""
    return registered().get(job.kind)
