"""Tokens: signed with HMAC-SHA256 under a named key, so that keys can be changed without a break."""

import base64
import binascii
import hashlib
import hmac
from functools import lru_cache

from pydantic import ValidationError

from ingest_lambda.contract import MAX_TOKEN_CHARS, Claims
from ingest_lambda.errors import BadToken


@lru_cache(maxsize=8)
def _keys(token_keys: str) -> dict[str, bytes]:
    pairs = (pair.split(":", 1) for pair in token_keys.split(",") if pair.strip())
    keys = {name.strip(): bytes.fromhex(secret.strip()) for name, secret in pairs}
    if not keys or any(len(secret) < 32 for secret in keys.values()):
        raise ValueError("TOKEN_KEYS needs at least one key of 32 bytes, as name:hex")
    return keys


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def sign(claims: Claims, *, token_keys: str) -> str:
    """Sign ``claims`` with the first key of ``token_keys`` (``name:hex,name:hex``).

    Signed, not encrypted: whoever holds a token may read it, so it carries no
    answer and no address. Form: ``key.payload.signature``, the latter two in
    URL-safe base 64.
    """
    keys = _keys(token_keys)
    name, secret = next(iter(keys.items()))
    payload = _encode(claims.model_dump_json(exclude_defaults=True).encode())
    signature = hmac.digest(secret, f"{name}.{payload}".encode(), hashlib.sha256)
    return f"{name}.{payload}.{_encode(signature)}"


def verify(token: str, *, token_keys: str) -> Claims:
    """Return the claims of a token that one of ``token_keys`` signed.

    Says nothing about its time or purpose: those are judged by the time of
    entry, which the caller knows.

    Raises:
        BadToken: altered, cut off, or never ours.
    """
    if len(token) > MAX_TOKEN_CHARS:
        raise BadToken
    name, _, rest = token.partition(".")
    payload, _, signature = rest.partition(".")
    secret = _keys(token_keys).get(name)
    if secret is None or not signature:
        raise BadToken
    expected = _encode(hmac.digest(secret, f"{name}.{payload}".encode(), hashlib.sha256))
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        raise BadToken
    try:
        return Claims.model_validate_json(
            base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
        )
    except (ValidationError, binascii.Error) as exc:
        raise BadToken from exc
