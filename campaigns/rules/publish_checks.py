"""The check before a publish: everything that is missing, at once, in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from campaigns.rules.contrast import LEAST, contrast, nearest_passing
from ingest_lambda.contract import Meaning


@dataclass(frozen=True)
class Problem:
    """One thing that keeps a campaign from being published, and the tab on which to mend it."""

    tab: str
    message: str


@dataclass(frozen=True)
class LimitFacts:
    """A limit as the check reads it."""

    scope: str
    count: int
    window: str


@dataclass(frozen=True)
class FieldFacts:
    """A form row as the check reads it."""

    name: str
    kind: str
    meaning: str
    label: Mapping[str, str]
    option_count: int


@dataclass(frozen=True)
class CampaignFacts:
    """A campaign as plain values: what the check needs to know of it."""

    opens_at: datetime | None
    closes_at: datetime | None
    languages: Sequence[str]
    texts: Mapping[str, Mapping[str, str]]
    has_hero: bool
    hero_alt: Mapping[str, str]
    legal_name: str
    address: str
    help_email: str
    text_colour: str
    surface_colour: str
    brand_colour: str
    fields: Sequence[FieldFacts]
    limits: Sequence[LimitFacts]


_NAMES = {"headline": "headline", "rules": "official rules"}
_TABS = {"headline": "Page", "rules": "Rules & legal"}


def problems_of(facts: CampaignFacts, *, at: datetime) -> list[Problem]:
    """Return everything that must be mended before a publish, in the order of the tabs."""
    return [
        *_date_problems(facts, at),
        *_promoter_problems(facts),
        *_text_problems(facts),
        *_colour_problems(facts),
        *_form_problems(facts),
        *_limit_problems(facts.limits),
    ]


def _date_problems(facts: CampaignFacts, at: datetime) -> Iterable[Problem]:
    if facts.opens_at is None or facts.closes_at is None:
        yield Problem("Basics", "Say when the campaign opens and closes.")
    elif facts.closes_at <= facts.opens_at:
        yield Problem("Basics", "The campaign closes before it opens.")
    elif facts.closes_at <= at:
        yield Problem("Basics", "The campaign's end has passed already.")


def _promoter_problems(facts: CampaignFacts) -> Iterable[Problem]:
    missing = [
        name
        for name, value in (
            ("legal name", facts.legal_name),
            ("address", facts.address),
            ("help contact", facts.help_email),
        )
        if not value
    ]
    if missing:
        yield Problem("Basics", f"The client's {' and '.join(missing)} is missing.")


def _text_problems(facts: CampaignFacts) -> Iterable[Problem]:
    for language in facts.languages:
        for name, texts in facts.texts.items():
            if not texts.get(language, "").strip():
                yield Problem(
                    _TABS.get(name, "Page"),
                    f"The {_NAMES.get(name, name)} is missing in {language.upper()}.",
                )
        if facts.has_hero and not facts.hero_alt.get(language, "").strip():
            yield Problem("Page", f"Describe the image in {language.upper()} for who can't see it.")


def _colour_problems(facts: CampaignFacts) -> Iterable[Problem]:
    for name, colour in (("text", facts.text_colour), ("brand colour", facts.brand_colour)):
        if (ratio := contrast(colour, facts.surface_colour)) < LEAST:
            shade = nearest_passing(colour, facts.surface_colour)
            yield Problem(
                "Page",
                f"The {name} is hard to read on the background ({ratio:.1f}:1, needs 4.5:1). "
                f"The nearest shade that works is {shade}.",
            )


def _form_problems(facts: CampaignFacts) -> Iterable[Problem]:
    if not any(field.meaning == Meaning.EMAIL for field in facts.fields):
        yield Problem("Form", "The form has no field with the meaning e-mail.")
    if not any(field.kind == "consent" for field in facts.fields):
        yield Problem("Form", "The form has no consent to the rules.")
    meanings = [field.meaning for field in facts.fields if field.meaning]
    for meaning in sorted({m for m in meanings if meanings.count(m) > 1}):
        yield Problem("Form", f"Two fields have the meaning {meaning.replace('_', ' ')}.")
    for field in facts.fields:
        for language in facts.languages:
            if field.kind != "hidden" and not field.label.get(language, "").strip():
                yield Problem("Form", f"The field {field.name} has no label in {language.upper()}.")
        if field.kind in ("choice", "choices") and field.option_count < 1:
            yield Problem("Form", f"The field {field.name} offers nothing to choose.")


_ORDER = {"rolling": 0, "day": 1, "week": 2, "campaign": 3}


def _limit_problems(limits: Sequence[LimitFacts]) -> Iterable[Problem]:
    for one in limits:
        for other in limits:
            longer = _ORDER[other.window] > _ORDER[one.window]
            if one.scope == other.scope and longer and other.count < one.count:
                yield Problem(
                    "Limits",
                    f"{one.count} per {one.scope} a {one.window} can never be reached: "
                    f"another limit allows only {other.count} per {other.window}.",
                )
