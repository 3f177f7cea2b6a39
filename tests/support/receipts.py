"""Receipts drawn on the spot, in every format that a visitor may send."""

import io
import random
from typing import Literal

import pillow_heif
from PIL import Image, ImageDraw

Format = Literal["JPEG", "PNG", "WEBP", "HEIF", "PDF"]

CONTENT_TYPES: dict[Format, str] = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "HEIF": "image/heic",
    "PDF": "application/pdf",
}

ORIENTATION, MAKER, GPS = 0x0112, 0x010F, 0x8825
GREENWICH = {1: "N", 2: (51.0, 28.0, 40.0), 3: "W", 4: (0.0, 0.0, 5.0)}


def draw_receipt(number: int = 1, *, width: int = 600, height: int = 900) -> Image.Image:
    """Draw a till receipt; another ``number`` gives another picture, the same one the same bytes."""
    rng = random.Random(number)
    image = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(image)
    lines = [f"CORNER SHOP {number}", "12 High Street, London", "", "01 Jun 2026 10:24", ""]
    lines += [f"Item {n + 1:<18}{rng.randint(100, 999) / 100:>8.2f}" for n in range(8)]
    lines += ["", f"TOTAL GBP {rng.randint(1000, 9999) / 100:.2f}", f"Receipt no. {number:06d}"]
    unit = height / 22
    for row, line in enumerate(lines):
        pen.text((width * 0.05, unit * (row + 1)), line, fill="black", font_size=unit * 0.7)
    return image


def receipt_bytes(number: int = 1, file_format: Format = "JPEG", **size: int) -> bytes:
    """Return a drawn receipt as a file. ``size`` is ``width`` and ``height`` in pixels."""
    if file_format == "HEIF":
        pillow_heif.register_heif_opener()
    out = io.BytesIO()
    draw_receipt(number, **size).save(out, format=file_format)
    return out.getvalue()


def phone_photo(
    number: int = 1, *, file_format: Literal["JPEG", "HEIF"] = "JPEG", **size: int
) -> bytes:
    """Return a photo as a phone writes it: with its maker and the place.

    The picture of a JPEG lies on its side, and EXIF says to turn it by 90° clockwise;
    so an upright copy has ``draw_receipt``'s width and height again.
    """
    image = draw_receipt(number, **size)
    exif = Image.Exif()
    if file_format == "JPEG":
        image = image.transpose(Image.Transpose.ROTATE_90)
        exif[ORIENTATION] = 6
    exif[MAKER] = "Example Phones"
    exif.get_ifd(GPS).update(GREENWICH)
    if file_format == "HEIF":
        pillow_heif.register_heif_opener()
    out = io.BytesIO()
    image.save(out, format=file_format, exif=exif)
    return out.getvalue()


def pdf_pages(count: int) -> bytes:
    """Return a PDF with ``count`` receipts, one a page."""
    first, *others = [draw_receipt(number) for number in range(1, count + 1)]
    out = io.BytesIO()
    first.save(out, format="PDF", save_all=True, append_images=others)
    return out.getvalue()
