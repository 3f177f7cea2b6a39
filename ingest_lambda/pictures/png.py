"""A PNG reduced to what makes its pixels, so that nothing beside them can get it refused."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from ingest_lambda.contract import ImageRefusal
from ingest_lambda.pictures.gamut import numbered_profile
from ingest_lambda.pictures.limits import MOST_PARTS
from ingest_lambda.pictures.picture import NoPicture

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PIXELS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT")
_LARGEST_EXIF = 1_000_000


@dataclass(frozen=True)
class Png:
    """The pixels as a PNG without anything else, and what of the rest is of use."""

    pixels: bytes
    profile: bytes
    exif: bytes


def reduce_png(content: bytes, *, largest_profile: int) -> Png:
    """Take a PNG apart: texts, further frames, checksums and profiles over a size are left out.

    A missing end marker is put there; a last chunk that was cut short keeps what
    is left of it, and the decoder says whether that is enough.

    Raises:
        NoPicture: it is in too many parts.
    """
    kept, profile, numbered, exif = [_SIGNATURE], b"", b"", b""
    for number, (name, data) in enumerate(_chunks(content)):
        if number > MOST_PARTS:
            raise NoPicture(ImageRefusal.DAMAGED)
        if name in _PIXELS:
            kept.append(_chunk(name, data))
        elif name == b"iCCP":
            profile = _inflated(data.partition(b"\0")[2][1:], largest_profile)
        elif name == b"cICP" and len(data) == 4:  # before a profile, where both are there
            numbered = numbered_profile(data[0], data[1])
        elif name == b"eXIf" and len(data) <= _LARGEST_EXIF:
            exif = bytes(data)
    kept.append(_chunk(b"IEND", b""))
    return Png(b"".join(kept), numbered or profile, exif)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_SIGNATURE)
    while place + 8 <= len(content):
        length, name = struct.unpack_from(">I4s", content, place)
        if name == b"IEND":
            return
        yield name, content[place + 8 : place + 8 + length]
        place += length + 12


def _chunk(name: bytes, data: bytes) -> bytes:
    return b"".join(
        (
            struct.pack(">I", len(data)),
            name,
            data,
            struct.pack(">I", zlib.crc32(data, zlib.crc32(name))),
        )
    )


def _inflated(data: bytes, most: int) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        whole = unpacker.decompress(data, most)
    except zlib.error:
        return b""
    return whole if unpacker.eof else b""
