"""Receipts drawn on the spot, so that tests need no file from anywhere."""

import io
import random

import pillow_heif
from PIL import Image, ImageDraw

ORIENTATION = 0x0112
GPS = 0x8825


def draw_receipt(number: int = 1, *, width: int = 600, height: int = 900) -> Image.Image:
    """Draw a till receipt; another ``number`` gives another picture."""
    rng = random.Random(number)
    image = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(image)
    lines = [f"CORNER SHOP {number}", "12 High Street, London", "", "01 Jun 2026 10:24"]
    lines += [f"Item {n:<18}{rng.randint(100, 999) / 100:>8.2f}" for n in range(8)]
    lines += ["", f"TOTAL GBP {rng.randint(1000, 9999) / 100:.2f}", f"Receipt no. {number:06d}"]
    for row, line in enumerate(lines):
        pen.text((30, 30 + row * 40), line, fill="black", font_size=28)
    return image


def receipt_bytes(number: int = 1, image_format: str = "JPEG", **size: int) -> bytes:
    """Return a drawn receipt as a file: JPEG, PNG, WEBP, HEIF or PDF."""
    if image_format == "HEIF":
        pillow_heif.register_heif_opener()
    out = io.BytesIO()
    draw_receipt(number, **size).save(out, format=image_format)
    return out.getvalue()


def phone_photo(number: int = 1, *, orientation: int = 6) -> bytes:
    """Return a JPEG as a phone writes it: lying on its side, with the place it was taken."""
    image = draw_receipt(number)
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[0x010F] = "Example Phones"
    exif.get_ifd(GPS).update({1: "N", 2: (51.0, 30.0, 0.0), 3: "W", 4: (0.0, 7.0, 0.0)})
    out = io.BytesIO()
    image.save(out, format="JPEG", exif=exif)
    return out.getvalue()


def pdf_pages(count: int) -> bytes:
    """Return a PDF with ``count`` receipts, one a page."""
    first, *others = [draw_receipt(number) for number in range(1, count + 1)]
    out = io.BytesIO()
    first.save(out, format="PDF", save_all=True, append_images=others)
    return out.getvalue()
