"""Colours that a file names by number (ITU-T H.273) or by measures instead of by a profile: HEIC, AVIF and PNG.

Phones write Display P3 so. A profile is made of them, and goes the way of one
that came with the file; what stands for itself (BT.709, unknown) needs none,
and the curves of HDR are left as they are, since a browser without such a screen
maps them by a way of its own.
"""

import re
import struct
from collections.abc import Sequence
from functools import cache, lru_cache

_D50 = (0.9642, 1.0, 0.8249)
_D65, _C = (0.3127, 0.3290), (0.310, 0.316)
_BT709 = ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060), _D65)
_PRIMARIES = {
    1: _BT709,
    2: _BT709,
    4: ((0.670, 0.330), (0.210, 0.710), (0.140, 0.080), _C),
    5: ((0.640, 0.330), (0.290, 0.600), (0.150, 0.060), _D65),
    6: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), _D65),
    7: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), _D65),
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), _D65),
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), _D65),
}
"""Red, green, blue and white by the number of their primaries, as places (x, y) in CIE 1931; 2 says nothing."""
_CURVES = {1: 0.0, 2: 0.0, 4: 2.2, 5: 2.8, 6: 0.0, 8: 1.0, 13: 0.0, 14: 0.0, 15: 0.0}
"""Exponents of the transfers, 0 where screens show them as sRGB; 16 and 18 are those of HDR."""
_ADAPTED = ((0.8951, -0.7502, 0.0389), (0.2664, 1.7135, -0.0685), (-0.1614, 0.0367, 1.0296))
"""How the eye takes one white for another: the columns of Bradford's matrix."""

_Place = tuple[float, float]
_Gamut = tuple[_Place, _Place, _Place, _Place]
_Vector = tuple[float, float, float]
_IN_A_BOX = re.compile(rb"colrnclx(..)(..)", re.DOTALL)


def boxed_profile(content: bytes) -> bytes:
    """Return the profile that the first colour box of a HEIC or AVIF stands for; empty for none."""
    found = _IN_A_BOX.search(content[:100_000])
    if found is None:
        return b""
    return numbered_profile(int.from_bytes(found[1], "big"), int.from_bytes(found[2], "big"))


def numbered_profile(primaries: int, transfer: int) -> bytes:
    """Return the profile of colours by number; empty where they need none."""
    if primaries not in _PRIMARIES or transfer not in _CURVES:
        return b""
    return measured_profile(_PRIMARIES[primaries], _CURVES[transfer])


def measured_profile(gamut: _Gamut | None, exponent: float) -> bytes:
    """Return the profile of an exponent (0 for sRGB's curve) and of what colours it mixes, where that is said.

    Empty where it needs none, and where no such colours can be.
    """
    gamut = gamut or _BT709
    near = zip(sum(gamut, ()), sum(_BT709, ()), strict=True)
    if abs(exponent - 2.2) < 0.05:
        exponent = 0.0  # what programs write that mean sRGB
    if not exponent and all(abs(place - usual) < 0.002 for place, usual in near):
        return b""
    try:
        return _made(gamut, exponent)
    except (ArithmeticError, struct.error):
        return b""


def srgb_profile() -> bytes:
    """Return the profile of what screens show."""
    return _made(_BT709, 0.0)


@cache
def grey_profile(exponent: float) -> bytes:
    """Return the profile of greys with an exponent; empty where it needs none."""
    if abs(exponent - 2.2) < 0.05:
        return b""
    return _written(b"GRAY", [(b"kTRC", _curve(exponent))])


@lru_cache(maxsize=16)
def _made(gamut: _Gamut, exponent: float) -> bytes:
    curve = _curve(exponent)
    names = (b"rXYZ", b"gXYZ", b"bXYZ")
    tags = [(name, _xyz(c)) for name, c in zip(names, _colorants(gamut), strict=True)]
    return _written(b"RGB ", tags + [(name, curve) for name in (b"rTRC", b"gTRC", b"bTRC")])


def _written(space: bytes, more_tags: list[tuple[bytes, bytes]]) -> bytes:
    """Write a display profile (ICC.1:2001-04)."""
    words = b"desc" + bytes(4) + struct.pack(">I", 2) + b"p\0" + bytes(80)
    tags = [(b"desc", words), (b"wtpt", _xyz(_D50)), (b"cprt", b"text" + bytes(8)), *more_tags]
    place = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for name, data in tags:
        table += name + struct.pack(">II", place + len(body), len(data))
        body += data
    head = struct.pack(
        ">I4sI4s4s4s", place + len(body), b"none", 0x02100000, b"mntr", space, b"XYZ "
    )
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    head += struct.pack(">3i", *(round(value * 65536) for value in _D50))
    return head.ljust(128, b"\0") + table + body


def _curve(exponent: float) -> bytes:
    levels = [level / 255 for level in range(256)]
    light = [level**exponent if exponent else _linear(level) for level in levels]
    return b"curv" + bytes(4) + struct.pack(">I256H", 256, *(round(65535 * part) for part in light))


def _colorants(gamut: _Gamut) -> list[_Vector]:
    """Return red, green and blue as seen under D50, which is how a profile names them."""
    *colours, white = [(x / y, 1.0, (1 - x - y) / y) for x, y in gamut]
    shares = _solved(colours, white)
    seen, wanted = _times(_ADAPTED, white), _times(_ADAPTED, _D50)
    return [
        _solved(
            _ADAPTED,
            tuple(
                part * share * to / of
                for part, of, to in zip(_times(_ADAPTED, colour), seen, wanted, strict=True)
            ),
        )
        for colour, share in zip(colours, shares, strict=True)
    ]


def _times(columns: Sequence[_Vector], vector: Sequence[float]) -> _Vector:
    rows = zip(*columns, strict=True)
    first, second, third = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in rows)
    return first, second, third


def _solved(columns: Sequence[_Vector], wanted: Sequence[float]) -> _Vector:
    """Return how much of each column gives what is wanted (Cramer's rule)."""
    a, b, c = columns
    whole = _volume(a, b, c)
    return (
        _volume(wanted, b, c) / whole,
        _volume(a, wanted, c) / whole,
        _volume(a, b, wanted) / whole,
    )


def _volume(a: Sequence[float], b: Sequence[float], c: Sequence[float]) -> float:
    return (
        a[0] * (b[1] * c[2] - b[2] * c[1])
        - b[0] * (a[1] * c[2] - a[2] * c[1])
        + c[0] * (a[1] * b[2] - a[2] * b[1])
    )


def _linear(value: float) -> float:
    """Return the light of a level, both from 0 to 1 (IEC 61966-2-1)."""
    linear: float = value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
    return linear


def _xyz(value: tuple[float, float, float]) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(part * 65536) for part in value))
