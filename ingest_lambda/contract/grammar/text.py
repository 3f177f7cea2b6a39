"""Typed text without what nobody means and no reader sees.

Patterns are written in the syntax that Python and browsers share: the page gets
them as they stand here.
"""

import re
import unicodedata
from functools import cache

Ranges = tuple[tuple[int, int], ...]

_UNSEEN: Ranges = (
    *((0x00, 0x08), (0x0E, 0x1F), (0x7F, 0x84), (0x86, 0x9F)),  # control characters
    *((0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5)),
    *((0x180E, 0x180E), (0x200B, 0x200B), (0x200E, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F)),
    *((0x3164, 0x3164), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0)),
    (0xFFF0, 0xFFFC),  # up to the place of a picture, which phones leave when they take dictation
    *((0xD800, 0xDFFF), (0xFDD0, 0xFDEF), (0xFFFE, 0xFFFF)),  # no characters at all
    *((0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE00FF), (0xE01F0, 0xE0FFF)),
)
"""Unicode's default ignorables, controls, direction marks, half pairs and noncharacters."""
_CHOOSES_A_FORM: Ranges = ((0x180B, 0x180D), (0x180F, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
"""Variation selectors: part of Japanese names, Mongolian words and emoji; hidden text elsewhere."""
_JOINS: Ranges = ((0x200C, 0x200D),)
"""Part of Persian and Indian words and of emoji; hidden text between Latin letters."""
_SPACES: Ranges = (
    *((0x09, 0x0D), (0x20, 0x20), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680)),
    *((0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F)),
    *((0x2800, 0x2800), (0x3000, 0x3000)),
)
_WIDE: Ranges = ((0xFF01, 0xFF5E),)
_WIDE_FROM_ASCII = 0xFEE0
_OTHER_DIGITS: Ranges = ((0x0660, 0x0669), (0x06F0, 0x06F9))
"""Of Arabic and Persian keyboards: the last four bits are their value."""
_DASHES: Ranges = ((0x2010, 0x2015), (0x2212, 0x2212), (0xFE58, 0xFE58), (0xFE63, 0xFE63))
_HYPHENS: Ranges = ((0x2010, 0x2011),)
_WITHOUT_JOINERS: Ranges = ((0x00, 0x58F), (0x1E00, 0x206F), (0x2126, 0x2126), (0x212A, 0x212B))
"""Latin, Greek and Cyrillic with their signs: no writing there needs an invisible character."""
_TURKISH_I = r"\u0130\u0131"
_OPENS, _CLOSES = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
_RIGHT_TO_LEFT = ("R", "AL", "AN")
_MOST_MARKS = 30
"""In a row over one letter, as Unicode's stream-safe text has it (UAX #15); no language needs more."""
_MARKS = ("Mn", "Mc", "Me")


def character_class(*tables: Ranges) -> str:
    """Return the inside of a character class: escaped below U+10000, characters above."""
    return "".join(
        _spelled(first) if first == last else f"{_spelled(first)}-{_spelled(last)}"
        for table in tables
        for first, last in table
    )


def _spelled(code: int) -> str:
    return f"\\u{code:04x}" if code < 0x10000 else chr(code)


def whatever_case(pattern: str) -> str:
    """Return a pattern, to be matched whatever the case, with an i as Turkish keyboards write it too.

    There ı is the small form of I, and İ the capital of i. Matched whatever the case, Python
    takes all four for one letter and a browser takes ı and İ for none of ours: what each
    says of ``TEL. MOBİL`` would differ.
    """
    dotted = f"i{_TURKISH_I}"
    return pattern.replace("i", f"[{dotted}]").replace("a-z", f"a-z{_TURKISH_I}")


def _all_but(*tables: Ranges) -> Ranges:
    left, begins = [], 0
    for first, last in sorted(pair for table in tables for pair in table):
        if begins < first:
            left.append((begins, first - 1))
        begins = max(begins, last + 1)
    return (*left, (begins, 0x10FFFF))


@cache
def text_patterns() -> dict[str, str]:
    """Return the patterns of cleaning, by what they find.

    ``unseen`` finds a character that is dropped or, in its group, one that stays with
    what belongs to it: the page and :func:`clean` put the group in place of all. So does
    ``alone`` with joiners and what chooses a form, once nothing unseen parts them from
    their letter.
    """
    joined = character_class(
        _all_but(_UNSEEN, _CHOOSES_A_FORM, _JOINS, _SPACES, _WIDE, _WITHOUT_JOINERS)
    )
    flag = f"{chr(0x1F3F4)}[{chr(0xE0030)}-{chr(0xE007A)}]{{1,6}}{chr(0xE007F)}"
    form = f"[{character_class(_CHOOSES_A_FORM)}]?"
    joiner = f"(?:[{character_class(_JOINS)}](?=[{joined}]))?"
    key = r"[0-9#*]\ufe0f(?=\u20e3)"  # a digit drawn as a key of a telephone
    return {
        "unseen": f"({flag})|[{character_class(_UNSEEN)}]",
        "alone": f"([{joined}]{form}{joiner}|{key})|[{character_class(_CHOOSES_A_FORM, _JOINS)}]",
        "spaces": f"[{character_class(_SPACES)}]+",
        "space": f"[{character_class(_SPACES)}]",
        "breaks": r"\r\n?|[\n\u0085\u2028\u2029]",
        "dashes": f"[{character_class(_DASHES)}]",
        "hyphens": f"[{character_class(_HYPHENS)}]",
        "wide": f"[{character_class(_WIDE)}]",
        "digits": f"[{character_class(_OTHER_DIGITS)}]",
    }


@cache
def _compiled(name: str) -> re.Pattern[str]:
    return re.compile(text_patterns()[name])


def clean(text: str) -> str:
    """Return one line of text as it is judged, hashed and stored.

    Composed (NFC), without invisible characters, direction marks and what no store
    takes; every space, tab and line break is one plain space, none at the ends;
    dashes are hyphens and full-width signs their ASCII form. Letters of every script
    stay, with the joiners that they need. What is clean already stays as it is.

    Raises:
        ValueError: more marks over one letter than any writing has.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    text = _wide_and_dashes(_seen(text), "dashes", wide=True)
    return _compiled("spaces").sub(" ", unicodedata.normalize("NFC", text)).strip(" ")


def clean_code(text: str) -> str:
    """Return what :func:`clean` returns with plain digits: for what is made of them, not for names.

    Raises:
        ValueError: as :func:`clean`.
    """
    return _compiled("digits").sub(lambda found: str(ord(found[0]) & 15), clean(text))


def clean_prose(text: str) -> str:
    """Return text of several lines, cleaned as :func:`clean` does but for its lines, dashes and wide signs.

    Raises:
        ValueError: as :func:`clean`.
    """
    text = _wide_and_dashes(_compiled("breaks").sub("\n", _seen(text)), "hyphens", wide=False)
    lines = unicodedata.normalize("NFC", text).split("\n")
    return "\n".join(_compiled("space").sub(" ", line).rstrip(" ") for line in lines).strip(" \n")


def _seen(text: str) -> str:
    _check_marks(text)
    text = unicodedata.normalize("NFC", text)
    for name in ("unseen", "alone"):
        text = _compiled(name).sub(lambda found: found[1] or "", text)
    _check_marks(text)
    return text


def _wide_and_dashes(text: str, dashes: str, *, wide: bool) -> str:
    text = _compiled(dashes).sub("-", text)
    if not wide:
        return text
    return _compiled("wide").sub(lambda found: chr(ord(found[0]) - _WIDE_FROM_ASCII), text)


def _check_marks(text: str) -> None:
    """Refuse more marks in a row than any writing needs.

    To put marks in their order takes the square of their number: 30,000 of
    them fit in a body and would take a second and a half. Every mark counts, also
    of the combining class 0: three Tibetan vowels (U+0F73, U+0F75, U+0F81) have
    it and are taken apart into marks that are put in order.
    """
    marks = 0
    for character in text if not text.isascii() else "":
        marks = marks + 1 if unicodedata.category(character) in _MARKS else 0
        if marks > _MOST_MARKS:
            raise ValueError("more marks over one letter than any writing has")


def whole_characters(text: str, most: int) -> str:
    """Return at most the first ``most`` characters, without the half of one that readers see as one.

    A letter whose accent, or an emoji whose second half, would be cut off goes
    with it.
    """
    if len(text) <= most:
        return text
    end = most
    while end and (_goes_on(text[end]) or text[end - 1] == "\u200d"):
        end -= 1
    return text[:end].rstrip()


def _goes_on(character: str) -> bool:
    code = ord(character)
    joins = character == "\u200d" or 0x1F3FB <= code <= 0x1F3FF or code >= 0xE0000
    return joins or unicodedata.category(character) in _MARKS


def isolated(text: str) -> str:
    """Return a text that stands among other words so that its direction turns nothing around it.

    A name in Arabic or Hebrew would draw the punctuation, numbers and names behind it to
    its other side (https://www.w3.org/International/articles/inline-bidi-markup). The
    marks go with the text wherever it goes, also into a title or a mail of plain text.
    """
    if any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text):
        return f"{_OPENS}{text}{_CLOSES}"
    return text
