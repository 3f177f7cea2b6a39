"""Hero and logo as files of the page: named by their content, sized before they load, in two widths."""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass

from PIL import Image

_ENDINGS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif"}
PHONE_PIXELS = 800
"""Of the smaller hero: a phone is 390 to 430 px wide, at two pixels each."""

LOGO_PIXELS = (540, 144)
"""A mark is shown at most 180 by 48 px, at three pixels each."""


@dataclass(frozen=True)
class Picture:
    """An image of the page: paths from the page's root, and the pixels it needs."""

    path: str
    width: int
    height: int
    small_path: str = ""
    small_width: int = 0


def hashed(name: str, ending: str, content: bytes) -> str:
    """Return the path of an asset, with a hash of its content in the name."""
    return f"assets/{name}.{hashlib.sha256(content).hexdigest()[:12]}.{ending}"


def place_pictures(
    images: Mapping[str, bytes], files: dict[str, bytes], *, shrink: bool
) -> dict[str, Picture]:
    """Put the images of a page among its files; return them by their place in the page.

    ``shrink`` makes the smaller hero; a preview does without, it is rendered anew for every file.
    """
    return {name: _place(name, content, files, shrink) for name, content in images.items()}


def _place(name: str, content: bytes, files: dict[str, bytes], shrink: bool) -> Picture:
    with Image.open(io.BytesIO(content)) as image:
        image.load()
    kind = image.format or "JPEG"
    if name == "logo" and (image.width > LOGO_PIXELS[0] or image.height > LOGO_PIXELS[1]):
        image.thumbnail(LOGO_PIXELS)
        content = _encoded(image, kind)
    path = hashed(name, _ENDINGS.get(kind, "jpg"), content)
    files[path] = content
    width, height = image.size
    if name != "hero" or width <= PHONE_PIXELS or not shrink:
        return Picture(path, width, height)
    small = image.convert("RGB").resize((PHONE_PIXELS, round(height * PHONE_PIXELS / width)))
    encoded = _encoded(small, "JPEG")
    small_path = hashed(f"{name}-{PHONE_PIXELS}", "jpg", encoded)
    files[small_path] = encoded
    return Picture(path, width, height, small_path, PHONE_PIXELS)


def _encoded(image: Image.Image, kind: str) -> bytes:
    content = io.BytesIO()
    if kind == "PNG":
        # A mark has few colours: a palette of 256 halves the file, and nobody sees it.
        few = image.convert("RGBA").quantize(256, method=Image.Quantize.FASTOCTREE)
        few.save(content, "PNG", optimize=True)
    else:
        image.save(content, kind, quality=82, optimize=True)
    return content.getvalue()
