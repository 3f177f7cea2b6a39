"""HEIC and AVIF are shown as other programs show the same file."""

import io
from collections.abc import Callable

import pillow_heif
import pytest
from PIL import Image, ImageStat

from tests.ingest_lambda.pictures.drawings import (
    ALIKE,
    coloured,
    saved,
    see_through,
    shown,
    with_profile,
)
from tests.support.bombs import png_chunk
from tests.support.profiles import DISPLAY_P3, EXCHANGED, profile
from tests.support.renderings import by_libheif, by_magick, differences

pytestmark = pytest.mark.viewers


def heic(image: Image.Image, **how: object) -> bytes:
    pillow_heif.register_heif_opener()
    return saved(image, "HEIF", quality=80, **how)


def deep_heic() -> bytes:
    deep = b"".join(bytes((0, level)) for level in coloured().tobytes())
    file = pillow_heif.from_bytes(mode="RGB;16", size=(240, 400), data=deep)
    out = io.BytesIO()
    file.save(out, quality=80)
    return out.getvalue()


@pytest.mark.parametrize(
    "make",
    [
        lambda: heic(coloured()),
        lambda: heic(coloured().convert("L")),
        lambda: heic(see_through()),
        lambda: heic(coloured(), save_all=True, append_images=[Image.new("RGB", (240, 400))]),
        deep_heic,
    ],
    ids=["plain", "grey", "see-through", "two pictures", "ten bits"],
)
def test_heic_is_shown_as_libheif_shows_it(make: Callable[[], bytes]):
    content = make()
    assert max(differences(shown(content), by_libheif(content))) < ALIKE


@pytest.mark.parametrize("brand", [b"heic", b"hevx", b"mif1", b"abcd"])
def test_the_first_brand_of_a_heic_changes_nothing(brand: bytes):
    content = heic(coloured())
    assert max(differences(shown(content[:8] + brand + content[12:]), coloured())) < ALIKE


@pytest.mark.parametrize(
    ("file_format", "brands"),
    [
        ("AVIF", (b"mif1", b"mif1", b"miaf")),
        ("AVIF", (b"heic", b"mif1", b"heic")),
        ("HEIF", (b"avif", b"mif1", b"avif")),
        ("HEIF", (b"heic", b"avif")),
    ],
    ids=["AV1 as mif1 alone", "AV1 as heic", "HEVC as avif", "HEVC as both"],
)
def test_what_the_brands_claim_does_not_choose_the_decoder(file_format: str, brands: tuple):
    content = heic(coloured()) if file_format == "HEIF" else saved(coloured(), "AVIF", quality=80)
    size = int.from_bytes(content[:4], "big")
    head = content[:8] + brands[0] + bytes(4) + b"".join(brands[1:])
    content = head.ljust(size, b"\0") + content[size:]
    assert max(differences(shown(content), coloured())) < ALIKE


@pytest.mark.parametrize("file_format", ["WEBP", "AVIF"])
def test_a_picture_is_not_turned_by_what_browsers_do_not_read(file_format: str):
    content = saved(coloured(), file_format, quality=80, xmp=b'<x tiff:Orientation="6"/>')
    assert shown(content).size == coloured().size


@pytest.mark.parametrize("brand", [b"avif", b"mif1"])
def test_avif_is_shown_under_either_brand(brand: bytes):
    content = saved(coloured(), "AVIF", quality=80)
    assert max(differences(shown(content[:8] + brand + content[12:]), coloured())) < ALIKE


def test_avif_with_exchanged_colours_is_shown_by_its_profile():
    content = with_profile(EXCHANGED, "AVIF")
    same = with_profile(EXCHANGED, "PNG")
    assert max(differences(shown(content), by_magick(same, "png"))) < ALIKE


def numbered(content: bytes, primaries: int) -> bytes:
    """Return a HEIC or AVIF whose colours are said to be others, by their number."""
    place = content.index(b"colrnclx") + 8
    return content[:place] + primaries.to_bytes(2, "big") + b"\0\x0d" + content[place + 4 :]


@pytest.mark.parametrize("primaries", [5, 6, 9, 12])
def test_a_profile_of_a_number_keeps_white_and_makes_colours_stronger_or_weaker(primaries: int):
    content = numbered(saved(coloured(), "AVIF", quality=90), primaries)
    white = numbered(saved(Image.new("RGB", (64, 64), "white"), "AVIF", quality=90), primaries)
    assert min(low for low, _ in ImageStat.Stat(shown(white)).extrema) > 250
    assert max(differences(shown(content), coloured())) > ALIKE


@pytest.mark.parametrize("kind", ["HEIF", "AVIF", "PNG"])
def test_display_p3_by_its_number_is_shown_as_by_its_profile(kind: str):
    strong = coloured()
    same = saved(strong, "PNG", icc_profile=profile(DISPLAY_P3))
    if kind == "PNG":
        plain = saved(strong, "PNG")
        content = plain[:33] + png_chunk(b"cICP", bytes((12, 13, 0, 1))) + plain[33:]
    else:
        plain = heic(strong) if kind == "HEIF" else saved(strong, "AVIF", quality=90)
        content = numbered(plain, 12)
    other = by_magick(same, "png")
    assert max(differences(shown(content), other)) < 2 * ALIKE
    assert max(differences(shown(plain), other)) > 8 * ALIKE, "and not as it stands"
