"""Answers: is each one what the form asked for?"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from ingest_lambda.contract import (
    IMAGE_KINDS,
    FieldKind,
    FieldSpec,
    Manifest,
    Meaning,
    Reason,
    ReasonCode,
    Route,
)
from ingest_lambda.contract.grammar import days, email, numbers, phone, postal, sources
from ingest_lambda.contract.grammar.reading import Reading
from ingest_lambda.contract.grammar.text import clean, clean_prose
from ingest_lambda.contract.patterns import MOST_ANSWER_CHARS, Pattern, judged_patterns
from ingest_lambda.rules.patterns import matches

MAX_SHORT = MOST_ANSWER_CHARS
MAX_LONG = 5000
_CANONICAL = "en"
"""The language in which a JSON number is written."""


class _Wrong(Exception):
    def __init__(self, code: ReasonCode, *, expected: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.expected = expected


def judge_answers(
    manifest: Manifest,
    answers: Mapping[str, Any],
    consents: Mapping[str, Any],
    *,
    route: Route,
    entered_on: date,
    language: str = _CANONICAL,
) -> tuple[dict[str, Any], list[Reason]]:
    """Return the answers in their stored form, and what is wrong with them.

    Everything wrong is named at once: whoever has to correct an entry should
    not have to do it field by field. ``entered_on`` is the day of entry in the
    campaign's zone; ages are reckoned by it. ``language`` is the page's: numbers are
    read as people write them there. Images are not answers: the token names them.
    What a visitor did not write, hidden fields and what the page's address says of
    where they came from, is cleaned or dropped and never wrong.
    """
    clean_answers: dict[str, Any] = {}
    reasons: list[Reason] = []
    known = set()
    patterns = judged_patterns((f.name, f.pattern, f.max_length) for f in manifest.fields)
    for field in manifest.fields:
        if field.kind in IMAGE_KINDS or route not in field.routes:
            continue
        known.add(field.name)
        value = answers.get(field.name)
        if field.kind is FieldKind.HIDDEN:
            if text := _hidden(field, value, patterns.get(field.name)):
                clean_answers[field.name] = text
            continue
        if value is None or value == [] or (isinstance(value, str) and _is_empty(value)):
            if field.required:
                reasons.append(Reason(code=ReasonCode.ANSWER_MISSING, field=field.name))
            continue
        try:
            clean_answers[field.name] = _judge(
                field,
                value,
                manifest,
                entered_on,
                pattern=patterns.get(field.name),
                language=language,
            )
        except _Wrong as wrong:
            reasons.append(Reason(code=wrong.code, field=field.name, expected=wrong.expected))
    for name in answers.keys() - known:
        if name not in sources.PARAMETERS:
            reasons.append(Reason(code=ReasonCode.UNKNOWN_FIELD))
            break
        if text := sources.read_source(answers[name]):
            clean_answers[name] = text
    reasons += [
        Reason(code=ReasonCode.CONSENT_MISSING, field=consent.name)
        for consent in manifest.consents
        if consent.required and route in consent.routes and consents.get(consent.name) is not True
    ]
    return clean_answers, reasons


def judge_consents(manifest: Manifest, consents: Mapping[str, Any]) -> dict[str, Any]:
    """Return each consent as it was given, with the version of the wording that was shown."""
    return {
        spec.name: {"given": consents.get(spec.name) is True, "version": spec.version}
        for spec in manifest.consents
    }


def _is_empty(text: str) -> bool:
    try:
        return not clean(text)
    except ValueError:
        return False


def _hidden(field: FieldSpec, value: Any, pattern: Pattern | None) -> str:
    text = sources.read_source(value, most=field.max_length or MAX_SHORT)
    return text if not pattern or matches(pattern, text) else ""


def _judge(
    field: FieldSpec,
    value: Any,
    manifest: Manifest,
    entered_on: date,
    *,
    pattern: Pattern | None,
    language: str,
) -> Any:
    if field.kind is FieldKind.CHOICES:
        return _choices(field, value)
    if field.kind is FieldKind.NUMBER and isinstance(value, int | float):
        value, language = str(value), _CANONICAL
    if not isinstance(value, str):
        raise _Wrong(ReasonCode.ANSWER_NOT_UNDERSTOOD)
    if field.kind is FieldKind.CHOICE:
        return _choice(field, value)
    countries = field.countries or manifest.countries
    if field.kind is FieldKind.EMAIL:
        text = _kept(email.read_email(value), expected=email.EXPECTED)
    elif field.kind is FieldKind.PHONE:
        text = _kept(phone.read_phone(value, countries))
    elif field.kind is FieldKind.POSTAL_CODE:
        text = _kept(
            postal.read_postal_code(value, countries), expected=postal.example_of(countries)
        )
    elif field.kind in (FieldKind.DATE, FieldKind.BIRTH_DATE):
        text = _day(field, value, entered_on)
    elif field.kind is FieldKind.NUMBER:
        text = _number(field, value, language)
    else:
        text = _text(value, prose=field.kind is FieldKind.LONG_TEXT)
    _check_length(field, text)
    if pattern and not matches(pattern, text):
        raise _Wrong(ReasonCode.ANSWER_NOT_UNDERSTOOD)
    return text


def _kept(read: Reading, *, expected: str | None = None) -> str:
    if not read.kept:
        raise _Wrong(ReasonCode.ANSWER_NOT_UNDERSTOOD, expected=expected)
    return read.kept


def _text(value: str, *, prose: bool) -> str:
    try:
        return clean_prose(value) if prose else clean(value)
    except ValueError as exc:
        raise _Wrong(ReasonCode.ANSWER_NOT_UNDERSTOOD) from exc


def _check_length(field: FieldSpec, text: str) -> None:
    most = field.max_length or (MAX_LONG if field.kind is FieldKind.LONG_TEXT else MAX_SHORT)
    if len(text) > most:
        raise _Wrong(ReasonCode.ANSWER_TOO_LONG, expected=str(most))
    if field.min_length and len(text) < field.min_length:
        raise _Wrong(ReasonCode.ANSWER_OUT_OF_BOUNDS, expected=str(field.min_length))


def _choice(field: FieldSpec, value: str) -> str:
    # A choice is compared as it was offered; a browser sends its line breaks and half pairs otherwise.
    text = value if value in field.choices else _text(value, prose=False)
    if text not in field.choices:
        raise _Wrong(ReasonCode.ANSWER_NOT_UNDERSTOOD)
    return text


def _choices(field: FieldSpec, value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) > len(field.choices):
        raise _Wrong(ReasonCode.ANSWER_NOT_UNDERSTOOD)
    places = {choice: place for place, choice in enumerate(field.choices)}
    if any(not isinstance(one, str) or one not in places for one in value):
        raise _Wrong(ReasonCode.ANSWER_NOT_UNDERSTOOD)
    return sorted(set(value), key=places.__getitem__)


def _day(field: FieldSpec, value: str, entered_on: date) -> str:
    if field.meaning is Meaning.PURCHASE_DATE:
        text = _kept(days.read_purchase_day(value, entered_on))
    else:
        text = _kept(days.read_day(value))
    if field.minimum and text < field.minimum:
        raise _Wrong(ReasonCode.ANSWER_OUT_OF_BOUNDS, expected=field.minimum)
    if field.maximum and text > field.maximum:
        raise _Wrong(ReasonCode.ANSWER_OUT_OF_BOUNDS, expected=field.maximum)
    if field.kind is FieldKind.BIRTH_DATE:
        born_on = date.fromisoformat(text)
        if born_on > entered_on:
            raise _Wrong(ReasonCode.ANSWER_NOT_UNDERSTOOD)
        if field.minimum_age and age_on(born_on, entered_on) < field.minimum_age:
            raise _Wrong(ReasonCode.TOO_YOUNG, expected=str(field.minimum_age))
    return text


def age_on(born_on: date, today: date) -> int:
    """Return the age in whole years; who was born on 29 February has it on 1 March."""
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))


def _number(field: FieldSpec, value: str, language: str) -> str:
    text = _kept(numbers.read_number(value, language))
    number = Decimal(text)
    if field.minimum is not None and number < Decimal(field.minimum):
        raise _Wrong(ReasonCode.ANSWER_OUT_OF_BOUNDS, expected=field.minimum)
    if field.maximum is not None and number > Decimal(field.maximum):
        raise _Wrong(ReasonCode.ANSWER_OUT_OF_BOUNDS, expected=field.maximum)
    return text
