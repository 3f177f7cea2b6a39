"""Which words can be nothing but a name: of a visitor, of a member of staff, of a company.

A name that a person typed appears in mails to readers who have not asked for
them, and in the log as the doer of an act. So it has to look like one: a mail
must not carry a message, a link or a phone number of its sender's choice, and no
person may be called what the product calls itself.
"""

import re
import unicodedata

MOST_CHARS = 40
MOST_WORDS = 4
_MOST_MARKS = 3
"""In a row: Vietnamese, Hebrew and Indian names need no more, and a tower of them hides the line above."""
_LETTERS = ("Lu", "Ll", "Lt", "Lo")
_MARKS = ("Mn", "Mc")
_LETTER_MARKS = "\u3005\u30fc\u309d\u309e\u30fd\u30fe\u0e46"
"""Repetition and length, without which Japanese and Thai names cannot be written."""
_APOSTROPHES = "'\u2019\u02bc\u02bb"
_HYPHENS = "-\u2010\u2011"
_NOT_LETTERS = "\u01c0\u01c1\u01c2\u01c3\u115f\u1160"
"""Letters by their category: clicks that look like ``|`` and ``!``, and two that cannot be seen."""
_UNSEEN_MARKS = (
    (0x034F, 0x034F),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0xFE00, 0xFE0F),
    (0xE0100, 0xE01EF),
)
_SIGN_LIKE = (1, 232)
"""Combining classes of marks that look like signs of their own: strokes across, and dots and commas beside."""
_EAST_ASIAN = frozenset(
    {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC"}
)
"""One name may be written in several of these; of all other scripts a name has one."""
_OF_ADDRESSES = frozenset({"http", "https", "www", "com", "net", "org", "info", "biz", "dot"})
"""Words that spell out an address ("paypal dot com"); one that stands alone may be a name."""
_OF_ADDRESSES_ONLY = frozenset({"http", "https", "www", "com", "dot"})
"""Of these, what no company has in its name beside other words."""

MOST_CHARS_OF_STAFF, MOST_WORDS_OF_STAFF = 80, 8
_OF_THE_PRODUCT = frozenset(
    {"campaignhub", "the clock", "system", "the system", "not signed in", "a colleague", "operator"}
)
"""Who did something, where no person did; in small letters."""

MOST_CHARS_OF_A_COMPANY = 60
_COMPANY_SIGNS = " &.,+!()\u2013"
_DIGITS = frozenset("0123456789")
_MOST_DIGITS = 4
_DOMAIN = re.compile(r"\w\.\w{2,}")


def name_to_greet(typed: str) -> str:
    """Return what was typed as a name if it looks like one, else nothing.

    Letters, marks, spaces, apostrophes and hyphens, :data:`MOST_CHARS` at most, in
    one script: no stop, slash, digit or ``@``, nothing invisible, nothing that
    only resembles a letter.
    """
    name = " ".join(filter(None, unicodedata.normalize("NFC", typed).split(" ")))
    if not 0 < len(name) <= MOST_CHARS or unicodedata.normalize("NFKC", name) != name:
        return ""
    words = name.split(" ")
    fits = (
        len(words) <= MOST_WORDS
        and all(map(_is_word, words))
        and len(_scripts(name)) == 1
        and not _spells_an_address(name, _OF_ADDRESSES)
    )
    return name if fits else ""


def is_persons_name(name: str) -> bool:
    """Tell whether staff may be called so: letters and marks of one script, spaces, apostrophes, hyphens, full stops.

    What the product calls itself in the log and in mails is nobody's name.
    """
    words = unicodedata.normalize("NFC", name).split(" ")
    bare = " ".join(word.removesuffix(".") for word in words)
    return (
        0 < len(name) <= MOST_CHARS_OF_STAFF
        and unicodedata.normalize("NFKC", name) == unicodedata.normalize("NFC", name)
        and len(words) <= MOST_WORDS_OF_STAFF
        and all(map(_is_word, bare.split(" ")))
        and len(_scripts(bare)) == 1
        and not _spells_an_address(bare, _OF_ADDRESSES)
        and " ".join(bare.casefold().split()) not in _OF_THE_PRODUCT
    )


def is_company_name(name: str) -> bool:
    """Tell whether a mail may name a company so: as a person's, with a few digits and signs.

    Four digits are a year or a brand (4711), five could be dialled. Letters of
    two scripts in one word pass for another company's name.
    """
    digits = sum(character in _DIGITS for character in name)
    known = all(_kind(sign) or sign in _DIGITS or sign in _COMPANY_SIGNS for sign in name)
    words = name.split(" ")
    return (
        0 < len(name) <= MOST_CHARS_OF_A_COMPANY
        and unicodedata.normalize("NFKC", name) == unicodedata.normalize("NFC", name)
        and known
        and digits <= _MOST_DIGITS
        and all(len(_scripts(word)) <= 1 and _marks_in_a_row(word) <= _MOST_MARKS for word in words)
        and not _DOMAIN.search(name)
        and not _spells_an_address(name, _OF_ADDRESSES_ONLY)
    )


def _marks_in_a_row(word: str) -> int:
    most = marks = 0
    for character in unicodedata.normalize("NFC", word):
        marks = marks + 1 if _kind(character) == "mark" else 0
        most = max(most, marks)
    return most


def _is_word(word: str) -> bool:
    """Tell whether a word is letters with their marks; hyphens stand between two of these only."""
    before, marks = "", 0
    for character in word:
        kind = _kind(character)
        marks = marks + 1 if kind == "mark" else 0
        lonely = kind in ("mark", "hyphen") and before not in ("letter", "mark")
        if not kind or lonely or marks > _MOST_MARKS:
            return False
        before = kind
    return before != "hyphen" and any(_kind(character) == "letter" for character in word)


def _kind(character: str) -> str:
    """Return what a character is in a name; nothing where it has no place in one."""
    if character in _APOSTROPHES:
        return "apostrophe"
    if character in _HYPHENS:
        return "hyphen"
    category = unicodedata.category(character)
    if character in _LETTER_MARKS or (category in _LETTERS and character not in _NOT_LETTERS):
        return "letter"
    if category in _MARKS and not _is_unseen(character):
        return "" if unicodedata.combining(character) in _SIGN_LIKE else "mark"
    return ""


def _is_unseen(character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in _UNSEEN_MARKS)


def _scripts(name: str) -> set[str]:
    """Return the scripts of a name by what Unicode calls its characters; marks for all scripts have none."""
    scripts = {
        unicodedata.name(character, "UNKNOWN").split(" ")[0]
        for character in name
        if _kind(character) in ("letter", "mark")
    } - {"COMBINING"}
    return {"EAST ASIAN" if script in _EAST_ASIAN else script for script in scripts}


def _spells_an_address(name: str, parts_of_addresses: frozenset[str]) -> bool:
    for sign in _APOSTROPHES + _HYPHENS:
        name = name.replace(sign, " ")
    parts = name.casefold().split()
    return len(parts) > 1 and not parts_of_addresses.isdisjoint(parts)
