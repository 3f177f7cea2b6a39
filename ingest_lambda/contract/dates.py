"""Days and times in words, in the languages of entrants."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

LANGUAGES = ("en", "es", "de", "fr")
"""The languages that have all our texts; any other language gets the first."""

_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
_DAYS = {
    "en": "{day} {month} {year}",
    "en-US": "{month} {day}, {year}",
    "es": "{day} de {month} de {year}",
    "de": "{day}. {month} {year}",
    "fr": "{day} {month} {year}",
}
_TOMORROW = {"en": "tomorrow", "es": "mañana", "de": "morgen", "fr": "demain"}
_TIMES = {
    "en": "{day}, {clock} ({place})",
    "es": "{day}, {clock} ({place})",
    "de": "{day}, {clock} Uhr ({place})",
    "fr": "{day}, {clock} ({place})",
}


def spoken(language: str) -> str:
    """Return which of our languages is shown for ``language``, such as ``es`` or ``es-MX``."""
    own = language.split("-", 1)[0]
    return own if own in LANGUAGES else LANGUAGES[0]


def place_of(timezone: str) -> str:
    """Return the city in the name of a time zone: ``London`` for ``Europe/London``."""
    return timezone.rsplit("/", 1)[-1].replace("_", " ")


def day_in_words(day: date, language: str) -> str:
    """Return a day with its month spelled out, so that no reader takes it for another."""
    ours = spoken(language)
    number = "1er" if ours == "fr" and day.day == 1 else str(day.day)
    form = _DAYS["en-US"] if language == "en-US" else _DAYS[ours]
    return form.format(day=number, month=_MONTHS[ours].split()[day.month - 1], year=day.year)


def time_in_words(
    instant: datetime, *, timezone: str, language: str, today: date | None = None
) -> str:
    """Return an instant in the campaign's zone and its name: ``2 June 2026, 00:00 (London)``.

    Where ``today`` is given and the instant is on the day after it, the day is
    called tomorrow.
    """
    local = instant.astimezone(ZoneInfo(timezone))
    ours = spoken(language)
    tomorrow = today is not None and local.date() == today + timedelta(days=1)
    day = _TOMORROW[ours] if tomorrow else day_in_words(local.date(), language)
    return _TIMES[ours].format(day=day, clock=f"{local:%H:%M}", place=place_of(timezone))
