"""Colours that a file names by number instead of by a profile (ITU-T H.273): HEIC, AVIF and PNG.

Phones write Display P3 so. A profile is made of the number, and goes the way of
one that came with the file; what stands for itself (BT.709, unknown) needs none,
and the curves of HDR are left as they are, since a browser without such a screen
maps them by a way of its own.
"""

import re
import struct
from functools import cache

_D50 = (0.9642, 1.0, 0.8249)
_COLORANTS = {
    9: ((0.67350, 0.27904, -0.00193), (0.16569, 0.67535, 0.02998), (0.12508, 0.04561, 0.79682)),
    12: ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)),
}
"""Red, green and blue of BT.2020 and Display P3 as seen under D50, as profiles of both give them."""
_SRGB_CURVES = (1, 6, 13, 14, 15)
"""Transfers that screens show as sRGB; 16 and 18 are those of HDR."""
_IN_A_BOX = re.compile(rb"colrnclx(..)(..)", re.DOTALL)


def boxed_profile(content: bytes) -> bytes:
    """Return the profile that the first colour box of a HEIC or AVIF stands for; empty for none."""
    found = _IN_A_BOX.search(content[:100_000])
    if found is None:
        return b""
    return numbered_profile(int.from_bytes(found[1], "big"), int.from_bytes(found[2], "big"))


def numbered_profile(primaries: int, transfer: int) -> bytes:
    """Return the profile of colours by number; empty where they need none."""
    if primaries not in _COLORANTS or transfer not in _SRGB_CURVES:
        return b""
    return _made(primaries)


@cache
def _made(primaries: int) -> bytes:
    """Write a display profile (ICC.1:2001-04) of three colorants and sRGB's curve."""
    levels = [round(65535 * _linear(level / 255)) for level in range(256)]
    curve = b"curv" + bytes(4) + struct.pack(">I256H", len(levels), *levels)
    words = b"desc" + bytes(4) + struct.pack(">I", 2) + b"p\0" + bytes(80)
    tags = [(b"desc", words), (b"wtpt", _xyz(_D50)), (b"cprt", b"text" + bytes(8))]
    names = (b"rXYZ", b"gXYZ", b"bXYZ")
    tags += [(name, _xyz(c)) for name, c in zip(names, _COLORANTS[primaries], strict=True)]
    tags += [(name, curve) for name in (b"rTRC", b"gTRC", b"bTRC")]
    place = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for name, data in tags:
        table += name + struct.pack(">II", place + len(body), len(data))
        body += data
    head = struct.pack(
        ">I4sI4s4s4s", place + len(body), b"none", 0x02100000, b"mntr", b"RGB ", b"XYZ "
    )
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    head += struct.pack(">3i", *(round(value * 65536) for value in _D50))
    return head.ljust(128, b"\0") + table + body


def _linear(value: float) -> float:
    """Return the light of a level, both from 0 to 1 (IEC 61966-2-1)."""
    linear: float = value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
    return linear


def _xyz(value: tuple[float, float, float]) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(part * 65536) for part in value))
