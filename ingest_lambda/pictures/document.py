"""PDFs, drawn as any viewer draws them: with what is filled into forms, stamps and notes."""

from typing import Any

from PIL import Image

from ingest_lambda.contract import ImageRefusal
from ingest_lambda.contract.photos import Kind
from ingest_lambda.pictures.copies import copies_of, scale_of
from ingest_lambda.pictures.counting import pdf_objects
from ingest_lambda.pictures.failures import decoding
from ingest_lambda.pictures.limits import MOST_OBJECTS, MOST_PAGES
from ingest_lambda.pictures.picture import Copy, NoPicture, Picture

DOTS_PER_POINT = 300 / 72
"""Thermal printers print 203 dots an inch, scanners are set to 300: more is not in a receipt."""


def read_document(content: bytes) -> Picture:
    """Draw each page of a PDF.

    Raises:
        NoPicture: locked with a password, too many pages or objects, damaged.
    """
    if pdf_objects(content) > MOST_OBJECTS:
        raise NoPicture(ImageRefusal.DAMAGED)
    document = _opened(content)
    with decoding():
        pages = len(document)
    if pages > MOST_PAGES:
        raise NoPicture(ImageRefusal.TOO_MANY_PAGES)
    if not pages:
        raise NoPicture(ImageRefusal.DAMAGED)
    copies: list[Copy] = []
    sizes = []
    for number in range(pages):
        drawn = _drawn(document, number, pages)
        sizes.append(drawn.size)
        copies += copies_of(drawn)
    with decoding():
        document.close()
    return Picture(Kind.PDF.value, *sizes[0], tuple(copies), {})


def _opened(content: bytes) -> Any:
    import pypdfium2 as pdfium  # only this kind pays for the library

    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as exc:
        locked = "password" in str(exc).lower() or b"/Encrypt" in content
        raise NoPicture(ImageRefusal.ENCRYPTED if locked else ImageRefusal.DAMAGED) from exc
    with decoding():
        document.init_forms()  # before a page is loaded: only then are its fields drawn
    return document


def _drawn(document: Any, number: int, pages: int) -> Image.Image:
    with decoding():
        page = document[number]
        width, height = page.get_size()
    scale = scale_of(width, height, most=DOTS_PER_POINT, share=pages)
    with decoding():
        picture: Image.Image = page.render(scale=scale).to_pil()
        page.close()
    return picture.convert("RGB")
