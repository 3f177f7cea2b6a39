"""How the function and its decoder talk: frames of a length and as many bytes, over two pipes.

A request is one frame, the file. An answer is one frame of JSON and then, for a
picture, two frames per copy: the view and its thumbnail. Both ends refuse a
frame that is longer than agreed before they read it.
"""

import json
import struct
from typing import Any, BinaryIO

from ingest_lambda.contract import ImageRefusal
from ingest_lambda.pictures.picture import Copy, NoPicture, Picture

READY = b"ready"
"""The decoder's first frame: it has loaded what it needs and set its limits."""
MOST_HEAD_BYTES = 1_000_000
_LENGTH = struct.Struct(">I")


class Ended(Exception):
    """The other end closed its pipe, between frames or within one."""


class Malformed(Exception):
    """The other end sent something that no version of this module writes."""


def write_frame(stream: BinaryIO, content: bytes) -> None:
    """Send one frame and wait until the pipe has taken it."""
    stream.write(_LENGTH.pack(len(content)))
    stream.write(content)
    stream.flush()


def read_frame(stream: BinaryIO, *, most: int) -> bytes:
    """Receive one frame.

    Raises:
        Ended: the pipe ended first.
        Malformed: the frame would be longer than ``most`` bytes.
    """
    (length,) = _LENGTH.unpack(_read(stream, _LENGTH.size))
    if length > most:
        raise Malformed(f"a frame of {length} bytes")
    return _read(stream, length)


def _read(stream: BinaryIO, length: int) -> bytes:
    content = stream.read(length)
    if content is None or len(content) < length:
        raise Ended
    return content


def write_picture(stream: BinaryIO, picture: Picture) -> None:
    """Answer with a picture."""
    head = {
        "content_type": picture.content_type,
        "width": picture.width,
        "height": picture.height,
        "exif": picture.exif,
        "copies": [[copy.width, copy.height] for copy in picture.copies],
    }
    write_frame(stream, json.dumps({"picture": head}).encode())
    for copy in picture.copies:
        write_frame(stream, copy.view)
        write_frame(stream, copy.thumbnail)


def write_refusal(stream: BinaryIO, why: ImageRefusal) -> None:
    """Answer that the file gives no picture."""
    write_frame(stream, json.dumps({"refusal": why.value}).encode())


def write_fault(stream: BinaryIO, report: str) -> None:
    """Answer that our own code failed, with its traceback."""
    write_frame(stream, json.dumps({"fault": report[-20_000:]}).encode())


def read_answer(stream: BinaryIO, *, most: int) -> Picture:
    """Receive an answer whose copies have at most ``most`` bytes together.

    Raises:
        NoPicture: the file gives none.
        Ended: the decoder died.
        Malformed: it sent something else, too much, or says that our own code failed.
    """
    head = _head(read_frame(stream, most=MOST_HEAD_BYTES))
    if "fault" in head:
        raise Malformed(str(head["fault"]))
    try:
        if "refusal" in head:
            raise NoPicture(ImageRefusal(head["refusal"]))
        told = head["picture"]
        copies = []
        left = most
        for width, height in told["copies"]:
            view = read_frame(stream, most=left)
            thumbnail = read_frame(stream, most=left - len(view))
            left -= len(view) + len(thumbnail)
            copies.append(Copy(view, thumbnail, int(width), int(height)))
        exif = {str(name): str(value) for name, value in told["exif"].items()}
        return Picture(
            str(told["content_type"]),
            int(told["width"]),
            int(told["height"]),
            tuple(copies),
            exif,
        )
    except (AttributeError, KeyError, TypeError, ValueError) as exc:
        raise Malformed("an answer of another shape") from exc


def _head(content: bytes) -> dict[str, Any]:
    try:
        head = json.loads(content)
    except ValueError as exc:
        raise Malformed("no JSON") from exc
    if not isinstance(head, dict):
        raise Malformed("no object")
    return head
