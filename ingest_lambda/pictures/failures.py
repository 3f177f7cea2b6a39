"""Where decoders run: what they raise says something of the file, whatever it is."""

from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

from ingest_lambda.contract import ImageRefusal
from ingest_lambda.pictures.picture import NoPicture


@contextmanager
def decoding() -> Iterator[None]:
    """Turn whatever a decoder raises into the fact that the file is damaged.

    Only calls of a decoder stand in this block. They raise what they please (a
    ``TypeError`` for a tag of the wrong kind), so a list of errors is never
    complete; our own code stands outside, where the same error is a mistake of ours.

    Raises:
        NoPicture: a decoder raised something.
    """
    try:
        yield
    except NoPicture:
        raise
    except Image.DecompressionBombError as exc:
        raise NoPicture(ImageRefusal.TOO_MANY_PIXELS) from exc
    except Exception as exc:
        raise NoPicture(ImageRefusal.DAMAGED) from exc
