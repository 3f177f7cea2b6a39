"""The grammar as data for one campaign's page: the same tables and patterns, nothing typed twice."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from ingest_lambda.contract.grammar import days, email, numbers, phone, postal, sources
from ingest_lambda.contract.grammar.text import text_patterns


def page_grammar(countries: Sequence[str], language: str) -> dict[str, Any]:
    """Return what a page for ``countries`` judges answers by, in its ``language``, as JSON values."""
    decimal, group = numbers.marks_of(language)
    return {
        "text": text_patterns(),
        "email": {
            **email.PATTERNS,
            "looks_like": email.LOOKS_LIKE,
            "most": email.MOST_CHARS,
            "most_local": email.MOST_LOCAL,
            "most_typed": email.MOST_TYPED,
            "providers": email.PROVIDERS,
            "one_ending": email.ONE_ENDING,
            "real": email.REAL,
            "near_com": email.NEAR_COM,
            "no_endings": email.NO_ENDINGS,
            "least_name": email.LEAST_NAME,
            "look_alikes": email.LOOK_ALIKES,
        },
        "phone": {
            **phone.PATTERNS,
            "most_chars": phone.MOST_CHARS,
            "least": phone.LEAST_DIGITS,
            "most": phone.MOST_DIGITS,
            "plans": [asdict(plan) for plan in phone.plans_of(countries)],
            "most_plans": phone.MOST_READINGS,
        },
        "postal": {
            "most_chars": postal.MOST_CHARS,
            "punctuation": postal.PUNCTUATION,
            "look_alikes": postal.LOOK_ALIKES,
            "most_slips": postal.MOST_SLIPS,
            "most_slipped": postal.MOST_SLIPPED,
            "forms": {
                country: asdict(postal.POSTAL_FORMS[country])
                for country in countries
                if country in postal.POSTAL_FORMS
            },
        },
        "number": {
            **numbers.PATTERNS,
            "most_chars": numbers.MOST_CHARS,
            "arabic": numbers.ARABIC,
            "decimal": decimal,
            "group": group,
        },
        "day": {
            "pattern": days.PATTERN,
            "first_year": days.FIRST_YEAR,
            "last_year": days.LAST_YEAR,
            "first_purchase_year": days.FIRST_PURCHASE_YEAR,
            "ahead": days.PURCHASE_DAYS_AHEAD,
        },
        "sources": sources.PARAMETERS,
        "most_source": sources.MOST_SOURCE_CHARS,
        "most_hidden": sources.MOST_CHARS,
    }
