"""What the page says of a file and what it makes of it, in a browser: as the function would."""

import base64
import io
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from ingest_lambda.contract.photos import MOST_PIXELS
from tests.browser.rendered import SITE, serve
from tests.browser.visiting import open_form
from tests.campaigns.pages import make_content
from tests.support.kinds import HEADS

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

IN_THE_PAGE = """async ([work, files]) => {
  const script = document.querySelector("script[type=module]").src;
  const pictures = await import(new URL("pictures.js", script));
  const smaller = await import(new URL("smaller.js", script));
  const answers = [];
  for (const file of files) {
    const bytes = Uint8Array.from(atob(file), (sign) => sign.charCodeAt(0));
    const blob = new Blob([bytes]);
    if (work === "typeOf") answers.push(await pictures.typeOf(blob));
    if (work === "pixelsOf") answers.push(await smaller.pixelsOf(blob));
    if (work === "smallerCopy") {
      const copy = await smaller.smallerCopy(blob);
      const picture = copy && await createImageBitmap(copy);
      answers.push(picture && [picture.width, picture.height]);
    }
  }
  return answers;
}"""


def ask(page: "Page", work: str, *files: bytes) -> list[Any]:
    """Run a function of the page's own script on files."""
    answers: list[Any] = page.evaluate(
        IN_THE_PAGE, [work, [base64.b64encode(file).decode() for file in files]]
    )
    return answers


def noise(width: int, height: int) -> bytes:
    """Return a JPEG whose smaller copy is smaller."""
    grain = Image.effect_noise((256, 256), 60).resize((width, height), Image.Resampling.NEAREST)
    out = io.BytesIO()
    grain.save(out, format="JPEG", quality=95)
    return out.getvalue()


@pytest.fixture
def page(phone: "Page") -> "Page":
    """Return a browser in which a page is open."""
    serve(phone, make_content())
    open_form(phone, SITE)
    return phone


def test_page_and_function_give_one_verdict(page: "Page") -> None:
    said = ask(page, "typeOf", *(content for content, _ in HEADS.values()))
    assert dict(zip(HEADS, said, strict=True)) == {
        name: kind.value if kind else "" for name, (_, kind) in HEADS.items()
    }


def test_a_photo_of_108_megapixels_is_made_one_that_the_function_takes(page: "Page") -> None:
    out = io.BytesIO()
    Image.new("L", (12_000, 9_000), 200).save(out, format="JPEG", quality=30)
    assert ask(page, "pixelsOf", out.getvalue()) == [108_000_000]
    ((width, height),) = ask(page, "smallerCopy", out.getvalue())
    assert (width, height) == (3000, 2250)
    assert width * height < MOST_PIXELS


@pytest.mark.parametrize(
    ("size", "kept"),
    [
        ((1440, 30_000), (1440, 30_000)),
        ((14_000, 1440), (14_000, 1440)),
        ((3600, 9000), (1800, 4500)),
        ((3000, 4000), (2250, 3000)),
    ],
    ids=str,
)
def test_a_smaller_copy_of_a_long_receipt_keeps_its_width(page: "Page", size, kept) -> None:
    assert ask(page, "smallerCopy", noise(*size)) == [list(kept)]
