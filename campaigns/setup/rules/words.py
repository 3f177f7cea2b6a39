"""Dates, limits and who may enter in words, for the facts box."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from babel import Locale

from ingest_lambda.contract import LimitScope
from ingest_lambda.contract.catalogues import Words, spoken, words_of
from ingest_lambda.contract.dates import time_in_words

LOCALE = Path(__file__).parents[1] / "locale"


def fact_words(language: str) -> Words:
    """Return the words of the facts box, by key."""
    return words_of(LOCALE, "facts", spoken(language))


def last_minute(closes_at: datetime, *, timezone: str, language: str) -> str:
    """Return the last minute that counts, as people say it: ``30 June 2026, 11:59 pm (London)``."""
    last = closes_at - timedelta(minutes=1)
    return time_in_words(last, timezone=timezone, language=language)


def limit_in_words(*, scope: str, count: int, window: str, hours: int | None, language: str) -> str:
    """Return a limit as people say it: ``1 entry per person a day``."""
    words = fact_words(language)
    counted = "receipt" if scope == LimitScope.STORE else "entry"
    return "".join(
        (
            words[f"{counted}.one" if count == 1 else f"{counted}.many"].format(count=count),
            words[f"per.{scope}"],
            # Of the whole campaign there is nothing to say.
            words.get(f"within.{window}", "").format(hours=hours),
        )
    )


def countries_in_words(countries: Sequence[str], *, language: str) -> str:
    """Return countries (ISO 3166) as a list people say: ``Ireland and United Kingdom``."""
    known = Locale.parse(spoken(language)).territories
    names = [known.get(code, code) for code in countries]
    words = fact_words(language)
    last = words["and_before_i" if names[-1][0] in "IÍ" else "and"]
    return last.join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def who_in_words(countries: Sequence[str], minimum_age: int | None, *, language: str) -> str:
    """Return who may enter, in short: ``United Kingdom · 18+``."""
    where = countries_in_words(countries, language=language)
    if minimum_age is None:
        return where
    return f"{where} · {fact_words(language)['aged'].format(age=minimum_age)}"
