"""Hostile files become pictures, or a reason why not. Decoded here and nowhere else.

Everything is judged by content: what the browser claimed is only a claim. Sizes
are read from the header and capped before a pixel is decoded, because Pillow by
itself only warns below 179 megapixels.
"""

import hashlib
import io
import struct
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.ExifTags import GPSTAGS, TAGS

from ingest_lambda.contract import ImageRefusal
from ingest_lambda.rules.storable import storable_text

MOST_PIXELS = 64_000_000
MOST_PAGES = 5
VIEW_SIDE = 2400
THUMBNAIL_SIDE = 400
_GPS = 0x8825
_TYPES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",  # a phone's JPEG with a second picture inside, such as a depth map
    "PNG": "image/png",
    "WEBP": "image/webp",
    "HEIF": "image/heic",
}
_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis")
_DECODERS_RAISE = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
)
"""What decoders were seen to raise for a file that begins well and goes on badly."""

Image.MAX_IMAGE_PIXELS = MOST_PIXELS


class NoPicture(Exception):
    """A file that gives no picture, and why."""

    def __init__(self, why: ImageRefusal) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True)
class Copy:
    """One upright picture without metadata, as JPEG, and its thumbnail."""

    view: bytes
    thumbnail: bytes
    width: int
    height: int


@dataclass(frozen=True)
class Picture:
    """What a file turned out to be; width and height are the original's, upright."""

    content_type: str
    width: int
    height: int
    copies: tuple[Copy, ...]
    exif: dict[str, str]


def sha256_of(content: bytes) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(content).hexdigest()


def look(content: bytes, *, largest_bytes: int) -> Picture:
    """Decode a file and make the copies that staff will see.

    Raises:
        NoPicture: empty, too large, too many pixels or pages, damaged, or no
            picture at all (SVG, HTML behind a JPEG's first bytes).
    """
    if not content:
        raise NoPicture(ImageRefusal.EMPTY)
    if len(content) > largest_bytes:
        raise NoPicture(ImageRefusal.TOO_LARGE)
    if content.lstrip()[:5] == b"%PDF-":
        return _look_at_pdf(content)
    return _look_at_image(content)


def _look_at_image(content: bytes) -> Picture:
    # Pillow fails on the name of a format that no plugin has registered yet.
    formats = ["JPEG", "PNG", "WEBP"]
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS:
        import pillow_heif  # only this format pays for the library

        pillow_heif.register_heif_opener()
        formats = ["HEIF"]
    try:
        with Image.open(io.BytesIO(content), formats=formats) as image:
            if image.width * image.height > MOST_PIXELS:
                raise NoPicture(ImageRefusal.TOO_MANY_PIXELS)
            content_type = _TYPES[image.format or ""]
            exif = _exif(image)
            image.draft("RGB", (VIEW_SIDE * 2, VIEW_SIDE * 2))
            sideways = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)
            width, height = _size_of(content, formats, sideways=sideways)
            upright = ImageOps.exif_transpose(image)
            return Picture(content_type, width, height, (_copy(upright),), exif)
    except UnidentifiedImageError as exc:
        raise NoPicture(ImageRefusal.NOT_AN_IMAGE) from exc
    except Image.DecompressionBombError as exc:
        raise NoPicture(ImageRefusal.TOO_MANY_PIXELS) from exc
    except Image.DecompressionBombWarning as exc:
        raise NoPicture(ImageRefusal.TOO_MANY_PIXELS) from exc
    except _DECODERS_RAISE as exc:
        raise NoPicture(ImageRefusal.DAMAGED) from exc


def _size_of(content: bytes, formats: list[str], *, sideways: bool) -> tuple[int, int]:
    with Image.open(io.BytesIO(content), formats=formats) as image:
        return (image.height, image.width) if sideways else (image.width, image.height)


def _exif(image: Image.Image) -> dict[str, str]:
    """Return the metadata that matter for fraud checks, as short texts."""
    found: dict[str, str] = {}
    exif = image.getexif()
    for tag, value in [*exif.items(), *exif.get_ifd(0x8769).items()]:
        name = TAGS.get(tag)
        if name in {"Make", "Model", "Software", "DateTime", "DateTimeOriginal", "Orientation"}:
            found[name] = _short(value)
    for tag, value in exif.get_ifd(_GPS).items():
        name = GPSTAGS.get(tag, "")
        if name in {"GPSLatitude", "GPSLatitudeRef", "GPSLongitude", "GPSLongitudeRef"}:
            found[name] = _short(value)
    return found


def _short(value: object) -> str:
    return storable_text(str(value)[:120])


def _copy(image: Image.Image) -> Copy:
    if image.mode in ("RGBA", "LA", "P", "PA"):
        layer = image.convert("RGBA")
        flat = Image.new("RGB", layer.size, "white")
        flat.paste(layer, mask=layer.getchannel("A"))
    else:
        flat = image.convert("RGB")
    flat.thumbnail((VIEW_SIDE, VIEW_SIDE), Image.Resampling.LANCZOS)
    size = flat.size
    view = _jpeg(flat, quality=85)
    flat.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    return Copy(view, _jpeg(flat, quality=80), *size)


def _jpeg(image: Image.Image, *, quality: int) -> bytes:
    # A fresh picture from the pixels alone: nothing that came with the file can come along.
    clean = Image.frombytes("RGB", image.size, image.tobytes())
    out = io.BytesIO()
    clean.save(out, format="JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _look_at_pdf(content: bytes) -> Picture:
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as exc:
        encrypted = "password" in str(exc).lower() or b"/Encrypt" in content
        why = ImageRefusal.ENCRYPTED if encrypted else ImageRefusal.DAMAGED
        raise NoPicture(why) from exc
    try:
        if len(document) > MOST_PAGES:
            raise NoPicture(ImageRefusal.TOO_MANY_PAGES)
        copies = tuple(_copy(_draw(document[number])) for number in range(len(document)))
    except pdfium.PdfiumError as exc:
        raise NoPicture(ImageRefusal.DAMAGED) from exc
    finally:
        document.close()
    if not copies:
        raise NoPicture(ImageRefusal.DAMAGED)
    return Picture("application/pdf", copies[0].width, copies[0].height, copies, {})


def _draw(page: "object") -> Image.Image:
    width, height = page.get_size()  # type: ignore[attr-defined]
    scale = min(200 / 72, VIEW_SIDE / max(width, height, 1))
    picture: Image.Image = page.render(scale=scale).to_pil()  # type: ignore[attr-defined]
    return picture
