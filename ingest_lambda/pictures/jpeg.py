"""A JPEG reduced to what makes its pixels, its scans counted, and its end marker put where only that is missing.

One walk over the markers, at most 50 ms for the largest file: the decoder would
fail at what other programs left beside the pixels, and a small file with
thousands of scans would keep it for minutes.
"""

import io
import re
from dataclasses import dataclass, field

from PIL import JpegImagePlugin

from ingest_lambda.contract import ImageRefusal
from ingest_lambda.pictures.failures import decoding
from ingest_lambda.pictures.limits import MOST_PARTS
from ingest_lambda.pictures.picture import NoPicture

_MARKER = re.compile(rb"\xff([\x01-\xcf\xd8-\xfe])")
"""Any marker but the restarts, which belong to the data of a scan. It begins with a plain byte: ten times as fast."""
_START, _END, _SCAN, _COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
_STANDALONE = (0x01, _START)
_JFIF, _EXIF, _ICC, _ADOBE = 0xE0, 0xE1, 0xE2, 0xEE
_APPLICATIONS = range(0xE0, 0xF0)
_FILLER = bytes(number * 167 % 255 for number in range(4096))
"""No marker in it, and nothing that decodes to what a decoder fills in by itself."""


@dataclass
class Jpeg:
    """The pixels as a JPEG without anything else, and what of the rest is of use."""

    pixels: bytes
    profile: bytes
    exif: bytes
    scans: int


@dataclass
class _Head:
    kept: list[bytes] = field(default_factory=lambda: [b"\xff\xd8"])
    exif: bytes = b""
    profile_parts: dict[int, bytes] = field(default_factory=dict)
    profile_count: int = 0

    def take(self, marker: int, content: bytes, start: int, end: int) -> None:
        """Keep a segment, or what is of use in it."""
        data = content[start + 2 : end]
        if marker == _EXIF and data[:5] == b"Exif\0":  # the sixth byte is for padding
            self.exif = self.exif or data[6:]
        elif marker == _ICC and data[:12] == b"ICC_PROFILE\0" and len(data) > 14:
            self.profile_parts[data[12]], self.profile_count = data[14:], data[13]
        elif _says_nothing_of_pixels(marker, data):
            return
        else:
            self.kept.append(bytes((0xFF, marker)) + content[start:end])

    def profile(self) -> bytes:
        """Return the colour profile, if all its parts are there."""
        if sorted(self.profile_parts) != list(range(1, self.profile_count + 1)):
            return b""
        return b"".join(self.profile_parts[number] for number in sorted(self.profile_parts))


def _says_nothing_of_pixels(marker: int, data: bytes) -> bool:
    """Whether a decoder may do without: of the applications' segments, two say how colours are written."""
    if marker == _JFIF and data[:5] == b"JFIF\0":
        return len(data) < 12
    if marker == _ADOBE and data[:5] == b"Adobe":
        return len(data) < 12
    return marker in _APPLICATIONS or marker == _COMMENT


def reduce_jpeg(content: bytes, *, most_scans: int) -> Jpeg:
    """Take the first picture of a JPEG apart; of a file with more than ``most_scans``, count no further.

    Raises:
        NoPicture: it lacks its end, and pixels with it; or it is in too many parts.
    """
    head, scans, parts, place, body = _Head(), 0, 0, 2, None
    while (found := _MARKER.search(content, place)) is not None:
        marker, place = found[1][0], found.end()
        if marker == _END:
            break
        if marker == _START and body is not None:  # the next picture, where this one has no end
            content, found = content[: found.start()], None
            break
        parts += 1
        if parts > MOST_PARTS:
            raise NoPicture(ImageRefusal.DAMAGED)
        if marker in _STANDALONE:
            continue
        # Also a scan's header is passed over by its length; its data then up to the next marker.
        start, place = place, place + max(2, int.from_bytes(content[place : place + 2], "big"))
        if marker == _SCAN:
            scans += 1
            body = start - 2 if body is None else body
            if scans > most_scans:
                break
        elif body is None:
            head.take(marker, content, start, place)
    data = content[body:] if body is not None else b""
    pixels = b"".join((*head.kept, data))
    if found is None and body is not None:
        pixels = _ended(pixels)
    return Jpeg(pixels, head.profile(), head.exif, scans)


def _ended(pixels: bytes) -> bytes:
    """Give a JPEG the end marker that it lacks, if only that is missing.

    A decoder fills what is missing with grey and says nothing. So it is given
    something else to fill with: where that shows, there were pixels missing. At
    half the size, which is the smallest at which every kind of scan counts.

    Raises:
        NoPicture: pixels are missing.
    """
    sound = pixels.rstrip(b"\0\xff")  # noughts are what a broken download is filled up with
    if pixels[len(sound) : len(sound) + 2] == b"\xff\0":
        sound = pixels[: len(sound) + 2]  # the last byte of the data, as it is written there
    shown = []
    for filler in (b"", _FILLER):
        with decoding():
            image = JpegImagePlugin.JpegImageFile(io.BytesIO(sound + filler + b"\xff\xd9"))
            image.draft(None, (max(1, image.width // 2), max(1, image.height // 2)))
            image.load()
        shown.append(image.tobytes())
    if shown[0] != shown[1]:
        raise NoPicture(ImageRefusal.DAMAGED)
    return sound + b"\xff\xd9"
