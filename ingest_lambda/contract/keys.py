"""The format of a deployment's secrets, as the functions, the site and the template read them.

A malformed secret stops a program at its start. Without that, a typing error would
make the message of every entrant look forged.
"""

import hashlib
import hmac
import re
from functools import lru_cache

FIRST_KEY = "k1"
"""The name of a token key that stands alone, as Secrets Manager makes one."""
KEY_NAME = "[A-Za-z0-9_-]{1,32}"
"""The name of a token key, as it stands before the first dot of a token."""
HEX_SECRET = "([0-9a-fA-F]{2}){32,}"  # noqa: S105 - a pattern
"""32 bytes or more: the length of an HMAC-SHA256 (RFC 2104, section 3)."""
TOKEN_KEYS = f"{KEY_NAME}:{HEX_SECRET}(,{KEY_NAME}:{HEX_SECRET})*"
CHALLENGE_SECRETS = r"([^\s:,]+:[^\s,]+(,[^\s:,]+:[^\s,]+)*)?"
"""Each matches a whole text; the template's parameters have the same patterns."""


class MalformedSecret(ValueError):
    """A secret has the wrong format. The message does not contain its text."""


@lru_cache(maxsize=8)
def token_keys_of(text: str) -> dict[str, bytes]:
    """Read ``name:hex,name:hex``; the first signs. A single ``hex`` is :data:`FIRST_KEY`.

    Raises:
        MalformedSecret: another form, under 32 bytes, or two of one name.
    """
    if re.fullmatch(HEX_SECRET, text.strip()):
        return {FIRST_KEY: bytes.fromhex(text.strip())}
    if not re.fullmatch(TOKEN_KEYS, text.strip()):
        raise MalformedSecret("TOKEN_KEYS is name:hex,name:hex, each of at least 32 bytes")
    pairs = [pair.split(":") for pair in text.strip().split(",")]
    keys = {name: bytes.fromhex(secret) for name, secret in pairs}
    if len(keys) < len(pairs):
        raise MalformedSecret("TOKEN_KEYS has two keys of one name")
    return keys


def key_check(secret: bytes) -> str:
    """Return a digest that differs for two keys of one name and reveals nothing else about them."""
    return hmac.digest(secret, b"which token key is this", hashlib.sha256).hex()[:16]


def check_person_secret(text: str) -> None:
    """Refuse a secret under which people cannot be hashed.

    Raises:
        MalformedSecret: not hex, or under 32 bytes.
    """
    if not re.fullmatch(HEX_SECRET, text):
        raise MalformedSecret("PERSON_SECRET is hex, of at least 32 bytes")


def challenge_secrets_of(text: str) -> dict[str, str]:
    """Read ``site key:secret,site key:secret``; empty where no campaign asks for a challenge.

    Raises:
        MalformedSecret: another form, or two of one site key.
    """
    if not re.fullmatch(CHALLENGE_SECRETS, text.strip()):
        raise MalformedSecret("CHALLENGE_SECRETS is site key:secret, comma separated")
    pairs = [pair.partition(":") for pair in text.strip().split(",") if pair]
    secrets = {site_key: secret for site_key, _, secret in pairs}
    if len(secrets) < len(pairs):
        raise MalformedSecret("CHALLENGE_SECRETS has two secrets of one site key")
    return secrets
