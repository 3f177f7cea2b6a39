"""Hero and logo as files of the page: named by their content, sized before they load, in two widths."""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass

from PIL import Image

_ENDINGS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif"}
PHONE_PIXELS = 800
"""Of the smaller hero: a phone is 390 to 430 px wide, at two pixels each."""


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
        path = hashed(name, _ENDINGS.get(image.format or "", "jpg"), content)
        files[path] = content
        width, height = image.size
        if name != "hero" or width <= PHONE_PIXELS or not shrink:
            return Picture(path, width, height)
        small = image.convert("RGB").resize((PHONE_PIXELS, round(height * PHONE_PIXELS / width)))
    encoded = io.BytesIO()
    small.save(encoded, "JPEG", quality=82, optimize=True, progressive=True)
    small_path = hashed(f"{name}-{PHONE_PIXELS}", "jpg", encoded.getvalue())
    files[small_path] = encoded.getvalue()
    return Picture(path, width, height, small_path, PHONE_PIXELS)
