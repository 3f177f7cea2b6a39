"""A row of the form as the page's template shows it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from campaigns.rendering.consents import consent_line
from campaigns.rendering.content import PageField, Texts
from campaigns.rendering.prose import Line, plain, runs
from campaigns.rendering.words import unbroken
from ingest_lambda.contract import IMAGE_KINDS, FieldKind, Meaning

CONSENT = "consent"
FEW_OPTIONS = 5
"""Up to so many options stand open as radio buttons; more go into a list."""

_INPUTS = {
    # Not of the browser's type email: some turn ü in a domain into xn-- before anybody has read it.
    FieldKind.EMAIL: ("text", "email", "email"),
    FieldKind.PHONE: ("tel", "tel", "tel"),
    FieldKind.DATE: ("date", "off", ""),
    FieldKind.BIRTH_DATE: ("date", "bday", ""),
    FieldKind.NUMBER: ("text", "off", "decimal"),
    FieldKind.POSTAL_CODE: ("text", "postal-code", ""),
}
_AUTOCOMPLETE = {
    Meaning.GIVEN_NAME: "given-name",
    Meaning.FAMILY_NAME: "family-name",
    Meaning.ADDRESS: "street-address",
    Meaning.REGION: "address-level1",
}
_ABOUT_DATA = ("privacy", "marketing", "other")
_MAX_SHORT, _MAX_LONG = 300, 5000
_TYPED = 4
"""Units that a browser counts for one character that is kept, with what is cleaned away."""


@dataclass(frozen=True)
class ShownField:
    """What a template needs of a field, in one language."""

    name: str
    kind: str
    routes: str
    """The routes it belongs to, with spaces between; empty: all."""
    control: str
    """Which piece of HTML shows it: photos, consent, hidden, group, list, long or line."""
    label: str
    """The words alone."""
    line: Line
    """The label with its links."""
    party: str
    """Whom a consent is given to, in a sentence; empty where that says nothing new."""
    help: Line
    options: list[tuple[str, str]]
    required: bool
    minimum_age: int | None
    min_length: int | None
    max_length: int
    max_typed: int
    """In what a browser counts, and before an answer is cleaned: no reason to cut a good one."""
    countries: str
    """Those by which it is read, with spaces between; empty: the campaign's."""
    is_purchase: bool
    minimum: str
    maximum: str
    pattern: str
    max_receipts: int
    images_per_receipt: int
    input_type: str
    autocomplete: str
    input_mode: str


def shown_field(
    field: PageField,
    text: Callable[[Texts], str],
    *,
    targets: Mapping[str, str],
    words: Mapping[str, str],
    client: str,
) -> ShownField:
    """Return a field in the language that ``text`` picks; ``targets`` are the pages that its words may link to."""
    purpose = field.purpose if field.kind == CONSENT else ""
    line = consent_line(text(field.label), purpose=purpose, targets=targets, words=words)
    kind = FieldKind(field.kind) if field.kind != CONSENT else None
    input_type, autocomplete, mode = _INPUTS.get(kind, ("text", "off", "")) if kind else ("",) * 3
    meaning = Meaning(field.meaning) if field.meaning else None
    longest = _MAX_LONG if kind is FieldKind.LONG_TEXT else _MAX_SHORT
    return ShownField(
        name=field.name,
        kind=field.kind,
        routes=" ".join(field.routes),
        control=_control(field, kind),
        label=unbroken(plain(runs(text(field.label), targets))),
        line=line,
        party=_party(field, words, client),
        help=runs(text(field.help_text), targets),
        options=[(option.value, text(option.label) or option.value) for option in field.options],
        required=field.required,
        minimum_age=field.minimum_age,
        min_length=field.min_length,
        max_length=field.max_length or longest,
        max_typed=(field.max_length or longest) * _TYPED,
        countries=" ".join(field.countries),
        is_purchase=meaning is Meaning.PURCHASE_DATE,
        minimum=field.minimum,
        maximum=field.maximum,
        pattern=field.pattern,
        max_receipts=field.max_receipts,
        images_per_receipt=field.images_per_receipt,
        input_type=input_type,
        autocomplete=_AUTOCOMPLETE.get(meaning, autocomplete) if meaning else autocomplete,
        input_mode=mode,
    )


def _party(field: PageField, words: Mapping[str, str], client: str) -> str:
    """Name who a consent is given to: always a partner; the client where it is about a person's data."""
    if field.kind != CONSENT or not (field.party or field.purpose in _ABOUT_DATA):
        return ""
    return words["consent_party"].format(party=field.party or client)


def _control(field: PageField, kind: FieldKind | None) -> str:
    if kind is None:
        return "consent"
    if kind in IMAGE_KINDS:
        return "photos"
    if kind is FieldKind.HIDDEN:
        return "hidden"
    if kind is FieldKind.CHOICES or (
        kind is FieldKind.CHOICE and len(field.options) <= FEW_OPTIONS
    ):
        return "group"
    if kind is FieldKind.CHOICE:
        return "list"
    return "long" if kind is FieldKind.LONG_TEXT else "line"


def in_order(fields: tuple[PageField, ...]) -> list[PageField]:
    """Return the fields with an age gate first: nothing else is asked of who is too young."""
    return sorted(fields, key=lambda field: field.minimum_age is None)


def minimum_age(fields: tuple[PageField, ...]) -> int | None:
    """Return the age that the form asks for, where it asks for one."""
    return max((field.minimum_age for field in fields if field.minimum_age), default=None)
