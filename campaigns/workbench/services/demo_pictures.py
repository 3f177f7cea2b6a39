"""The demo's pictures, drawn when it is made, so that no file has to be kept for them."""

import io
import math
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFilter, ImageFont

SIZE = (1600, 900)
_OVERSAMPLING = 2
"""Edges are drawn twice as large and then made small, which is how they become smooth."""


def seaside(
    *, sky: Sequence[str], sun: str, sea: Sequence[str], hills: Sequence[str], shore: Sequence[str]
) -> bytes:
    """Draw a bay with a low sun; as PNG.

    ``sky`` and ``sea`` are colours from the top down, ``hills`` those behind the
    bay and ``shore`` those before it, from the farthest to the nearest.
    """
    width, height = (side * _OVERSAMPLING for side in SIZE)
    horizon = int(height * 0.56)
    picture = Image.new("RGB", (width, height))
    picture.paste(_gradient((width, horizon), sky), (0, 0))
    at = (width * 0.66, height * 0.36)
    _sun(picture, at=at, radius=height * 0.105, colour=sun, glow=sun)
    for number, colour in enumerate(hills):
        base = horizon - height * (0.015 - 0.02 * number)
        _ridge(picture, base=base, reach=height * 0.13, phase=0.55 + number * 0.21, colour=colour)
    picture.paste(_gradient((width, height - horizon), sea), (0, horizon))
    _glitter(picture, at=at[0], top=horizon + height * 0.03, colour=sun)
    for number, colour in enumerate(shore):
        base = height * (0.86 + 0.08 * number)
        _ridge(picture, base=base, reach=height * 0.075, phase=1.9 + number * 0.37, colour=colour)
    return _png(_grained(picture.resize(SIZE, Image.Resampling.LANCZOS)))


def wordmark(name: str, *, colour: str) -> bytes:
    """Draw a brand mark: a wave in a disc, and the name beside it; as PNG with nothing behind it."""
    font = ImageFont.load_default(size=220)
    left, top, right, bottom = font.getbbox(name)
    disc = 260
    width, height = int(disc + 70 + right - left + 20), disc + 20
    picture = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((10, 10, 10 + disc, 10 + disc), fill=colour)
    for offset in (-56, -2, 52):
        wave = [
            (x, 10 + disc / 2 + offset + 20 * math.sin((x - 10) / disc * 2.6 * math.pi))
            for x in range(52, disc - 31)
        ]
        for x, y in wave:  # a brush rather than a line: its ends are round and its edges smooth
            draw.ellipse((x - 11, y - 11, x + 11, y + 11), fill="#ffffff")
    draw.text((disc + 70 - left, (height - (bottom - top)) / 2 - top), name, font=font, fill=colour)
    return _png(picture.resize((width // 2, height // 2), Image.Resampling.LANCZOS))


def _gradient(size: tuple[int, int], colours: Sequence[str]) -> Image.Image:
    """Return an area that goes through the colours from the top down, in equal steps."""
    band = Image.new("RGB", (1, len(colours)))
    for number, colour in enumerate(colours):
        band.putpixel((0, number), ImageColor.getcolor(colour, "RGB"))
    half = 0.5  # colours stand at the middle of their pixel
    return band.resize(size, Image.Resampling.BILINEAR, box=(0, half, 1, len(colours) - half))


def _sun(
    picture: Image.Image, *, at: tuple[float, float], radius: float, colour: str, glow: str
) -> None:
    # Blurred small and then enlarged: the same glow in a hundredth of the time.
    small = Image.new("L", (picture.width // 8, picture.height // 8))
    x, y, reach = at[0] / 8, at[1] / 8, radius / 8 * 2.1
    ImageDraw.Draw(small).ellipse((x - reach, y - reach, x + reach, y + reach), fill=150)
    mask = small.filter(ImageFilter.GaussianBlur(radius / 8 * 0.9)).resize(picture.size)
    picture.paste(Image.new("RGB", picture.size, glow), mask=mask)
    box = (at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius)
    ImageDraw.Draw(picture).ellipse(box, fill=colour)


def _ridge(picture: Image.Image, *, base: float, reach: float, phase: float, colour: str) -> None:
    """Lay a ridge across the picture: a few waves that never repeat each other."""

    def height_at(x: float) -> float:
        return (
            math.sin(2 * math.pi * (x * 0.9 + phase))
            + 0.4 * math.sin(2 * math.pi * (x * 2.1 + phase * 2))
            + 0.12 * math.sin(2 * math.pi * (x * 4.7 + phase * 3))
        )

    line = [
        (x, base - height_at(x / picture.width) * reach) for x in range(0, picture.width + 16, 16)
    ]
    corners = [(0, picture.height), *line, (picture.width, picture.height)]
    ImageDraw.Draw(picture).polygon(corners, fill=colour)


def _glitter(picture: Image.Image, *, at: float, top: float, colour: str) -> None:
    """Lay the sun's light on the water: dashes that grow wider towards the shore."""
    mask = Image.new("L", picture.size)
    draw = ImageDraw.Draw(mask)
    for number in range(11):
        y = top + number * (11 + number * 5)
        half = 70 + number * 18 + 50 * math.sin(number * 2.1)
        x = at + 34 * math.sin(number * 1.3)
        box = (x - half, y, x + half, y + 7 + number)
        draw.rounded_rectangle(box, radius=6, fill=190 - number * 10)
    picture.paste(Image.new("RGB", picture.size, colour), mask=mask)


def _grained(picture: Image.Image) -> Image.Image:
    """Add the faintest grain, which keeps a gradient from showing steps once it is a JPEG."""
    grain = Image.effect_noise(picture.size, 3).convert("RGB")
    return ImageChops.add(picture, grain, scale=1.0, offset=-128)


def _png(picture: Image.Image) -> bytes:
    written = io.BytesIO()
    picture.save(written, "PNG", compress_level=1)
    return written.getvalue()
