"""Days as the calendar has them; one that cannot be meant is asked about."""

import re
from datetime import date, timedelta

from ingest_lambda.contract.grammar.reading import Reading
from ingest_lambda.contract.grammar.text import clean_code

FIRST_YEAR, LAST_YEAR = 1900, 2199
FIRST_PURCHASE_YEAR = 2000
PATTERN = r"^([0-9]{4})([/.-])\s?([0-9]{1,2})\2\s?([0-9]{1,2})\.?$"
"""The year first: of 01/06/2026 nothing says which is the month."""
PURCHASE_DAYS_AHEAD = 1
"""By how much a till's calendar may be ahead of the campaign's: it is tomorrow in Auckland first."""


def read_day(typed: str) -> Reading:
    """Read a day as ``2026-06-01``, also from ``2026/6/1``; a year that nobody means is refused."""
    try:
        text = clean_code(typed)
    except ValueError:
        return Reading(wrong="bad_date")
    # fromisoformat also reads 20260101 and 2026-W01-1, which nothing could be compared with.
    found = re.match(PATTERN, text)
    if not found:
        return Reading(wrong="bad_date")
    text = f"{found[1]}-{found[3]:0>2}-{found[4]:0>2}"
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return Reading(wrong="bad_date")
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return Reading(wrong="bad_year", proposal=_in_a_likely_year(text, None))
    return Reading(kept=text)


def read_purchase_day(typed: str, today: date) -> Reading:
    """Read the day of a purchase: in this century, and not one that is still to come."""
    read = read_day(typed)
    if not read.kept:
        return Reading(wrong=read.wrong, proposal=_in_a_likely_year(read.proposal, today))
    day = date.fromisoformat(read.kept)
    if day.year < FIRST_PURCHASE_YEAR:
        return Reading(wrong="bad_year", proposal=_in_a_likely_year(read.kept, today))
    if day > today + timedelta(days=PURCHASE_DAYS_AHEAD):
        return Reading(wrong="future_day", proposal=_in_a_likely_year(read.kept, today))
    return Reading(kept=read.kept)


def _in_a_likely_year(text: str, today: date | None) -> str:
    """Return the day in the year of this century that has the same last digits, or in the one that is now."""
    if not text:
        return ""
    years = (
        [f"20{text[2:4]}"]
        if today is None
        else [f"20{text[2:4]}", str(today.year), str(today.year - 1)]
    )
    for year in years:
        try:
            day = date.fromisoformat(f"{year}{text[4:]}")
        except ValueError:
            continue
        if today is None or day <= today:
            return day.isoformat()
    return ""
