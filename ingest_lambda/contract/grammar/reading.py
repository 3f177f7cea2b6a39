"""What a reader of typed text gives back."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reading:
    """What was understood, or why nothing was.

    ``kept`` is what is stored and hashed. Without it ``wrong`` names the reason by
    the key of the page's sentence, and ``proposal`` is what was probably meant,
    where there is one good guess: it is offered, never taken unasked.
    """

    kept: str = ""
    wrong: str = ""
    proposal: str = ""
