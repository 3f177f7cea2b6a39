"""Winning moments that somebody brings along: one a line, on the campaign's clock or with an offset."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from ingest_lambda.contract.grammar.text import clean_code

MOST_NAMED = 5
MONTHS, HALF_DAY = 12, 12
_YEARS = range(1900, 2200)
"""In the first and the last year that a calendar has, no offset can be reckoned."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR_FIRST = (
    r"(?P<year>[0-9]{4})(?:[-/]|\.\s?)(?P<month>[0-9]{1,2})(?:[-/]|\.\s?)(?P<day>[0-9]{1,2})\.?"
)
_DAY_FIRST = (
    r"(?P<day>[0-9]{1,2})(?P<mark>[-/.])(?P<month>[0-9]{1,2})(?P=mark)(?P<year>[0-9]{4})",
    rf"(?P<day>[0-9]{{1,2}})[- ](?P<month>{'|'.join(_MONTHS)})[a-z]*[- ](?P<year>[0-9]{{4}})",
)
_CLOCK = (
    r"(?P<hour>[0-9]{1,2})[:.h](?P<minute>[0-9]{2})(?:[:.](?P<second>[0-9]{2})(?:[.,]0+)?)?"
    r"(?:\s?(?P<half>[ap])\.?m\.?)?(?:\s?uhr)?\s?(?P<utc>z|utc|gmt)?"
)
_FORMS = [
    re.compile(rf"{day}[\s,;\"t]+{_CLOCK}", re.IGNORECASE) for day in (_YEAR_FIRST, *_DAY_FIRST)
]
"""As spreadsheets of many countries write a time, also in two columns; never with the month before the day."""
_DAY_ALONE = re.compile(
    r"[0-9]{4}[-/. ]+[0-9]{1,2}[-/. ]+[0-9]{1,2}\.?|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}|[0-9]{8}"
)
_SLASHED = re.compile(r"([0-9]{1,2})[-/]([0-9]{1,2})[-/][0-9]{4}\b")
_OTHER_CLOCK = re.compile(r"[T ][0-9]{2}:?[0-9]{2}")
_UNREADABLE = "no time we can read. Write it like 2026-12-24 18:30."


@dataclass
class MomentList:
    """What a list holds: instants in order, and a sentence for each line that was left out, the first few."""

    times: list[datetime] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    left_out: int = 0

    def refuse(self, number: int, why: str) -> None:
        """Leave a line out."""
        self.left_out += 1
        if len(self.problems) < MOST_NAMED:
            self.problems.append(f"Line {number}: {why}")


def read_moments(
    text: str, *, zone: str, opens_at: datetime, closes_at: datetime, most: int
) -> MomentList:
    """Read a list of moments; a time that comes twice in the night of the change is its first.

    What lies outside the campaign, in the hour that the clock skips, or beyond ``most``, the stock,
    is left out and said. So is a day without a time: a spreadsheet that shows
    days only has lost the times. And where one line has the month before the day,
    every line that can be read so, for nothing says which of the two it means.
    """
    found = MomentList()
    tz = ZoneInfo(zone)
    cells = list(_cells_of(text))
    has_american = any(_is_american(cell) for _number, cell in cells)
    for number, cell in cells:
        if has_american and _may_be_american(cell):
            found.refuse(number, "day or month first? Write it like 2026-12-24 18:30.")
            continue
        if _DAY_ALONE.fullmatch(cell):
            found.refuse(number, "the time of day is missing. Write it like 2026-12-24 18:30.")
            continue
        at = _read(cell)
        if at is None:
            found.refuse(number, _UNREADABLE)
            continue
        if at.year not in _YEARS:
            found.refuse(number, "it lies outside the campaign.")
            continue
        if at.tzinfo is None:
            local = at.replace(tzinfo=tz)
            if local.astimezone(UTC).astimezone(tz).replace(tzinfo=None) != at:
                found.refuse(number, f"{at:%d %B %Y, %H:%M} never comes: the clocks go forward.")
                continue
            at = local
        at = at.astimezone(UTC)
        if not opens_at <= at < closes_at:
            found.refuse(number, "it lies outside the campaign.")
        elif len(found.times) >= most:
            found.refuse(number, f"there are more moments than the stock of {most}.")
        else:
            found.times.append(at)
    found.times.sort()
    return found


def _cells_of(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        try:
            cell = clean_code(line).strip(" ;,-\"'\u2018\u2019\u201c\u201d\u201e")
        except ValueError:
            cell = line
        if cell and not (number == 1 and not any(c.isdigit() for c in cell)):
            yield number, cell


def _is_american(cell: str) -> bool:
    """Whether it can only have the month before the day."""
    found = _SLASHED.match(cell)
    return found is not None and int(found[1]) <= MONTHS < int(found[2])


def _may_be_american(cell: str) -> bool:
    found = _SLASHED.match(cell)
    return found is not None and int(found[1]) <= MONTHS and found[1] != found[2]


def _read(cell: str) -> datetime | None:
    for form in _FORMS:
        if found := form.fullmatch(cell):
            return _moment(found)
    try:
        return datetime.fromisoformat(cell) if _OTHER_CLOCK.search(cell) else None
    except ValueError:
        return None


def _moment(found: re.Match[str]) -> datetime | None:
    month, hour, half = found["month"], int(found["hour"]), (found["half"] or "").lower()
    if half:
        if not 1 <= hour <= HALF_DAY:
            return None
        hour = hour % HALF_DAY + (HALF_DAY if half == "p" else 0)
    try:
        return datetime(
            int(found["year"]),
            int(month) if month.isdigit() else _MONTHS.index(month.lower()) + 1,
            int(found["day"]),
            hour,
            int(found["minute"]),
            int(found["second"] or 0),
            tzinfo=UTC if found["utc"] else None,
        )
    except ValueError:
        return None
