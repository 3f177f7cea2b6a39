"""Who may send mails from which address, and which name may stand before it.

A *sending identity* is a domain (``nordlicht.example``, with every address at it
and at its subdomains, as SES has it) or a single address. Each belongs to one client.
"""

import re
import unicodedata

from campaigns.accounts.rules.lines import one_line

_LOCAL = re.compile(r"[a-z0-9_%+-]+(\.[a-z0-9_%+-]+)*")
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])")
PRODUCT = "CampaignHub"
_LIKE_LETTERS = str.maketrans("014@|!", "oiaaii")
_SAME_SHAPE = str.maketrans(
    "АВСЕНІКМОРТХасеіорухһԍɡɑᴀᴄΑΒΕΗΙΚΜΝΟΡΤΧαορυ", "ABCEHIKMOPTXaceiopyxhGgaacABEHIKMNOPTXaopu"
)
"""Cyrillic, Greek and phonetic letters that are drawn as Latin ones."""
_MOST_LOCAL, _MOST_DOMAIN = 64, 189
"""Together with the ``@`` they fit the 254 characters of an address (RFC 5321)."""


def tidy_identity(typed: str) -> str:
    """Return a domain or an address in its one spelling, or nothing where it is neither.

    Small letters, and a domain as the mail system knows it: letters beyond ASCII
    become ``xn--…``, so that two that look alike never pass for one.
    """
    local, at, domain = typed.strip().lower().rpartition("@")
    try:
        domain = domain.rstrip(".").encode("idna").decode()
    except UnicodeError:
        return ""
    if len(domain) > _MOST_DOMAIN or not _DOMAIN.fullmatch(domain):
        return ""
    if not at or not local:
        return domain
    return f"{local}@{domain}" if len(local) <= _MOST_LOCAL and _LOCAL.fullmatch(local) else ""


def covers(identity: str, address: str) -> bool:
    """Tell whether ``identity`` allows to send from ``address``."""
    address = tidy_identity(address)
    if "@" not in address or "@" in identity:
        return address == identity and "@" in address
    return _is_within(_domain(address), identity)


def overlap(one: str, other: str) -> bool:
    """Tell whether two identities may not belong to two clients.

    They are the same, or one is a domain with the other at or below it: then
    either client could write as the other. A ``+tag`` makes no other address.
    """
    if "@" in one and "@" in other:
        return _without_tag(one) == _without_tag(other)
    return ("@" not in other and _is_within(_domain(one), _domain(other))) or (
        "@" not in one and _is_within(_domain(other), _domain(one))
    )


def names_at_the_service(identity: str) -> list[str]:
    """Return the identities of the mail service of which any one lets ``identity`` send: itself and every domain above."""
    labels = _domain(identity).split(".")
    domains = [".".join(labels[begin:]) for begin in range(len(labels) - 1)]
    return [identity, *domains] if "@" in identity else domains


def sender_name_problem(name: str) -> str:
    """Return why a name may not stand before a mail's address, as a sentence; nothing where it may.

    Mail programs show the name and hide the address. A name with an address in
    it is read as the sender's, in whichever spelling the ``@`` comes; one with the
    product's name is read as a mail of ours.
    """
    plain = unicodedata.normalize("NFKC", name)
    if set("@<>") & set(plain) or "=?" in plain:
        return "A sender's name can't contain @, < or >. Write the name alone."
    if one_line(plain).replace(" ", "") != plain.replace(" ", ""):
        return "A sender's name can't contain line breaks or invisible characters."
    if poses_as(name, PRODUCT):
        return "A sender's name can't contain CampaignHub. Write the client's or the brand's name."
    return ""


def poses_as(name: str, other: str) -> bool:
    """Tell whether ``other`` can be read in a name, whatever its case, spaces, signs and look-alikes."""
    return _read_as(other) in _read_as(name)


def name_on_behalf(client: str, platform: str) -> str:
    """Return the name before the platform's own address in mails of a client.

    ``client`` is the name that operators gave it: at an address that is no
    client's, nothing else tells the reader whose mail it is.
    """
    name = one_line(client)
    if not name or sender_name_problem(client) or poses_as(name, platform):
        return platform
    return f"{name} via {platform}"


def _read_as(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).translate(_SAME_SHAPE).casefold()
    plain = plain.translate(_LIKE_LETTERS).replace("rn", "m")
    return "".join(sign for sign in plain if sign.isalnum()).replace("l", "i")


def _domain(identity: str) -> str:
    return identity.rpartition("@")[2]


def _is_within(domain: str, other: str) -> bool:
    return domain == other or domain.endswith(f".{other}")


def _without_tag(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local.split('+', 1)[0]}@{domain}"
