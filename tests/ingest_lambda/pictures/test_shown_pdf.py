"""PDFs are drawn as Poppler draws them, forms and stamps included."""

import pytest

from ingest_lambda.pictures.decode import decode
from tests.ingest_lambda.pictures.drawings import ALIKE, FONT, bars, joined, shown
from tests.support.bombs import pdf_of, stream
from tests.support.receipts import pdf_pages
from tests.support.renderings import by_pdftoppm, differences

pytestmark = pytest.mark.viewers


def annotated(
    *annotations: bytes,
    page: bytes = b"",
    fields: bytes = b"",
    before: bytes = b"",
    redrawn: bytes = b"false",
) -> bytes:
    """Return a PDF with one line of text and these annotations, objects 6 and on."""
    named = b" ".join(b"%d 0 R" % (6 + number) for number in range(len(annotations)))
    return pdf_of(
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[%s]/NeedAppearances %s"
        b"/DR<</Font<</Helv 5 0 R>>>>/DA(/Helv 0 Tf 0 g)>>>>" % (fields, redrawn),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 240 400]/Contents 4 0 R/Annots[%s]%s"
        b"/Resources<</Font<</F 5 0 R>>>>>>" % (named, page),
        stream(bars(1250, left=30, bottom=370, height=20).encode()),
        FONT,
        *annotations,
        before=before,
    )


def field(rectangle: bytes, entries: bytes) -> bytes:
    return b"<</Type/Annot/Subtype/Widget/F 4/P 3 0 R/Rect[%s]/T(f)%s>>" % (rectangle, entries)


TYPED = b"/FT/Tx/DA(/Helv 24 Tf 0 g)/V(%s)"
BOX = b"/Type/XObject/Subtype/Form/BBox[0 0 200 40]/Resources<<>>"
FILLED = stream(
    b"1 0.8 0 rg 0 0 200 40 re f 0 g " + bars(98, left=10, bottom=10, height=20).encode(), BOX
)
STAMP = b"/Type/XObject/Subtype/Form/BBox[0 0 200 60]/Resources<<>>"
DRAWN = {
    "a text field": annotated(
        field(b"20 250 220 290", TYPED % b"" + b"/AP<</N 7 0 R>>"), FILLED, fields=b"6 0 R"
    ),
    "a text field in no list of fields": annotated(
        field(b"20 250 220 290", TYPED % b"" + b"/AP<</N 7 0 R>>"), FILLED
    ),
    "a box that is ticked": annotated(
        field(b"20 250 220 290", b"/FT/Btn/V/On/AS/On/AP<</N<</On 7 0 R/Off 8 0 R>>>>"),
        FILLED,
        stream(b"", BOX),
        fields=b"6 0 R",
    ),
    "a box that is not ticked": annotated(
        field(b"20 250 220 290", b"/FT/Btn/V/Off/AS/Off/AP<</N<</On 7 0 R/Off 8 0 R>>>>"),
        FILLED,
        stream(b"", BOX),
        fields=b"6 0 R",
    ),
    "a stamp with an appearance": annotated(
        b"<</Type/Annot/Subtype/Stamp/F 4/Rect[20 100 220 160]/AP<</N 7 0 R>>>>",
        stream(b"0 0.5 0 rg 0 0 200 60 re f", STAMP),
    ),
    "a mark through which print is seen": annotated(
        b"<</Type/Annot/Subtype/Stamp/F 4/Rect[20 360 220 390]/AP<</N 7 0 R>>>>",
        stream(
            b"/G gs 1 1 0 rg 0 0 200 30 re f",
            b"/Type/XObject/Subtype/Form/BBox[0 0 200 30]"
            b"/Resources<</ExtGState<</G<</BM/Multiply>>>>>>",
        ),
    ),
    "a box without an appearance": annotated(
        b"<</Type/Annot/Subtype/Square/F 4/C[1 0 0]/IC[0 0 1]/BS<</W 4>>/Rect[20 100 220 200]>>"
    ),
    "one that is hidden": annotated(
        b"<</Type/Annot/Subtype/Stamp/F 2/Rect[20 100 220 160]/AP<</N 7 0 R>>>>",
        stream(b"0 0.5 0 rg 0 0 200 60 re f", STAMP),
    ),
    "a page on its side": annotated(page=b"/Rotate 90"),
    "a page cut to a part": annotated(page=b"/CropBox[0 200 240 400]"),
    "a page of larger units": annotated(page=b"/UserUnit 2"),
    "text before the header": annotated(before=b"--b\r\nContent-Type: application/pdf\r\n\r\n"),
    "a mark before the header": annotated(before=b"\xef\xbb\xbf"),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_pdf_is_drawn_as_poppler_draws_it(name: str):
    content = DRAWN[name]
    other = by_pdftoppm(content, dots=300)
    ours = shown(content)
    assert abs(ours.width / ours.height - other.width / other.height) < 0.02
    assert max(differences(ours, other)) < ALIKE


def test_what_leaves_out_a_field_is_seen():
    """Guards the fields above: without them the page is far away."""
    bare, filled = shown(annotated()), shown(DRAWN["a text field"])
    assert max(differences(bare, filled)) > 3 * ALIKE
    assert max(differences(bare, shown(DRAWN["one that is hidden"]))) < 1


@pytest.mark.parametrize("needed", [b"true", b"false"])
def test_what_was_typed_into_a_field_is_drawn_also_without_an_appearance(needed: bytes):
    empty, typed = (
        shown(annotated(field(b"20 250 220 290", TYPED % text), fields=b"6 0 R", redrawn=needed))
        for text in (b"", b"TOTAL 98765432")
    )
    assert max(differences(empty, typed)) > ALIKE


def test_five_pages_are_each_drawn_as_poppler_draws_them():
    content = pdf_pages(5)
    for number, ours in enumerate(joined(decode(content)), start=1):
        assert max(differences(ours, by_pdftoppm(content, page=number))) < ALIKE
