"""A prize's settings as one sentence for staff, and as a paragraph of the rules in each language."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from babel import Locale
from babel.dates import get_day_names
from babel.numbers import format_currency, get_currency_precision

from campaigns.prizes.rules.drawing import Pace
from campaigns.prizes.rules.facts import PrizeFacts
from campaigns.prizes.rules.plan import spans_of
from ingest_lambda.contract.catalogues import Words, spoken, words_of

LOCALE = Path(__file__).parents[1] / "locale"
_EVERY_DAY = 7
_SPREAD = {
    Pace.HOUR: "the same number every hour",
    Pace.DAY: "the same number every day",
    Pace.WEEK: "the same number every week",
}


def rule_words(language: str) -> Words:
    """Return the words of the prize paragraph, by key."""
    return words_of(LOCALE, "prizes", spoken(language))


def money(minor: int, currency: str, *, language: str = "en") -> str:
    """Return an amount of minor units as people write it, without an empty fraction: ``€10``."""
    whole, locale = 10 ** get_currency_precision(currency), Locale.parse(spoken(language))
    pattern = locale.currency_formats["standard"].pattern
    if minor % whole:
        return format_currency(minor / whole, currency, locale=locale)
    short = re.sub(r"\.0+", "", pattern)
    return format_currency(minor // whole, currency, short, locale, currency_digits=False)


def sentence_of(
    prize: PrizeFacts,
    *,
    opens_at: datetime | None,
    closes_at: datetime | None,
    zone: str,
    currency: str,
    is_reviewed: bool,
) -> str:
    """Say in one sentence what was set up, for staff."""
    name = prize.words.strip("“”")
    worth = f", worth {money(prize.value, currency)} each" if prize.value else ""
    parts = [f"{prize.stock:,} × {name}{worth}"]
    if prize.is_by_moment:
        parts.append(_rhythm(prize, opens_at, closes_at, zone))
        if prize.unclaimed == "window":
            parts.append(
                f"each moment open for {_span(timedelta(minutes=prize.window_minutes or 0))}"
            )
        elif prize.unclaimed == "void":
            parts.append("lost where nobody enters in the same second")
    else:
        parts.append("for everyone who enters, until none is left")
    if prize.shares_a_code:
        parts.append("then one shared code for everyone")
    if prize.timing == "after_approval":
        parts.append("given once the entry is approved")
    elif is_reviewed:
        parts.append("won at once, confirmed after the entry is reviewed")
    else:
        parts.append("won at once")
    return ", ".join(part for part in parts if part) + "."


def _rhythm(
    prize: PrizeFacts, opens_at: datetime | None, closes_at: datetime | None, zone: str
) -> str:
    hours = f"between {_hour(prize.from_hour)} and {_hour(prize.until_hour)}"
    when = [] if (prize.from_hour, prize.until_hour) == (0, 24) else [hours]
    if len(set(prize.weekdays)) < _EVERY_DAY:
        when.append(f"on {_days(prize.weekdays, 'en')}")
    if prize.pace == Pace.LIST:
        return "at times from your own list"
    if prize.pace != Pace.RANDOM:
        return " ".join([_SPREAD[Pace(prize.pace)], *when])
    if opens_at is None or closes_at is None or closes_at <= opens_at:
        return " ".join(["at random times", *when])
    spans = spans_of(prize, opens_at, closes_at, zone=zone)
    total = sum((span.length for span in spans), timedelta())
    return " ".join([f"one every {_span(total / prize.stock)} on average", *when])


def _hour(hour: int) -> str:
    return "midnight" if hour == 24 else f"{hour}:00"


def _span(length: timedelta) -> str:
    for unit, seconds in (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)):
        count = round(length.total_seconds() / seconds)
        if count >= 2 or unit == "second":
            return f"{count} {unit}s" if count != 1 else unit
    raise AssertionError("seconds are the last unit")


def _days(weekdays: Sequence[int], language: str) -> str:
    names = get_day_names("wide", locale=spoken(language))
    return ", ".join(names[day] for day in sorted(set(weekdays)))


def paragraph_of(
    prizes: Sequence[PrizeFacts],
    *,
    cap: str,
    currency: str,
    is_reviewed: bool,
    language: str,
    seal: str = "",
) -> str:
    """Return what the rules say of prizes: what, how many, how they are won, and in which order.

    It is made from what the functions judge by, so no prize is given by a mechanic that
    the rules do not mention. ``seal`` is that of the moments, once they are drawn. Empty without prizes.
    """
    if not prizes:
        return ""
    words = rule_words(language)
    lines = ["# " + words["heading"], ""]
    lines += [f"- {_item(prize, words, currency, language)}" for prize in prizes]
    told = []
    if any(prize.is_by_moment for prize in prizes):
        told.append(words["how.moment"])
        if any(prize.is_by_moment and prize.timing == "after_approval" for prize in prizes):
            told.append(words["how.moment_after_approval"])
        told.append(words["how.seal"])
    if is_reviewed and any(prize.timing == "at_once" for prize in prizes):
        told.append(words["how.provisional"])
    if cap:
        told.append(words[f"cap.{cap}"])
    sealed = ["", words["seal"].format(sha256=seal)] if seal else []
    return "\n".join([*lines, "", " ".join(told), *sealed]).strip()


def _item(prize: PrizeFacts, words: Words, currency: str, language: str) -> str:
    name = prize.name.get(language) or next(iter(prize.name.values()), prize.key)
    value = money(prize.value or 0, currency, language=language)
    parts = [
        words["item"].format(count=prize.stock, name=name),
        words["worth"].format(value=value) if prize.value else "",
        words[f"mechanic.{prize.mechanic}"],
        words["shared_code"] if prize.shares_a_code else "",
    ]
    if prize.is_by_moment:
        if (prize.from_hour, prize.until_hour) != (0, 24):
            parts.append(words["hours"].format(start=prize.from_hour, end=prize.until_hour))
        if len(set(prize.weekdays)) < _EVERY_DAY:
            parts.append(words["weekdays"].format(days=_days(prize.weekdays, language)))
        parts.append(words[f"unclaimed.{prize.unclaimed}"].format(minutes=prize.window_minutes))
    parts.append(words[f"timing.{prize.timing}"])
    return "; ".join(part for part in parts if part) + "."
