"""Who is who: one person, one spelling, one keyed hash."""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Sequence
from itertools import product

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

MOST_READINGS = 40
"""Countries by whose rules one phone number is read."""
_MOST_PHONE_CHARS = 60
"""With spaces, brackets and an extension; E.164 has 15 digits."""
_MOST_ADDRESS_CHARS = 1000


def normalise_email(address: str) -> str:
    """Return the spelling under which all addresses of one mailbox meet.

    Case never matters in practice; dots and ``+tags`` do not at the providers
    that ignore them (their own documentation), and do everywhere else. Quotes
    around the name, backslashes inside of them (RFC 5321, 4.1.2) and letters
    beyond ASCII in a domain are another way to write the same.
    """
    local, _, domain = address.strip().lower().rpartition("@")
    if len(local) > 2 and local[0] == local[-1] == '"':
        local = re.sub(r"\\(.)", r"\1", local[1:-1])
    if not domain.isascii():
        domain = _in_ascii(domain)
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


def _in_ascii(domain: str) -> str:
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain


def normalise_phone(number: str, *, countries: Sequence[str]) -> str | None:
    """Return a number as ``+`` and 8 to 15 digits (E.164), or ``None`` when it cannot be one.

    What is written without a country's code is read as people there write it:
    of ``countries`` (ISO 3166, not empty) in the first where it is a number that
    is in use, else in the first where it could be one. What is possible counts, not what
    is in use, for numbering plans change more often than we are deployed.
    At most ``MOST_READINGS`` countries are tried: each takes 30 µs, and a campaign may
    name all 250. A number with its country's code is read whatever they are.
    """
    # Here, for most campaigns ask for none and a function's first answer waits for every import.
    import phonenumbers

    # The library looks for extensions, which takes the square of a run of spaces.
    typed = " ".join(number.split())
    if len(typed) > _MOST_PHONE_CHARS:
        return None
    # Two zeros are dialled for another country nearly everywhere, and known even where they are not.
    texts = [typed, f"+{typed[2:]}"] if typed.startswith("00") else [typed]
    possible: list[phonenumbers.PhoneNumber] = []
    for text, country in product(texts, countries[:MOST_READINGS]):
        try:
            read = phonenumbers.parse(text, country)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(read):
            possible.append(read)
    if not possible:
        return None
    likely = next(filter(phonenumbers.is_valid_number, possible), possible[0])
    found = phonenumbers.format_number(likely, phonenumbers.PhoneNumberFormat.E164)
    return found if re.fullmatch(r"\+[1-9][0-9]{7,14}", found) else None


def normalise_household(address: str, postcode: str) -> str:
    """Return one spelling for one home, or nothing where address or postcode is missing.

    Case, accents, punctuation and the usual abbreviations do not tell homes
    apart; numbers and the order of words do. Without a postcode "1 High Street"
    is a thousand homes, so it is none.
    """
    code = re.sub(r"[^0-9A-Z]", "", postcode.upper())
    plain = unicodedata.normalize("NFKD", address[:_MOST_ADDRESS_CHARS].casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    words = re.findall(r"[^\W_]+", re.sub(r"str(asse)?\b", " str", plain))
    short = [_SHORT.get(word, word) for word in words]
    return f"{code}:{' '.join(short)}" if code and short else ""


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
