"""What a language has to say in a mail. A missing word fails when the catalogue is built, not at sending."""

from dataclasses import dataclass
from enum import StrEnum


class Message(StrEnum):
    """What a mail says. One kind of mail may say different things (``rules.mails``)."""

    RECEIVED = "received"
    RECEIVED_REVIEW = "received_review"
    """Somebody looks at it by a day that is named."""
    RECEIVED_COUNTS = "received_counts"
    """Nobody has to look: it counts at once."""
    RECEIVED_AGAIN = "received_again"
    """The answer to what was asked again."""
    APPROVED = "approved"
    REJECTED = "rejected"
    ASKED_AGAIN = "asked_again"
    REMINDER = "reminder"


@dataclass(frozen=True)
class Words:
    """One message. Braces: ``campaign``, ``reference``, ``day`` (short), ``deadline`` (exact)."""

    subject: str
    title: str
    before: str
    """The text above the reasons."""
    after: str = ""
    """The text below them."""
    button: str = ""
    """Empty: the catalogue's usual button."""


@dataclass(frozen=True)
class Catalogue:
    """All messages of one language and what stands around them."""

    messages: dict[Message, Words]
    hello: str
    hello_nobody: str
    button: str
    reference: str
    help: str
    """With ``email``."""
    help_phone: str
    """With ``email`` and ``phone``."""
    why: str
    """Why somebody gets this mail: with ``campaign`` and ``client``."""
    test: str
    """Put before the subject of a mail that counts nowhere."""
    weekdays: tuple[str, str, str, str, str, str, str]
    """From Monday, as they stand after "by"."""
    day: str
    """A day without its year: ``number`` and ``month``."""
    months: str
    """Twelve, with spaces between."""

    def __post_init__(self) -> None:
        """Refuse a language that leaves something unsaid."""
        if missing := set(Message) - set(self.messages):
            raise ValueError(f"no words for {sorted(missing)}")
