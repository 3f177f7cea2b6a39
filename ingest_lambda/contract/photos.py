"""The files that a photo may be, told by their first bytes: one list for the page and the function.

What a browser or a phone says of a file is only a claim. The page gets the same
brands with its settings (``campaigns.rendering``), so that both give one verdict.
"""

from enum import StrEnum

LARGEST_BYTES = 15_000_000
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
