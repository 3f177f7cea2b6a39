"""What an entrant is asked for by itself, where a photo never came or its file gives no picture."""

from collections.abc import Collection

from ingest_lambda.contract import ImageRefusal, ReasonCode

_OVERSIZED = frozenset({ImageRefusal.TOO_LARGE.value, ImageRefusal.TOO_MANY_PIXELS.value})


def lacks(refusals: Collection[str | None]) -> tuple[ReasonCode, ...]:
    """Return for what an entrant is asked for photos anew: by why each file gave no picture, or ``None`` where none came."""
    found = {
        ReasonCode.IMAGE_NOT_RECEIVED
        if refusal is None
        else ReasonCode.IMAGE_TOO_LARGE
        if refusal in _OVERSIZED
        else ReasonCode.IMAGE_DAMAGED
        for refusal in refusals
        if refusal != ""
    }
    return tuple(code for code in ReasonCode if code in found)
