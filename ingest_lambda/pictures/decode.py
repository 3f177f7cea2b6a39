"""From a file to its picture, in the decoder's process: each kind by its own reader."""

from PIL import Image

from ingest_lambda.contract import ImageRefusal
from ingest_lambda.contract.photos import Kind, kind_of
from ingest_lambda.pictures.document import read_document
from ingest_lambda.pictures.picture import NoPicture, Picture
from ingest_lambda.pictures.raster import read_raster


def decode(content: bytes) -> Picture:
    """Make the picture of a file.

    Raises:
        NoPicture: it gives none, or a decoder failed at it in whatever way.
    """
    kind = kind_of(content)
    if kind is None:
        raise NoPicture(ImageRefusal.NOT_AN_IMAGE)
    if kind is Kind.PDF:
        return read_document(content)
    return read_raster(content, kind)


def load_libraries() -> None:
    """Initialise what the first file would have to wait for: Pillow's codecs and its own modules."""
    Image.init()
