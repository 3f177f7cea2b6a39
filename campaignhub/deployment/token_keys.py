"""How the key that signs tokens is changed: added, and once every function knows it, promoted. Pure.

In one step it would go wrong: a function that has not read the new key yet calls
every token forged that another one signed with it.
"""

from datetime import datetime, timedelta

from campaignhub.deployment.errors import CannotDeploy
from ingest_lambda.contract.keys import FIRST_KEY, MalformedSecret, key_check, token_keys_of

KNOWN_EVERYWHERE_AFTER = timedelta(minutes=10)
"""Functions read their secrets every five minutes (``ingest_lambda.adapters.secrets``), and one that
got no answer half a minute later; the rest is room."""


def with_key_added(text: str, *, name: str, secret: bytes) -> str:
    """Return the keys with one more at the end: it verifies, and signs nothing yet.

    Raises:
        CannotDeploy: there is a key of this name, or it is none that functions can read: they
            would not start any more.
    """
    keys = token_keys_of(text)
    if name in keys:
        raise CannotDeploy(f"There is a key {name}; choose another name.")
    together = _as_text({**keys, name: secret})
    try:
        read = token_keys_of(together)
    except MalformedSecret:
        read = {}
    if read != {**keys, name: secret}:
        raise CannotDeploy("A name has letters, digits, - and _ only, at most 32 of them.")
    return together


def with_key_promoted(
    text: str, *, name: str, changed_at: datetime, now: datetime, site: str
) -> str:
    """Return the keys with one of them first: it signs from now on.

    Args:
        changed_at: When the keys were changed last, so that this one is as old at least.
        site: The keys that the site goes by.

    Raises:
        CannotDeploy: there is no such key, it signs already, the site does not know
            it, or a function may not.
    """
    keys = token_keys_of(text)
    if name not in keys:
        raise CannotDeploy(f"There is no key {name}; add it first.")
    if next(iter(keys)) == name:
        raise CannotDeploy(f"{name} signs already.")
    known = token_keys_of(site).get(name) if site else None
    if known is None or key_check(known) != key_check(keys[name]):
        raise CannotDeploy(
            f"The site does not know {name} yet; restart it with the keys as they are, and run this with "
            "its TOKEN_KEYS."
        )
    ready_at = changed_at + KNOWN_EVERYWHERE_AFTER
    if now < ready_at:
        raise CannotDeploy(
            f"A function may not know {name} before {ready_at:%H:%M:%S} UTC; try again then."
        )
    return _as_text({name: keys[name], **keys})


def next_name(text: str) -> str:
    """Return a name that no key has: k2, k3, …"""
    keys = token_keys_of(text)
    numbers = [int(name[1:]) for name in keys if name[:1] == "k" and name[1:].isdecimal()]
    return f"{FIRST_KEY[0]}{max(numbers, default=0) + 1}"


def _as_text(keys: dict[str, bytes]) -> str:
    return ",".join(f"{name}:{secret.hex()}" for name, secret in keys.items())
