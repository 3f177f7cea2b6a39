"""What mails say, from ``submissions/mail/locale``: one catalogue per language."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ingest_lambda.contract.catalogues import Words, spoken, words_of

LOCALE = Path(__file__).parents[1] / "locale"


class Message(StrEnum):
    """What a mail says. One kind of mail may say different things (``rules.mails``)."""

    RECEIVED = "received"
    RECEIVED_REVIEW = "received_review"
    """A moderator reviews it, by a day that is named."""
    RECEIVED_COUNTS = "received_counts"
    """It counts at once, without a review."""
    RECEIVED_AGAIN = "received_again"
    """The answer to what was asked again."""
    APPROVED = "approved"
    REJECTED = "rejected"
    ASKED_AGAIN = "asked_again"
    REMINDER = "reminder"
    REFUSED = "refused"
    REOPENED = "reopened"
    REVOKED = "revoked"
    PRIZE_WON = "prize_won"
    PRIZE_RESERVED = "prize_reserved"
    """A unit is theirs if the review approves the entry: subject to validation, and never called won."""
    NO_PRIZE = "no_prize"


@dataclass(frozen=True)
class MessageWords:
    """One message, with braces where its entry is named (``rules.wording``)."""

    subject: str
    title: str
    before: str
    """The text above the reasons."""
    after: str
    """The text below them; may be empty."""
    button: str


def mail_words(language: str) -> Words:
    """Return the words of all mails for a reader of ``language``, by key."""
    return words_of(LOCALE, "mails", spoken(language))


def message_words(
    message: Message,
    language: str,
    *,
    with_receipt: bool,
    changed: Mapping[str, str] | None = None,
) -> MessageWords:
    """Return one message; of a receipt it speaks only ``with_receipt``, where the entrant has one to keep.

    ``changed`` are the parts that a campaign says in its own words, by their keys.
    """
    words = {**mail_words(language), **(changed or {})}
    after = words.get(f"{message}.after", "")
    receipt = words.get(f"{message}.receipt", "") if with_receipt else ""
    return MessageWords(
        subject=words[f"{message}.subject"],
        title=words[f"{message}.title"],
        before=words[f"{message}.before"],
        after=" ".join(part for part in (after, receipt) if part),
        button=words.get(f"{message}.button", words["button"]),
    )
