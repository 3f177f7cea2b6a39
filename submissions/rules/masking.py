"""What a moderator sees of personal data: enough to compare, not enough to contact."""

from ingest_lambda.contract import Meaning

_CONTACT = {Meaning.EMAIL, Meaning.PHONE, Meaning.ADDRESS, Meaning.BIRTH_DATE}


def mask(text: str, meaning: str) -> str:
    """Return an answer with its middle hidden where its meaning is a way to reach a person."""
    if meaning not in _CONTACT:
        return text
    if meaning == Meaning.EMAIL and "@" in text:
        local, _, domain = text.rpartition("@")
        return f"{local[:1]}•••@{domain}"
    return f"{text[:1]}•••{text[-2:]}" if len(text) > 4 else "•••"
