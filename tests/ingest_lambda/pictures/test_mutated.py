"""Files that were good once: changed at random, each ends as a picture or a reason, and the decoder goes on."""

import random
from collections.abc import Iterator

import pytest

from ingest_lambda.adapters.decoder import Decoder
from ingest_lambda.pictures import NoPicture, Picture
from tests.support.bombs import many_scans, nested_pdf
from tests.support.receipts import pdf_pages, phone_photo, receipt_bytes

GOOD = (
    phone_photo(1, width=120, height=180),
    many_scans(64, 64, 12),
    receipt_bytes(1, "PNG", width=120, height=180),
    receipt_bytes(1, "WEBP", width=120, height=180),
    phone_photo(1, file_format="HEIF", width=120, height=180),
    pdf_pages(2),
    nested_pdf(2),
)


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    decoder = Decoder(cpu_seconds=1)
    yield decoder
    decoder.close()


def mutated(number: int) -> bytes:
    """Return the same file for the same number: bytes changed, cut out, doubled or made large."""
    rng = random.Random(number)
    content = bytearray(GOOD[number % len(GOOD)])
    near = min(len(content), rng.choice((64, 600, len(content))))
    for _ in range(rng.randint(1, 9)):
        place = rng.randrange(near)
        match rng.randrange(5):
            case 0 | 1:
                content[place : place + 1] = bytes([rng.randrange(256)])
            case 2:
                content[place : place + 4] = rng.choice(
                    (b"\xff" * 4, bytes(4), b"\x7f\xff\xff\xff")
                )
            case 3:
                del content[place : place + rng.randint(1, 64)]
            case _:
                content[place:place] = content[place : place + rng.randint(1, 64)]
        near = max(1, min(near, len(content)))
    return bytes(content) or b"\0"


def ends(decoder: Decoder, content: bytes) -> bool:
    try:
        return isinstance(decoder.look(content), Picture)
    except NoPicture:
        return True


@pytest.mark.parametrize(
    "numbers",
    [range(50), pytest.param(range(50, 1050), marks=pytest.mark.soak)],
    ids=["50", "1,000 more"],
)
def test_a_mutated_file_ends_as_facts(decoder: Decoder, numbers: range):
    assert all(ends(decoder, mutated(number)) for number in numbers)
    assert ends(decoder, GOOD[0])
