"""The pictures of a code: read back as a scanner reads them, by an own reading of the two standards."""

import json
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.node,
    pytest.mark.skipif(not shutil.which("node"), reason="needs node"),
]

SOURCE = Path("templates/campaign_page/script/codes.js")
TEXTS = ("A", "K7M4-2QXD-99AB", "SUMMER-ÄÖ", "https://example.com/redeem?c=ABCDEFGH1234", "x" * 78)
_BLOCKS = {21: (16, 10), 25: (28, 16), 29: (44, 26), 33: (80, 20), 37: (108, 26)}


@cache
def drawn() -> dict[str, dict[str, object]]:
    source = re.sub(r"^import .*\n", "", SOURCE.read_text(), flags=re.MULTILINE)
    texts = json.dumps([*TEXTS, "y" * 107])
    script = f"{source}\nconsole.log(JSON.stringify(Object.fromEntries({texts}.map((one) => [one, {{ qr: qr(one), bars: bars(one) }}]))));"
    told = subprocess.run(
        ["node", "--input-type=module", "-"],
        input=script,
        text=True,
        capture_output=True,
        check=True,
    )
    found: dict[str, dict[str, object]] = json.loads(told.stdout)
    return found


MASKS = (
    lambda x, y: (x + y) % 2,
    lambda x, y: y % 2,
    lambda x, y: x % 3,
    lambda x, y: (x + y) % 3,
    lambda x, y: (x // 3 + y // 2) % 2,
    lambda x, y: x * y % 2 + x * y % 3,
    lambda x, y: (x * y % 2 + x * y % 3) % 2,
    lambda x, y: ((x + y) % 2 + x * y % 3) % 2,
)


def is_fixed(x: int, y: int, size: int) -> bool:
    """Tell whether a module belongs to a finder, its border, a timing line, the alignment or the format."""
    corner = (x < 9 and y < 9) or (x >= size - 8 and y < 9) or (x < 9 and y >= size - 8)
    aligned = size > 21 and abs(x - size + 7) <= 2 and abs(y - size + 7) <= 2
    return corner or x == 6 or y == 6 or aligned


def codewords(rows: list[list[int]]) -> list[int]:
    size = len(rows)
    format_bits = [rows[y][8] for y in (0, 1, 2, 3, 4, 5, 7, 8)]
    upper = [rows[8][x] for x in (7, 5, 4, 3, 2, 1, 0)]
    word = sum(bit << n for n, bit in enumerate([*format_bits, *upper])) ^ 0x5412
    mask = (word >> 10) & 7
    bits, right, upwards = [], size - 1, True
    while right > 0:
        if right == 6:
            right -= 1
        for y in range(size - 1, -1, -1) if upwards else range(size):
            bits += [
                rows[y][x] ^ (MASKS[mask](x, y) == 0)
                for x in (right, right - 1)
                if not is_fixed(x, y, size)
            ]
        right, upwards = right - 2, not upwards
    return [
        int("".join(map(str, map(int, bits[n : n + 8]))), 2) for n in range(0, len(bits) - 7, 8)
    ]


def syndromes(words: list[int], count: int) -> list[int]:
    exp = [1]
    for _ in range(254):
        exp.append(exp[-1] * 2 ^ (285 if exp[-1] > 127 else 0))
    log = {value: n for n, value in enumerate(exp)}
    found = []
    for n in range(count):
        total = 0
        for word in words:
            total = (exp[(log[total] + n) % 255] if total else 0) ^ word
        found.append(total)
    return found


@pytest.mark.parametrize("text", TEXTS)
def test_a_qr_code_says_the_code_and_has_no_error_in_it(text: str) -> None:
    rows = drawn()[text]["qr"]
    assert isinstance(rows, list)
    size, extra = _BLOCKS[len(rows)]
    words = codewords(rows)[: size + extra]
    assert syndromes(words, extra) == [0] * extra
    bits = "".join(f"{word:08b}" for word in words[:size])
    length = int(bits[4:12], 2)
    assert bits[:4] == "0100"
    assert bytes(int(bits[12 + n * 8 : 20 + n * 8], 2) for n in range(length)).decode() == text


def test_a_text_that_is_too_long_has_no_qr_code() -> None:
    assert drawn()["y" * 107]["qr"] is None


def test_a_barcode_says_the_code_with_its_check_sign() -> None:
    widths = drawn()["K7M4-2QXD-99AB"]["bars"]
    assert isinstance(widths, str)
    table = re.search(r'WIDTHS = "(\d+)"', SOURCE.read_text())
    assert table
    signs = [table[1][n : n + 6] for n in range(0, len(table[1]), 6)]
    assert len(signs) == len(set(signs)) == 106
    assert all(sum(map(int, sign)) == 11 and sum(map(int, sign[::2])) % 2 == 0 for sign in signs)
    read = [signs.index(widths[n : n + 6]) for n in range(0, len(widths) - 7, 6)]
    assert widths.endswith("2331112")
    start, *said, check = read
    assert start == 104
    assert "".join(chr(sign + 32) for sign in said) == "K7M4-2QXD-99AB"
    assert (104 + sum(n * sign for n, sign in enumerate(said, start=1))) % 103 == check


def test_what_has_no_bars_is_shown_without() -> None:
    assert drawn()["SUMMER-ÄÖ"]["bars"] is None
    assert drawn()["x" * 78]["bars"] is None
