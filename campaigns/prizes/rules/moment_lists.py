"""Winning moments that somebody brings along: one a line, on the campaign's clock or with an offset."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

MOST_NAMED = 5
_YEARS = range(1900, 2200)
"""In the first and the last year that a calendar has, no offset can be reckoned."""
_FORMATS = ("%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S")


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
    is left out and said.
    """
    found = MomentList()
    tz = ZoneInfo(zone)
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        cell = line.strip().strip(";,\"' \t")
        if not cell or (number == 1 and not any(c.isdigit() for c in cell)):
            continue
        at = _read(cell)
        if at is None:
            found.refuse(number, "no time we can read. Write it like 2026-12-24 18:30.")
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


def _read(cell: str) -> datetime | None:
    try:
        return datetime.fromisoformat(cell)
    except ValueError:
        pass
    for form in _FORMATS:
        try:
            return datetime.strptime(cell, form)  # noqa: DTZ007 - the caller gives it a zone
        except ValueError:
            continue
    return None
