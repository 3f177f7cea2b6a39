"""What becomes of a file: a picture with the copies that staff see, or a reason why there is none."""

import hashlib
from dataclasses import dataclass

from ingest_lambda.contract import ImageRefusal


class NoPicture(Exception):
    """A file that gives no picture, and why. Final: the same file gives the same answer."""

    def __init__(self, why: ImageRefusal) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True)
class Copy:
    """One upright picture without metadata, as JPEG, and its thumbnail."""

    view: bytes
    thumbnail: bytes
    width: int
    height: int


@dataclass(frozen=True)
class Picture:
    """What a file turned out to be; width and height are the original's, upright."""

    content_type: str
    width: int
    height: int
    copies: tuple[Copy, ...]
    exif: dict[str, str]


def sha256_of(content: bytes) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(content).hexdigest()


def check_size(content: bytes, *, largest_bytes: int) -> None:
    """Refuse what need not be looked at.

    Raises:
        NoPicture: empty or too large.
    """
    if not content:
        raise NoPicture(ImageRefusal.EMPTY)
    if len(content) > largest_bytes:
        raise NoPicture(ImageRefusal.TOO_LARGE)
