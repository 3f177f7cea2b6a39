"""What other programs show of a file: poppler's, ImageMagick's and libheif's own tool.

They share no code with what the product decodes with, except libheif, which is
another version of it here.
"""

import io
import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageChops, ImageCms, ImageStat

PDFTOPPM, MAGICK, HEIF_CONVERT = "/usr/bin/pdftoppm", "/usr/bin/convert", "/usr/bin/heif-convert"
"""By their paths, since other programs are called convert too."""
CROPS = (3, 5)
"""Columns and rows of crops in which two pictures are compared."""


def by_pdftoppm(content: bytes, *, page: int = 1, dots: float = 100) -> Image.Image:
    """Draw a page at so many dots an inch."""
    numbers = ["-f", str(page), "-l", str(page), "-r", str(dots)]
    return _run([PDFTOPPM, "-cropbox", *numbers, "-png", "-"], content)


def by_magick(content: bytes, kind: str) -> Image.Image:
    """Show the first frame in sRGB, upright and on white."""
    with tempfile.TemporaryDirectory() as folder:
        profile = Path(folder) / "srgb.icc"
        profile.write_bytes(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
        source = Path(folder) / "file"
        source.write_bytes(content)
        described = subprocess.run(
            [MAGICK, f"{kind}:{source}[0]", "icc:-"], capture_output=True, check=False
        )
        convert = ["-profile", str(profile)] if described.returncode == 0 else []
        shown = ["-auto-orient", "+repage", *convert, "-colorspace", "sRGB"]
        plain = ["-background", "white", "-flatten", "-depth", "8", "-strip", "-type", "TrueColor"]
        return _run([MAGICK, f"{kind}:{source}[0]", *shown, *plain, "png:-"], b"")


def by_libheif(content: bytes) -> Image.Image:
    """Show the primary picture."""
    with tempfile.TemporaryDirectory() as folder:
        source, shown = Path(folder) / "file.heic", Path(folder) / "shown.png"
        source.write_bytes(content)
        subprocess.run([HEIF_CONVERT, str(source), str(shown)], capture_output=True, check=True)
        first = min(Path(folder).glob("shown*.png"))
        image = Image.open(io.BytesIO(first.read_bytes()))
        if image.mode == "RGBA":
            flat = Image.new("RGB", image.size, "white")
            flat.paste(image, mask=image.getchannel("A"))
            return flat
        return image.convert("RGB")


def _run(command: list[str], content: bytes) -> Image.Image:
    ended = subprocess.run(command, input=content, capture_output=True, check=True)
    return Image.open(io.BytesIO(ended.stdout)).convert("RGB")


def differences(shown: Image.Image, other: Image.Image) -> list[float]:
    """Return how far two pictures are apart in each crop, in levels of 256: of the worst channel.

    A little out of focus, because two programs smooth letters and edges differently.
    """
    ours, theirs = (
        image.convert("RGB").resize((240, 400), Image.Resampling.BOX) for image in (shown, other)
    )
    columns, rows = CROPS
    found = []
    for row in range(rows):
        for column in range(columns):
            box = (
                column * 240 // columns,
                row * 400 // rows,
                (column + 1) * 240 // columns,
                (row + 1) * 400 // rows,
            )
            apart = ImageChops.difference(ours.crop(box), theirs.crop(box))
            found.append(max(ImageStat.Stat(apart).mean))
    return found
