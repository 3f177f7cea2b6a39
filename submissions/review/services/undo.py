"""How long a verdict can be taken back without a trace."""

from datetime import timedelta

from campaignhub.env import env


def undo_time() -> timedelta:
    """Return how long a verdict's mail is held back, so that taking it back at the desk leaves no trace."""
    return timedelta(seconds=env().undo_seconds)
