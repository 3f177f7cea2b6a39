"""The words of the mails, one catalogue per language."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ingest_lambda.contract.dates import spoken
from submissions.mail.rules.words.catalogue import Catalogue, Message, Words
from submissions.mail.rules.words.english import ENGLISH
from submissions.mail.rules.words.french import FRENCH
from submissions.mail.rules.words.german import GERMAN
from submissions.mail.rules.words.spanish import SPANISH

CATALOGUES: dict[str, Catalogue] = {"en": ENGLISH, "es": SPANISH, "de": GERMAN, "fr": FRENCH}
_NEAR = timedelta(days=6)

__all__ = ["CATALOGUES", "Catalogue", "Message", "Words", "catalogue_of", "near_day"]


def catalogue_of(language: str) -> Catalogue:
    """Return the words for a reader of ``language``."""
    return CATALOGUES[spoken(language)]


def near_day(deadline: datetime, *, now: datetime, timezone: str, words: Catalogue) -> str:
    """Return a day in the campaign's zone as short as it is clear: ``Thursday``, else ``3 June``.

    A weekday is clear for less than a week. The deadline does not count
    itself: midnight is the end of the day before.
    """
    zone = ZoneInfo(timezone)
    last = (deadline - timedelta(seconds=1)).astimezone(zone)
    if timedelta() <= last.date() - now.astimezone(zone).date() < _NEAR:
        return words.weekdays[last.weekday()]
    number = "1er" if words is FRENCH and last.day == 1 else str(last.day)
    return words.day.format(number=number, month=words.months.split()[last.month - 1])
