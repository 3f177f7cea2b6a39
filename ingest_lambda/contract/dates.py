"""Days and times in words, in the languages of entrants."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from ingest_lambda.contract.catalogues import Words, spoken, words_of

LOCALE = Path(__file__).parent / "locale"
REGIONS = {"en-US": "en_US"}
"""Where a language is written as in no other of its countries, and the catalogue that says how."""
_A_MINUTE = timedelta(minutes=1)
_SOON = timedelta(days=6)


def date_words(language: str) -> Words:
    """Return the names of months and weekdays, and how dates are put together."""
    return words_of(LOCALE, "dates", REGIONS.get(language) or spoken(language))


def place_of(timezone: str, language: str) -> str:
    """Return the city of a time zone: ``London`` for ``Europe/London``, ``Londres`` in Spanish.

    A city that the catalogue does not have stands as in the zone's name.
    """
    city = timezone.rsplit("/", 1)[-1].replace("_", " ")
    return date_words(language).get(f"city.{city}", city)


def day_in_words(day: date, language: str) -> str:
    """Return a day with its month spelled out, so that no reader takes it for another."""
    return _written("day", day, date_words(language))


def time_in_words(instant: datetime, *, timezone: str, language: str) -> str:
    """Return an instant in the campaign's zone and its name: ``2 June 2026, 00:00 (London)``."""
    local = instant.astimezone(ZoneInfo(timezone))
    return _at_time(day_in_words(local.date(), language), local, timezone, language)


def start_in_words(instant: datetime, *, timezone: str, language: str, today: date | None) -> str:
    """Return from when something may be done, as it stands after "from" in each language.

    Where ``today`` is given, the day after it is called tomorrow, and another day
    by its weekday: ``Thursday 3 December, 00:00 (London)``.
    """
    local = instant.astimezone(ZoneInfo(timezone))
    words = date_words(language)
    if today is not None and local.date() == today + timedelta(days=1):
        day = words["from_tomorrow"]
    else:
        day = words["from_day"].format(day=_weekday_of(local.date(), today, language))
    return _at_time(day, local, timezone, language)


def deadline_in_words(until: datetime, *, now: datetime, timezone: str, language: str) -> str:
    """Return a deadline as the last minute of a day: ``Thursday 3 December, 11:59 pm (London)``.

    An entrant takes 00:16 for the night before. On its last day a deadline is its own
    time. The page says the same in ``deadline`` of ``ground.js``.
    """
    last, today = _last_minute(until, now, timezone)
    return _at_time(_weekday_of(last.date(), today, language), last, timezone, language)


def deadline_in_short(until: datetime, *, now: datetime, timezone: str, language: str) -> str:
    """Return the day of a deadline as short as it is clear, as it stands after "by".

    A weekday, ``Thursday``, is clear for less than a week; later it is ``3 June``.
    """
    last, today = _last_minute(until, now, timezone)
    near = last.date() - today < _SOON
    return _written("by_weekday" if near else "by_day", last.date(), date_words(language))


def last_day_in_words(until: datetime, *, now: datetime, timezone: str, language: str) -> str:
    """Return the last day before an instant: ``Wednesday 10 June`` where a promise ends with its midnight."""
    zone = ZoneInfo(timezone)
    last = (until - timedelta(microseconds=1)).astimezone(zone).date()
    return _weekday_of(last, now.astimezone(zone).date(), language)


def _last_minute(until: datetime, now: datetime, timezone: str) -> tuple[datetime, date]:
    zone = ZoneInfo(timezone)
    local, today = until.astimezone(zone), now.astimezone(zone)
    last = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0) - _A_MINUTE
    return (last if last > today else local), today.date()


def _weekday_of(day: date, today: date | None, language: str) -> str:
    if today is None:
        return day_in_words(day, language)
    near = "weekday_day" if day.year == today.year else "weekday_day_year"
    return _written(near, day, date_words(language))


def _written(form: str, day: date, words: Words) -> str:
    return words[form].format(
        weekday=words[f"weekday.{day.isoweekday()}"],
        day=words["first"] if day.day == 1 else day.day,
        month=words[f"month.{day.month}"],
        year=day.year,
    )


def _at_time(day: str, local: datetime, timezone: str, language: str) -> str:
    words = date_words(language)
    clock = words["clock"].format(clock=_clock(local, language))
    return words["time"].format(day=day, clock=clock, place=place_of(timezone, language))


def _clock(local: datetime, language: str) -> str:
    """In English by twelve hours, but for midnight: few are sure which day 12:00 am belongs to."""
    if spoken(language) != "en" or (local.hour, local.minute) == (0, 0):
        return f"{local:%H:%M}"
    return f"{local.hour % 12 or 12}:{local:%M} {'am' if local.hour < 12 else 'pm'}"
