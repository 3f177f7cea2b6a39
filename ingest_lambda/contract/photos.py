"""The file types of a photo, recognised by their first bytes: one list for the page and the function.

The type that a browser or a phone declares is only a claim. The page gets the same
brands in its settings (``campaigns.rendering``), so that both decide alike.
"""

from enum import StrEnum

LARGEST_BYTES = 15_000_000
MOST_PIXELS = 64_000_000
"""The page reduces a larger picture if its browser can; the images function refuses one."""
HEADER_BYTES = 1024
"""The bytes in which a type must be recognised: PDF readers accept a header this far from the start."""


class Kind(StrEnum):
    """The file types that can be shown as a picture; the value is the content type that is stored."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    HEIC = "image/heic"
    AVIF = "image/avif"
    PDF = "application/pdf"


HEIC_BRANDS = ("heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "mif1", "msf1")
"""ISO/IEC 23008-12, annexes B and F. The last two name no codec; it is nearly always HEVC."""
AVIF_BRANDS = ("avif", "avis")


def kind_of(content: bytes) -> Kind | None:
    """Return the type of a file, or ``None`` if it cannot be shown as a picture.

    All brands in the header of a box file (HEIC, AVIF) count and not only the major
    one, because a file may be read as each type it declares to be compatible with.
    """
    head = content[:HEADER_BYTES]
    if head.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Kind.WEBP
    if head[4:8] == b"ftyp":
        brands = _brands(head)
        if brands & set(AVIF_BRANDS):
            return Kind.AVIF
        return Kind.HEIC if brands & set(HEIC_BRANDS) else None
    return Kind.PDF if b"%PDF-" in head else None


def _brands(head: bytes) -> set[str]:
    """Read the brands of an ``ftyp`` box: the major one, then from byte 16 the compatible ones."""
    end = min(int.from_bytes(head[:4], "big"), len(head))
    places = [8, *range(16, end - 3, 4)]
    return {head[place : place + 4].decode("latin-1") for place in places}


PAGE_BRANDS = {
    kind.value: brands for kind, brands in ((Kind.AVIF, AVIF_BRANDS), (Kind.HEIC, HEIC_BRANDS))
}
"""For the page's script, in the order in which :func:`kind_of` asks."""

UNKNOWN_TYPE = "application/octet-stream"
"""The type a form is signed for if neither type nor name identify the file; its content decides later."""

_TYPES = {kind.value: kind.value for kind in Kind} | {
    "image/heif": "image/heif",
    "image/heic-sequence": Kind.HEIC.value,
    "image/heif-sequence": "image/heif",
    "image/jpg": Kind.JPEG.value,
    "image/pjpeg": Kind.JPEG.value,
    "image/x-png": Kind.PNG.value,
    "application/x-pdf": Kind.PDF.value,
}
_SAYS_NOTHING = ("", UNKNOWN_TYPE, "binary/octet-stream")
_BY_ENDING = {
    "jpg": Kind.JPEG.value,
    "jpeg": Kind.JPEG.value,
    "jpe": Kind.JPEG.value,
    "jfif": Kind.JPEG.value,
    "png": Kind.PNG.value,
    "webp": Kind.WEBP.value,
    "heic": Kind.HEIC.value,
    "heif": "image/heif",
    "hif": "image/heif",
    "avif": Kind.AVIF.value,
    "pdf": Kind.PDF.value,
}


def declared_type(content_type: str, name: str | None = None) -> str | None:
    """Return the type under which an announced file may be uploaded, or ``None`` to refuse it.

    Phones and old servers often declare a general type or none. Then the extension
    of the file name decides, and without a name the content, by which the images
    function judges every file.
    """
    said = content_type.partition(";")[0].strip().lower()
    if said not in _SAYS_NOTHING:
        return _TYPES.get(said)
    if not name:
        return UNKNOWN_TYPE
    _, dot, ending = name.rpartition(".")
    return _BY_ENDING.get(ending.strip().lower()) if dot else UNKNOWN_TYPE
