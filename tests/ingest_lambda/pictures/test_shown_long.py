"""Long receipts are shown in pages that staff can read, without a gap."""

import pytest
from PIL import Image

from ingest_lambda.pictures.decode import decode
from tests.ingest_lambda.pictures.drawings import ALIKE, FONT, bars, joined, saved
from tests.support.bombs import pdf_of, stream
from tests.support.renderings import by_pdftoppm, differences

pytestmark = pytest.mark.viewers


POINTS_PER_MM = 72 / 25.4
LINE_MM = 3.4


def till_roll(width_mm: int = 80, height_mm: int = 2000) -> bytes:
    """Return a PDF as tills make them: one page as long as the receipt, a line every 3.4 mm."""
    width, height = width_mm * POINTS_PER_MM, height_mm * POINTS_PER_MM
    pitch = LINE_MM * POINTS_PER_MM
    lines = "".join(
        bars(number, left=20, bottom=height - (number + 1) * pitch, height=pitch / 2)
        for number in range(int(height_mm / LINE_MM) - 1)
    )
    return pdf_of(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width:.2f} {height:.2f}]/Contents 4 0 R"
        "/Resources<</Font<</F 5 0 R>>>>>>".encode(),
        stream(lines.encode()),
        FONT,
    )


def test_a_till_roll_of_two_metres_can_be_read_by_staff():
    content = till_roll()
    picture = decode(content)
    pages = joined(picture)
    dots = picture.height / 2000
    assert dots * LINE_MM >= 12
    whole = by_pdftoppm(content, dots=dots * 25.4).resize((picture.width, picture.height))
    place = 0
    for page in pages:
        assert page.width == picture.width
        assert page.height <= 3600
        assert (
            max(differences(page, whole.crop((0, place, page.width, place + page.height)))) < ALIKE
        )
        place += page.height - 96
    assert abs(place + 96 - picture.height) <= len(pages)


@pytest.mark.parametrize("size", [(1440, 30_000), (300, 20_000), (30_000, 1440)])
def test_a_long_photo_becomes_pages_of_its_own_width(size: tuple[int, int]):
    width, height = size
    strip = Image.linear_gradient("L").resize((64, 64))
    image = Image.new("L", size)
    for place in range(0, max(size), 640):
        image.paste(strip, (0, place) if height > width else (place, 0))
    picture = decode(saved(image, "JPEG", quality=80))
    assert (picture.width, picture.height) == size
    pages = joined(picture)
    assert len(pages) > 5
    assert {min(page.size) for page in pages} == {min(size)}
    assert sum(max(page.size) for page in pages) >= max(size) + 96 * (len(pages) - 1) - len(pages)
    assert max(differences(pages[0], image.crop((0, 0, *pages[0].size)))) < ALIKE
