"""E-mail addresses: those that the mail service can write to, and what else people type.

The mail service (SES) takes no letters beyond ASCII before the ``@``, and programs
that send mail read ``ada(1)@`` and ``x<ada@…>`` as ``ada@``: one mailbox would be as
many people as it likes. Hence an address is plain (RFC 5322's dot-atom) or refused.
"""

import re
from collections.abc import Sequence
from functools import cache
from unicodedata import bidirectional, normalize

from ingest_lambda.contract.grammar.reading import Reading
from ingest_lambda.contract.grammar.text import clean, whatever_case

MOST_CHARS, MOST_LOCAL = 254, 64
MOST_TYPED = 500
"""With a name and what was pasted around it; the patterns take the square of a run of signs."""
EXPECTED = "name@example.com"
_SIGNS = (
    "\\u060c\\u061b\\u061f\\u3001\\u300a-\\u3011\\u2190-\\u2bff\\ufe0f\\u200d"
    f"{chr(0x1F000)}-{chr(0x1FAFF)}"
)
"""Commas and brackets of other scripts, and what is drawn beside an address."""
PATTERNS = {
    "in_brackets": r"^[^<>]*<([^<>]*)>[^<>]*$",
    "scheme": whatever_case(
        r"^(?:mailto|(?:(?:my|adresse|correo|indirizzo) )?(?:e-?mail|mail|courriel|correo|\u30e1\u30fc\u30eb|\u90ae\u7bb1|\u043f\u043e\u0447\u0442\u0430)(?:[ -]?(?:address|adresse?|electr[o\u00f3]nico))?)\s*:[\s/]*"
    ),
    "encoded": r"%([2-7][0-9A-Fa-f])",
    "after_scheme": r"\?.*$",
    "quoted": r'^"((?:[^"\\]|\\.)+)"@(.+)$',
    "in_quotes": r"^['\u2018-\u201f]([^@]+)['\u2018-\u201f]@",
    "comment": r"\s\([^()@]*\)$",
    "twice": r"^[\s(<\[]*([^\s@<>()\[\],;]+@[^\s@<>()\[\],;]+)[\s<>()\[\],;/|]+(?:[A-Za-z]+:)?\1[\s<>()\[\],;.]*$",
    "before": rf"^(?:[\s;,:\u0022'\u2018-\u201f\u2039\u203a\u00ab\u00bb()<>\[\u2022\u00b7{_SIGNS}]|[*-]\s)+",
    "behind": rf"[\s;,.:!?/\\\]\u00b7\u2022\u2026\u0022'\u2018-\u201f\u2039\u203a\u00ab\u00bb()<>{_SIGNS}]+$",
    "around_at": r"\s*@\s*",
    "around_dot": r"\s*\.\s*",
    "apostrophe": r"[\u2018\u2019\u02bc\u2032\u00b4]",
    "local": r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$",
    "machine": r"^\[|^[0-9.]+$",
    "domain": r"^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--(?:[a-z0-9]{1,59}|[a-z]{1,50}-[a-z]{1,8}))$",
    "other_letters": f"^[A-Za-z0-9.\\u00b7-{chr(0x10FFFF)}-]+$",
}
"""Each in the syntax of Python and browsers; ``scheme`` whatever the case.

A ``domain`` ends in letters, or in what stands for other letters: no top-level domain has a digit otherwise.
"""
LOOKS_LIKE = {
    "\u3002": ".",
    "\uff61": ".",
    "\u2024": ".",
    "\ufe52": ".",
    "\ufe6b": "@",
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
}
"""Full stops of Chinese and Japanese keyboards, small signs, and what PDFs print for two letters."""
JOINERS = "\u200c\u200d"
ENCODED_WORD = "=?"
"""How headers of mails spell other letters (RFC 2047); decoded, it is another address."""

PROVIDERS = {
    "gmail": "com",
    "googlemail": "com",
    "icloud": "com",
    "hotmail": "com co.uk fr de es it nl be ch ca",
    "outlook": "com fr de es it ie pt com.au",
    "yahoo": "com co.uk fr de es it ca ie com.au co.in com.br com.mx",
    "live": "com co.uk fr de nl ca it be ie com.au com.mx com.pt",
    "aol": "com co.uk de fr",
    "gmx": "de net com at ch",
    "web": "de",
    "t-online": "de",
    "btinternet": "com",
    "orange": "fr es",
    "wanadoo": "fr",
    "laposte": "net",
    "free": "fr",
    "proton": "me",
    "protonmail": "com",
}
"""Where most people have their mailbox, by name and endings; the first is the likeliest."""
ONE_ENDING = ("gmail", "googlemail", "icloud")
"""Providers whose addresses have no other ending, whatever another domain of theirs is for."""
REAL = (
    "mail.com ymail.com email.com gmx.us gmx.co.uk gmx.fr gmx.es hey.com me.com pm.me free.com"
    " life.com line.com aon.com love.com web.com icloud.com.cn"
)
"""Domains near one of those that are real, so that nobody is told otherwise."""
NEAR_COM = "co cm om"
"""Endings that are countries' own, and slips for ``com`` behind a provider's name."""
NO_ENDINGS = "con cmo ocm vom xom cim comm coom c0m ckm cpm"
"""Slips for ``com`` that are no top-level domain."""
LEAST_NAME = 5
"""Letters of a provider's name from which one wrong letter is a slip; shorter names are others'."""

LOOK_ALIKES = (
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0455\u0458\u04bb\u04cf\u0501\u051b\u051d"
    "\u043a\u043c\u0442\u03bf\u03b1\u03bd\u03c1\u03b9\u03ba\u03c4\u03c5\u03c7\u0131\u0261",
    "aeopcyxisjhldqwkmtoavpiktuxig",
)
"""Small Cyrillic, Greek and other letters, and the Latin ones that they look like in most fonts."""


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(PATTERNS[name], re.IGNORECASE if name == "scheme" else 0)


def read_email(typed: str) -> Reading:
    """Read an address as people paste it: with ``mailto:``, a name, brackets or a stop behind it.

    The name of the mailbox keeps its case, the domain is in small letters.
    """
    try:
        text = clean(_as_meant(typed))
    except ValueError:
        return Reading(wrong="bad_email")
    if len(text) > MOST_TYPED:
        return Reading(wrong="email_long")
    text = _unpacked(text)
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain:
        return Reading(wrong="bad_email")
    if "@" in local:
        return _several(text)
    # Letters without a small form of their own, as İ, fall apart into a letter and its mark.
    domain = normalize("NFC", _pattern("around_dot").sub(".", domain).lower())
    wrong = _wrong_local(local) or _wrong_domain(domain)
    if wrong:
        return Reading(wrong=wrong, proposal=_tidied(f"{local}@{domain}"))
    if len(f"{local}@{domain_in_ascii(domain)}") > MOST_CHARS:
        return Reading(wrong="email_long")
    return Reading(kept=f"{local}@{domain}")


def _as_meant(text: str) -> str:
    """Return a text without what only looks like a sign or two letters: before it is cleaned, which joins marks to them."""
    for sign, meant in LOOKS_LIKE.items():
        text = text.replace(sign, meant)
    return text


def _unpacked(text: str) -> str:
    text = _pattern("comment").sub("", _pattern("twice").sub(r"\1", text))
    if inside := _pattern("in_brackets").match(text):
        text = inside[1]
    bare = _pattern("scheme").sub("", text)
    if bare != text:
        bare = _pattern("after_scheme").sub("", bare)
        bare = _pattern("encoded").sub(lambda found: chr(int(found[1], 16)), bare)
    text = bare.strip()
    quoted = _pattern("quoted").match(text)
    if quoted:
        local = re.sub(r"\\(.)", r"\1", quoted[1])
        text = f"{local}@{quoted[2]}" if _pattern("local").match(local) else text
    else:
        text = _pattern("in_quotes").sub(r"\1@", text)
        text = _pattern("before").sub("", text)
    return _pattern("around_at").sub("@", _pattern("behind").sub("", text))


def _several(text: str) -> Reading:
    if re.search(r"[\s;,/|]", text):
        return Reading(wrong="email_two")
    return Reading(wrong="email_two_at", proposal=_tidied(re.sub("@+", "@", text)))


def _wrong_local(local: str) -> str:
    if _pattern("apostrophe").search(local):
        return "email_apostrophe"
    if re.search(r"\s", local):
        return "email_space"
    if not local.isascii():
        return "email_letters"
    if ".." in local or local[0] == "." or local[-1] == ".":
        return "email_dots"
    if len(local) > MOST_LOCAL:
        return "email_long"
    return "" if ENCODED_WORD not in local and _pattern("local").match(local) else "email_sign"


def _wrong_domain(domain: str) -> str:
    if _pattern("machine").search(domain):
        return "email_machine"
    if re.search(r"\s", domain):
        return "email_space"
    if ".." in domain or domain[0] == ".":
        return "email_dots"
    if not _pattern("other_letters").match(domain):
        return "email_domain"
    return "" if _pattern("domain").match(domain_in_ascii(domain)) else "email_domain"


def _tidied(text: str) -> str:
    """Return the address without its slips, or nothing where that is none either."""
    text = _pattern("apostrophe").sub("'", text)
    text = re.sub(r"\.*@\.*", "@", re.sub(r"\.{2,}", ".", text.replace(",", "."))).strip(".")
    local, _, domain = text.rpartition("@")
    good = local and domain and not _wrong_local(local) and not _wrong_domain(domain)
    return text if good else ""


def domain_in_ascii(domain: str) -> str:
    """Return a domain as mail servers know it: other letters as ``xn--…``, as browsers write them (UTS #46).

    What has no such form comes back as it is.
    """
    if domain.isascii():
        return domain.lower()
    # Here, for few domains need it and a cold start would wait for its tables.
    import idna

    try:
        mapped = idna.uts46_remap(domain, std3_rules=False, transitional=False)
        labels = mapped.split(".")
        _check_labels(labels)
        return ".".join(
            one if one.isascii() else f"xn--{one.encode('punycode').decode()}" for one in labels
        )
    except UnicodeError:
        return domain


def _check_labels(labels: Sequence[str]) -> None:
    """Refuse, as browsers do, labels that begin with a mark, join nothing, or mix directions (RFC 5892, RFC 5893).

    Raises:
        UnicodeError: there is no such domain.
    """
    import idna

    letters = [
        label[4:].encode().decode("punycode") if label.startswith("xn--") else label
        for label in labels
    ]
    turns = any(bidirectional(sign) in ("R", "AL", "AN") for label in letters for sign in label)
    for label in filter(None, letters):
        idna.check_initial_combiner(label)
        for place, sign in enumerate(label):
            if sign in JOINERS and not idna.valid_contextj(label, place):
                raise UnicodeError("joins nothing")
        if turns:
            idna.check_bidi(label, check_ltr=True)


def sending_address(address: str) -> str:
    """Return an address as it is handed to the mail service; nothing where it takes none such.

    Python's own ``idna`` codec is of 2003 and writes ``straße.de`` as ``strasse.de``,
    which is somebody else's.
    """
    kept = read_email(address).kept
    local, _, domain = kept.rpartition("@")
    return f"{local}@{domain_in_ascii(domain)}" if kept else ""


def spellings(address: str) -> set[str]:
    """Return the small-letter forms under which an address may be stored: its domain in letters, and in ASCII."""
    kept = read_email(address).kept or address.strip()
    local, at, domain = kept.lower().rpartition("@")
    found = {f"{local}{at}{domain}", f"{local}{at}{domain_in_ascii(domain)}"}
    if "xn--" in domain:
        found.add(f"{local}{at}{_in_unicode(domain)}")
    return found


def _in_unicode(domain: str) -> str:
    """Return a domain in letters; as it is where none are meant: some codes spell half a character."""
    try:
        letters = ".".join(
            label[4:].encode().decode("punycode") if label.startswith("xn--") else label
            for label in domain.split(".")
        )
    except UnicodeError:
        return domain
    return letters if domain_in_ascii(letters) == domain else domain
