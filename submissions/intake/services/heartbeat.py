"""Signs of life of those who work in the background."""

from datetime import datetime

from submissions.intake.models import Heartbeat


def beat(name: str, *, at: datetime, handled: int, problem: str = "") -> None:
    """Note that ``name`` is alive and how much it has handled since it began."""
    Heartbeat.objects.update_or_create(
        name=name, defaults={"at": at, "handled": handled, "trouble": problem[:200]}
    )
