"""Dates, limits and who may enter in words, for the facts box."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from campaigns.setup.rules.countries import country_name
from ingest_lambda.contract import LimitScope, WindowKind
from ingest_lambda.contract.dates import day_in_words, place_of, spoken, time_in_words

_AND = {"en": " and ", "es": " y ", "de": " und ", "fr": " et "}
_AGED = {"en": "{age}+", "es": "{age}+", "de": "ab {age}", "fr": "{age} ans et +"}
_ENTRIES = {
    "en": ("{count} entry", "{count} entries"),
    "es": ("{count} participación", "{count} participaciones"),
    "de": ("{count} Teilnahme", "{count} Teilnahmen"),
    "fr": ("{count} participation", "{count} participations"),
}
_RECEIPTS = {
    "en": ("{count} receipt", "{count} receipts"),
    "es": ("{count} recibo", "{count} recibos"),
    "de": ("{count} Bon", "{count} Bons"),
    "fr": ("{count} ticket", "{count} tickets"),
}
"""What a limit by store counts; the others count entries."""
_SCOPES: dict[str, dict[LimitScope, str]] = {
    "en": {
        LimitScope.PERSON: " per person",
        LimitScope.PHONE: " per phone number",
        LimitScope.RECEIPT: " per receipt",
        LimitScope.STORE: " per person and store",
        LimitScope.HOUSEHOLD: " per household",
        LimitScope.DEVICE: " per device",
    },
    "es": {
        LimitScope.PERSON: " por persona",
        LimitScope.PHONE: " por teléfono",
        LimitScope.RECEIPT: " por recibo",
        LimitScope.STORE: " por persona y tienda",
        LimitScope.HOUSEHOLD: " por hogar",
        LimitScope.DEVICE: " por dispositivo",
    },
    "de": {
        LimitScope.PERSON: " pro Person",
        LimitScope.PHONE: " pro Telefonnummer",
        LimitScope.RECEIPT: " pro Bon",
        LimitScope.STORE: " pro Person und Geschäft",
        LimitScope.HOUSEHOLD: " pro Haushalt",
        LimitScope.DEVICE: " pro Gerät",
    },
    "fr": {
        LimitScope.PERSON: " par personne",
        LimitScope.PHONE: " par numéro de téléphone",
        LimitScope.RECEIPT: " par ticket",
        LimitScope.STORE: " par personne et magasin",
        LimitScope.HOUSEHOLD: " par foyer",
        LimitScope.DEVICE: " par appareil",
    },
}
_WINDOWS: dict[str, dict[WindowKind, str]] = {
    "en": {
        WindowKind.CAMPAIGN: "",
        WindowKind.DAY: " a day",
        WindowKind.WEEK: " a week",
        WindowKind.ROLLING: " in {hours} hours",
    },
    "es": {
        WindowKind.CAMPAIGN: "",
        WindowKind.DAY: " al día",
        WindowKind.WEEK: " a la semana",
        WindowKind.ROLLING: " en {hours} horas",
    },
    "de": {
        WindowKind.CAMPAIGN: "",
        WindowKind.DAY: " am Tag",
        WindowKind.WEEK: " in der Woche",
        WindowKind.ROLLING: " in {hours} Stunden",
    },
    "fr": {
        WindowKind.CAMPAIGN: "",
        WindowKind.DAY: " par jour",
        WindowKind.WEEK: " par semaine",
        WindowKind.ROLLING: " en {hours} heures",
    },
}


def last_minute(closes_at: datetime, *, timezone: str, language: str) -> str:
    """Return the last minute that counts, as people say it: ``30 June 2026, 11:59 pm (London)``."""
    last = closes_at - timedelta(minutes=1)
    if spoken(language) != "en":
        return time_in_words(last, timezone=timezone, language=language)
    local = last.astimezone(ZoneInfo(timezone))
    clock = f"{local.hour % 12 or 12}:{local:%M} {'am' if local.hour < 12 else 'pm'}"
    return f"{day_in_words(local.date(), language)}, {clock} ({place_of(timezone)})"


def limit_in_words(*, scope: str, count: int, window: str, hours: int | None, language: str) -> str:
    """Return a limit as people say it: ``1 entry per person a day``."""
    ours = spoken(language)
    one, many = (_RECEIPTS if scope == LimitScope.STORE else _ENTRIES)[ours]
    counted = (one if count == 1 else many).format(count=count)
    when = _WINDOWS[ours][WindowKind(window)].format(hours=hours)
    return f"{counted}{_SCOPES[ours][LimitScope(scope)]}{when}"


def countries_in_words(countries: Sequence[str], *, language: str) -> str:
    """Return countries as a list people say: ``Ireland and United Kingdom``."""
    ours = spoken(language)
    names = [country_name(code, ours) for code in countries]
    return _AND[ours].join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def who_in_words(countries: Sequence[str], minimum_age: int | None, *, language: str) -> str:
    """Return who may enter, in short: ``United Kingdom · 18+``."""
    where = countries_in_words(countries, language=language)
    if minimum_age is None:
        return where
    return f"{where} · {_AGED[spoken(language)].format(age=minimum_age)}"
