"""Pictures of a page that staff upload: decoded under a cap, made afresh, nothing hidden in them."""

import hashlib
import io
import re
import struct
import warnings
from dataclasses import dataclass
from typing import IO

from django.core.files.base import ContentFile
from PIL import Image, ImageCms, ImageOps

from campaignhub.errors import DomainError

MOST_BYTES = 20_000_000
MOST_PIXELS = 50_000_000
"""Four bytes each while it is worked on: 200 MB. A phone's largest photos have 50 megapixels."""
MOST_SCANS = 100
"""Of a JPEG. Encoders write one or about ten; each costs as much as a whole picture, and all staff
of all clients share the process that decodes it."""
_FORMATS = ("JPEG", "PNG", "WEBP")
_JPEG, _BEGINS_SCAN, _ENDS = b"\xff\xd8", b"\xda", b"\xd9"
_AFTER_SCAN = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")
"""The next marker: within a scan 0xff stands before a zero or a restart only (ITU-T T.81, B.1.1.2)."""
_DAMAGE = (OSError, SyntaxError, ValueError, ArithmeticError, LookupError, TypeError, struct.error)
"""Pillow's words for a damaged file, and what its readers of metadata let through."""


@dataclass(frozen=True)
class Use:
    """What a picture is for: the box it has to fit, and how it is written."""

    width: int
    height: int
    kind: str
    extension: str


HERO = Use(width=1600, height=1600, kind="JPEG", extension="jpg")
PRIZE = Use(width=800, height=800, kind="JPEG", extension="jpg")
LOGO = Use(width=640, height=320, kind="PNG", extension="png")


class NotAPicture(DomainError):
    """The file is no picture that a page can show; the sentence says what to do."""


def tidy_picture(upload: IO[bytes], *, use: Use) -> "ContentFile[bytes]":
    """Return an uploaded picture as the page shows it: upright, sized, sRGB, without metadata.

    The hero becomes a JPEG, the logo a PNG that keeps what is transparent. The
    name is made from the content, so that a release names exactly one picture.

    Raises:
        NotAPicture: too large, too many pixels, of another kind, or damaged.
    """
    content = upload.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise NotAPicture("This picture is larger than 20 MB. Please save it smaller.")
    picture = _decoded(content)
    picture.thumbnail((use.width, use.height), Image.Resampling.LANCZOS)
    written = io.BytesIO()
    if use.kind == "JPEG":
        _on_white(picture).save(written, "JPEG", quality=82, optimize=True, progressive=True)
    else:
        picture.save(written, "PNG", optimize=True)
    made = written.getvalue()
    return ContentFile(made, name=f"{hashlib.sha256(made).hexdigest()[:24]}.{use.extension}")


def _decoded(content: bytes) -> Image.Image:
    unreadable = NotAPicture(
        "This file isn't a picture we can read. Please choose a JPG, PNG or WebP."
    )
    too_many = NotAPicture("This picture has more than 50 megapixels. Please save it smaller.")
    if _has_too_many_scans(content):
        raise NotAPicture("This picture is built up in too many steps. Please save it again.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=_FORMATS)
        if picture.width * picture.height <= MOST_PIXELS:
            picture.load()
            return _in_srgb(ImageOps.exif_transpose(picture))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise too_many from error
    except _DAMAGE as error:
        raise unreadable from error
    raise too_many


def _has_too_many_scans(content: bytes) -> bool:
    """Tell whether a JPEG is built up in more than :data:`MOST_SCANS` steps; what comes behind its end is none."""
    scans, place = 0, len(_JPEG)
    while content.startswith(_JPEG) and (marker := _AFTER_SCAN.search(content, place)):
        place = marker.end()
        if marker[1] == _ENDS:
            break
        if marker[1] == _BEGINS_SCAN:
            scans += 1
            if scans > MOST_SCANS:
                return True
        place += int.from_bytes(content[place : place + 2], "big")
    return False


def _in_srgb(picture: Image.Image) -> Image.Image:
    """Return the picture in plain RGBA; a profile is applied, because it is dropped with the rest."""
    profile = picture.info.get("icc_profile")
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    if profile and picture.mode in ("RGB", "RGBA", "CMYK"):
        try:
            changed = ImageCms.profileToProfile(
                picture,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode=mode,
            )
        except (ImageCms.PyCMSError, OSError):
            changed = None  # a profile that lies about its picture
        if changed is not None:
            picture = changed
    plain = Image.new("RGBA", picture.size)
    plain.paste(picture.convert("RGBA"))
    return plain


def _on_white(picture: Image.Image) -> Image.Image:
    ground = Image.new("RGB", picture.size, "#ffffff")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground
