"""Pictures that staff upload: made afresh, or refused with a sentence."""

import io
import struct
import zlib

import pytest
from PIL import Image, ImageCms

from campaigns.setup.services import pictures
from campaigns.setup.services.pictures import HERO, LOGO, NotAPicture, tidy_picture


def written(picture: Image.Image, kind: str = "PNG", **options) -> io.BytesIO:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    file.seek(0)
    return file


def opened(file) -> Image.Image:
    return Image.open(io.BytesIO(file.read()))


def test_a_hero_becomes_a_sized_upright_jpeg_without_metadata() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    exif[0x8825] = {1: "N", 2: (51.0, 27.0, 0.0)}
    made = tidy_picture(
        written(Image.new("RGB", (4000, 2000), "#0f4c5c"), "JPEG", exif=exif), use=HERO
    )
    picture = opened(made)
    assert made.name is not None
    assert made.name.endswith(".jpg")
    assert picture.format == "JPEG"
    assert picture.size == (800, 1600)
    assert not picture.getexif()


def test_a_logo_keeps_what_is_transparent() -> None:
    drawn = Image.new("RGBA", (2000, 500), (0, 0, 0, 0))
    drawn.paste((15, 76, 92, 255), (0, 0, 500, 500))
    picture = opened(tidy_picture(written(drawn), use=LOGO))
    assert picture.format == "PNG"
    assert picture.size == (640, 160)
    assert picture.convert("RGBA").getpixel((639, 0)) == (0, 0, 0, 0)


def test_a_transparent_hero_stands_on_white() -> None:
    made = tidy_picture(written(Image.new("RGBA", (20, 20), (0, 0, 0, 0))), use=HERO)
    assert opened(made).getpixel((5, 5)) == (255, 255, 255)


def test_the_name_is_made_from_the_content() -> None:
    red, blue = (Image.new("RGB", (9, 9), colour) for colour in ("red", "blue"))
    names = [tidy_picture(written(picture), use=LOGO).name for picture in (red, red, blue)]
    assert names[0] == names[1] != names[2]


def test_a_profile_is_applied_before_it_is_dropped() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (lab, b"no profile at all"):
        file = written(Image.new("RGB", (9, 9), "#0f4c5c"), icc_profile=profile)
        picture = opened(tidy_picture(file, use=LOGO))
        assert picture.convert("RGB").getpixel((4, 4)) == (15, 76, 92)
        assert "icc_profile" not in picture.info


@pytest.mark.parametrize("mode", ["P", "L", "LA", "I;16", "1"])
def test_every_kind_of_png_is_read(mode: str) -> None:
    assert opened(tidy_picture(written(Image.new(mode, (9, 9))), use=HERO)).size == (9, 9)


def test_a_webp_and_a_printers_jpeg_are_read() -> None:
    assert tidy_picture(written(Image.new("RGB", (9, 9)), "WEBP"), use=HERO).size
    assert tidy_picture(written(Image.new("CMYK", (9, 9)), "JPEG"), use=HERO).size


GOOD = written(Image.new("RGB", (60, 60), "red"), "JPEG").getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\xff\xd8\xff\xe0<html></html>",
        GOOD[: len(GOOD) // 2],
        written(Image.new("RGB", (9, 9)), "GIF").getvalue(),
        b"%PDF-1.7",
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(NotAPicture, match="choose a JPG, PNG or WebP"):
        tidy_picture(io.BytesIO(content), use=HERO)


def huge_png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [8000, 12000, 30000])
def test_a_bomb_is_refused_before_it_is_unpacked(side: int) -> None:
    with pytest.raises(NotAPicture, match="megapixels"):
        tidy_picture(io.BytesIO(huge_png(side, side)), use=HERO)


def test_a_file_that_is_too_large_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_BYTES", 100)
    file = io.BytesIO(bytes(10_000))
    with pytest.raises(NotAPicture, match="20 MB"):
        tidy_picture(file, use=HERO)
    assert file.tell() == 101
