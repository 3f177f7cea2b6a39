"""The hash by which a retry is recognised as the same submission."""

import hashlib
import json
from typing import Any

from ingest_lambda.contract import TokenPayload


def body_hash(answers: dict[str, Any], consents: dict[str, Any], payload: TokenPayload) -> str:
    """Return the SHA-256 of answers, consents and photos, in one canonical form.

    Without the token's own text: a retry may carry a renewed one and is still
    the same submission.
    """
    said = {"answers": answers, "consents": consents, "uploads": [u.key for u in payload.uploads]}
    text = json.dumps(said, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
