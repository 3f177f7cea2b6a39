"""Sound pixels are never refused for what stands beside them, and are shown as they are."""

import io
import struct
import zlib
from collections.abc import Callable

import pillow_heif
import pytest
from PIL import Image, ImageChops, ImageStat

from ingest_lambda.contract import ImageRefusal
from ingest_lambda.pictures import NoPicture
from ingest_lambda.pictures.decode import decode
from ingest_lambda.pictures.limits import MOST_FRAMES, MOST_ITEMS, MOST_OBJECTS, MOST_PARTS
from tests.support.bombs import pdf_of, png_chunk, stream
from tests.support.profiles import EXCHANGED, profile
from tests.support.receipts import draw_receipt, receipt_bytes

SIZE = (200, 300)
RECEIPT = draw_receipt(5, width=SIZE[0], height=SIZE[1])


def jpeg(*segments: bytes, **how: object) -> bytes:
    """Return the receipt with these application segments first."""
    out = io.BytesIO()
    RECEIPT.save(out, format="JPEG", quality=90, **how)
    return out.getvalue()[:2] + b"".join(segments) + out.getvalue()[2:]


def segment(marker: int, data: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(data) + 2) + data


def exif(*entries: tuple[int, int, int, bytes], after: bytes = b"") -> bytes:
    """Return an EXIF segment: tag, type, count and four bytes of value or place each."""
    table = struct.pack("<H", len(entries))
    table += b"".join(struct.pack("<HHI", *entry[:3]) + entry[3] for entry in entries)
    body = b"II*\0\x08\0\0\0" + table + bytes(4) + after
    return segment(0xE1, b"Exif\0\0" + body)


def at(place: int) -> bytes:
    return struct.pack("<I", place)


def png(*chunks: bytes, end: bytes | None = None) -> bytes:
    """Return the receipt with these chunks after its header, and another end if wanted."""
    out = io.BytesIO()
    RECEIPT.save(out, format="PNG")
    whole = out.getvalue()
    place = 8 + 25
    return (
        whole[:place]
        + b"".join(chunks)
        + (whole[place:] if end is None else whole[place:-12] + end)
    )


def packed(size: int) -> bytes:
    return zlib.compress(bytes(size))


def webp(name: bytes, data: bytes) -> bytes:
    """Return the receipt with one more chunk."""
    out = io.BytesIO()
    RECEIPT.save(out, format="WEBP", lossless=True, exif=b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0")
    body = out.getvalue()[12:] + name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def boxed(file_format: str, **how: object) -> bytes:
    """Return the receipt as AVIF or HEIC."""
    pillow_heif.register_heif_opener()
    out = io.BytesIO()
    RECEIPT.save(out, format=file_format, quality=90, **how)
    return out.getvalue()


RATIONAL, SIGNED, SHORT, LONG, ASCII, UNKNOWN = 5, 10, 3, 4, 2, 99
BESIDE: dict[str, Callable[[], bytes]] = {
    "a resolution of minus one": lambda: jpeg(
        exif((0x11A, SIGNED, 1, at(26)), after=struct.pack("<ii", -1, 1))
    ),
    "a resolution of n by nothing": lambda: jpeg(
        exif((0x11A, RATIONAL, 1, at(26)), after=bytes(8))
    ),
    "an orientation of a wrong type": lambda: jpeg(exif((0x112, ASCII, 4, b"six\0"))),
    "an orientation that there is not": lambda: jpeg(exif((0x112, SHORT, 1, b"\x63\0\0\0"))),
    "an orientation of nought": lambda: jpeg(exif((0x112, SHORT, 1, bytes(4)))),
    "a tag of an unknown type": lambda: jpeg(exif((0x10F, UNKNOWN, 9, at(10**9)))),
    "a maker beyond the end": lambda: jpeg(exif((0x10F, ASCII, 50_000, at(60_000)))),
    "a folder that is itself": lambda: jpeg(exif((0x8769, LONG, 1, at(8)))),
    "a place that is text": lambda: jpeg(exif((0x8825, ASCII, 4, b"here"))),
    "EXIF of nothing but noise": lambda: jpeg(segment(0xE1, b"Exif\0\0" + bytes(range(256)) * 200)),
    "an index of pictures that are not there": lambda: jpeg(
        segment(0xE2, b"MPF\0II*\0\x08\0\0\0\xff\xff")
    ),
    "a profile of noise": lambda: jpeg(segment(0xE2, b"ICC_PROFILE\0\x01\x01" + b"noise" * 99)),
    "half a profile": lambda: jpeg(segment(0xE2, b"ICC_PROFILE\0\x01\x02" + profile(EXCHANGED))),
    "an Adobe segment that is too short": lambda: jpeg(segment(0xEE, b"Adobe")),
    "a comment of 64 KB": lambda: jpeg(*[segment(0xFE, b"x" * 65_000)] * 30),
    "a second picture behind the first": lambda: jpeg() + receipt_bytes(9),
    "noise behind the picture": lambda: jpeg() + bytes(range(256)) * 40,
    "no end marker": lambda: jpeg()[:-2],
    "half an end marker": lambda: jpeg()[:-1],
    "no end marker, progressive": lambda: jpeg(progressive=True)[:-2],
    "no end marker, but noughts": lambda: jpeg()[:-2] + bytes(2000),
    "text of 2 MB, packed": lambda: png(png_chunk(b"zTXt", b"Software\0\0" + packed(2_000_000))),
    "text of 2 MB in Unicode": lambda: png(
        png_chunk(b"iTXt", b"XML\0\1\0\0\0" + packed(2_000_000))
    ),
    "text of 2 MB as it is": lambda: png(png_chunk(b"tEXt", b"Comment\0" + b"x" * 2_000_000)),
    "text in a hundred pieces": lambda: png(
        *[png_chunk(b"zTXt", b"a\0\0" + packed(900_000))] * 100
    ),
    "a profile of 2 MB": lambda: png(
        png_chunk(b"iCCP", b"big\0\0" + zlib.compress(profile(EXCHANGED, padding=2_000_000)))
    ),
    "a profile that does not unpack": lambda: png(png_chunk(b"iCCP", b"bad\0\0noise")),
    "a checksum that is wrong": lambda: png(png_chunk(b"tEXt", b"a\0b")[:-4] + b"1234"),
    "a chunk of nobody's": lambda: png(png_chunk(b"abCd", b"")),
    "EXIF in a PNG that is noise": lambda: png(png_chunk(b"eXIf", b"noise" * 99)),
    "an animation without frames": lambda: png(png_chunk(b"acTL", bytes(8))),
    "frames that belong to nothing": lambda: png(
        png_chunk(b"fcTL", bytes(26)), png_chunk(b"fdAT", b"noise")
    ),
    "no end chunk": lambda: png(end=b""),
    "half an end chunk": lambda: png(end=b"\0\0\0\0IE"),
    "noise behind the end chunk": lambda: png() + b"noise" * 999,
    "a foreign chunk in a WebP": lambda: webp(b"ABCD", b"noise"),
    "EXIF in a WebP that is noise": lambda: webp(b"EXIF", b"noise" * 99),
    "EXIF in an AVIF that is noise": lambda: boxed(
        "AVIF", exif=b"Exif\0\0II*\0\x08\0\0\0" + bytes(6)
    ).replace(b"II*\0\x08", b"noise"),
    "EXIF in a HEIC that is noise": lambda: boxed("HEIF", exif=b"noise" * 99),
    "a profile in an AVIF that is noise": lambda: boxed("AVIF", icc_profile=b"noise" * 99),
    "a profile in a HEIC that is noise": lambda: boxed("HEIF", icc_profile=b"noise" * 99),
    "no end marker, and a second picture": lambda: jpeg()[:-2] + receipt_bytes(9),
    "a WebP that claims more than came": lambda: (
        webp(b"ABCD", b"")[:4] + struct.pack("<I", 10**6) + webp(b"ABCD", b"")[8:]
    ),
    "a WebP without its last byte, which fills up": lambda: webp(b"ABCD", b"odd")[:-1],
    "a text of 2 MB in a WebP": lambda: webp(b"XMP ", b"x" * 2_000_000),
}


@pytest.mark.parametrize("name", BESIDE)
def test_sound_pixels_are_shown_whatever_stands_beside_them(name: str):
    picture = decode(BESIDE[name]())
    (copy,) = picture.copies
    apart = ImageChops.difference(Image.open(io.BytesIO(copy.view)).convert("RGB"), RECEIPT)
    assert max(ImageStat.Stat(apart).mean) < 4


def sideways(*segments: bytes) -> bytes:
    """Return the receipt as a camera writes it that was held upright: on its side, to be turned."""
    out = io.BytesIO()
    RECEIPT.transpose(Image.Transpose.ROTATE_90).save(out, format="JPEG", quality=90)
    return out.getvalue()[:2] + b"".join(segments) + out.getvalue()[2:]


TURN = (0x112, SHORT, 1, b"\6\0\0\0")
TURNED: dict[str, bytes] = {
    "a model beyond the end": exif((0x110, ASCII, 20, at(5000)), TURN),
    "a resolution beyond the end": exif((0x11A, RATIONAL, 1, at(9999)), TURN),
    "a date that was cut off": exif((0x132, ASCII, 20, at(40)), TURN),
    "a folder that is cut off behind it": exif(TURN, (0x132, ASCII, 20, at(40)))[:-10],
    "more entries than there are": exif(TURN).replace(b"\x08\0\0\0\1\0", b"\x08\0\0\0\x40\0"),
    "another byte behind its name": exif(TURN).replace(b"Exif\0\0", b"Exif\0\xff"),
    "the wrong tags first": exif((0x10F, 0, 1, at(1)), (0x110, UNKNOWN, 1, at(1)), TURN),
    "a folder of places that is nowhere": exif(TURN, (0x8825, LONG, 1, at(1))),
}


@pytest.mark.parametrize("name", TURNED)
def test_a_photo_is_turned_whatever_else_its_exif_says(name: str):
    broken = TURNED[name]
    broken = broken[:2] + struct.pack(">H", len(broken) - 2) + broken[4:]
    (copy,) = decode(sideways(broken)).copies
    shown = Image.open(io.BytesIO(copy.view)).convert("RGB")
    assert shown.size == SIZE
    assert max(ImageStat.Stat(ImageChops.difference(shown, RECEIPT)).mean) < 4


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.97])
@pytest.mark.parametrize("how", [{}, {"progressive": True}], ids=["baseline", "progressive"])
def test_pixels_that_are_missing_are_not_made_up(share: float, how: dict[str, bool]):
    content = jpeg(**how)
    for end in (b"", b"\xff", bytes(4000), b"\xff" * 9):
        with pytest.raises(NoPicture):
            decode(content[: int(len(content) * share)] + end)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(pdf_of(*[b"null"] * (MOST_OBJECTS + 1)), id="objects of a PDF"),
        pytest.param(jpeg(*[segment(0xE5, b"")] * (MOST_PARTS + 1)), id="segments of a JPEG"),
        pytest.param(png(*[png_chunk(b"tEXt", b"")] * (MOST_PARTS + 1)), id="chunks of a PNG"),
        pytest.param(receipt_bytes(1, "WEBP") + b"ANMF" * (MOST_FRAMES + 1), id="frames of a WebP"),
        pytest.param(receipt_bytes(1, "HEIF") + b"infe" * (MOST_ITEMS + 1), id="items of a HEIC"),
        pytest.param(
            b"\0\0\0\x14ftypavif\0\0\0\0mif1" + b"infe" * (MOST_ITEMS + 1), id="of an AVIF"
        ),
    ],
)
def test_what_would_be_long_to_decode_is_counted_first(content: bytes):
    with pytest.raises(NoPicture) as caught:
        decode(content)
    assert caught.value.why is ImageRefusal.DAMAGED


def test_a_pdf_that_needs_no_password_to_be_read_is_none_that_is_locked():
    """Guards the next rule: a word in the file is not a lock."""
    content = pdf_of(
        b"<</Type/Catalog/Pages 2 0 R/Note(/Encrypt)>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 300]/Contents 4 0 R>>",
        stream(b"0 0 90 90 re f"),
    )
    assert decode(content).content_type == "application/pdf"
