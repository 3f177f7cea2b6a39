"""Pictures of pixels, shown as a browser shows them: upright, in sRGB, on white, the first frame."""

import io
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from PIL import (
    AvifImagePlugin,
    Image,
    ImageChops,
    ImageCms,
    JpegImagePlugin,
    PngImagePlugin,
    WebPImagePlugin,
)
from PIL.ExifTags import GPSTAGS, TAGS

from ingest_lambda.contract import ImageRefusal
from ingest_lambda.contract.photos import MOST_PIXELS, Kind
from ingest_lambda.pictures.copies import copies_of, shrunk_size
from ingest_lambda.pictures.counting import box_items, webp_frames
from ingest_lambda.pictures.failures import decoding
from ingest_lambda.pictures.gamut import boxed_profile, srgb_profile
from ingest_lambda.pictures.jpeg import reduce_jpeg
from ingest_lambda.pictures.limits import MOST_FRAMES, MOST_ITEMS, MOST_SCANS
from ingest_lambda.pictures.orientation import orientation_of
from ingest_lambda.pictures.picture import NoPicture, Picture
from ingest_lambda.pictures.png import reduce_png
from ingest_lambda.rules.storable import storable_text

LARGEST_PROFILE = 4_000_000
"""Of a colour profile in bytes (those of presses have up to three million); without a larger one, colours are taken as they stand."""
LARGEST_PNG_PROFILE = 1_000_000
"""Unpacked: in a PNG, browsers take no more."""
_EXIF_FOLDER, _GPS_FOLDER = 0x8769, 0x8825
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_GREYS = ("1", "L", "LA", "I;16")
_SRGB = ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile()))
"""Of version 2: with one of version 4, the library makes a press's black as dark as a screen's, which no browser does."""

# Pillow raises for twice as many, where it reserves memory before a header can be asked.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2


@dataclass(frozen=True)
class Opened:
    """A file whose header was read: nothing is decoded before ``image`` is loaded."""

    image: Image.Image
    width: int
    height: int
    profile: bytes
    orientation: int
    exif: dict[str, str]


def read_raster(content: bytes, kind: Kind) -> Picture:
    """Make the picture of a file of pixels.

    Raises:
        NoPicture: too many pixels, scans, frames or items, or damaged.
    """
    kind = _coded_kind(content, kind)
    opened = _OPENERS[kind](content)
    image = _shrunk(_eight_bits(opened.image), *shrunk_size(opened.width, opened.height))
    is_grey = opened.image.mode in _GREYS
    image = _on_white(_in_srgb(image, opened.profile, is_grey=is_grey))
    turn = _UPRIGHT.get(opened.orientation)
    if turn is not None:
        image = image.transpose(turn)
    sideways = opened.orientation in (5, 6, 7, 8)
    width, height = (opened.width, opened.height)[:: -1 if sideways else 1]
    return Picture(kind.value, width, height, tuple(copies_of(image)), opened.exif)


# ------------------------------------------------------------------ opening, kind by kind


def _open_jpeg(content: bytes) -> Opened:
    jpeg = reduce_jpeg(content, most_scans=MOST_SCANS)
    if jpeg.scans > MOST_SCANS:
        raise NoPicture(ImageRefusal.DAMAGED)
    # Not by Image.open, which looks for the further pictures in a phone's file: they are no concern of ours.
    with decoding():
        image = JpegImagePlugin.JpegImageFile(io.BytesIO(jpeg.pixels))
    opened = _opened(image, profile=jpeg.profile, exif=jpeg.exif)
    with decoding():
        image.draft(None, shrunk_size(opened.width, opened.height))
        image.load()
    return opened


def _open_png(content: bytes) -> Opened:
    png = reduce_png(content, largest_profile=LARGEST_PNG_PROFILE)
    with decoding():
        image = PngImagePlugin.PngImageFile(io.BytesIO(png.pixels))
    opened = _opened(image, profile=png.profile, exif=png.exif)
    with decoding():
        image.load()
    return opened


def _open_webp(content: bytes) -> Opened:
    if webp_frames(content) > MOST_FRAMES:
        raise NoPicture(ImageRefusal.DAMAGED)
    with decoding():
        image = WebPImagePlugin.WebPImageFile(io.BytesIO(_sized_webp(content)))
    opened = _opened(image)
    with decoding():
        image.load()
    image._decoder = None  # two canvases of it, as large as the picture
    return opened


def _sized_webp(content: bytes) -> bytes:
    """Return a WebP with the size that it has, if it claims more; its last part may lack the byte that fills it up."""
    here = len(content) - 8
    if int.from_bytes(content[4:8], "little") <= here:
        return content
    filler = bytes(here % 2)
    return content[:4] + (here + len(filler)).to_bytes(4, "little") + content[8:] + filler


def _open_avif(content: bytes) -> Opened:
    if box_items(content) > MOST_ITEMS:
        raise NoPicture(ImageRefusal.DAMAGED)
    if (
        content[8:12] != b"avis"
    ):  # a still picture, whatever stands first; one in motion has to say so
        content = content[:8] + b"avif" + content[12:]
    try:
        with decoding():
            image = AvifImagePlugin.AvifImageFile(io.BytesIO(content))
    except NoPicture:
        # Pillow fails at EXIF that it cannot read. Under another name it is passed over.
        with decoding():
            image = AvifImagePlugin.AvifImageFile(io.BytesIO(_EXIF_ITEM.sub(rb"\1none", content)))
    image.info.pop("xmp", None)  # Pillow would turn by it
    opened = _opened(image)
    # Turned by the boxes that say so, which Pillow puts into the EXIF that it gives.
    orientation = opened.exif.get("Orientation", "")
    opened = replace(opened, orientation=int(orientation) if orientation.isdecimal() else 1)
    with decoding():
        image.load()
    return replace(opened, profile=opened.profile or boxed_profile(content))


_EXIF_ITEM = re.compile(rb"(infe[\x02\x03].{3}(?:.{4}|.{6}))Exif", re.DOTALL)
"""Version, flags, an item's number of two or four bytes and its protection stand before its type (ISO/IEC 14496-12)."""


def _coded_kind(content: bytes, kind: Kind) -> Kind:
    """Return what a box file is by the codec of its pictures, where it has one of the two: brands are only claims."""
    if kind not in (Kind.AVIF, Kind.HEIC):
        return kind
    codecs = set(_CODED_ITEM.findall(content[:_ITEMS_WITHIN]))
    if len(codecs) != 1:
        return kind
    return Kind.AVIF if codecs == {b"av01"} else Kind.HEIC


_CODED_ITEM = re.compile(rb"infe[\x02\x03].{3}(?:.{4}|.{6})(av01|hvc1)", re.DOTALL)
_ITEMS_WITHIN = 200_000


def _open_heic(content: bytes) -> Opened:
    if box_items(content) > MOST_ITEMS:
        raise NoPicture(ImageRefusal.DAMAGED)
    import pillow_heif  # only this kind pays for the library

    pillow_heif.options.DECODE_THREADS = 1
    pillow_heif.options.THUMBNAILS = False
    pillow_heif.options.DEPTH_IMAGES = False
    pillow_heif.options.AUX_IMAGES = False
    with decoding():
        # The library looks at the first brand only, to choose a decoder by it.
        found = pillow_heif.open_heif(content[:8] + b"heic" + content[12:], bgr_mode=False)
        primary = found[found.primary_index]
        size = primary.size
    if size[0] * size[1] > MOST_PIXELS:
        raise NoPicture(ImageRefusal.TOO_MANY_PIXELS)
    with decoding():
        # Not by its to_pillow, which fails at EXIF that it cannot read.
        data = primary.data
        image = Image.frombytes(
            primary.mode, primary.size, data, "raw", primary.mode, primary.stride
        )
        image.info["icc_profile"] = primary.info.get("icc_profile")
        exif = primary.info.get("exif")
    opened = _opened(image, exif=exif.removeprefix(b"Exif\0\0") if isinstance(exif, bytes) else b"")
    # It was turned by the boxes that say so; its EXIF only repeats them.
    return replace(opened, profile=opened.profile or boxed_profile(content), orientation=1)


_OPENERS: dict[Kind, Callable[[bytes], Opened]] = {
    Kind.JPEG: _open_jpeg,
    Kind.PNG: _open_png,
    Kind.WEBP: _open_webp,
    Kind.AVIF: _open_avif,
    Kind.HEIC: _open_heic,
}


def _bound(image: Image.Image) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise NoPicture(ImageRefusal.TOO_MANY_PIXELS)


def _opened(image: Image.Image, *, profile: bytes | None = None, exif: bytes = b"") -> Opened:
    _bound(image)
    if exif:
        image.info["exif"] = b"Exif\0\0" + exif
    found = image.info.get("icc_profile") if profile is None else profile
    read = Image.Exif()
    with suppress(Exception):  # what stands beside the pixels never gets them refused
        read = image.getexif()
    raw = image.info.get("exif")
    return Opened(
        image=image,
        width=image.width,
        height=image.height,
        profile=found if isinstance(found, bytes) else b"",
        orientation=orientation_of(raw) if isinstance(raw, bytes) else 1,
        exif=_facts(read),
    )


def _facts(exif: Image.Exif) -> dict[str, str]:
    """Return the metadata that matter for fraud checks, as short texts; what cannot be read is left out."""
    found: dict[str, str] = {}
    folders = ((None, TAGS, _PLAIN), (_EXIF_FOLDER, TAGS, _PLAIN), (_GPS_FOLDER, GPSTAGS, _PLACE))
    for folder, names, wanted in folders:
        with suppress(Exception):
            for tag, value in (exif if folder is None else exif.get_ifd(folder)).items():
                name = names.get(tag, "")
                if name in wanted:
                    found[name] = storable_text(str(value)[:120])
    return found


_PLAIN = frozenset({"Make", "Model", "Software", "DateTime", "DateTimeOriginal", "Orientation"})
_PLACE = frozenset({"GPSLatitude", "GPSLatitudeRef", "GPSLongitude", "GPSLongitudeRef"})


# ------------------------------------------------------------------ from its pixels to ours


def _eight_bits(image: Image.Image) -> Image.Image:
    """Return a picture whose channels have eight bits and, if it is transparent, a channel for that.

    Deep grey is scaled: Pillow's own conversion takes all above 255 for white.
    """
    if image.mode.startswith("I;16"):
        return _eight_of_sixteen(image)
    if image.mode in ("CMYK", "RGBA"):
        return image
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode in ("L", "RGB"):
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _eight_of_sixteen(image: Image.Image) -> Image.Image:
    raw = image.tobytes("raw", "I;16")
    grey = Image.frombytes("L", image.size, raw, "raw", "L;16")
    hole = image.info.get("transparency")
    if not isinstance(hole, int):
        return grey
    # The one grey that is see-through, by both of its bytes.
    low = Image.frombytes("L", image.size, raw, "raw", "L;16B")
    solid = ImageChops.lighter(
        grey.point([255 * (level != hole >> 8) for level in range(256)]),
        low.point([255 * (level != hole & 255) for level in range(256)]),
    )
    return Image.merge("RGBA", (grey, grey, grey, solid))


def _shrunk(image: Image.Image, width: int, height: int) -> Image.Image:
    if image.width <= width and image.height <= height:
        return image
    # Half the time of Lanczos, and as sharp where print is made smaller; whole steps first, by averages.
    return image.resize((width, height), Image.Resampling.HAMMING, reducing_gap=1.5)


def _in_srgb(image: Image.Image, profile: bytes, *, is_grey: bool) -> Image.Image:
    """Return the colours that the profile means. One that cannot be used is passed over, as browsers do."""
    if is_grey and image.mode == "RGBA" and profile[16:20] == b"GRAY":
        shown = _in_srgb(image.getchannel("R"), profile, is_grey=True)
        shown.putalpha(image.getchannel("A"))
        return shown
    wanted = "RGBA" if image.mode == "RGBA" else "RGB"
    if profile and len(profile) <= LARGEST_PROFILE:
        with suppress(Exception):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, _SRGB, outputMode=wanted)
            if converted is not None:
                return converted
    return image if image.mode == wanted else image.convert(wanted)


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    flat = Image.new("RGB", image.size, "white")
    flat.paste(image, mask=image.getchannel("A"))
    return flat
