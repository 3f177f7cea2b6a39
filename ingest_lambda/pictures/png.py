"""A PNG reduced to what makes its pixels, so that nothing beside them can get it refused."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from ingest_lambda.contract import ImageRefusal
from ingest_lambda.pictures.gamut import grey_profile, measured_profile, numbered_profile
from ingest_lambda.pictures.limits import MOST_PARTS
from ingest_lambda.pictures.picture import NoPicture

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PIXELS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT")
_BESIDE = (b"iCCP", b"cICP", b"sRGB", b"gAMA", b"cHRM", b"eXIf")
"""Of use, each where it stands first."""
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
    kept, beside = [_SIGNATURE], dict[bytes, bytes]()
    for number, (name, data) in enumerate(_chunks(content)):
        if number > MOST_PARTS:
            raise NoPicture(ImageRefusal.DAMAGED)
        if name in _PIXELS:
            deep = name == b"tRNS" and content[24:26] == b"\x10\x02"
            kept.append(_chunk(name, _first_bytes(data) if deep else data))
        elif name in _BESIDE:
            beside.setdefault(name, data)
    kept.append(_chunk(b"IEND", b""))
    exif = beside.get(b"eXIf", b"")
    return Png(
        b"".join(kept),
        _profile(beside, largest_profile, is_grey=content[25:26] in (b"\0", b"\4")),
        exif if len(exif) <= _LARGEST_EXIF else b"",
    )


def _first_bytes(hole: bytes) -> bytes:
    """Return the colour that is see-through as the decoder compares it: by eight of its sixteen bits."""
    return b"".join(b"\0" + hole[place : place + 1] for place in (0, 2, 4))


def _profile(beside: dict[bytes, bytes], largest: int, *, is_grey: bool) -> bytes:
    """Return the profile by what counts first: a number, a profile, plain sRGB, measures (PNG, 4.3)."""
    number = beside.get(b"cICP", b"")
    numbered = numbered_profile(number[0], number[1]) if len(number) == 4 else b""
    if numbered:
        return numbered
    if b"iCCP" in beside:
        return _inflated(beside[b"iCCP"].partition(b"\0")[2][1:], largest)
    gamma = int.from_bytes(beside.get(b"gAMA", b"")[:4], "big") / 100_000
    if b"sRGB" in beside or not 0.1 <= gamma <= 10:
        return b""
    if is_grey:
        return grey_profile(1 / gamma)
    places = beside.get(b"cHRM", b"")
    if len(places) != 32:
        return measured_profile(None, 1 / gamma)
    white, red, green, blue = struct.iter_unpack(
        ">2d", struct.pack(">8d", *(part / 100_000 for part in struct.unpack(">8I", places)))
    )
    return measured_profile((red, green, blue, white), 1 / gamma)


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
