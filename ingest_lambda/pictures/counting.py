"""What a file holds, counted without decoding: at most 50 ms for the largest one. A JPEG's scans: ``jpeg``.

Small files can be long to decode. Where the number that makes them so stands in
the open, they are refused by it; the rest is stopped by the limit on CPU.
"""


def webp_frames(content: bytes) -> int:
    """Return how many frames a WebP may have: never fewer than it has."""
    return content.count(b"ANMF")


def box_items(content: bytes) -> int:
    """Return how many items a HEIC or AVIF may name: never fewer than it does."""
    return content.count(b"infe")


def pdf_objects(content: bytes) -> int:
    """Return how many objects of a PDF lie in the open; the packed ones are not seen."""
    return content.count(b" obj")
