"""Files that are small to send and long or large to decode."""

import io
import struct
import zlib

from PIL import Image


def many_scans(width: int, height: int, scans: int) -> bytes:
    """Return a progressive JPEG whose scans say nothing: each is walked over all of its blocks."""
    out = bytearray(b"\xff\xd8")

    def segment(marker: int, data: bytes) -> None:
        out.extend(b"\xff" + bytes([marker]) + struct.pack(">H", len(data) + 2) + data)

    segment(0xDB, b"\0" + bytes([16] * 64))
    segment(0xC2, struct.pack(">BHHB", 8, height, width, 1) + bytes([1, 0x11, 0]))
    segment(0xC4, b"\0" + bytes([1] + [0] * 15) + b"\0")  # one code: no difference
    segment(
        0xC4, b"\x10" + bytes([1] + [0] * 15) + b"\xe0"
    )  # one code: the next 16,384 blocks are empty
    blocks = ((width + 7) // 8) * ((height + 7) // 8)
    segment(0xDA, bytes([1, 1, 0, 0, 0, 0]))
    out.extend(bytes((blocks + 7) // 8))
    runs = bytes(((blocks + 16_383) // 16_384 * 15 + 7) // 8)
    for number in range(scans - 1):
        segment(0xDA, bytes([1, 1, 0, number % 63 + 1, number % 63 + 1, 0]))
        out.extend(runs)
    return bytes(out) + b"\xff\xd9"


def pdf_of(*objects: bytes, before: bytes = b"") -> bytes:
    """Return a PDF of these objects, the first of them its catalogue, behind what else is put ``before``."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return before + bytes(out)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """Return an object with a stream."""
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(content), content)


def nested_pdf(depth: int) -> bytes:
    """Return a PDF whose page draws a form that draws ten, and so on: 10 to the power of ``depth``."""
    forms = []
    for level in range(depth):
        last = level == depth - 1
        inside = b"" if last else b"/XObject<</F %d 0 R>>" % (6 + level)
        drawn = b"0 0 10 10 re f" if last else b"/F Do " * 10
        head = b"/Type/XObject/Subtype/Form/BBox[0 0 300 600]/Resources<<%s>>" % inside
        forms.append(stream(drawn, head))
    return pdf_of(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 600]/Contents 4 0 R"
        b"/Resources<</XObject<</F 5 0 R>>>>>>",
        stream(b"/F Do"),
        *forms,
    )


def huge_png(width: int, height: int) -> bytes:
    """Return a PNG of one colour: a thousandth of what it takes in memory."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(out, format="PNG", compress_level=1)
    return out.getvalue()


def png_chunk(name: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG, with its checksum."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
