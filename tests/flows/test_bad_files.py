"""Whatever is sent as a photo is taken, or named and harmless."""

import io
import json
import zlib
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from PIL import Image

from campaignhub.local_aws.deploy import client
from tests.flows.bad import fresh_receipt, refused
from tests.support.installation import Installation, wait_until
from tests.support.visitor import Visitor, announced

pytestmark = pytest.mark.flow


def huge_png() -> bytes:
    """Return a valid PNG of 30,000 × 30,000 px in 110 KB."""
    side = 30_000
    row = b"\0" * (1 + side // 8)
    packer = zlib.compressobj(9)
    pixels = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = zlib.crc32(kind + content).to_bytes(4, "big")
        return len(content).to_bytes(4, "big") + kind + content + checksum

    size = side.to_bytes(4, "big")
    head = chunk(b"IHDR", size + size + bytes([1, 0, 0, 0, 0]))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def truncated() -> bytes:
    whole = io.BytesIO()
    Image.effect_noise((800, 800), 80).convert("RGB").save(whole, format="JPEG", quality=90)
    return whole.getvalue()[: whole.tell() // 3]


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

HTML = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00<html><script>alert(1)</script></html>"


@pytest.mark.parametrize(
    ("make", "content_type", "refusals"),
    [
        (lambda: b"just some text" * 20, "image/jpeg", {"not_an_image"}),
        (lambda: SVG, "image/png", {"not_an_image"}),
        (lambda: HTML, "image/jpeg", {"not_an_image", "damaged"}),
        (truncated, "image/jpeg", {"damaged"}),
        (huge_png, "image/png", {"too_many_pixels"}),
    ],
    ids=["text", "svg", "html with a JPEG head", "truncated", "30,000 px square"],
)
def test_a_file_that_is_no_picture_is_named_and_harms_nobody(
    embedded: Installation, make: Callable[[], bytes], content_type: str, refusals: set[str]
) -> None:
    visitor, beside = Visitor(embedded, "summer-receipts"), Visitor(embedded, "summer-receipts")
    content = make()
    visitor.send_photo(content, content_type=content_type)
    beside.enter(fresh_receipt())
    assert visitor.submit().status_code == 202

    ((sha256, refusal, _, _),) = visitor.images(1)
    assert sha256 == announced(content)["sha256"]
    assert refusal in refusals
    assert visitor.status()["status"] == "pending_review", "a person looks, nobody is locked out"
    ((_, refusal, _, _),) = beside.images(1)
    assert refusal == ""
    (pages,) = embedded.rows(
        "SELECT pages FROM submissions_receiptimage WHERE submission_id = ?",
        (visitor.id.hex if visitor.id else "",),
    )[0]
    assert json.loads(pages) == [], "nothing of it is ever shown"


@pytest.mark.parametrize(
    "changes",
    [
        {"size": 0},
        {"size": 15_000_001},
        {"content_type": "image/svg+xml"},
        {"content_type": "text/html"},
        {"field": "elsewhere"},
    ],
)
def test_a_file_that_could_never_be_taken_is_refused_before_it_is_sent(
    embedded: Installation, changes: dict[str, Any]
) -> None:
    visitor = Visitor(embedded, "summer-receipts")
    wanted = {**announced(b"x" * 1000), **changes}
    refused(visitor.call_start(wanted), 422, "upload_refused")


def test_a_form_takes_nothing_but_the_file_it_was_made_for(embedded: Installation) -> None:
    visitor, photo = Visitor(embedded, "summer-receipts"), fresh_receipt()
    visitor.start(announced(photo))
    (form,) = visitor.forms
    key = form["fields"]["key"]
    store, bucket = embedded.aws("s3"), embedded.environment["BUCKET_NAME"]

    assert visitor.upload(photo + b"more").status_code == 400
    assert visitor.upload(photo[:-1]).status_code == 400
    assert visitor.upload(b"").status_code == 400
    assert visitor.upload(photo, key="receipts/of/another").status_code == 403
    assert visitor.upload(photo, None, **{"Content-Type": "text/html"}).status_code == 403
    assert visitor.upload(photo, policy="AAAA").status_code == 400
    listed = store.list_objects_v2(Bucket=bucket, Prefix=key.rsplit("/", 1)[0])
    assert listed["KeyCount"] == 0

    assert visitor.upload(photo).status_code == 201
    visitor.images(1)


def test_a_form_after_its_time_takes_nothing(embedded: Installation) -> None:
    """The time itself is read from a real form in the contract's test; here it is over."""
    bucket, key = embedded.environment["BUCKET_NAME"], f"incoming/summer-receipts/{uuid4()}/late"
    address = f"http://127.0.0.1:{embedded.aws_port}"
    form = client("s3", address).generate_presigned_post(Bucket=bucket, Key=key, ExpiresIn=-1)
    answer = httpx.post(form["url"], data=form["fields"], files={"file": b"x"}, timeout=30)

    assert answer.status_code == 403
    assert "expired" in answer.text.lower()


def test_a_form_used_twice_changes_nothing_of_what_was_looked_at(embedded: Installation) -> None:
    visitor, photo = Visitor(embedded, "summer-receipts"), fresh_receipt()
    visitor.enter(photo)
    ((first, *_),) = visitor.images(1)
    key, pages = embedded.rows(
        "SELECT key, pages FROM submissions_receiptimage WHERE submission_id = ?",
        (visitor.id.hex if visitor.id else "",),
    )[0]
    shown = json.loads(pages)[0]["view_key"]
    store, bucket = embedded.aws("s3"), embedded.environment["BUCKET_NAME"]
    before = store.get_object(Bucket=bucket, Key=shown)["Body"].read()
    other = fresh_receipt()[: len(photo)].ljust(len(photo), b"\0")
    assert visitor.upload(photo).status_code == 201
    wait_until(lambda: gone(embedded, key), what="the second file is looked at")
    assert visitor.upload(other).status_code == 201
    wait_until(lambda: gone(embedded, key), what="the third file is looked at")

    after = store.get_object(Bucket=bucket, Key=shown)["Body"].read()
    assert after == before, "what a moderator sees is what the facts are about"
    assert [sha256 for sha256, *_ in visitor.images(1)] == [first]


def gone(installation: Installation, key: str) -> bool:
    """Whether an upload was taken away by the images function."""
    bucket = installation.environment["BUCKET_NAME"]
    listed = installation.aws("s3").list_objects_v2(Bucket=bucket, Prefix=key)
    return bool(listed["KeyCount"] == 0)
