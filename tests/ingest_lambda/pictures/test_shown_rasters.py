"""Pictures of pixels are shown as other programs show the same file."""

import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image, ImageStat

from ingest_lambda.pictures.decode import decode
from ingest_lambda.pictures.gamut import grey_profile
from tests.ingest_lambda.pictures.drawings import (
    ALIKE,
    coloured,
    joined,
    saved,
    see_through,
    shown,
    with_profile,
)
from tests.support.bombs import png_chunk
from tests.support.profiles import DISPLAY_P3, EXCHANGED, SRGB, press_profile, profile
from tests.support.renderings import by_magick, differences

pytestmark = pytest.mark.viewers


def grey_of_16_bits() -> Image.Image:
    """Draw levels that only 16 bits can tell apart."""
    grey = coloured().convert("L")
    raw = b"".join(bytes((level ^ 0x55, level)) for level in grey.tobytes())
    return Image.frombytes("I;16", grey.size, raw)


def palette_with_holes() -> bytes:
    few = coloured().quantize(64)
    return saved(few, "PNG", transparency=bytes(range(0, 256, 4)))


def deep_png(grey: bool, hole: bytes = b"") -> bytes:
    """Return a PNG of 16 bits whose upper half is of the one colour that is see-through."""
    image = coloured().convert("L") if grey else coloured()
    channels = len(image.getbands())
    key = bytes((1, 2, 3, 4, 5, 6))[: 2 * channels]
    rows = b""
    for row in range(image.height):
        levels = image.crop((0, row, image.width, row + 1)).tobytes()
        deep = b"".join(bytes((level, level ^ 0x55)) for level in levels)
        rows += b"\0" + (key * image.width if row < image.height // 2 else deep)
    header = struct.pack(">IIBBBBB", *image.size, 16, 0 if grey else 2, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            png_chunk(b"IHDR", header),
            png_chunk(b"tRNS", hole or key),
            png_chunk(b"IDAT", zlib.compress(rows)),
            png_chunk(b"IEND", b""),
        )
    )


def measured_png(mode: str, gamma: float, *places: float) -> bytes:
    """Return a PNG that says by measures, not by a profile, how its colours are meant."""
    plain = saved((see_through() if mode == "LA" else coloured()).convert(mode), "PNG")
    chunks = png_chunk(b"gAMA", struct.pack(">I", round(gamma * 100_000)))
    if places:
        numbers = [round(place * 100_000) for place in places]
        chunks += png_chunk(b"cHRM", struct.pack(">8I", *numbers))
    return plain[:33] + chunks + plain[33:]


def first_of_three(kind: str) -> bytes:
    frames = [Image.new("RGB", (240, 400), colour) for colour in ("red", "blue")]
    return saved(coloured(), kind, save_all=True, append_images=frames, duration=100)


RASTER: dict[str, tuple[Callable[[], bytes], str]] = {
    "baseline JPEG": (lambda: saved(coloured(), "JPEG"), "jpeg"),
    "progressive JPEG": (lambda: saved(coloured(), "JPEG", progressive=True), "jpeg"),
    "grey JPEG": (lambda: saved(coloured().convert("L"), "JPEG"), "jpeg"),
    "JPEG of RGB": (lambda: saved(coloured(), "JPEG", keep_rgb=True), "jpeg"),
    "CMYK JPEG": (lambda: saved(coloured().convert("CMYK"), "JPEG"), "jpeg"),
    "JPEG in Display P3": (lambda: with_profile(DISPLAY_P3), "jpeg"),
    "JPEG with exchanged colours": (lambda: with_profile(EXCHANGED), "jpeg"),
    "PNG with exchanged colours": (lambda: with_profile(EXCHANGED, "PNG"), "png"),
    "WebP with exchanged colours": (lambda: with_profile(EXCHANGED, "WEBP"), "webp"),
    "PNG of 16 bits, grey": (lambda: saved(grey_of_16_bits(), "PNG"), "png"),
    "PNG of 8 bits, grey": (lambda: saved(coloured().convert("L"), "PNG"), "png"),
    "PNG of 1 bit": (lambda: saved(coloured().convert("1"), "PNG"), "png"),
    "PNG of 4 bits": (lambda: saved(coloured().quantize(16), "PNG", bits=4), "png"),
    "PNG, see-through": (lambda: saved(see_through(), "PNG"), "png"),
    "PNG, see-through and grey": (lambda: saved(see_through().convert("LA"), "PNG"), "png"),
    "PNG, palette with holes": (palette_with_holes, "png"),
    "PNG, one colour a hole": (
        lambda: saved(Image.new("RGB", (240, 400), "red"), "PNG", transparency=(255, 0, 0)),
        "png",
    ),
    "PNG, one grey a hole": (
        lambda: saved(coloured().convert("L").point(lambda v: v & 0x80), "PNG", transparency=0),
        "png",
    ),
    "PNG of 16 bits, one grey a hole": (lambda: deep_png(True), "png"),
    "PNG of 16 bits, one colour a hole": (lambda: deep_png(False), "png"),
    "WebP": (lambda: saved(coloured(), "WEBP"), "webp"),
    "lossless WebP": (lambda: saved(coloured(), "WEBP", lossless=True), "webp"),
    "WebP, see-through": (lambda: saved(see_through(), "WEBP"), "webp"),
    "animated PNG": (lambda: first_of_three("PNG"), "png"),
}


@pytest.mark.parametrize("name", RASTER)
def test_pixels_are_shown_as_imagemagick_shows_them(name: str):
    make, kind = RASTER[name]
    content = make()
    assert max(differences(shown(content), by_magick(content, kind))) < ALIKE


@pytest.mark.parametrize("mode", ["RGB", "L", "LA"])
def test_a_png_that_names_its_gamma_is_shown_by_it(mode: str):
    """What is written as light itself looks as the same light written the usual way."""
    linear, usual = measured_png(mode, 1.0), measured_png(mode, 1 / 2.2)
    lighter = [round(255 * (level / 255) ** (1 / 2.2)) for level in range(256)]
    lit = shown(usual).point(lighter * 3)
    if mode == "LA":  # the paper behind has a colour of its own
        white = Image.new("L", lit.size, 255)
        lit = coloured().convert("L").point(lighter)
        lit = Image.composite(lit, white, see_through().getchannel("A")).convert("RGB")
    assert max(differences(shown(linear), lit)) < ALIKE
    assert max(differences(shown(usual), lit)) > 5 * ALIKE, "and not as it stands"


def test_a_png_that_names_its_primaries_is_shown_by_them():
    places = (0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06)
    same = saved(coloured(), "PNG", icc_profile=profile(DISPLAY_P3))
    other = by_magick(same, "png")
    assert max(differences(shown(measured_png("RGB", 1 / 2.2, *places)), other)) < 2 * ALIKE
    assert max(differences(shown(measured_png("RGB", 1 / 2.2)), other)) > 8 * ALIKE


def test_grey_that_is_see_through_is_shown_by_its_profile():
    grey = see_through().convert("LA")
    solid = grey.getchannel("L")
    dark = grey_profile(1.0)
    plain, meant = shown(saved(solid, "PNG")), shown(saved(solid, "PNG", icc_profile=dark))
    alpha, white = grey.getchannel("A"), Image.new("RGB", grey.size, "white")
    seen = shown(saved(grey, "PNG", icc_profile=dark))
    assert max(differences(seen, Image.composite(meant, white, alpha))) < ALIKE
    assert max(differences(seen, Image.composite(plain, white, alpha))) > 5 * ALIKE


def test_an_animated_webp_shows_its_first_frame():
    """Which is drawn here: ImageMagick reads no frames of WebP in every version."""
    assert max(differences(shown(first_of_three("WEBP")), coloured())) < ALIKE


def test_the_black_of_a_press_is_shown_as_its_profile_says():
    """As browsers do: by the first of its tables, and no darker than ink on that paper is."""
    lightness, seen = 200, 194
    ink = Image.new("CMYK", (64, 64), (0, 0, 0, 255))
    content = saved(ink, "JPEG", icc_profile=press_profile(lightness, 60), quality=95)
    low, high = ImageStat.Stat(shown(content)).extrema[0]
    assert abs(low - seen) < 4
    assert abs(high - seen) < 4


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_a_profile_as_large_as_those_of_presses_counts(kind: str):
    large = saved(coloured(), kind, icc_profile=profile(EXCHANGED, padding=2_800_000))
    assert max(differences(shown(large), shown(with_profile(EXCHANGED, "PNG")))) < ALIKE


def test_what_ignores_a_profile_is_seen():
    """Guards the profiles above: shown as they stand, exchanged colours are far away."""
    assert max(differences(shown(with_profile(EXCHANGED)), coloured())) > 10 * ALIKE
    assert max(differences(shown(with_profile(SRGB)), coloured())) < ALIKE


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_orientation_is_shown_upright(kind: str, orientation: int):
    """As drawn: what the camera did to it is undone, and nothing else."""
    undo = [None, *(Image.Transpose(number) for number in (0, 3, 1, 5, 2, 6, 4))]
    way = undo[orientation - 1]
    stored = coloured() if way is None else coloured().transpose(way)
    if orientation in (6, 8):
        turned = Image.Transpose.ROTATE_90 if orientation == 6 else Image.Transpose.ROTATE_270
        stored = coloured().transpose(turned)
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = decode(saved(stored, kind, exif=exif))
    assert (picture.width, picture.height) == (240, 400)
    assert max(differences(joined(picture)[0], coloured())) < ALIKE
