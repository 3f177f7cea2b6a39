"""What tests of shown pictures draw, and what of a file is shown."""

import io

from PIL import Image, ImageOps

from ingest_lambda.pictures import Picture
from ingest_lambda.pictures.decode import decode
from tests.support.profiles import profile
from tests.support.receipts import draw_receipt

ALIKE = 6.0
"""Levels of 256 that two programs' rounding and smoothing make; a field or a colour that is missing makes more."""


def coloured(width: int = 240, height: int = 400) -> Image.Image:
    """Draw a receipt on colours that run over the whole of the picture."""
    across = Image.linear_gradient("L").rotate(90).resize((width, height))
    down = Image.linear_gradient("L").resize((width, height))
    image = Image.merge("RGB", (across, down, ImageOps.invert(across)))
    receipt = draw_receipt(3, width=width // 2, height=height // 2)
    image.paste(receipt, (width // 4, height // 4))
    return image


def saved(image: Image.Image, file_format: str, **how: object) -> bytes:
    """Return a picture as a file."""
    out = io.BytesIO()
    image.save(out, format=file_format, **how)
    return out.getvalue()


def shown(content: bytes) -> Image.Image:
    """Return the one copy of a file."""
    (copy,) = decode(content).copies
    return Image.open(io.BytesIO(copy.view)).convert("RGB")


def joined(picture: Picture) -> list[Image.Image]:
    """Return the copies of a file as pictures."""
    return [Image.open(io.BytesIO(copy.view)).convert("RGB") for copy in picture.copies]


def see_through() -> Image.Image:
    """Draw a receipt that grows transparent from left to right."""
    image = coloured()
    image.putalpha(Image.linear_gradient("L").rotate(90).resize(image.size))
    return image


def with_profile(colorants: tuple, kind: str = "JPEG", **how: object) -> bytes:
    return saved(coloured(), kind, icc_profile=profile(colorants), **how)


FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
"""For our own drawings only: what another program takes for a font that is not in the file, is its own affair."""


def bars(number: int, *, left: float, bottom: float, height: float) -> str:
    """Return a line of print that every program draws alike: a number in bars."""
    widths = [3 if number >> bit & 1 else 8 for bit in range(12)]
    return "".join(
        f"{left + 12 * bit:.2f} {bottom:.2f} {width} {height:.2f} re f\n"
        for bit, width in enumerate(widths)
    )
