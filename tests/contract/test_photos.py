"""Which files are photos: by their first bytes, and by what they are called."""

import pytest

from ingest_lambda.contract.photos import (
    AVIF_BRANDS,
    HEIC_BRANDS,
    PAGE_BRANDS,
    UNKNOWN_TYPE,
    Kind,
    declared_type,
    kind_of,
)
from tests.support.kinds import HEADS, box


@pytest.mark.parametrize("name", HEADS)
def test_a_file_is_what_its_first_bytes_say(name: str):
    content, kind = HEADS[name]
    assert kind_of(content) is kind
    assert kind_of(content + bytes(2000)) is kind


@pytest.mark.parametrize("brand", [*AVIF_BRANDS, *HEIC_BRANDS])
def test_every_brand_counts_wherever_it_stands(brand: str):
    kind = Kind.AVIF if brand in AVIF_BRANDS else Kind.HEIC
    assert kind_of(box(brand.encode())) is kind
    assert kind_of(box(b"abcd", b"efgh", brand.encode())) is kind
    assert brand in PAGE_BRANDS[kind.value]


@pytest.mark.parametrize(
    ("content_type", "name", "taken"),
    [
        ("image/jpeg", None, "image/jpeg"),
        ("image/jpg", None, "image/jpeg"),
        ("IMAGE/JPG; charset=binary", None, "image/jpeg"),
        ("image/pjpeg", None, "image/jpeg"),
        ("image/heif", None, "image/heif"),
        ("image/avif", None, "image/avif"),
        ("application/pdf", "any.exe", "application/pdf"),
        ("", "IMG_0001.HEIC", "image/heic"),
        ("", "scan.pdf", "application/pdf"),
        ("", None, UNKNOWN_TYPE),
        ("", "image", UNKNOWN_TYPE),
        ("application/octet-stream", "a.b.jpeg", "image/jpeg"),
        ("application/octet-stream", "page.html", None),
        ("binary/octet-stream", None, UNKNOWN_TYPE),
        ("image/svg+xml", "photo.jpg", None),
        ("text/html", None, None),
        ("image/gif", None, None),
    ],
)
def test_a_type_is_taken_by_its_name_where_it_says_nothing(content_type, name, taken):
    assert declared_type(content_type, name) == taken
