"""How a camera was held, read as browsers read it: from the first folder of the EXIF alone, whatever else is broken there.

Pillow gives up a folder at the first tag that points nowhere, and with it the
orientation behind; and it turns by what XMP says, which no browser does.
"""

import struct

_ORIENTATION, _SHORT, _LONG = 0x0112, 3, 4
_ENTRY_BYTES = 12


def orientation_of(exif: bytes) -> int:
    """Return the orientation as its tag has it; 1, which is upright, where there is none to be read."""
    body = exif.removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(body[:2])
    if order is None or len(body) < 8:
        return 1
    (folder,) = struct.unpack_from(order + "I", body, 4)
    if folder + 2 > len(body):
        return 1
    (count,) = struct.unpack_from(order + "H", body, folder)
    first = folder + 2
    last = min(first + count * _ENTRY_BYTES, len(body)) - _ENTRY_BYTES
    for place in range(first, last + 1, _ENTRY_BYTES):
        tag, kind, number = struct.unpack_from(order + "HHI", body, place)
        if tag == _ORIENTATION and number == 1 and kind in (_SHORT, _LONG):
            (value,) = struct.unpack_from(order + ("H" if kind == _SHORT else "I"), body, place + 8)
            return int(value)
    return 1
