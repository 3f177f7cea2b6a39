"""A picture that one client's staff upload holds up nobody else's: its cost is bounded before it is decoded."""

import io
import os
import time

import pytest
from PIL import Image

from campaigns.setup.services.pictures import HERO, LOGO, MOST_SCANS, NotAPicture, tidy_picture
from tests.support.bombs import many_scans

SECONDS = 2.0
"""Of CPU, for a file of 100 KB; walked to its end it takes minutes."""


def jpeg(**how: object) -> bytes:
    """Return a JPEG as programs write it, of noise, so that it is long."""
    written = io.BytesIO()
    Image.frombytes("RGB", (300, 200), os.urandom(180_000)).save(written, "JPEG", **how)
    return written.getvalue()


@pytest.mark.parametrize("scans", [MOST_SCANS + 1, 3_000])
def test_a_jpeg_of_many_scans_is_refused_before_it_is_decoded(scans: int) -> None:
    content = many_scans(5_000, 5_000, scans)
    begun = time.process_time()
    with pytest.raises(NotAPicture, match="too many steps"):
        tidy_picture(io.BytesIO(content), use=HERO)
    assert time.process_time() - begun < SECONDS


def test_a_comment_between_hides_none() -> None:
    content = many_scans(800, 800, MOST_SCANS + 1)
    comment = b"\xff\xfe\x00\x06\xff\xd9ab"  # it holds what would be the end
    content = content[:2] + comment + content[2:].replace(b"\xff\xda", comment + b"\xff\xda")
    with pytest.raises(NotAPicture, match="too many steps"):
        tidy_picture(io.BytesIO(content), use=LOGO)


@pytest.mark.parametrize("progressive", [False, True])
def test_what_cameras_add_behind_a_picture_is_not_counted(progressive: bool) -> None:
    """A film of some seconds, in which the two bytes of a scan stand by chance."""
    content = jpeg(progressive=progressive, quality=95) + b"\xff\xda\x00\x02" * 500
    assert tidy_picture(io.BytesIO(content), use=HERO).size


def test_other_kinds_have_no_scans() -> None:
    for kind in ("PNG", "WEBP"):
        written = io.BytesIO()
        Image.frombytes("RGB", (900, 900), os.urandom(2_430_000)).save(
            written, kind, **({"lossless": True} if kind == "WEBP" else {})
        )
        assert tidy_picture(io.BytesIO(written.getvalue()), use=LOGO).size


@pytest.mark.parametrize("cut", [2, 3, 4, 11, 20, 200, 700])
def test_one_that_ends_anywhere_is_refused_with_a_sentence(cut: int) -> None:
    for content in (jpeg()[:cut], jpeg(progressive=True)[:cut]):
        with pytest.raises(NotAPicture):
            tidy_picture(io.BytesIO(content), use=HERO)
