"""The files that a photo may be, told by their first bytes: one list for the page and the function.

What a browser or a phone says of a file is only a claim. The page gets the same
brands with its settings (``campaigns.rendering``), so that both give one verdict.
"""

from enum import StrEnum

LARGEST_BYTES = 15_000_000
MOST_PIXELS = 64_000_000
"""The page makes a smaller copy of what has more, where its browser can; the function refuses it."""
HEADER_BYTES = 1024
"""Where a kind must show: PDF readers look for the header that far, behind whatever a mailer put before it."""


class Kind(StrEnum):
    """The kinds of file that give a picture; the value is the type that is stored."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    HEIC = "image/heic"
    AVIF = "image/avif"
    PDF = "application/pdf"


HEIC_BRANDS = ("heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "mif1", "msf1")
"""ISO/IEC 23008-12, annexes B and F; the last two say that some codec is within, and HEVC nearly always is."""
AVIF_BRANDS = ("avif", "avis")


def kind_of(content: bytes) -> Kind | None:
    """Return what a file is, or ``None`` for one that we show no picture of.

    Of a box file (HEIC, AVIF) all brands of the header count, not only the first:
    what is compatible may be read as such, whatever wrote it.
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
"""What a form is signed for where neither type nor name says more: the function looks at the content."""

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

    What a phone or an old server calls a file is a claim, and often none: a type
    that says nothing is taken by the ending of the name, and without a name
    left to the content, by which every file is judged in the end.
    """
    said = content_type.partition(";")[0].strip().lower()
    if said not in _SAYS_NOTHING:
        return _TYPES.get(said)
    if not name:
        return UNKNOWN_TYPE
    _, dot, ending = name.rpartition(".")
    return _BY_ENDING.get(ending.strip().lower()) if dot else UNKNOWN_TYPE
