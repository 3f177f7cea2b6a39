"""What an entrant is asked for by itself, by why each file gave no picture."""

import pytest

from ingest_lambda.contract import ImageRefusal, ReasonCode
from submissions.receipts.rules.asked_for import lacks


def test_an_entrant_is_asked_for_what_never_came_and_for_what_gives_no_picture() -> None:
    assert lacks(["", ""]) == ()
    assert lacks([None, "", "damaged", "too_large", None]) == (
        ReasonCode.IMAGE_NOT_RECEIVED,
        ReasonCode.IMAGE_DAMAGED,
        ReasonCode.IMAGE_TOO_LARGE,
    )


@pytest.mark.parametrize("refusal", ImageRefusal)
def test_every_refusal_is_asked_about(refusal: ImageRefusal) -> None:
    large = refusal in (ImageRefusal.TOO_LARGE, ImageRefusal.TOO_MANY_PIXELS)
    assert lacks([refusal]) == (ReasonCode.IMAGE_TOO_LARGE if large else ReasonCode.IMAGE_DAMAGED,)
