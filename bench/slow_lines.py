"""Do visitors on slow lines keep others waiting?

200 visitors arrive over 16 seconds, each with a photo of 2 MB on a line of
1 Mbit/s, so that every upload takes 16 seconds; meanwhile others send finished
submissions at 100/s. Measured is what the others feel: milliseconds from when a
request was due until its 202, p99, and whether anybody was refused.

In ours the photos go to S3 with forms that ``start`` signs, past the accept step;
here S3, gateway, queue and the images function share one emulator and two
cores, which on AWS they do not. In the peer, the plain form, a slow visitor
holds one of four workers for as long as the photo takes; the others there send
the same form with a small photo.
"""

import asyncio
import io
import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import boto3
from botocore.config import Config
from PIL import Image

from bench import plain_form
from bench.accept import body
from bench.load import Outcome, Request
from bench.load import run as send
from bench.report import Report, Scale
from campaignhub.local_aws.ministack import CREDENTIALS, REGION
from tests.support.stack import Stack, running_stack

SLOW: dict[Scale, int] = {"small": 10, "bench": 200, "soak": 200}
ARRIVALS_SECONDS: dict[Scale, float] = {"small": 1, "bench": 16, "soak": 16}
PHOTO_BYTES: dict[Scale, int] = {"small": 200_000, "bench": 2_000_000, "soak": 2_000_000}
BYTES_PER_SECOND = 125_000
"""1 Mbit/s."""
TICK_SECONDS = 0.1
RATE = 100
GOAL_P99_MS = 50
PATIENCE_SECONDS = 120


@dataclass
class Slow:
    """What became of the slow visitors: statuses, and how long the slowest took."""

    statuses: list[int] = field(default_factory=list)


def run(report: Report) -> None:
    """Measure the others beside slow uploads, in ours and in the plain form."""
    photo = _photo(PHOTO_BYTES[report.scale])
    with tempfile.TemporaryDirectory() as directory, running_stack(Path(directory)) as stack:
        address = f"{stack.outputs['ApiUrl']}/v1/campaigns/summer-receipts/submissions"
        upload = _uploads(stack, photo)
        ours, ours_slow = asyncio.run(
            _beside(lambda n: Request(address, body(n)), upload, report.scale)
        )
    with plain_form.running() as form:

        def slow_entry(number: int) -> Request:
            content_type, content = plain_form.multipart(number, photo)
            return Request(form, content, content_type)

        plain, plain_slow = asyncio.run(_beside(plain_form.entry(form), slow_entry, report.scale))
    report.say(f"others, ours:        {ours}")
    report.say(f"others, plain form:  {plain}")
    for name, slow, good in (("ours", ours_slow, 201), ("plain form", plain_slow, 202)):
        done = slow.statuses.count(good)
        report.say(f"slow visitors, {name}: {done} of {len(slow.statuses)} photos taken")
    worst = max(answer.done - answer.due for answer in ours.answers)
    plain_worst = max(answer.done - answer.due for answer in plain.answers)
    p99 = ours.percentile_ms(0.99)
    report.row(
        f"others' accept beside {SLOW[report.scale]} visitors on slow lines",
        goal=f"p99 < {GOAL_P99_MS} ms, none refused",
        measured=f"p99 {p99:.1f} ms, slowest {worst * 1000:.0f} ms, "
        f"{len(ours.answers) - ours.statuses[202]} of {len(ours.answers)} refused",
        met=p99 < GOAL_P99_MS and ours.only(202) and set(ours_slow.statuses) == {201},
        peer=f"plain form p99 {plain.percentile_ms(0.99):.0f} ms, slowest {plain_worst:.1f} s, "
        f"{len(plain.answers) - plain.statuses[202]} refused",
    )


async def _beside(
    others: Callable[[int], Request], slow: Callable[[int], Request], scale: Scale
) -> tuple[Outcome, Slow]:
    """Send the slow uploads and, while they last, the others' requests."""
    arrivals, many = ARRIVALS_SECONDS[scale], SLOW[scale]
    lasts = arrivals + PHOTO_BYTES[scale] / BYTES_PER_SECOND
    await send(others, count=50, connections=8)  # what starts at the first request
    found = Slow()

    async def visitor(number: int) -> None:
        await asyncio.sleep(number * arrivals / many)
        try:
            found.statuses.append(await asyncio.wait_for(_trickle(slow(number)), PATIENCE_SECONDS))
        except (OSError, TimeoutError, ValueError, IndexError):
            found.statuses.append(0)

    visitors = [asyncio.create_task(visitor(number)) for number in range(many)]
    outcome = await send(others, count=int(RATE * lasts), connections=64, rate=RATE)
    await asyncio.gather(*visitors)
    return outcome, found


async def _trickle(request: Request) -> int:
    """Send a request at the pace of a slow line; return the status of the answer."""
    parts = urlsplit(request.url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        wire, loop = request.wire(), asyncio.get_running_loop()
        begun, step = loop.time(), int(BYTES_PER_SECOND * TICK_SECONDS)
        for number, place in enumerate(range(0, len(wire), step), 1):
            writer.write(wire[place : place + step])
            await writer.drain()
            await asyncio.sleep(max(0.0, begun + number * TICK_SECONDS - loop.time()))
        return int((await reader.readline()).split()[1])
    finally:
        writer.close()


def _photo(size: int) -> bytes:
    """Draw a photo of about ``size`` bytes: grain, which no compression takes away."""
    side = int((size / 0.79) ** 0.5)
    grain = Image.frombytes("L", (side, side), random.Random(1).randbytes(side * side))
    out = io.BytesIO()
    grain.convert("RGB").resize((side, side)).save(out, format="JPEG", quality=90)
    return out.getvalue()


def _uploads(stack: Stack, photo: bytes) -> Callable[[int], Request]:
    """Return what makes the n-th visitor's upload, with a form signed as ``start`` signs it."""
    store = boto3.client(
        "s3",
        region_name=REGION,
        endpoint_url=stack.ministack.endpoint,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )
    bucket = stack.outputs["BucketName"]

    def upload(_number: int) -> Request:
        key = f"incoming/summer-receipts/{uuid4()}/1/1-1-{uuid4().hex[:8]}"
        fields = {"Content-Type": "image/jpeg", "success_action_status": "201"}
        form = store.generate_presigned_post(
            bucket,
            key,
            Fields=fields,
            Conditions=[
                {"Content-Type": "image/jpeg"},
                {"success_action_status": "201"},
                ["content-length-range", len(photo), len(photo)],
            ],
            ExpiresIn=1800,
        )
        boundary = "slowline"
        head = "".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in form["fields"].items()
        )
        file = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="r.jpg"\r\n'
            "Content-Type: image/jpeg\r\n\r\n"
        )
        content = (head + file).encode() + photo + f"\r\n--{boundary}--\r\n".encode()
        return Request(form["url"], content, f"multipart/form-data; boundary={boundary}")

    return upload
