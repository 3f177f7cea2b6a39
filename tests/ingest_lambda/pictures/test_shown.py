"""Staff judge what was sent: copies beside what other programs show of the same file, crop by crop."""

import io
import struct
import zlib
from collections.abc import Callable

import pillow_heif
import pytest
from PIL import Image, ImageOps, ImageStat

from ingest_lambda.pictures import Picture
from ingest_lambda.pictures.decode import decode
from ingest_lambda.pictures.gamut import grey_profile
from tests.support.bombs import pdf_of, png_chunk, stream
from tests.support.profiles import DISPLAY_P3, EXCHANGED, SRGB, press_profile, profile
from tests.support.receipts import draw_receipt, pdf_pages
from tests.support.renderings import by_libheif, by_magick, by_pdftoppm, differences

pytestmark = pytest.mark.viewers

ALIKE = 6.0
"""Levels of 256 that two programs' rounding and smoothing make; a field or a colour that is missing makes more."""


def coloured(width: int = 240, height: int = 400) -> Image.Image:
    """Draw a receipt on colours that run over the whole of the picture."""
    across = Image.linear_gradient("L").rotate(90).resize((width, height))
    down = Image.linear_gradient("L").resize((width, height))
    image = Image.merge("RGB", (across, down, ImageOps.invert(across)))
    receipt = draw_receipt(3, width=width // 2, height=height // 2)
    image.paste(receipt, (width // 4, height // 4))
    return image


def saved(image: Image.Image, file_format: str, **how: object) -> bytes:
    """Return a picture as a file."""
    out = io.BytesIO()
    image.save(out, format=file_format, **how)
    return out.getvalue()


def shown(content: bytes) -> Image.Image:
    """Return the one copy of a file."""
    (copy,) = decode(content).copies
    return Image.open(io.BytesIO(copy.view)).convert("RGB")


def joined(picture: Picture) -> list[Image.Image]:
    """Return the copies of a file as pictures."""
    return [Image.open(io.BytesIO(copy.view)).convert("RGB") for copy in picture.copies]


def grey_of_16_bits() -> Image.Image:
    """Draw levels that only 16 bits can tell apart."""
    grey = coloured().convert("L")
    raw = b"".join(bytes((level ^ 0x55, level)) for level in grey.tobytes())
    return Image.frombytes("I;16", grey.size, raw)


def see_through() -> Image.Image:
    """Draw a receipt that grows transparent from left to right."""
    image = coloured()
    image.putalpha(Image.linear_gradient("L").rotate(90).resize(image.size))
    return image


def with_profile(colorants: tuple, kind: str = "JPEG", **how: object) -> bytes:
    return saved(coloured(), kind, icc_profile=profile(colorants), **how)


def palette_with_holes() -> bytes:
    few = coloured().quantize(64)
    return saved(few, "PNG", transparency=bytes(range(0, 256, 4)))


def deep_png(grey: bool, hole: bytes = b"") -> bytes:
    """Return a PNG of 16 bits whose upper half is of the one colour that is see-through."""
    image = coloured().convert("L") if grey else coloured()
    channels = len(image.getbands())
    key = bytes((1, 2, 3, 4, 5, 6))[: 2 * channels]
    rows = b""
    for row in range(image.height):
        levels = image.crop((0, row, image.width, row + 1)).tobytes()
        deep = b"".join(bytes((level, level ^ 0x55)) for level in levels)
        rows += b"\0" + (key * image.width if row < image.height // 2 else deep)
    header = struct.pack(">IIBBBBB", *image.size, 16, 0 if grey else 2, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            png_chunk(b"IHDR", header),
            png_chunk(b"tRNS", hole or key),
            png_chunk(b"IDAT", zlib.compress(rows)),
            png_chunk(b"IEND", b""),
        )
    )


def measured_png(mode: str, gamma: float, *places: float) -> bytes:
    """Return a PNG that says by measures, not by a profile, how its colours are meant."""
    plain = saved((see_through() if mode == "LA" else coloured()).convert(mode), "PNG")
    chunks = png_chunk(b"gAMA", struct.pack(">I", round(gamma * 100_000)))
    if places:
        numbers = [round(place * 100_000) for place in places]
        chunks += png_chunk(b"cHRM", struct.pack(">8I", *numbers))
    return plain[:33] + chunks + plain[33:]


def first_of_three(kind: str) -> bytes:
    frames = [Image.new("RGB", (240, 400), colour) for colour in ("red", "blue")]
    return saved(coloured(), kind, save_all=True, append_images=frames, duration=100)


RASTER: dict[str, tuple[Callable[[], bytes], str]] = {
    "baseline JPEG": (lambda: saved(coloured(), "JPEG"), "jpeg"),
    "progressive JPEG": (lambda: saved(coloured(), "JPEG", progressive=True), "jpeg"),
    "grey JPEG": (lambda: saved(coloured().convert("L"), "JPEG"), "jpeg"),
    "JPEG of RGB": (lambda: saved(coloured(), "JPEG", keep_rgb=True), "jpeg"),
    "CMYK JPEG": (lambda: saved(coloured().convert("CMYK"), "JPEG"), "jpeg"),
    "JPEG in Display P3": (lambda: with_profile(DISPLAY_P3), "jpeg"),
    "JPEG with exchanged colours": (lambda: with_profile(EXCHANGED), "jpeg"),
    "PNG with exchanged colours": (lambda: with_profile(EXCHANGED, "PNG"), "png"),
    "WebP with exchanged colours": (lambda: with_profile(EXCHANGED, "WEBP"), "webp"),
    "PNG of 16 bits, grey": (lambda: saved(grey_of_16_bits(), "PNG"), "png"),
    "PNG of 8 bits, grey": (lambda: saved(coloured().convert("L"), "PNG"), "png"),
    "PNG of 1 bit": (lambda: saved(coloured().convert("1"), "PNG"), "png"),
    "PNG of 4 bits": (lambda: saved(coloured().quantize(16), "PNG", bits=4), "png"),
    "PNG, see-through": (lambda: saved(see_through(), "PNG"), "png"),
    "PNG, see-through and grey": (lambda: saved(see_through().convert("LA"), "PNG"), "png"),
    "PNG, palette with holes": (palette_with_holes, "png"),
    "PNG, one colour a hole": (
        lambda: saved(Image.new("RGB", (240, 400), "red"), "PNG", transparency=(255, 0, 0)),
        "png",
    ),
    "PNG, one grey a hole": (
        lambda: saved(coloured().convert("L").point(lambda v: v & 0x80), "PNG", transparency=0),
        "png",
    ),
    "PNG of 16 bits, one grey a hole": (lambda: deep_png(True), "png"),
    "PNG of 16 bits, one colour a hole": (lambda: deep_png(False), "png"),
    "WebP": (lambda: saved(coloured(), "WEBP"), "webp"),
    "lossless WebP": (lambda: saved(coloured(), "WEBP", lossless=True), "webp"),
    "WebP, see-through": (lambda: saved(see_through(), "WEBP"), "webp"),
    "animated PNG": (lambda: first_of_three("PNG"), "png"),
}


@pytest.mark.parametrize("name", RASTER)
def test_pixels_are_shown_as_imagemagick_shows_them(name: str):
    make, kind = RASTER[name]
    content = make()
    assert max(differences(shown(content), by_magick(content, kind))) < ALIKE


@pytest.mark.parametrize("mode", ["RGB", "L", "LA"])
def test_a_png_that_names_its_gamma_is_shown_by_it(mode: str):
    """What is written as light itself looks as the same light written the usual way."""
    linear, usual = measured_png(mode, 1.0), measured_png(mode, 1 / 2.2)
    lighter = [round(255 * (level / 255) ** (1 / 2.2)) for level in range(256)]
    lit = shown(usual).point(lighter * 3)
    if mode == "LA":  # the paper behind has a colour of its own
        white = Image.new("L", lit.size, 255)
        lit = coloured().convert("L").point(lighter)
        lit = Image.composite(lit, white, see_through().getchannel("A")).convert("RGB")
    assert max(differences(shown(linear), lit)) < ALIKE
    assert max(differences(shown(usual), lit)) > 5 * ALIKE, "and not as it stands"


def test_a_png_that_names_its_primaries_is_shown_by_them():
    places = (0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06)
    same = saved(coloured(), "PNG", icc_profile=profile(DISPLAY_P3))
    other = by_magick(same, "png")
    assert max(differences(shown(measured_png("RGB", 1 / 2.2, *places)), other)) < 2 * ALIKE
    assert max(differences(shown(measured_png("RGB", 1 / 2.2)), other)) > 8 * ALIKE


def test_grey_that_is_see_through_is_shown_by_its_profile():
    grey = see_through().convert("LA")
    solid = grey.getchannel("L")
    dark = grey_profile(1.0)
    plain, meant = shown(saved(solid, "PNG")), shown(saved(solid, "PNG", icc_profile=dark))
    alpha, white = grey.getchannel("A"), Image.new("RGB", grey.size, "white")
    seen = shown(saved(grey, "PNG", icc_profile=dark))
    assert max(differences(seen, Image.composite(meant, white, alpha))) < ALIKE
    assert max(differences(seen, Image.composite(plain, white, alpha))) > 5 * ALIKE


def test_an_animated_webp_shows_its_first_frame():
    """Which is drawn here: ImageMagick reads no frames of WebP in every version."""
    assert max(differences(shown(first_of_three("WEBP")), coloured())) < ALIKE


def test_the_black_of_a_press_is_shown_as_its_profile_says():
    """As browsers do: by the first of its tables, and no darker than ink on that paper is."""
    lightness, seen = 200, 194
    ink = Image.new("CMYK", (64, 64), (0, 0, 0, 255))
    content = saved(ink, "JPEG", icc_profile=press_profile(lightness, 60), quality=95)
    low, high = ImageStat.Stat(shown(content)).extrema[0]
    assert abs(low - seen) < 4
    assert abs(high - seen) < 4


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_a_profile_as_large_as_those_of_presses_counts(kind: str):
    large = saved(coloured(), kind, icc_profile=profile(EXCHANGED, padding=2_800_000))
    assert max(differences(shown(large), shown(with_profile(EXCHANGED, "PNG")))) < ALIKE


def test_what_ignores_a_profile_is_seen():
    """Guards the profiles above: shown as they stand, exchanged colours are far away."""
    assert max(differences(shown(with_profile(EXCHANGED)), coloured())) > 10 * ALIKE
    assert max(differences(shown(with_profile(SRGB)), coloured())) < ALIKE


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_orientation_is_shown_upright(kind: str, orientation: int):
    """As drawn: what the camera did to it is undone, and nothing else."""
    undo = [None, *(Image.Transpose(number) for number in (0, 3, 1, 5, 2, 6, 4))]
    way = undo[orientation - 1]
    stored = coloured() if way is None else coloured().transpose(way)
    if orientation in (6, 8):
        turned = Image.Transpose.ROTATE_90 if orientation == 6 else Image.Transpose.ROTATE_270
        stored = coloured().transpose(turned)
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = decode(saved(stored, kind, exif=exif))
    assert (picture.width, picture.height) == (240, 400)
    assert max(differences(joined(picture)[0], coloured())) < ALIKE


# ------------------------------------------------------------------ HEIC and AVIF


def heic(image: Image.Image, **how: object) -> bytes:
    pillow_heif.register_heif_opener()
    return saved(image, "HEIF", quality=80, **how)


def deep_heic() -> bytes:
    deep = b"".join(bytes((0, level)) for level in coloured().tobytes())
    file = pillow_heif.from_bytes(mode="RGB;16", size=(240, 400), data=deep)
    out = io.BytesIO()
    file.save(out, quality=80)
    return out.getvalue()


@pytest.mark.parametrize(
    "make",
    [
        lambda: heic(coloured()),
        lambda: heic(coloured().convert("L")),
        lambda: heic(see_through()),
        lambda: heic(coloured(), save_all=True, append_images=[Image.new("RGB", (240, 400))]),
        deep_heic,
    ],
    ids=["plain", "grey", "see-through", "two pictures", "ten bits"],
)
def test_heic_is_shown_as_libheif_shows_it(make: Callable[[], bytes]):
    content = make()
    assert max(differences(shown(content), by_libheif(content))) < ALIKE


@pytest.mark.parametrize("brand", [b"heic", b"hevx", b"mif1", b"abcd"])
def test_the_first_brand_of_a_heic_changes_nothing(brand: bytes):
    content = heic(coloured())
    assert max(differences(shown(content[:8] + brand + content[12:]), coloured())) < ALIKE


@pytest.mark.parametrize(
    ("file_format", "brands"),
    [
        ("AVIF", (b"mif1", b"mif1", b"miaf")),
        ("AVIF", (b"heic", b"mif1", b"heic")),
        ("HEIF", (b"avif", b"mif1", b"avif")),
        ("HEIF", (b"heic", b"avif")),
    ],
    ids=["AV1 as mif1 alone", "AV1 as heic", "HEVC as avif", "HEVC as both"],
)
def test_what_the_brands_claim_does_not_choose_the_decoder(file_format: str, brands: tuple):
    content = heic(coloured()) if file_format == "HEIF" else saved(coloured(), "AVIF", quality=80)
    size = int.from_bytes(content[:4], "big")
    head = content[:8] + brands[0] + bytes(4) + b"".join(brands[1:])
    content = head.ljust(size, b"\0") + content[size:]
    assert max(differences(shown(content), coloured())) < ALIKE


@pytest.mark.parametrize("file_format", ["WEBP", "AVIF"])
def test_a_picture_is_not_turned_by_what_browsers_do_not_read(file_format: str):
    content = saved(coloured(), file_format, quality=80, xmp=b'<x tiff:Orientation="6"/>')
    assert shown(content).size == coloured().size


@pytest.mark.parametrize("brand", [b"avif", b"mif1"])
def test_avif_is_shown_under_either_brand(brand: bytes):
    content = saved(coloured(), "AVIF", quality=80)
    assert max(differences(shown(content[:8] + brand + content[12:]), coloured())) < ALIKE


def test_avif_with_exchanged_colours_is_shown_by_its_profile():
    content = with_profile(EXCHANGED, "AVIF")
    same = with_profile(EXCHANGED, "PNG")
    assert max(differences(shown(content), by_magick(same, "png"))) < ALIKE


def numbered(content: bytes, primaries: int) -> bytes:
    """Return a HEIC or AVIF whose colours are said to be others, by their number."""
    place = content.index(b"colrnclx") + 8
    return content[:place] + primaries.to_bytes(2, "big") + b"\0\x0d" + content[place + 4 :]


@pytest.mark.parametrize("primaries", [5, 6, 9, 12])
def test_a_profile_of_a_number_keeps_white_and_makes_colours_stronger_or_weaker(primaries: int):
    content = numbered(saved(coloured(), "AVIF", quality=90), primaries)
    white = numbered(saved(Image.new("RGB", (64, 64), "white"), "AVIF", quality=90), primaries)
    assert min(low for low, _ in ImageStat.Stat(shown(white)).extrema) > 250
    assert max(differences(shown(content), coloured())) > ALIKE


@pytest.mark.parametrize("kind", ["HEIF", "AVIF", "PNG"])
def test_display_p3_by_its_number_is_shown_as_by_its_profile(kind: str):
    strong = coloured()
    same = saved(strong, "PNG", icc_profile=profile(DISPLAY_P3))
    if kind == "PNG":
        plain = saved(strong, "PNG")
        content = plain[:33] + png_chunk(b"cICP", bytes((12, 13, 0, 1))) + plain[33:]
    else:
        plain = heic(strong) if kind == "HEIF" else saved(strong, "AVIF", quality=90)
        content = numbered(plain, 12)
    other = by_magick(same, "png")
    assert max(differences(shown(content), other)) < 2 * ALIKE
    assert max(differences(shown(plain), other)) > 8 * ALIKE, "and not as it stands"


# ------------------------------------------------------------------ PDF


FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
"""For our own drawings only: what another program takes for a font that is not in the file, is its own affair."""


def bars(number: int, *, left: float, bottom: float, height: float) -> str:
    """Return a line of print that every program draws alike: a number in bars."""
    widths = [3 if number >> bit & 1 else 8 for bit in range(12)]
    return "".join(
        f"{left + 12 * bit:.2f} {bottom:.2f} {width} {height:.2f} re f\n"
        for bit, width in enumerate(widths)
    )


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


# ------------------------------------------------------------------ long receipts

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
