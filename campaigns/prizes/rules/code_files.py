"""Reading a file of codes as it comes: encoding, separator, column, and what is no code.

A file is read in parts of a mebibyte, each by whichever process has the job then; so all
that a part needs to know of those before it is in :class:`Place`, which is plain JSON.
"""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from campaignhub.errors import DomainError
from campaigns.prizes.rules.text_files import WORKBOOK, encoding_of, is_workbook
from ingest_lambda.contract.grammar.text import clean

SHORTEST, LONGEST = 4, 64
LONGEST_LINE = 10_000
"""In characters; what is longer is no line of a list of codes."""
SAMPLE_LINES = 200
_SEPARATORS = (";", ",", "\t", "|")
_HEADINGS = (
    "code",
    "voucher",
    "coupon",
    "gutschein",
    "codigo",
    "código",
    "pin",
    "serial",
    "cupon",
    "cupón",
)
MOST_BEFORE = 5
"""Lines before the codes, as spreadsheets have a title and a heading."""
LEAST_TO_COMPARE = 2
"""Codes that must have a digit for a line without one to be a heading."""
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
"""What Excel writes first into a list, and reads its separator from."""
_AS_TEXT = re.compile(r'="([^"]*)"')
"""How a spreadsheet is told that a number is a text."""
_ROUNDED = re.compile(r"[0-9][.,][0-9]+E\+[0-9]{2,3}", re.IGNORECASE)
_MARKUP = ("<", "{", "[")


class Skipped(StrEnum):
    """Why a line gave no code."""

    EMPTY = "empty"
    DUPLICATE = "in the pool already"
    FORMULA = "a formula"
    ROUNDED = "a number that a spreadsheet has shortened"
    UNREADABLE = "characters that no code has"
    TOO_SHORT = "shorter than 4 characters"
    TOO_LONG = "longer than 64 characters"
    CUT_OFF = "cut off"
    NO_COLUMN = "without the column of the code"
    BEYOND = "beyond 1,500,000 codes"


class NotCodes(DomainError):
    """A file is of another kind; the sentence says which, and what to do."""


@dataclass(frozen=True)
class Format:
    """How a file is written; kept with it, so that every part is read alike."""

    encoding: str
    separator: str
    column: int
    has_heading: bool
    before: int = 0
    """Lines before the heading, or before the codes where there is none."""


@dataclass(frozen=True)
class Line:
    """One line: its number in the file, and its code or why it has none."""

    number: int
    code: str = ""
    skipped: Skipped | None = None


@dataclass
class Place:
    """Where reading goes on: the line that was begun, and what the lines before tell."""

    rest: str = ""
    undecoded: str = ""
    """Bytes of a character that was begun, as hex."""
    number: int = 0
    is_overlong: bool = False
    shortest: int = LONGEST
    """The length of the shortest code so far: a shorter last line without an end was cut off."""

    @classmethod
    def of(cls, value: dict[str, Any]) -> "Place":
        """Read it from JSON."""
        return cls(**value)


def format_of(head: bytes) -> Format:
    """Find out how a file is written from its first bytes.

    Raises:
        NotCodes: it is no text, or no line of it has a code.
    """
    if is_workbook(head):
        raise NotCodes(WORKBOOK)
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b")):
        raise NotCodes(
            "This isn't a list of codes. Upload a CSV or text file with one code a line."
        )
    encoding = encoding_of(head)
    text = head.decode(encoding, "replace").removeprefix("\ufeff")
    numbered = [
        (number, line)
        for number, line in enumerate(_lines_of(text))
        if number < SAMPLE_LINES and line.strip()
    ]
    lines = [line for _number, line in numbered]
    if not lines:
        raise NotCodes("The file is empty.")
    if sum(map(_unprinted, lines)) > len("".join(lines)) // 10:
        raise NotCodes("This isn't a text file. Upload a CSV or text file with one code a line.")
    if lines[0].lstrip().startswith(_MARKUP):
        raise NotCodes(
            "This isn't a list of codes. Upload a CSV or text file with one code a line."
        )
    own = _SEPARATOR_LINE.fullmatch(lines[0])
    before = numbered[0][0] + 1 if own else 0
    numbered = numbered[1:] if own else numbered
    separator = own[1] if own else _separator_of(lines)
    rows = [(number, row) for number, line in numbered if (row := _cells(line, separator))]
    column, heading = _column_of(rows) if rows else (None, None)
    if column is None:
        raise NotCodes(
            "No line of the file begins with a code. One code a line is enough; a heading is welcome."
        )
    if heading is not None:
        before = heading
    return Format(encoding, separator, column, heading is not None, before)


def _lines_of(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _unprinted(line: str) -> int:
    return sum(one == "\ufffd" or (one < " " and one != "\t") for one in line)


def _separator_of(lines: Sequence[str]) -> str:
    separator = max(_SEPARATORS, key=lambda one: sum(one in line for line in lines))
    return separator if sum(separator in line for line in lines) * 2 >= len(lines) else ","


def _column_of(rows: Sequence[tuple[int, Sequence[str]]]) -> tuple[int | None, int | None]:
    """Return the column of the codes, and the number of the line that is its heading."""
    first = 0
    while first < min(MOST_BEFORE, len(rows)) and not _has_digit(rows[first][1]):
        first += 1
    for number, row in reversed(rows[: max(first, 1)]):
        for column, cell in enumerate(row):
            if any(word in cell.casefold() for word in _HEADINGS) and not _has_digit([cell]):
                return column, number
    cells = [row for _number, row in rows]
    found: dict[int, set[str]] = {}
    for column in range(max(map(len, cells))):
        judged = [_judged(row[column]) for row in cells if column < len(row)]
        found[column] = {one for one in judged if not isinstance(one, Skipped)}
    column = max(found, key=lambda one: (len(found[one]), not _are_counted(found[one]), -one))
    if not found[column]:
        return None, None
    codes = [row[column] for row in cells[first:] if column < len(row) and row[column]]
    above = cells[first - 1][column : column + 1] if first else []
    is_heading = bool(above) and _is_no_code_of(above[0], codes)
    return column, rows[first - 1][0] if is_heading else None


def _is_no_code_of(cell: str, codes: Sequence[str]) -> bool:
    """Whether a cell without a digit is unlike all these: in small letters, or of another length than any."""
    if len(codes) < LEAST_TO_COMPARE or not all(_has_digit([one]) for one in codes):
        return False
    lengths = {len(one) for one in codes}
    is_other_length = len(lengths) == 1 and len(cell) not in lengths
    return is_other_length or (cell != cell.upper() and all(one == one.upper() for one in codes))


def _has_digit(cells: Sequence[str]) -> bool:
    return any(c.isdigit() for cell in cells for c in cell)


def _are_counted(cells: set[str]) -> bool:
    """Whether these are only the numbers of the lines."""
    numbers = sorted(int(one) for one in cells if one.isdecimal())
    is_row = len(numbers) > 1 and numbers[-1] - numbers[0] == len(numbers) - 1
    return is_row and len(numbers) >= len(cells) - 1  # with a heading among them


def read_part(part: bytes, how: Format, place: Place, *, is_last: bool) -> Iterator[Line]:
    """Yield the lines that end in this part; ``place`` is moved on behind it."""
    decoder = codecs.getincrementaldecoder(how.encoding)("replace")
    text = decoder.decode(bytes.fromhex(place.undecoded) + part, final=is_last)
    place.undecoded = decoder.getstate()[0].hex()
    if place.number == 0 and not place.rest:
        text = text.removeprefix("\ufeff")
    *lines, rest = (place.rest + text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if rest == "" and lines and text.endswith("\r") and not is_last:
        # Its other half may come with the next part.
        rest = lines.pop() + "\r"
    for line in lines:
        yield from _read_line(line, how, place)
    place.rest = rest
    if len(rest) > LONGEST_LINE:
        place.rest, place.is_overlong = "", True
    if is_last and (place.rest or place.is_overlong):
        yield from _read_line(place.rest, how, place, has_end=False)
        place.rest = ""


def _read_line(line: str, how: Format, place: Place, *, has_end: bool = True) -> Iterator[Line]:
    place.number += 1
    if place.is_overlong or len(line) > LONGEST_LINE:
        place.is_overlong = False
        yield Line(place.number, skipped=Skipped.TOO_LONG)
        return
    if place.number <= how.before + how.has_heading:
        return
    found = _code_in(line, how)
    if isinstance(found, Skipped):
        yield Line(place.number, skipped=found)
        return
    if not has_end and len(found) < place.shortest < LONGEST:
        yield Line(place.number, skipped=Skipped.CUT_OFF)
        return
    place.shortest = min(place.shortest, len(found))
    yield Line(place.number, found)


def _code_in(line: str, how: Format) -> str | Skipped:
    if not line.strip():
        return Skipped.EMPTY
    if _ROUNDED.fullmatch(line.strip()):
        return Skipped.ROUNDED
    if '"' not in line and how.column == 0 and how.separator not in line:
        return _judged(line)
    if line.count('"') % 2:
        return Skipped.CUT_OFF
    row = _cells(line, how.separator)
    return _judged(row[how.column]) if how.column < len(row) else Skipped.NO_COLUMN


def _cells(line: str, separator: str) -> list[str]:
    if _ROUNDED.fullmatch(line.strip()):
        return [line.strip()]
    if "\0" in line:
        return [cell.strip(' "') for cell in line.split(separator)]
    return [
        cell.strip()
        for cell in next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])
    ]


def _judged(cell: str) -> str | Skipped:
    """Return a cell as a code, or why it is none; without what is not seen, and with plain hyphens and letters."""
    if as_text := _AS_TEXT.fullmatch(cell.strip()):
        cell = as_text[1]
    try:
        code = clean(cell).strip("'\u2018\u2019\u201c\u201d\u201e ")
    except ValueError:
        return Skipped.UNREADABLE
    if not code:
        return Skipped.EMPTY
    if code[0] in "=+-@":
        return Skipped.FORMULA
    if any(one < " " for one in cell) or not (code.isascii() and code.isprintable()) or " " in code:
        return Skipped.UNREADABLE
    if _ROUNDED.fullmatch(code):
        return Skipped.ROUNDED
    if len(code) < SHORTEST:
        return Skipped.TOO_SHORT
    return code if len(code) <= LONGEST else Skipped.TOO_LONG


@dataclass
class Preview:
    """The first lines of a file, and what would become of them."""

    how: Format
    lines: list[Line] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    is_whole: bool = False
    """Whether these are all of the file's lines."""

    @property
    def codes(self) -> int:
        """How many of the lines give a code."""
        return sum(not line.skipped for line in self.lines)


def preview_of(head: bytes, *, is_whole: bool) -> Preview:
    """Return what the first bytes of a file hold, line by line.

    Raises:
        NotCodes: it is of another kind.
    """
    how = format_of(head)
    preview, seen = Preview(how, is_whole=is_whole), set[str]()
    for line in read_part(head, how, Place(), is_last=is_whole):
        if line.code and line.code in seen:
            line = Line(line.number, skipped=Skipped.DUPLICATE)
        seen.add(line.code)
        preview.lines.append(line)
        if line.skipped:
            preview.skipped[line.skipped] += 1
    return preview
