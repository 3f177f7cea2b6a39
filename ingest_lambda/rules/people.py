"""Who is who: one person, one spelling, one keyed hash."""

import hashlib
import hmac
import re
import unicodedata

_IGNORES_DOTS = frozenset({"gmail.com", "googlemail.com"})
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
        "pm.me",
    }
)
_MICROSOFTS = re.compile(r"(hotmail|live|outlook)[.][a-z]{2,3}([.][a-z]{2})?")
"""One provider under the domains of many countries, such as ``hotmail.co.uk``; each its own mailboxes."""
_SAME = {
    "googlemail.com": "gmail.com",
    "protonmail.com": "proton.me",
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
_DIALLING = {
    "GB": "44",
    "US": "1",
    "CA": "1",
    "AU": "61",
    "NZ": "64",
    "IE": "353",
    "DE": "49",
    "FR": "33",
    "ES": "34",
    "IT": "39",
    "NL": "31",
    "BE": "32",
    "AT": "43",
    "CH": "41",
    "PT": "351",
    "PL": "48",
    "SE": "46",
    "NO": "47",
    "DK": "45",
    "FI": "358",
}


_TRUNK = {"US": "1", "CA": "1"} | dict.fromkeys(("DK", "ES", "IT", "NO", "PL", "PT"), "")
"""What is dialled before a national number; ``0`` in the other countries. Italy keeps its zero abroad."""
_ABROAD = {"US": "011", "CA": "011", "AU": "0011"}
"""What is dialled for another country beside ``00``."""
_WITH_ZERO = "|".join(
    sorted({code for country, code in _DIALLING.items() if _TRUNK.get(country, "0") == "0"})
)


def normalise_email(address: str) -> str:
    """Return the spelling under which all addresses of one mailbox meet.

    Case never matters in practice; dots and ``+tags`` do not at the providers
    that ignore them (their own documentation), and do everywhere else. Quotes
    around the name and letters beyond ASCII in a domain are another way to write
    the same.
    """
    local, _, domain = address.strip().lower().rpartition("@")
    if len(local) > 2 and local[0] == local[-1] == '"':
        local = local[1:-1]
    if not domain.isascii():
        domain = _in_ascii(domain)
    if domain in _IGNORES_TAGS or _MICROSOFTS.fullmatch(domain):
        # A name that is all tag stays: nothing would tell it from another.
        local = local.split("+", 1)[0] or local
    if domain in _IGNORES_DOTS:
        local = local.replace(".", "") or local
    return f"{local}@{_SAME.get(domain, domain)}"


def _in_ascii(domain: str) -> str:
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain


def normalise_phone(number: str, *, country: str) -> str | None:
    """Return a number as ``+`` and 8 to 15 digits (E.164), or ``None`` when it cannot be one.

    A national number gets the dialling code of ``country`` (ISO 3166), without
    what is dialled before it there; so does one with its code that is written
    with both, as ``+44 (0)20``.
    """
    text = re.sub(r"[\s().\-/]", "", number.strip())
    for abroad in (_ABROAD.get(country, "00"), "00"):
        if text.startswith(abroad):
            text = "+" + text.removeprefix(abroad)
    if not text.startswith("+"):
        code = _DIALLING.get(country)
        if code is None:
            return None
        text = f"+{code}{text.removeprefix(_TRUNK.get(country, '0'))}"
    text = re.sub(rf"^\+({_WITH_ZERO})0+", r"+\1", text)
    return text if re.fullmatch(r"\+[1-9][0-9]{7,14}", text) else None


def normalise_household(address: str, postcode: str) -> str:
    """Return one spelling for one home, or nothing where address or postcode is missing.

    Case, accents, punctuation and the usual abbreviations do not tell homes
    apart; numbers and the order of words do. Without a postcode "1 High Street"
    is a thousand homes, so it is none.
    """
    code = re.sub(r"[^0-9A-Z]", "", postcode.upper())
    plain = unicodedata.normalize("NFKD", address.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    words = re.findall(r"[^\W_]+", re.sub(r"strasse\b", " strasse", plain))
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


def blocked_hash(kind: str, value: str, *, secret: str, client_id: str, country: str = "") -> str:
    """Hash something for a client's block list: an ``email``, ``phone`` or ``device_address``.

    Under a key of the client's, so that one list serves all its campaigns and
    no campaign's own hashes can be read from it.
    """
    if kind == "email":
        value = normalise_email(value)
    elif kind == "phone":
        value = normalise_phone(value, country=country) or value
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
