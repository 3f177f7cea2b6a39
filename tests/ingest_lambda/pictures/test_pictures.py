"""Files of strangers: what becomes of good ones, and that bad ones end with a reason."""

import contextlib
import io
import random

import pypdfium2
import pytest
from PIL import Image

from ingest_lambda.contract import ImageRefusal
from ingest_lambda.pictures import NoPicture
from ingest_lambda.pictures.copies import SHORT_SIDE, THUMBNAIL_SIDE
from ingest_lambda.pictures.decode import decode
from tests.support.receipts import CONTENT_TYPES, Format, pdf_pages, phone_photo, receipt_bytes

# A PDF whose trailer names a security handler; nobody here has its password.
LOCKED_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"3 0 obj<</Filter/Standard/V 1/R 2/P -4/O<"
    + b"61" * 32
    + b">/U<"
    + b"62" * 32
    + b">>>endobj\n"
    b"trailer<</Root 1 0 R/Encrypt 3 0 R/ID[<00><00>]>>\n%%EOF\n"
)


def refusal_of(content: bytes) -> ImageRefusal:
    with pytest.raises(NoPicture) as caught:
        decode(content)
    return caught.value.why


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def blank(mode: str, size: tuple[int, int], file_format: str) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, format=file_format)
    return out.getvalue()


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "HEIF", "PDF"])
def test_every_format_of_the_contract_gives_a_jpeg_and_a_thumbnail(file_format: Format):
    picture = decode(receipt_bytes(1, file_format))
    (copy,) = picture.copies
    view, thumbnail = opened(copy.view), opened(copy.thumbnail)
    assert picture.content_type == CONTENT_TYPES[file_format]
    assert view.format == thumbnail.format == "JPEG"
    assert view.size == (copy.width, copy.height)
    assert max(thumbnail.size) <= THUMBNAIL_SIDE


def test_a_large_photo_is_shown_smaller_and_recorded_in_full():
    picture = decode(receipt_bytes(1, width=3000, height=4500))
    assert (picture.width, picture.height) == (3000, 4500)
    assert min(opened(picture.copies[0].view).size) == SHORT_SIDE


@pytest.mark.parametrize("file_format", ["JPEG", "HEIF"])
def test_a_phones_photo_is_turned_upright_and_its_place_stays_in_the_record(file_format):
    picture = decode(phone_photo(1, file_format=file_format, width=600, height=900))
    (copy,) = picture.copies
    assert (picture.width, picture.height) == (copy.width, copy.height) == (600, 900)
    assert picture.exif["Make"] == "Example Phones"
    assert picture.exif["GPSLatitudeRef"] == "N"
    for content in (copy.view, copy.thumbnail):
        assert not opened(content).getexif()
        assert b"Example Phones" not in content
        assert b"Exif" not in content


def test_a_phones_photo_with_a_second_picture_inside_is_a_jpeg():
    out = io.BytesIO()
    first, second = opened(receipt_bytes(1)), opened(receipt_bytes(2, width=120, height=180))
    first.save(out, format="MPO", save_all=True, append_images=[second])
    picture = decode(out.getvalue())
    assert picture.content_type == "image/jpeg"
    assert len(picture.copies) == 1


@pytest.mark.parametrize(
    ("mode", "file_format"),
    [("RGBA", "PNG"), ("P", "PNG"), ("LA", "PNG"), ("1", "PNG"), ("I;16", "PNG"), ("CMYK", "JPEG")],
)
def test_unusual_colours_are_shown_too(mode, file_format):
    picture = decode(blank(mode, (40, 60), file_format))
    assert opened(picture.copies[0].view).mode == "RGB"


def test_each_page_of_a_pdf_is_a_picture():
    picture = decode(pdf_pages(5))
    assert len(picture.copies) == 5
    assert len({copy.view for copy in picture.copies}) == 5


def test_a_pdf_that_was_never_locked_opens_here():
    """Guards the next test: the library reads PDFs, so a refusal is about the lock."""
    assert len(pypdfium2.PdfDocument(pdf_pages(1))) == 1


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param(
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            ImageRefusal.NOT_AN_IMAGE,
            id="svg",
        ),
        pytest.param(
            b"<!doctype html><script>alert(1)</script>", ImageRefusal.NOT_AN_IMAGE, id="html"
        ),
        pytest.param(b"GIF89a" + b"\0" * 40, ImageRefusal.NOT_AN_IMAGE, id="gif"),
        pytest.param(pdf_pages(6), ImageRefusal.TOO_MANY_PAGES, id="six pages"),
        pytest.param(LOCKED_PDF, ImageRefusal.ENCRYPTED, id="locked pdf"),
        pytest.param(pdf_pages(1)[:400], ImageRefusal.DAMAGED, id="half a pdf"),
    ],
)
def test_what_is_no_picture_says_why(content, why):
    assert refusal_of(content) is why


@pytest.mark.parametrize("side", [30_000, 8_001], ids=["bomb", "just over"])
def test_more_pixels_than_are_taken_is_refused(side: int):
    assert refusal_of(blank("1", (side, side), "PNG")) is ImageRefusal.TOO_MANY_PIXELS


def test_a_page_in_disguise_is_refused():
    html = b"\xff\xd8\xff\xe0<html><script>alert(1)</script></html>"
    assert refusal_of(html) in (ImageRefusal.NOT_AN_IMAGE, ImageRefusal.DAMAGED)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "HEIF", "PDF"])
def test_a_file_cut_off_on_its_way_is_refused(file_format: Format):
    content = receipt_bytes(1, file_format)
    assert refusal_of(content[: len(content) // 2]) in (
        ImageRefusal.DAMAGED,
        ImageRefusal.NOT_AN_IMAGE,
    )


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "HEIF", "PDF"])
def test_scattered_bytes_give_a_picture_or_a_reason_and_never_anything_else(file_format: Format):
    rng = random.Random(7)
    good = phone_photo(1, width=120, height=180) if file_format == "JPEG" else None
    good = good or receipt_bytes(1, file_format, width=120, height=180)
    for _ in range(60):
        content = bytearray(good)
        for _ in range(rng.randint(1, 12)):
            content[rng.randrange(12, min(len(content), 1500))] = rng.randrange(256)
        with contextlib.suppress(NoPicture):
            decode(bytes(content))
