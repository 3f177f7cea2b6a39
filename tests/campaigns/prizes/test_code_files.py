"""Files of codes as they come: every encoding, separator and kind of damage, read in parts of any size."""

import codecs
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.prizes.rules.code_files import (
    Line,
    NotCodes,
    Place,
    Skipped,
    format_of,
    preview_of,
    read_part,
)

CODES = [f"AB{number:04}-XY" for number in range(300)]


def read(content: bytes, size: int = 1 << 20) -> list[Line]:
    """Read a file in parts of ``size`` bytes, each from where JSON says that the last one ended."""
    how, place, found = format_of(content), Place(), list[Line]()
    for at in range(0, len(content), size):
        part = content[at : at + size]
        found += read_part(part, how, place, is_last=at + size >= len(content))
        place = Place.of(dict(vars(place)))
    return found


def codes_in(content: bytes, size: int = 1 << 20) -> list[str]:
    """Return the codes of a file."""
    return [line.code for line in read(content, size) if line.code]


def skipped_in(content: bytes) -> Counter[str]:
    """Return why lines gave no code."""
    return Counter(str(line.skipped) for line in read(content) if line.skipped)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("bom", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (b"", "utf-16-le"),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16 little", "utf-16 big", "utf-16 without mark"],
)
@pytest.mark.parametrize(
    "line",
    ["{}", '"{}"', '  "{}" ', "  {} ", "7;{};10 €", '7,"{}","ten, or so"', "x\t{}"],
    ids=[
        "plain",
        "quoted",
        "quoted with spaces",
        "spaces",
        "semicolons",
        "commas in quotes",
        "tabs",
    ],
)
def test_codes_are_found_however_they_are_written(
    line: str, bom: bytes, encoding: str, end: str
) -> None:
    content = bom + end.join([*(line.format(code) for code in CODES), ""]).encode(encoding)
    assert codes_in(content) == CODES
    assert codes_in(content, size=17) == CODES


@given(
    size=st.integers(1, 60),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    lines=st.lists(
        st.sampled_from(
            ["", "CODE1", '"CODE2"', "=1+1", "CODE-WITH-A\0NUL", "ü;x", '"open', "x" * 80]
        ),
        max_size=20,
    ),
)
def test_the_size_of_the_parts_changes_nothing(size: int, end: str, lines: list[str]) -> None:
    content = end.join(["code", *lines]).encode()
    assert read(content, size) == read(content)


def test_a_heading_names_the_column() -> None:
    content = b"Serial no.;Voucher code\n1;AAAA-1111\n2;BBBB-2222\n"
    assert codes_in(content) in (["AAAA-1111", "BBBB-2222"], [])
    assert codes_in(b"number,Voucher code\n1,AAAA-1111\n2,BBBB-2222\n") == [
        "AAAA-1111",
        "BBBB-2222",
    ]


def test_what_is_no_code_is_left_out_with_its_reason() -> None:
    content = (
        b"GOOD-1\n=CMD()\n+441234\nCO\0DE\nab\n" + b"x" * 65 + b'\ntwo words\n"open\n\nGOOD-2\n'
    )
    assert skipped_in(content) == {
        Skipped.FORMULA: 2,
        Skipped.UNREADABLE: 2,
        Skipped.TOO_SHORT: 1,
        Skipped.TOO_LONG: 1,
        Skipped.CUT_OFF: 1,
        Skipped.EMPTY: 1,
    }


def test_a_last_line_that_was_cut_off_is_no_code() -> None:
    assert codes_in(b"AAAA-1111\nBBBB-2222\nCCCC-3") == ["AAAA-1111", "BBBB-2222"]
    assert codes_in(b"AAAA-1111\nBBBB-2222\nCCCC-3333") == ["AAAA-1111", "BBBB-2222", "CCCC-3333"]


def test_a_line_without_end_fills_no_memory() -> None:
    content = b"AAAA-1111\n" + b"x" * 3_000_000 + b"\nBBBB-2222\n"
    how, place, found = format_of(content[:1000]), Place(), list[Line]()
    for at in range(0, len(content), 4096):
        found += read_part(content[at : at + 4096], how, place, is_last=at + 4096 >= len(content))
        assert len(place.rest) <= 10_000
    assert [line.code for line in found] == ["AAAA-1111", "", "BBBB-2222"]


@pytest.mark.parametrize(
    ("head", "word"),
    [
        (b"PK\x03\x04rest", "Excel"),
        (b"%PDF-1.7", "list of codes"),
        (b"", "empty"),
        (b"\n\n \n", "empty"),
        (bytes(range(256)) * 10, "text file"),
        (b"\xc3\xa4\xc3\xb6 words only here\nand more of them\n", "No line"),
    ],
    ids=["workbook", "pdf", "nothing", "blank lines", "binary", "prose"],
)
def test_a_file_of_another_kind_is_refused_in_words(head: bytes, word: str) -> None:
    with pytest.raises(NotCodes, match=word):
        format_of(head)


def test_a_preview_counts_what_would_be_skipped() -> None:
    preview = preview_of(b"code\nAAAA-1111\nAAAA-1111\n\n=1\n", is_whole=True)
    assert [line.code for line in preview.lines] == ["AAAA-1111", "", "", ""]
    assert preview.skipped == {Skipped.DUPLICATE: 1, Skipped.EMPTY: 1, Skipped.FORMULA: 1}
    assert (preview.codes, preview.is_whole) == (1, True)


@pytest.mark.parametrize(
    "content",
    [
        b"sep=;\r\nCode;Worth\r\nAAAA-1111;5\r\nBBBB-2222;5\r\n",
        b"sep=,\r\nAAAA-1111,5\r\nBBBB-2222,5\r\n",
        b"Codice\nAAAA-1111\nBBBB-2222\n",
        b"Name,Amount,Key\nx,2,AAAA-1111\nx,2,BBBB-2222\n",
        b"Spring promotion;\n\nNo;Code\n1;AAAA-1111\n2;BBBB-2222\n",
        "Номер;Ваучер\n1;AAAA-1111\n2;BBBB-2222\n".encode(),
        "コード\nAAAA-1111\nBBBB-2222\n".encode("cp932"),
        b"1001;AAAA-1111\n1002;BBBB-2222\n",
        b"Entry;Word\n1001;AAAA-1111\n1002;BBBB-2222\n",
    ],
    ids=[
        "separator named",
        "separator named, no heading",
        "one word",
        "last column",
        "title above",
        "other letters",
        "other encoding",
        "counted",
        "counted with heading",
    ],
)
def test_what_stands_above_or_beside_the_codes_is_none(content: bytes) -> None:
    assert codes_in(content) == ["AAAA-1111", "BBBB-2222"]
    assert codes_in(content, size=5) == ["AAAA-1111", "BBBB-2222"]


def test_a_code_without_a_digit_is_no_heading() -> None:
    assert codes_in(b"ABCDEFGH\nABCD1234\nEFGH5678\n") == ["ABCDEFGH", "ABCD1234", "EFGH5678"]
    assert codes_in(b"WELCOME\nSPRING10\nSUMMER200\n") == ["WELCOME", "SPRING10", "SUMMER200"]


@pytest.mark.parametrize(
    ("line", "encoding"),
    [
        ('="{}"', "utf-8"),
        ('"=""{}"""', "utf-8"),
        ("{}\u00a0", "cp1252"),
        ("{};M\u00fcller", "cp1252"),
        ("\u200e{}\u200f", "utf-8"),
        ("{}\u00ad", "utf-8"),
        ("\u201c{}\u201d", "utf-8"),
    ],
)
def test_a_code_is_read_without_what_a_program_put_around_it(line: str, encoding: str) -> None:
    content = "".join(f"{line.format(code)}\r\n" for code in CODES).encode(encoding)
    assert codes_in(content) == CODES


def test_dashes_and_wide_letters_are_those_of_the_till() -> None:
    assert codes_in("AAAA\u20131111\nBBBB\u20112222\n".encode()) == ["AAAA-1111", "BBBB-2222"]
    assert codes_in("\uff21\uff22\uff23\uff11\n".encode()) == ["ABC1"]


@pytest.mark.parametrize("shortened", ["1.23457E+15", "1,23457E+15", '"1,23457E+15"'])
def test_a_number_that_a_spreadsheet_shortened_is_no_code(shortened: str) -> None:
    content = f"AAAA-1111\n{shortened}\nBBBB-2222\n".encode()
    assert codes_in(content) == ["AAAA-1111", "BBBB-2222"]
    assert skipped_in(content) == {Skipped.ROUNDED: 1}


@pytest.mark.parametrize(
    "head", [b"<html><td>AAAA-1111</td>", b'["AAAA-1111","BBBB-2222"]', b"{\\rtf1 AAAA-1111}"]
)
def test_a_file_of_markup_is_no_list_of_codes(head: bytes) -> None:
    with pytest.raises(NotCodes, match="list of codes"):
        format_of(head)
