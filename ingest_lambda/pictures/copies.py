"""The copies that staff see: small enough to load, large enough to read, without a trace of the file.

The cap goes by the short side, because that is what decides how large the print
of a receipt is: a till roll of 80 mm by 2 m keeps its width. What is longer than
a page is cut into pages of the same photo, with some lines on both.
"""

import io
import math

from PIL import Image

from ingest_lambda.pictures.picture import Copy

SHORT_SIDE = 1800
PAGE_SIDE = 3600
"""The longest side of a copy; what is longer becomes several."""
MOST_COPIES = 20
"""Of one file."""
MOST_COPY_PIXELS = 48_000_000
"""Of all copies of one file, their overlaps left out."""
OVERLAP = 96
"""Pixels that a page repeats of the one before: a line that was cut through is whole on one of them."""
THUMBNAIL_SIDE = 400


def scale_of(width: float, height: float, *, most: float = 1.0, share: int = 1) -> float:
    """Return by how much to shrink a picture, at most to 1/``share`` of what a file may take.

    ``most`` is how much it may be enlarged: 1 for pixels, more for what is drawn from a PDF.
    """
    short, long = sorted((max(width, 1e-3), max(height, 1e-3)))
    return min(
        most,
        SHORT_SIDE / short,
        PAGE_SIDE * (MOST_COPIES // share) / long,
        math.sqrt(MOST_COPY_PIXELS / share / (short * long)),
    )


def shrunk_size(width: int, height: int) -> tuple[int, int]:
    """Return the size at which a picture of pixels is shown, all of its pages together."""
    scale = scale_of(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def copies_of(image: Image.Image) -> list[Copy]:
    """Make the copies of an upright RGB picture that has its size already."""
    return [_copy(image.crop(box)) for box in page_boxes(*image.size)]


def page_boxes(width: int, height: int) -> list[tuple[int, int, int, int]]:
    """Return how a picture is cut along its longer side: one box where that fits on a page."""
    long = max(width, height)
    count = max(1, math.ceil((long - OVERLAP) / (PAGE_SIDE - OVERLAP)))
    step = (long - OVERLAP) / count
    spans = [
        (round(number * step), min(long, round((number + 1) * step) + OVERLAP))
        for number in range(count)
    ]
    if count == 1:
        spans = [(0, long)]
    return [
        (0, start, width, end) if height >= width else (start, 0, end, height)
        for start, end in spans
    ]


def _copy(image: Image.Image) -> Copy:
    width, height = image.size
    small = image.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    return Copy(_jpeg(image, quality=85), _jpeg(small, quality=80), width, height)


def _jpeg(image: Image.Image, *, quality: int) -> bytes:
    # A fresh picture from the pixels alone: nothing that came with the file can come along.
    clean = Image.frombytes("RGB", image.size, image.tobytes())
    out = io.BytesIO()
    clean.save(
        out, format="JPEG", quality=quality
    )  # optimised, it takes three times as long for 1 %
    return out.getvalue()
