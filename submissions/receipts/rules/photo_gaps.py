"""Whether an entry shows what its form asks for, as far as the facts about its photos tell."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

LEAST_PIXELS = 320
"""Of the longer side: below it, not one of a receipt's lines of some forty characters can be read."""


class PhotoGap(StrEnum):
    """Why there is no photo to read where the form asks for one."""

    NONE_SENT = "none_sent"
    AWAITED = "awaited"
    """It was announced, and hasn't arrived or has still to be read."""
    NO_PICTURE = "no_picture"
    """The file is damaged, or no photo."""
    TOO_SMALL = "too_small"


GAP_WORDS: Mapping[PhotoGap, str] = {
    PhotoGap.NONE_SENT: "The form asks for a photo, and the entry came without one.",
    PhotoGap.AWAITED: "A photo hasn't arrived yet.",
    PhotoGap.NO_PICTURE: "A file that was sent as a photo can't be opened.",
    PhotoGap.TOO_SMALL: "A photo is too small to be read.",
}
"""For staff."""


@dataclass(frozen=True)
class PhotoFacts:
    """What is known of a file that came: why it gave no picture, and the longest side of what it gave."""

    refusal: str = ""
    pixels: int = 0

    @property
    def gap(self) -> PhotoGap | None:
        """Why it can't be read, as far as that shows without looking at it."""
        if self.refusal or not self.pixels:
            return PhotoGap.NO_PICTURE
        return PhotoGap.TOO_SMALL if self.pixels < LEAST_PIXELS else None


def photo_gaps(
    wanted: Iterable[str], uploads: Iterable[Mapping[str, object]], came: Mapping[str, PhotoFacts]
) -> tuple[PhotoGap, ...]:
    """Return what keeps an entry from having a readable photo of each thing that it shows; empty where none does.

    ``wanted`` are the photo fields that the form requires, ``uploads`` what the
    newest attempt announced, ``came`` the files by their keys. One photo that can
    be read is enough for a receipt; of a receipt without one, what may still
    arrive comes first.
    """
    receipts: dict[tuple[object, object], set[PhotoGap | None]] = {}
    for upload in uploads:
        facts = came.get(str(upload["key"]))
        gap = facts.gap if facts else PhotoGap.AWAITED
        receipts.setdefault((upload["field"], upload["receipt"]), set()).add(gap)
    shown = {field for field, _receipt in receipts}
    found = {PhotoGap.NONE_SENT} if set(wanted) - shown else set()
    for gaps in receipts.values():
        if None not in gaps:
            found.add(next(gap for gap in PhotoGap if gap in gaps))
    return tuple(gap for gap in PhotoGap if gap in found)
