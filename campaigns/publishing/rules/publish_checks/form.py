"""The form: what it must ask for, and rows that contradict themselves."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from campaigns.publishing.rules.publish_checks.facts import CampaignFacts, FieldFacts
from campaigns.publishing.rules.publish_checks.finding import Finding
from campaigns.publishing.rules.publish_checks.texts import gaps, language_name
from campaigns.setup.rules.answer_patterns import pattern_problem, published_pattern
from campaigns.setup.rules.meanings import MEANINGS
from ingest_lambda.contract import IMAGE_KINDS, MOST_PHONES, FieldKind, Meaning
from ingest_lambda.contract.patterns import judged_patterns

CONSENT = "consent"
MOST_FIELDS = 60
MOST_UPLOADS = 60
"""Photos of one submission, as the public contract has it."""
_ROUTES = {"purchase": "by purchase", "free": "free of charge"}
_WRITTEN = {FieldKind.TEXT, FieldKind.LONG_TEXT}
_CHOSEN = {FieldKind.CHOICE, FieldKind.CHOICES}
_DAYS = {FieldKind.DATE, FieldKind.BIRTH_DATE}
_KINDS_OF: Mapping[str, frozenset[str]] = {
    Meaning.EMAIL: frozenset({FieldKind.EMAIL}),
    Meaning.PHONE: frozenset({FieldKind.PHONE}),
    Meaning.POSTCODE: frozenset({FieldKind.POSTAL_CODE, FieldKind.TEXT}),
    Meaning.BIRTH_DATE: frozenset({FieldKind.BIRTH_DATE}),
    Meaning.PURCHASE_DATE: frozenset({FieldKind.DATE}),
    Meaning.TOTAL: frozenset({FieldKind.NUMBER}),
    Meaning.QUANTITY: frozenset({FieldKind.NUMBER, FieldKind.CHOICE}),
}
"""Meaning → the kinds of field that can carry it; the others go with any written or chosen one."""


def problems(facts: CampaignFacts) -> Iterator[Finding]:
    """Say what the form lacks and what no visitor could answer."""
    yield from _what_is_needed(facts)
    names = Counter(field.name for field in facts.fields)
    for name in sorted(name for name, count in names.items() if count > 1):
        yield _row("name_twice", name, "name", f"Two rows are called {name}. Rename one.")
    meanings = Counter(field.meaning for field in facts.fields if field.meaning)
    for meaning in sorted(meaning for meaning, count in meanings.items() if count > 1):
        words = MEANINGS.get(meaning, meaning)
        yield _form(
            "meaning_twice", f"Two fields mean “{words}”. Give one of them another meaning."
        )
    for field in facts.fields:
        yield from _words(field, list(facts.languages))
        yield from _meaning(field)
        if field.kind in _CHOSEN:
            yield from _choices(field, list(facts.languages))
        yield from _bounds(field)
    yield from _pattern_costs(facts)


def cautions(facts: CampaignFacts) -> Iterator[Finding]:
    """Say what is unusual about a form."""
    receipts = [field for field in facts.fields if field.kind == FieldKind.RECEIPT_IMAGE]
    if "purchase" in facts.routes and not any("purchase" in field.routes for field in receipts):
        yield _form(
            "no_receipt_field",
            "People enter by purchase, but the form asks for no receipt. Nothing proves the purchase.",
        )
    if receipts and facts.review == "none":
        yield Finding(
            "nobody_looks",
            "Basics",
            "review_mode",
            "Receipts are asked for, but nobody looks at them before an entry counts. The "
            "same file is found again; the same receipt photographed or saved again is not.",
        )
    for field in facts.fields:
        if not set(field.routes) & set(facts.routes):
            yield _row(
                "field_never_shown",
                field.name,
                "routes",
                f"The field {field.words} is shown to nobody: the campaign has no such way to enter.",
            )


def _what_is_needed(facts: CampaignFacts) -> Iterator[Finding]:
    if len(facts.fields) > MOST_FIELDS:
        yield _form("too_many_fields", f"A form has at most {MOST_FIELDS} rows. Remove some.")
    photos = sum(
        field.images_per_receipt * field.max_receipts
        for field in facts.fields
        if field.kind in IMAGE_KINDS
    )
    if photos > MOST_UPLOADS:
        yield _form(
            "too_many_photos",
            f"The form asks for up to {photos} photos; {MOST_UPLOADS} can be sent at once.",
        )
    if sum(field.kind == FieldKind.PHONE for field in facts.fields) > MOST_PHONES:
        yield _form(
            "too_many_phones",
            f"A form has at most {MOST_PHONES} phone numbers. Remove some, or ask for text.",
        )
    for route in facts.routes:
        rows = [field for field in facts.fields if route in field.routes]
        how = f" for who enters {_ROUTES.get(route, route)}" if len(facts.routes) > 1 else ""
        if not any(field.meaning == Meaning.EMAIL and field.required for field in rows):
            yield _form(
                "email_missing",
                f"The form needs a required e-mail field{how}: "
                "it identifies entrants, and we write to them there.",
            )
        if not any(_accepts_rules(field) for field in rows):
            yield _form(
                "consent_missing",
                f"The form has no required consent to the official rules{how}. Add one.",
            )


def _accepts_rules(field: FieldFacts) -> bool:
    return field.kind == CONSENT and field.purpose == "rules" and field.required


def _words(field: FieldFacts, languages: list[str]) -> Iterator[Finding]:
    what = "wording" if field.kind == CONSENT else "label"
    if field.kind != FieldKind.HIDDEN:
        for code in gaps(field.label, languages, needed=True):
            yield _row(
                "label_missing",
                field.name,
                "label",
                f"The {what} of {field.words} is missing in {language_name(code)}.",
                language=code,
            )
    for code in gaps(field.help_text, languages, needed=False):
        yield _row(
            "help_missing",
            field.name,
            "help_text",
            f"The help for {field.words} is missing in {language_name(code)}.",
            language=code,
        )
    if field.kind == CONSENT and field.purpose == "marketing" and field.required:
        yield _row(
            "marketing_is_required",
            field.name,
            "required",
            f"The consent {field.words} is for marketing, so it must be free: make it optional.",
        )


def _meaning(field: FieldFacts) -> Iterator[Finding]:
    if not field.routes:
        yield _row("route_missing", field.name, "routes", f"Say who is shown {field.words}.")
    if not field.meaning:
        return
    fits = _KINDS_OF.get(field.meaning)
    if fits is None:
        fits = frozenset({*_WRITTEN, *_CHOSEN, FieldKind.HIDDEN})
    if field.kind not in fits:
        yield _row(
            "meaning_does_not_fit",
            field.name,
            "meaning",
            f"The field {field.words} can't mean “{MEANINGS.get(field.meaning, field.meaning)}”: "
            f"it is of the kind {field.kind.replace('_', ' ')}.",
        )


def _choices(field: FieldFacts, languages: list[str]) -> Iterator[Finding]:
    if not field.options:
        yield _row(
            "nothing_to_choose",
            field.name,
            "options",
            f"The field {field.words} offers nothing to choose. Add choices.",
        )
    values = Counter(value for value, _label in field.options)
    for value, count in values.items():
        if count > 1 or not value.strip():
            yield _row(
                "choice_twice",
                field.name,
                "options",
                f"A choice of {field.words} is there twice or has no value: “{value}”.",
            )
    for value, label in field.options:
        for code in gaps(label, languages, needed=True):
            yield _row(
                "choice_label_missing",
                field.name,
                "options",
                f"The choice “{value}” of {field.words} has no label in {language_name(code)}.",
                language=code,
            )


def _bounds(field: FieldFacts) -> Iterator[Finding]:
    def wrong(code: str, column: str, sentence: str) -> Finding:
        return _row(code, field.name, column, sentence)

    least, most = field.min_length, field.max_length
    if least is not None and most is not None and least > most:
        yield wrong(
            "lengths_contradict",
            "max_length",
            f"The field {field.words} asks for at least {least} and at most {most} characters.",
        )
    if field.pattern and (sentence := pattern_problem(field.pattern)):
        yield wrong("pattern_not_usable", "pattern", f"{field.words}: {sentence}")
    if field.minimum_age and field.kind != FieldKind.BIRTH_DATE:
        yield wrong(
            "age_without_birth_date",
            "minimum_age",
            f"The field {field.words} has a minimum age but asks for no date of birth.",
        )
    bounds: list[Decimal] = []
    for column, text in (("minimum", field.minimum), ("maximum", field.maximum)):
        if not text:
            continue
        try:
            if field.kind == FieldKind.NUMBER:
                bounds.append(_number(text))
            elif field.kind in _DAYS:
                bounds.append(Decimal(_day(text).toordinal()))
            else:
                yield wrong(
                    "bound_does_not_fit",
                    column,
                    f"The field {field.words} is neither number nor date. Empty its {column}.",
                )
        except (ValueError, InvalidOperation):
            example = (
                "a number like 10" if field.kind == FieldKind.NUMBER else "a day like 2026-06-30"
            )
            yield wrong(
                "bound_not_read", column, f"The {column} of {field.words} has to be {example}."
            )
    if len(bounds) == 2 and bounds[0] > bounds[1]:
        yield wrong(
            "bounds_contradict",
            "maximum",
            f"The field {field.words} asks for at least {field.minimum} and at most {field.maximum}.",
        )


def _pattern_costs(facts: CampaignFacts) -> Iterator[Finding]:
    """Refuse a form of which the writer would leave a pattern unjudged, for its cost."""
    readable = [
        (field, pattern)
        for field in facts.fields
        if field.kind != CONSENT and (pattern := published_pattern(field.pattern))
    ]
    judged = judged_patterns((field.name, pattern, field.max_length) for field, pattern in readable)
    for field, _pattern in readable:
        if field.name not in judged:
            yield _row(
                "patterns_too_large",
                field.name,
                "pattern",
                f"{field.words}: together, the patterns of this form take too long to check. "
                "Use smaller counts, or set a lower maximum length.",
            )


def _number(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(text)
    return number


def _day(text: str) -> date:
    if len(text) != len("2026-06-30"):  # fromisoformat reads other spellings too
        raise ValueError(text)
    return date.fromisoformat(text)


def _form(code: str, message: str) -> Finding:
    return Finding(code, "Form", "form_fields", message)


def _row(code: str, row: str, column: str, message: str, *, language: str = "") -> Finding:
    return Finding(code, "Form", f"form_fields.{column}", message, row, language)
