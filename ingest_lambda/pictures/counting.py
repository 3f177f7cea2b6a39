"""What a file holds, counted without decoding: at most 50 ms for the largest one.

Small files can be long to decode. Where the number that makes them so stands in
the open, they are refused by it; the rest is stopped by the limit on CPU.
"""

import re

_MARKER = re.compile(rb"\xff+([\x01-\xcf\xd8-\xfe])")
"""Any marker of a JPEG but the restarts, which belong to the data of a scan."""
_SCAN, _END = 0xDA, 0xD9
_STANDALONE = (0x01, 0xD8)


def jpeg_scans(content: bytes, *, most: int) -> tuple[int, bool]:
    """Return how many scans the first picture of a JPEG has, and whether its end marker is there.

    Stops counting at ``most`` + 1.
    """
    scans, place = 0, 2
    while (found := _MARKER.search(content, place)) is not None:
        marker = found[1][0]
        place = found.end()
        if marker == _END:
            return scans, True
        if marker in _STANDALONE:
            continue
        if marker == _SCAN:
            scans += 1
            if scans > most:
                return scans, False
        # A scan's header is skipped by its length as well; its data then up to the next marker.
        place += max(2, int.from_bytes(content[place : place + 2], "big"))
    return scans, False


def webp_frames(content: bytes) -> int:
    """Return how many frames a WebP may have: never fewer than it has."""
    return content.count(b"ANMF")


def box_items(content: bytes) -> int:
    """Return how many items a HEIC or AVIF may name: never fewer than it does."""
    return content.count(b"infe")


def pdf_objects(content: bytes) -> int:
    """Return how many objects of a PDF lie in the open; the packed ones are not seen."""
    return content.count(b" obj")
