"""Tokens: signed with HMAC-SHA256 under a named key, so that keys can be changed without a break.

To change the key: give the site the new one first and the old one behind it. It
announces both in the table within a minute, by name and check value, so that a
function which is given the new key later than another, or has another key of
that name, asks for a token of it again and does not take it for forged. Then
update the functions. The old key goes when no token of it is valid any more.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable

from ingest_lambda.contract import MAX_TOKEN_CHARS, TokenPayload, token_keys_of
from ingest_lambda.errors import BadToken, TokenUnreadable, TryAgain


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def sign(payload: TokenPayload, *, token_keys: str) -> str:
    """Sign ``payload`` with the first key of ``token_keys`` (``name:hex,name:hex``).

    Signed, not encrypted: its holder can read it, so it carries no
    answer and no address. Form: ``key.payload.signature``, the latter two in
    URL-safe base 64.
    """
    name, secret = next(iter(token_keys_of(token_keys).items()))
    encoded = _encode(payload.model_dump_json(exclude_defaults=True).encode())
    signature = hmac.digest(secret, f"{name}.{encoded}".encode(), hashlib.sha256)
    return f"{name}.{encoded}.{_encode(signature)}"


def _none(_name: str, _secret: bytes | None) -> bool:
    return False


def _is_signed(name: str, encoded: str, signature: str, secret: bytes) -> bool:
    expected = _encode(hmac.digest(secret, f"{name}.{encoded}".encode(), hashlib.sha256))
    return hmac.compare_digest(expected, signature)


def verify(
    token: str,
    *,
    token_keys: str,
    is_announced: Callable[[str, bytes | None], bool] = _none,
) -> TokenPayload:
    """Return what a token says that one of ``token_keys`` signed.

    Time and purpose are not checked: the caller judges them by the time of entry.

    While a key is being changed, the site may announce a key that this process
    does not have yet, or has another of that name: its tokens are retried. A name
    that is not announced is forged or out of use, and retrying it would never end.

    Raises:
        BadToken: altered, cut off, or never ours.
        TokenUnreadable: ours, and of another version of this code.
        TryAgain: not signed with a key of ours, and one of that name is announced that is not here yet.
    """
    if len(token) > MAX_TOKEN_CHARS:
        raise BadToken
    name, _, rest = token.partition(".")
    encoded, _, signature = rest.partition(".")
    secret = token_keys_of(token_keys).get(name)
    if not signature or not token.isascii():
        raise BadToken
    if secret is None or not _is_signed(name, encoded, signature, secret):
        raise TryAgain("token_key_missing") if is_announced(name, secret) else BadToken
    try:
        return TokenPayload.model_validate_json(
            base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
        )
    except ValueError as exc:
        raise TokenUnreadable from exc
