"""Answers: is each one what the form asked for?"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from ingest_lambda.contract import (
    IMAGE_KINDS,
    FieldKind,
    FieldSpec,
    Manifest,
    Reason,
    ReasonCode,
    Route,
)
from ingest_lambda.contract.patterns import MOST_ANSWER_CHARS, Pattern, judged_patterns
from ingest_lambda.contract.postal import POSTAL_CODES
from ingest_lambda.rules.patterns import matches
from ingest_lambda.rules.people import normalise_phone
from ingest_lambda.rules.storable import storable_text

MAX_SHORT = MOST_ANSWER_CHARS
MAX_LONG = 5000
_MOST_MARKS = 30
"""In a row over one letter, as Unicode's stream-safe text has it (UAX #15); no language needs more."""
_DECOMPOSED = 4
"""Characters at most that one character of a normalised answer was typed as, marks beside it apart."""
_SPECIAL = r"\s@\x00-\x1f()<>\[\]:;,\\\""
"""What stands in no address as it is (RFC 5322, 3.2.3): programs that send mail read ``ada(1)@`` and
``x<ada@…>`` as ``ada@``, so that one mailbox would be as many people as it likes."""
_EMAIL = re.compile(
    rf"(?=[^@]{{1,64}}@)([^{_SPECIAL}]+|\"([^\"\\\s@\x00-\x1f]|\\[^\s@\x00-\x1f])+\")"
    rf"@[^{_SPECIAL}.]+(\.[^{_SPECIAL}.]+)+"
)
_ENCODED_WORD = "=?"
"""How headers of mails spell other letters (RFC 2047); decoded, it is another address."""
_NOT_ALLOWED = {"Cc", "Cs"}
_LINE_BREAKS = "\n\r\t"


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
) -> tuple[dict[str, Any], list[Reason]]:
    """Return the answers in their stored form, and what is wrong with them.

    Everything wrong is named at once: whoever has to correct an entry should
    not have to do it field by field. ``entered_on`` is the day of entry in the
    campaign's zone; ages are reckoned by it. Images are not answers: the token
    names them.
    """
    clean: dict[str, Any] = {}
    reasons: list[Reason] = []
    known = set()
    patterns = judged_patterns((f.name, f.pattern, f.max_length) for f in manifest.fields)
    for field in manifest.fields:
        if field.kind in IMAGE_KINDS or route not in field.routes:
            continue
        known.add(field.name)
        value = answers.get(field.name)
        if value is None or value == [] or (isinstance(value, str) and not value.strip()):
            if field.required and field.kind is not FieldKind.HIDDEN:
                reasons.append(Reason(code=ReasonCode.ANSWER_MISSING, field=field.name))
            continue
        try:
            clean[field.name] = _judge(
                field, value, manifest, entered_on, pattern=patterns.get(field.name)
            )
        except _Wrong as wrong:
            reasons.append(Reason(code=wrong.code, field=field.name, expected=wrong.expected))
    for name in answers:
        if name not in known:
            reasons.append(Reason(code=ReasonCode.UNKNOWN_FIELD))
            break
    reasons += [
        Reason(code=ReasonCode.CONSENT_MISSING, field=consent.name)
        for consent in manifest.consents
        if consent.required and route in consent.routes and consents.get(consent.name) is not True
    ]
    return clean, reasons


def judge_consents(manifest: Manifest, consents: Mapping[str, Any]) -> dict[str, Any]:
    """Return each consent as it was given, with the version of the wording that was shown."""
    return {
        spec.name: {"given": consents.get(spec.name) is True, "version": spec.version}
        for spec in manifest.consents
    }


def _judge(
    field: FieldSpec, value: Any, manifest: Manifest, entered_on: date, *, pattern: Pattern | None
) -> Any:
    if field.kind is FieldKind.CHOICES:
        return _choices(field, value)
    if field.kind is FieldKind.NUMBER and isinstance(value, int | float):
        value = str(value)
    if not isinstance(value, str):
        raise _Wrong(ReasonCode.ANSWER_NOT_UNDERSTOOD)
    text = _text(field, value, pattern)
    countries = field.countries or manifest.countries
    if field.kind is FieldKind.EMAIL:
        if len(text) > 254 or _ENCODED_WORD in text or not _EMAIL.fullmatch(text):
            raise _Wrong(ReasonCode.ANSWER_NOT_UNDERSTOOD, expected="name@example.com")
    elif field.kind is FieldKind.PHONE:
        return _phone(text, countries)
    elif field.kind is FieldKind.POSTAL_CODE:
        return _postal_code(text, countries)
    elif field.kind in (FieldKind.DATE, FieldKind.BIRTH_DATE):
        _day(field, text, entered_on)
    elif field.kind is FieldKind.NUMBER:
        _number(field, text)
    elif field.kind is FieldKind.CHOICE and text not in field.choices:
        raise _Wrong(ReasonCode.ANSWER_NOT_UNDERSTOOD)
    return text


def _text(field: FieldSpec, value: str, pattern: Pattern | None) -> str:
    allowed = _LINE_BREAKS if field.kind is FieldKind.LONG_TEXT else ""
    most = field.max_length or (MAX_LONG if field.kind is FieldKind.LONG_TEXT else MAX_SHORT)
    value = value.strip()
    if len(value) > most * _DECOMPOSED:
        raise _Wrong(ReasonCode.ANSWER_TOO_LONG, expected=str(most))
    if _has_too_many_marks(value):
        raise _Wrong(ReasonCode.ANSWER_NOT_UNDERSTOOD)
    text = unicodedata.normalize("NFC", value).strip()
    if storable_text(text) != text or any(
        unicodedata.category(c) in _NOT_ALLOWED and c not in allowed for c in text
    ):
        raise _Wrong(ReasonCode.ANSWER_NOT_UNDERSTOOD)
    if len(text) > most:
        raise _Wrong(ReasonCode.ANSWER_TOO_LONG, expected=str(most))
    if field.min_length and len(text) < field.min_length:
        raise _Wrong(ReasonCode.ANSWER_OUT_OF_BOUNDS, expected=str(field.min_length))
    if pattern and not matches(pattern, text):
        raise _Wrong(ReasonCode.ANSWER_NOT_UNDERSTOOD)
    return text


def _has_too_many_marks(text: str) -> bool:
    """Tell whether more marks stand in a row than any writing needs.

    To put marks in their order takes the square of their number: 30,000 of
    them fit in a body and would take a second and a half.
    """
    if text.isascii():
        return False
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > _MOST_MARKS:
            return True
    return False


def _choices(field: FieldSpec, value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) > len(field.choices):
        raise _Wrong(ReasonCode.ANSWER_NOT_UNDERSTOOD)
    places = {choice: place for place, choice in enumerate(field.choices)}
    if any(not isinstance(one, str) or one not in places for one in value):
        raise _Wrong(ReasonCode.ANSWER_NOT_UNDERSTOOD)
    return sorted(set(value), key=places.__getitem__)


def _phone(text: str, countries: tuple[str, ...]) -> str:
    number = normalise_phone(text, countries=countries)
    if number is None:
        raise _Wrong(ReasonCode.ANSWER_NOT_UNDERSTOOD)
    return number


def _postal_code(text: str, countries: tuple[str, ...]) -> str:
    code = " ".join(text.upper().split())
    patterns = [POSTAL_CODES.get(country) for country in countries]
    if not any(p is None or re.fullmatch(p, code) for p in patterns):
        raise _Wrong(ReasonCode.ANSWER_NOT_UNDERSTOOD)
    return code


def _day(field: FieldSpec, text: str, entered_on: date) -> None:
    # fromisoformat also reads 20260101 and 2026-W01-1, which no bound below could be compared with.
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise _Wrong(ReasonCode.ANSWER_NOT_UNDERSTOOD)
    try:
        day = date.fromisoformat(text)
    except ValueError as exc:
        raise _Wrong(ReasonCode.ANSWER_NOT_UNDERSTOOD) from exc
    if field.minimum and text < field.minimum:
        raise _Wrong(ReasonCode.ANSWER_OUT_OF_BOUNDS, expected=field.minimum)
    if field.maximum and text > field.maximum:
        raise _Wrong(ReasonCode.ANSWER_OUT_OF_BOUNDS, expected=field.maximum)
    if field.kind is FieldKind.BIRTH_DATE:
        if day > entered_on or day.year < 1900:
            raise _Wrong(ReasonCode.ANSWER_NOT_UNDERSTOOD)
        if field.minimum_age and age_on(day, entered_on) < field.minimum_age:
            raise _Wrong(ReasonCode.TOO_YOUNG, expected=str(field.minimum_age))


def age_on(born_on: date, today: date) -> int:
    """Return the age in whole years; who was born on 29 February has it on 1 March."""
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))


def _number(field: FieldSpec, text: str) -> None:
    if not re.fullmatch(r"-?[0-9]{1,15}([.][0-9]{1,6})?", text):
        raise _Wrong(ReasonCode.ANSWER_NOT_UNDERSTOOD)
    try:
        number = Decimal(text)
    except InvalidOperation as exc:
        raise _Wrong(ReasonCode.ANSWER_NOT_UNDERSTOOD) from exc
    if field.minimum is not None and number < Decimal(field.minimum):
        raise _Wrong(ReasonCode.ANSWER_OUT_OF_BOUNDS, expected=field.minimum)
    if field.maximum is not None and number > Decimal(field.maximum):
        raise _Wrong(ReasonCode.ANSWER_OUT_OF_BOUNDS, expected=field.maximum)
