"""The golden answers, read by the one grammar as the writer and the mailer use it."""

from datetime import date
from typing import Any

from ingest_lambda.contract.grammar import days, email, numbers, phone, postal, sources
from ingest_lambda.contract.grammar.reading import Reading
from ingest_lambda.contract.grammar.text import clean
from tests.contract.reading import sample

TODAY = date.fromisoformat(sample("grammar")["today"])
ANSWERS: list[dict[str, Any]] = sample("grammar")["answers"]
READ = [golden for golden in ANSWERS if golden["kind"] != "email_proposal"]
"""All but those that are about what the page proposes."""


def read(kind: str, typed: str, *, country: str = "GB", language: str = "en") -> Reading:
    """Read one answer; a text and what the page's address says are never wrong."""
    match kind:
        case "email":
            return email.read_email(typed)
        case "phone":
            return phone.read_phone(typed, [country])
        case "postal_code":
            return postal.read_postal_code(typed, [country])
        case "number":
            return numbers.read_number(typed, language)
        case "date":
            return days.read_purchase_day(typed, TODAY)
        case "hidden":
            return Reading(kept=sources.read_source(typed))
        case _:
            return Reading(kept=clean(typed))


def place(golden: dict[str, Any]) -> dict[str, str]:
    """Return where a golden answer was typed: its country and language, as :func:`read` takes them."""
    return {name: golden[name] for name in ("country", "language") if name in golden}
