"""Colour profiles made on the spot (ICC.1:2001): three colorants and a gamma."""

import struct

Colorant = tuple[float, float, float]

DISPLAY_P3: tuple[Colorant, ...] = (
    (0.5151, 0.2412, -0.0011),
    (0.2920, 0.6922, 0.0419),
    (0.1571, 0.0666, 0.7841),
)
SRGB: tuple[Colorant, ...] = (
    (0.4361, 0.2225, 0.0139),
    (0.3851, 0.7169, 0.0971),
    (0.1431, 0.0606, 0.7141),
)
EXCHANGED = (SRGB[1], SRGB[2], SRGB[0])
"""Red means green, green means blue, blue means red: who ignores it shows other colours altogether."""
WHITE = (0.9642, 1.0, 0.8249)


def profile(colorants: tuple[Colorant, ...], *, gamma: float = 2.2, padding: int = 0) -> bytes:
    """Return a display profile, with so many bytes more than it needs."""
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)
    words = b"desc" + bytes(4) + struct.pack(">I", 5) + b"made\0" + bytes(78)
    words += bytes(-len(words) % 4)
    tags = [(b"desc", words), (b"wtpt", _xyz(WHITE)), (b"cprt", b"text" + bytes(8))]
    tags += [
        (name, _xyz(value))
        for name, value in zip((b"rXYZ", b"gXYZ", b"bXYZ"), colorants, strict=True)
    ]
    tags += [(name, curve) for name in (b"rTRC", b"gTRC", b"bTRC")]
    if padding:
        tags.append((b"junk", b"data" + bytes(padding + -padding % 4)))
    place = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for name, data in tags:
        table += name + struct.pack(">II", place + len(body), len(data))
        body += data
    size = place + len(body)
    head = struct.pack(">I4sI4s4s4s", size, b"none", 0x02100000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    head += struct.pack(">3i", *(round(value * 65536) for value in WHITE))
    return head.ljust(128, b"\0") + table + body


def _xyz(value: Colorant) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(part * 65536) for part in value))


def press_profile(perceptual: int, colorimetric: int) -> bytes:
    """Return a CMYK profile of a press whose ink of any kind gives so light a grey (0 to 255), by either intent."""
    tags = [
        (b"desc", b"desc" + bytes(4) + struct.pack(">I", 5) + b"made\0" + bytes(79)),
        (b"wtpt", _xyz(WHITE)),
        (b"cprt", b"text" + bytes(8)),
        (b"A2B0", _lut(perceptual)),
        (b"A2B1", _lut(colorimetric)),
    ]
    place = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for name, data in tags:
        data += bytes(-len(data) % 4)
        table += name + struct.pack(">II", place + len(body), len(data))
        body += data
    size = place + len(body)
    head = struct.pack(">I4sI4s4s4s", size, b"none", 0x02100000, b"prtr", b"CMYK", b"Lab ")
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    head += struct.pack(">3i", *(round(value * 65536) for value in WHITE))
    return head.ljust(128, b"\0") + table + body


def _lut(inked: int) -> bytes:
    """Write a table of two steps an ink (ICC.1:2001, 6.5.8): paper where there is none."""
    ramp = bytes(range(256))
    head = b"mft1" + bytes(4) + bytes((4, 3, 2, 0))
    head += struct.pack(">9i", *(65536 * (place % 4 == 0) for place in range(9)))
    corners = bytes((255, 128, 128)) + bytes((inked, 128, 128)) * 15
    return head + ramp * 4 + corners + ramp * 3
