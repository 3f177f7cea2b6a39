"""Reading a file of codes as it comes: encoding, separator, column, and what is no code.

A file is read in parts of a mebibyte, each by whichever process has the job then; so all
that a part needs to know of those before it is in :class:`Place`, which is plain JSON.
"""

import codecs
import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from campaignhub.errors import DomainError

SHORTEST, LONGEST = 4, 64
LONGEST_LINE = 10_000
"""In characters; what is longer is no line of a list of codes."""
SAMPLE_LINES = 200
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
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


class Skipped(StrEnum):
    """Why a line gave no code."""

    EMPTY = "empty"
    DUPLICATE = "in the pool already"
    FORMULA = "a formula"
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
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise NotCodes(
            "This is an Excel workbook. In Excel choose Save as, then CSV UTF-8, and upload that file."
        )
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b")):
        raise NotCodes(
            "This isn't a list of codes. Upload a CSV or text file with one code a line."
        )
    encoding = next((name for bom, name in _BOMS if head.startswith(bom)), "") or _guessed(head)
    text = head.decode(encoding, "replace").removeprefix("\ufeff")
    lines = [line for line in text.splitlines()[:SAMPLE_LINES] if line.strip()]
    if not lines:
        raise NotCodes("The file is empty.")
    if sum(line.count("\0") + line.count("\ufffd") for line in lines) > len("".join(lines)) // 10:
        raise NotCodes("This isn't a text file. Upload a CSV or text file with one code a line.")
    separator = max(_SEPARATORS, key=lambda one: sum(one in line for line in lines))
    if sum(separator in line for line in lines) * 2 < len(lines):
        separator = ","
    rows = [row for row in (_cells(line, separator) for line in lines) if row]
    column, has_heading = _column_of(rows)
    if column is None:
        raise NotCodes(
            "No line of the file begins with a code. One code a line is enough; a heading is welcome."
        )
    return Format(encoding, separator, column, has_heading)


def _guessed(head: bytes) -> str:
    """UTF-16 without its mark has a zero in every other byte of plain letters."""
    even, odd = head[0:400:2].count(0), head[1:400:2].count(0)
    most = max(len(head[:400]) // 4, 1)
    return "utf-16-le" if odd > most else "utf-16-be" if even > most else "utf-8"


def _column_of(rows: Sequence[Sequence[str]]) -> tuple[int | None, bool]:
    first = [cell.casefold() for cell in rows[0]]
    for column, cell in enumerate(first):
        if any(word in cell for word in _HEADINGS) and not any(c.isdigit() for c in cell):
            return column, True
    width = max(len(row) for row in rows)
    found: Counter[int] = Counter()
    for column in range(width):
        cells = [row[column] for row in rows if column < len(row)]
        found[column] = len({cell for cell in cells if not isinstance(_judged(cell), Skipped)})
    column, most = max(found.items(), key=lambda item: (item[1], -item[0]))
    return (column, False) if most else (None, False)


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
    if place.number == 1 and how.has_heading:
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
    if '"' not in line and how.column == 0 and how.separator not in line:
        return _judged(line)
    if line.count('"') % 2:
        return Skipped.CUT_OFF
    row = _cells(line, how.separator)
    return _judged(row[how.column]) if how.column < len(row) else Skipped.NO_COLUMN


def _cells(line: str, separator: str) -> list[str]:
    if "\0" in line:
        return [cell.strip(' "') for cell in line.split(separator)]
    return [
        cell.strip()
        for cell in next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])
    ]


def _judged(cell: str) -> str | Skipped:
    """Return a cell as a code, or why it is none."""
    code = cell.strip().strip("\u00a0\u200b\ufeff\u2060'").strip()
    if not code:
        return Skipped.EMPTY
    if code[0] in "=+-@":
        return Skipped.FORMULA
    if not (code.isascii() and code.isprintable()) or " " in code:
        return Skipped.UNREADABLE
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
