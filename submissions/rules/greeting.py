"""Which of the words that a visitor typed as a name may greet the reader of a mail.

Nobody has confirmed that the address is the visitor's own: whoever types an
address of somebody else chooses what a brand says to them. So a greeting names
only what can be nothing but a name; everybody else reads the neutral one.
"""

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
        and not _spells_an_address(name)
    )
    return name if fits else ""


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


def _spells_an_address(name: str) -> bool:
    for sign in _APOSTROPHES + _HYPHENS:
        name = name.replace(sign, " ")
    parts = name.casefold().split()
    return len(parts) > 1 and not _OF_ADDRESSES.isdisjoint(parts)
