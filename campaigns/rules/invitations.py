"""Rules of invitations: whom they reach, how long they count, and how many may be sent."""

import re
import unicodedata
from datetime import timedelta

LIFETIME = timedelta(days=7)
LONGEST_ADDRESS = 150
"""An address becomes the account's user name, which is no longer."""

MOST_TO_ADDRESS = ((timedelta(hours=1), 3), (timedelta(days=1), 6))
"""Of one client to one address."""
MOST_OF_CLIENT = ((timedelta(hours=1), 30), (timedelta(days=1), 100))
"""Of one client to all addresses."""
MOST_MAILS_A_DAY = 6
"""To one address, of all clients together. What is over it is sent later, so no client learns of another."""

LONGEST_NAME = 60
_LINK = re.compile(r"[/@\\:\u3002]|\bwww\b|\w\.\w{2,}", re.IGNORECASE)


def clean_address(text: str) -> str | None:
    """Return an address as it is stored and compared; ``None`` where no account can have it.

    Letters outside ASCII are refused rather than folded: mail services differ in
    what they make of them, and an account must never be found by an address
    that only looks like its own.
    """
    address = text.strip().lower()
    if not address.isascii() or len(address) > LONGEST_ADDRESS:
        return None
    return address


def name_to_mail(name: str, *, otherwise: str) -> str:
    """Return a name as it may stand in a mail to somebody who has not asked for it.

    Staff type names of clients and their own; a name that holds an address or
    invisible signs would make our mail a carrier of theirs.
    """
    plain = " ".join(name.split())
    hidden = any(unicodedata.category(sign) in ("Cc", "Cf", "Co", "Cn") for sign in plain)
    # Of some signs only the form differs: a wide full stop makes an address as well.
    looked_at = unicodedata.normalize("NFKC", plain)
    if not plain or hidden or len(plain) > LONGEST_NAME or _LINK.search(looked_at):
        return otherwise
    return plain
