"""What keeps an entry from having a photo that can be read, by the facts alone."""

import pytest

from submissions.receipts.rules.photo_gaps import (
    LEAST_PIXELS,
    PhotoFacts,
    PhotoGap,
    photo_gaps,
)

GOOD = PhotoFacts(pixels=LEAST_PIXELS)
SMALL = PhotoFacts(pixels=LEAST_PIXELS - 1)
BROKEN = PhotoFacts(refusal="damaged")


def upload(key: str, *, receipt: int = 1, field: str = "receipt") -> dict[str, object]:
    return {"key": key, "field": field, "receipt": receipt}


@pytest.mark.parametrize(
    ("came", "gaps"),
    [
        ({"a": GOOD, "b": GOOD}, ()),
        ({"a": GOOD, "b": BROKEN}, ()),
        ({"a": SMALL, "b": GOOD}, ()),
        ({}, (PhotoGap.AWAITED,)),
        ({"a": BROKEN}, (PhotoGap.AWAITED,)),
        ({"a": BROKEN, "b": BROKEN}, (PhotoGap.NO_PICTURE,)),
        ({"a": SMALL, "b": BROKEN}, (PhotoGap.NO_PICTURE,)),
        ({"a": SMALL, "b": SMALL}, (PhotoGap.TOO_SMALL,)),
        ({"a": PhotoFacts(), "b": PhotoFacts()}, (PhotoGap.NO_PICTURE,)),
    ],
)
def test_one_photo_that_can_be_read_is_enough_for_a_receipt(
    came: dict[str, PhotoFacts], gaps: tuple[PhotoGap, ...]
) -> None:
    assert photo_gaps(["receipt"], [upload("a"), upload("b")], came) == gaps


def test_each_receipt_and_each_field_needs_one_of_its_own() -> None:
    uploads = [upload("a"), upload("b", receipt=2), upload("c", field="selfie", receipt=3)]
    came = {"a": GOOD, "c": BROKEN}
    assert photo_gaps([], uploads, came) == (PhotoGap.AWAITED, PhotoGap.NO_PICTURE)


def test_a_form_that_requires_a_photo_misses_one_and_one_that_does_not_misses_none() -> None:
    assert photo_gaps(["receipt"], [], {}) == (PhotoGap.NONE_SENT,)
    assert photo_gaps(["receipt", "selfie"], [upload("a")], {"a": GOOD}) == (PhotoGap.NONE_SENT,)
    assert photo_gaps([], [], {}) == ()
