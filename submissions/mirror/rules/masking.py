"""What a moderator sees of personal data: enough to compare, not enough to contact."""

from collections.abc import Mapping

from ingest_lambda.contract import FieldKind, Meaning
from ingest_lambda.contract.grammar.text import isolated

_CONTACT = {Meaning.EMAIL, Meaning.PHONE, Meaning.ADDRESS, Meaning.BIRTH_DATE}
_HIDDEN = _CONTACT | {Meaning.FAMILY_NAME}
_BY_KIND: Mapping[str, str] = {
    FieldKind.EMAIL: Meaning.EMAIL,
    FieldKind.PHONE: Meaning.PHONE,
    FieldKind.BIRTH_DATE: Meaning.BIRTH_DATE,
}


def hidden_meaning(meaning: str, kind: str) -> str:
    """Return the meaning by which the answer to a field is masked, or nothing where it is shown.

    One form has each meaning once, so the address of a friend has none: its kind tells.
    """
    found = (meaning, _BY_KIND.get(kind, ""))
    return next((one for one in found if one in _HIDDEN), "")


def mask(text: str, meaning: str) -> str:
    """Return an answer with its middle hidden where its meaning is a way to reach a person."""
    if meaning == Meaning.FAMILY_NAME:
        return initial(text)
    if meaning not in _CONTACT:
        return text
    if meaning == Meaning.EMAIL and "@" in text:
        local, _, domain = text.rpartition("@")
        return f"{local[:1]}•••@{domain}"
    return f"{text[:1]}•••{text[-2:]}" if len(text) > 4 else "•••"


def initial(name: str) -> str:
    """Return a name's first letter with a stop."""
    return f"{name.strip()[:1]}." if name.strip() else ""


def shown_name(given_name: str, family_name: str, *, masked: bool) -> str:
    """Return the name by which staff know an entrant: in full, or given name and initial."""
    last = initial(family_name) if masked else family_name
    return isolated(f"{given_name} {last}".strip()) or "No name"
