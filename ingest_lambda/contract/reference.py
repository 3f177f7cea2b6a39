"""The reference: a submission's id in a form that people can read aloud."""

import hashlib
import re
from uuid import UUID

from ingest_lambda.contract.grammar.text import clean

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U (https://www.crockford.com/base32.html)."""

_MOST_TYPED = 200
_LABEL = re.compile(r"^[^:@]{1,40}:|^\W*ref(?:erence|erenz)?\.?(?=\s)", re.IGNORECASE)
_AROUND = re.compile(r"^[\W_]+|[\W_]+$")


def reference_of(submission_id: UUID) -> str:
    """Return 8 Crockford characters derived from the id, as ``K7M4-2QXD``.

    A search key, not proof of identity: 40 bits of the id's SHA-256, so two of
    a million submissions may share one with a chance of about a third, and
    every search by it returns a list.
    """
    number = int.from_bytes(hashlib.sha256(submission_id.bytes).digest()[:5], "big")
    text = "".join(CROCKFORD[(number >> shift) & 31] for shift in range(35, -5, -5))
    return f"{text[:4]}-{text[4:]}"


def tidy_reference(typed: str) -> str | None:
    """Read a reference as people type and paste it: any case, with or without the dash, O for 0, I for 1.

    What a mail or a message had before and behind it is left out.
    """
    if len(typed) > _MOST_TYPED:
        return None
    try:
        text = clean(typed)
    except ValueError:
        return None
    text = _AROUND.sub("", _LABEL.sub("", text)).upper().replace("-", "").replace(" ", "")
    text = text.translate(str.maketrans("OIL", "011"))
    if len(text) != 8 or any(c not in CROCKFORD for c in text):
        return None
    return f"{text[:4]}-{text[4:]}"
