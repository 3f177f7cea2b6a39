"""Who is who: one person, one spelling, one keyed hash."""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Sequence

from ingest_lambda.contract.grammar.email import domain_in_ascii, read_email
from ingest_lambda.contract.grammar.phone import read_phone
from ingest_lambda.contract.grammar.text import clean

_IGNORES = {"gmail.com": "[.]", "proton.me": "[._-]"}
"""Characters that make no other mailbox, by provider (https://proton.me/support/change-username)."""
_IGNORES_TAGS = frozenset(
    {
        "gmail.com",
        "googlemail.com",
        "msn.com",
        "icloud.com",
        "me.com",
        "mac.com",
        "fastmail.com",
        "fastmail.fm",
        "hey.com",
        "proton.me",
        "protonmail.com",
        "protonmail.ch",
        "pm.me",
    }
)
_MICROSOFTS = re.compile(r"(hotmail|live|outlook)[.][a-z]{2,3}([.][a-z]{2})?")
"""One provider under the domains of many countries, such as ``hotmail.co.uk``; each its own mailboxes."""
_SAME = {
    "googlemail.com": "gmail.com",
    "protonmail.com": "proton.me",
    "protonmail.ch": "proton.me",
    "pm.me": "proton.me",
    "me.com": "icloud.com",
    "mac.com": "icloud.com",
}
_SHORT = {
    "apartment": "apt",
    "avenida": "av",
    "avenue": "av",
    "ave": "av",
    "boulevard": "bd",
    "blvd": "bd",
    "calle": "c",
    "close": "cl",
    "court": "ct",
    "drive": "dr",
    "flat": "apt",
    "gardens": "gdns",
    "lane": "ln",
    "place": "pl",
    "road": "rd",
    "square": "sq",
    "strasse": "str",
    "street": "st",
    "terrace": "ter",
    "unit": "apt",
}
"""Words of addresses that people write out or shorten, in our four languages."""

_SAYS_NUMBER = re.compile(r"\b(?:no|nr|num|numero|n) (?=[0-9])")
_LETTER_OF_A_NUMBER = re.compile(r"\b([0-9]+) ([a-z]|bis|ter)\b")
"""12 A and 12a, 5 bis and 5bis are one door."""
_MOST_ADDRESS_CHARS = 1000


def normalise_email(address: str) -> str:
    """Return the spelling under which all addresses of one mailbox meet.

    Case never matters in practice; dots and ``+tags`` do not at the providers
    that ignore them (their own documentation), and do everywhere else. What was
    pasted around an address (:func:`read_email`) and letters beyond ASCII in a domain
    are another way to write the same.
    """
    local, _, domain = (read_email(address).kept or address.strip()).lower().rpartition("@")
    domain = domain_in_ascii(domain)
    if domain in _IGNORES_TAGS or _MICROSOFTS.fullmatch(domain):
        # A name that is all tag stays: nothing would tell it from another.
        local = local.split("+", 1)[0] or local
    domain = _SAME.get(domain, domain)
    if ignored := _IGNORES.get(domain):
        local = re.sub(ignored, "", local) or local
    return f"{local}@{domain}"


def normalise_mailbox(address: str) -> str:
    """Return the spelling under which addresses meet that may be one mailbox, for limits on what we send it.

    Stricter than :func:`normalise_email`, which tells persons apart: ``+tags`` are cut
    off at every provider, because many companies' own domains ignore them too. A
    mistake here costs somebody a mail of theirs, never an entry.
    """
    local, _, domain = normalise_email(address).rpartition("@")
    return f"{local.split('+', 1)[0] or local}@{domain.rstrip('.')}"


def normalise_phone(number: str, *, countries: Sequence[str]) -> str | None:
    """Return a number in its one spelling (:func:`read_phone`), or ``None`` when it cannot be one."""
    return read_phone(number, countries).kept or None


def normalise_household(address: str, postcode: str) -> str:
    """Return one spelling for one home, or nothing where address or postcode is missing.

    Case, accents, punctuation and the usual abbreviations do not tell homes
    apart; numbers and the order of words do. Without a postcode "1 High Street"
    is a thousand homes, so it is none.
    """
    code = re.sub(r"[^0-9A-Z]", "", _cleaned(postcode).upper())
    plain = unicodedata.normalize("NFKD", _cleaned(address[:_MOST_ADDRESS_CHARS]).casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    words = re.findall(r"[^\W_]+", re.sub(r"str(asse)?\b", " str", plain))
    short = [_SHORT.get(word, word) for word in words]
    line = _LETTER_OF_A_NUMBER.sub(r"\1\2", _SAYS_NUMBER.sub("", " ".join(short)))
    return f"{code}:{line}" if code and line else ""


def _cleaned(text: str) -> str:
    try:
        return clean(text)
    except ValueError:
        return text


def normalise_address(address: str) -> str:
    """Return one spelling of an internet address; of IPv6 the network.

    A household or phone has a whole /64 and changes its address in it by the hour (RFC 8981).
    """
    import ipaddress

    try:
        parsed = ipaddress.ip_address(address.strip())
    except ValueError:
        return address.strip()
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def device_key(address: str) -> str:
    """Return what tells devices apart: the network they are in, as :func:`normalise_address` spells it.

    Nothing that the request itself says, such as the browser's name: a program
    that changes it with every entry would be a new device each time. Phones of
    one carrier share an IPv4 address (RFC 6598), so does an office; hence a limit
    by device only sends to review.
    """
    return normalise_address(address)


def blocked_hash(kind: str, value: str, *, secret: str, client_id: str, country: str = "") -> str:
    """Hash something for a client's block list: an ``email``, ``phone`` or ``device_address``.

    Under a key of the client's, so that one list serves all its campaigns and
    no campaign's own hashes can be read from it.
    """
    if kind == "email":
        value = normalise_email(value)
    elif kind == "phone":
        value = normalise_phone(value, countries=[country]) or value
    elif kind == "device_address":
        value = normalise_address(value)
    return keyed_hash(f"blocked_{kind}", value.strip(), secret=secret, campaign_id=client_id)


def store_hash(person_hash: str, store: str) -> str:
    """Name one person's receipts from one store; the person's hash is keyed, so this needs no key."""
    name = " ".join(store.split()).casefold()
    return hashlib.sha256(f"{person_hash}:{name}".encode()).hexdigest()[:32]


def api_key_hash(value: str) -> str:
    """Hash a partner's key. Plain: the gateway draws it at random, and nobody guesses forty characters."""
    return hashlib.sha256(value.encode()).hexdigest()


def keyed_hash(kind: str, value: str, *, secret: str, campaign_id: str) -> str:
    """Hash ``value`` under a key of its own campaign and kind, as 32 hex characters.

    Keyed, because a bare hash of an e-mail address is undone by trying them
    all; per campaign, so that nobody is followed from one to the next.
    """
    key = hmac.digest(bytes.fromhex(secret), f"{campaign_id}:{kind}".encode(), hashlib.sha256)
    return hmac.digest(key, value.encode(), hashlib.sha256).hex()[:32]
