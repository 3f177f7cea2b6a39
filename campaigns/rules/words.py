"""Dates and limits in words, for the facts box."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_MONTHS = {
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
}
_SCOPES = {
    "en": {
        "person": "person",
        "phone": "phone number",
        "receipt": "receipt",
        "household": "household",
        "device": "device",
    },
    "es": {
        "person": "persona",
        "phone": "teléfono",
        "receipt": "recibo",
        "household": "hogar",
        "device": "dispositivo",
    },
}
_WINDOWS = {
    "en": {"day": " a day", "week": " a week", "campaign": "", "rolling": " in {hours} hours"},
    "es": {
        "day": " al día",
        "week": " a la semana",
        "campaign": "",
        "rolling": " en {hours} horas",
    },
}


def last_minute(closes_at: datetime, *, timezone: str, language: str) -> str:
    """Return the last minute that counts, as people say it: ``30 June 2026, 11:59 pm (London)``."""
    last = (closes_at - timedelta(minutes=1)).astimezone(ZoneInfo(timezone))
    place = timezone.rsplit("/", 1)[-1].replace("_", " ")
    if language == "es":
        month = _MONTHS["es"].split()[last.month - 1]
        return f"{last.day} de {month} de {last.year}, {last:%H:%M} ({place})"
    clock = f"{last.hour % 12 or 12}:{last:%M} {'am' if last.hour < 12 else 'pm'}"
    return f"{last.day} {last:%B %Y}, {clock} ({place})"


def limit_in_words(*, scope: str, count: int, window: str, hours: int | None, language: str) -> str:
    """Return a limit as people say it: ``1 entry per person a day``."""
    known = language if language in _SCOPES else "en"
    entry = {
        "en": "entry" if count == 1 else "entries",
        "es": "participación" if count == 1 else "participaciones",
    }[known]
    per = {"en": "per", "es": "por"}[known]
    when = _WINDOWS[known][window].format(hours=hours)
    return f"{count} {entry} {per} {_SCOPES[known][scope]}{when}"
