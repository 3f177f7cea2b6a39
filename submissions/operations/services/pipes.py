"""The two Pipes: do they carry, and if not, why; and how somebody switches one on again.

EventBridge switches a Pipe off by itself where its target refuses it for long.
Then nothing is lost, it waits in the queue and in the table's stream; but in the
stream for a day only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from botocore.exceptions import BotoCoreError, ClientError

from campaignhub import aws
from campaignhub.env import env
from campaignhub.errors import DomainError
from campaigns.accounts.models import User
from campaigns.accounts.services import audit
from submissions.operations.services.readings import Answer

_ON_ITS_WAY = frozenset({"creating", "updating", "starting", "stopping"})


class PipeAway(DomainError):
    """The service of the Pipes did not answer, or does not do what it was asked."""


@dataclass(frozen=True)
class PipeState:
    """What is known of a Pipe."""

    key: str
    label: str
    carries: str
    """From where to where, in words."""
    state: str | None
    """As AWS names it, in small letters with blanks; ``None`` where nobody answered."""
    reason: str
    """As AWS says it; mostly empty."""
    is_wanted: bool
    """Whether it is to be on: the ingest Pipe is off where the worker does its work."""

    @property
    def is_on(self) -> bool:
        """Whether it carries."""
        return self.state == "running"

    @property
    def is_stuck(self) -> bool:
        """Whether it is to carry, does not, and will not by itself."""
        said = self.state is not None and self.state not in _ON_ITS_WAY
        return self.is_wanted and said and not self.is_on


def pipe_states(answers: Mapping[str, Answer]) -> list[PipeState]:
    """Return what the last answers say of each Pipe."""
    by_pipe = env().ingest_consumer == "pipe"
    known = (
        ("ingest", "Ingest Pipe", "from the queue of submissions to the table", by_pipe),
        ("mirror", "Mirror Pipe", "from the table to this site", True),
    )
    return [
        PipeState(key, label, carries, *_said(answers.get(f"pipe:{key}")), is_wanted=is_wanted)
        for key, label, carries, is_wanted in known
        if _name(key)
    ]


def switch_on(key: str, *, actor: User, at: datetime) -> None:
    """Have a Pipe carry again; it goes on where it stopped.

    Raises:
        PipeAway: it is as it was; try again.
    """
    try:
        aws.pipes().start_pipe(Name=_name(key))
    except (BotoCoreError, ClientError) as exc:
        raise PipeAway("The Pipe did not take that. Please try again in a minute.") from exc
    audit.record_line("pipe.switched_on", actor=actor, client=None, target=f"pipe:{key}", at=at)


def _name(key: str) -> str:
    return {"ingest": env().ingest_pipe_name, "mirror": env().mirror_pipe_name}[key]


def _said(answer: Answer | None) -> tuple[str | None, str]:
    if answer is None or answer.value is None:
        return None, ""
    return answer.value["state"], answer.value["reason"]
