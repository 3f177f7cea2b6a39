"""Rules of invitations: whom they reach, how long they count, and how many may be sent."""

from datetime import timedelta

from campaigns.accounts.rules.plain_names import is_company_name, is_persons_name

LIFETIME = timedelta(days=7)
LONGEST_ADDRESS = 150
"""An address becomes the account's user name, which is no longer."""

MOST_TO_MAILBOX = ((timedelta(days=1), 3),)
"""Of one client to one mailbox: half of :data:`MOST_MAILS_A_DAY`, so that no client uses up what
another's invitation needs."""
MOST_OF_CLIENT = ((timedelta(hours=1), 30), (timedelta(days=1), 100))
"""Of one client to all addresses."""
MOST_MAILS_A_DAY = 6
"""To one mailbox, of all clients together. What is over it is sent later, so no client learns of another."""


def clean_address(text: str) -> str | None:
    """Return an address as it is stored and compared; ``None`` where no account can have it.

    Letters outside ASCII are refused rather than folded: mail services differ in
    what they make of them, and an account must never be found by an address
    that only looks like its own. So is what a mail program would decode (RFC 2047).
    """
    address = text.strip().lower()
    if not address.isascii() or len(address) > LONGEST_ADDRESS or "=?" in address:
        return None
    return address


def company_to_mail(name: str, *, otherwise: str) -> str:
    """Return a client's name as it may stand in a mail to a reader who has not asked for it."""
    plain = " ".join(name.split())
    return plain if is_company_name(plain) else otherwise


def person_to_mail(name: str, *, otherwise: str) -> str:
    """Return a colleague's name likewise."""
    plain = " ".join(name.split())
    return plain if is_persons_name(plain) else otherwise
