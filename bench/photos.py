"""Do hostile files make honest photos wait, and what does a decoder of its own cost?

On the embedded stack, honest photos of 2 MB come at 1/s. Beside them comes one file
a second that is long to decode and can be counted (a JPEG with 3,000 scans), and
every ten seconds one that cannot (a PDF whose forms draw forms). Measured is how
long after S3's answer the facts of an honest photo are in the table, p95; that
every hostile file has facts as well and none is among the dead letters; and the
largest memory of a decoder (the emulator enforces none, AWS does).

The peer is decoding in place: the same photos, the same code, in one process
without the child. Compared is the CPU per photo, of both ends together.
"""

import io
import os
import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from PIL import Image

from bench.cpu import descendants, seconds_of
from bench.load import percentile
from bench.report import Report, Scale
from ingest_lambda.adapters.decoder import PROGRAM, Decoder
from ingest_lambda.pictures.decode import decode
from ingest_lambda.pictures.limits import MEMORY_BYTES
from tests.support.bombs import many_scans, nested_pdf
from tests.support.receipts import draw_receipt
from tests.support.stack import Stack, running_stack

SECONDS: dict[Scale, int] = {"small": 5, "bench": 60, "soak": 600}
COMPARED: dict[Scale, int] = {"small": 2, "bench": 30, "soak": 100}
UNCOUNTABLE_EVERY = 10
PATIENCE_SECONDS = 240
LOOK_SECONDS = 0.1
GOAL_SECONDS = 3
GOAL_SHARE = 1.10


@dataclass
class Sent:
    """What was uploaded, and when its facts were seen."""

    honest: dict[UUID, float] = field(default_factory=dict)
    hostile: dict[UUID, float] = field(default_factory=dict)
    seen: dict[UUID, float] = field(default_factory=dict)
    refused: set[UUID] = field(default_factory=set)
    largest_kb: int = 0

    def waiting(self) -> list[UUID]:
        """Return what has no facts yet."""
        return [key for key in (*self.honest, *self.hostile) if key not in self.seen]


def run(report: Report) -> None:
    """Measure honest photos beside hostile files, and the decoder beside decoding in place."""
    photos = list(_photos(5))
    report.say(f"honest photos: 3,024 × 4,032 px, {len(photos[0]) / 1e6:.1f} MB")
    with tempfile.TemporaryDirectory() as directory, running_stack(Path(directory)) as stack:
        sent = _beside(stack, photos, SECONDS[report.scale])
        dead = _dead(stack)
    ages = [sent.seen[key] - at for key, at in sent.honest.items() if key in sent.seen]
    bombs = [sent.seen[key] - at for key, at in sent.hostile.items() if key in sent.seen]
    if not ages or not bombs:
        raise SystemExit("No photo arrived at all.")
    missing = len(sent.waiting())
    unread = len(sent.honest.keys() & sent.refused)
    p95 = percentile(ages, 0.95)
    report.say(
        f"hostile files: facts p50 {percentile(bombs, 0.5):.2f} s, slowest {max(bombs):.1f} s"
    )
    report.row(
        f"facts of {len(sent.honest)} honest photos at 1/s beside {len(sent.hostile)} hostile files",
        goal=f"p95 ≤ {GOAL_SECONDS} s, each is read",
        measured=f"p50 {percentile(ages, 0.5):.2f} s, p95 {p95:.2f} s, slowest {max(ages):.1f} s, "
        f"{unread} not read",
        met=p95 <= GOAL_SECONDS and not unread,
    )
    report.row(
        "files without facts, and dead letters",
        goal="none",
        measured=f"{missing} without, {dead} dead",
        met=not missing and not dead,
    )
    report.row(
        "largest memory of a decoder",
        goal=f"≤ {MEMORY_BYTES / 1e6:,.0f} MB",
        measured=f"{sent.largest_kb / 1000:,.0f} MB",
        met=0 < sent.largest_kb * 1000 <= MEMORY_BYTES,
    )
    _cost(report, photos)


def _photos(count: int) -> Iterator[bytes]:
    for number in range(count):
        paper = Image.effect_noise((1512, 2016), 22).resize((3024, 4032)).convert("RGB")
        paper.paste(draw_receipt(number, width=1600, height=3000), (700, 500))
        out = io.BytesIO()
        paper.save(out, format="JPEG", quality=88)
        yield out.getvalue()


def _beside(stack: Stack, photos: list[bytes], seconds: int) -> Sent:
    sent = Sent()
    s3, bucket = stack.client("s3"), stack.outputs["BucketName"]
    table, name = stack.client("dynamodb"), stack.outputs["TableName"]
    scans, forms = many_scans(6000, 6000, 3000), nested_pdf(9)

    def upload(content: bytes, into: dict[UUID, float]) -> None:
        submission_id = uuid4()
        key = f"incoming/summer/{submission_id}/1/1-1-{uuid4().hex[:8]}"
        # Another file each time: what stands behind the end of a picture is no part of it.
        s3.put_object(Bucket=bucket, Key=key, Body=content + os.urandom(8))
        into[submission_id] = time.perf_counter()

    warm: dict[UUID, float] = {}
    upload(photos[0], warm)
    _watch(table, name, sent, warm, until=lambda: not warm.keys() - sent.seen.keys())
    begun = time.perf_counter()
    for second in range(seconds):
        upload(random.choice(photos), sent.honest)
        upload(scans, sent.hostile)
        if second % UNCOUNTABLE_EVERY == 0:
            upload(forms, sent.hostile)
        due = begun + second + 1
        _watch(table, name, sent, {}, until=lambda due=due: time.perf_counter() >= due)
    _watch(table, name, sent, {}, until=lambda: not sent.waiting())
    return sent


def _watch(table: Any, name: str, sent: Sent, more: dict[UUID, float], *, until: Any) -> None:
    """Look for facts until that is so, or patience ends."""
    begun = time.perf_counter()
    while not until() and time.perf_counter() < begun + PATIENCE_SECONDS:
        for submission_id in [*sent.waiting(), *(key for key in more if key not in sent.seen)]:
            answer = table.query(
                TableName=name,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
                ExpressionAttributeValues={
                    ":pk": {"S": f"SUBMISSION#{submission_id}"},
                    ":sk": {"S": "IMAGE#"},
                },
            )
            if answer["Items"]:
                sent.seen[submission_id] = time.perf_counter()
                if "refusal" in answer["Items"][0]:
                    sent.refused.add(submission_id)
        sent.largest_kb = max(sent.largest_kb, *(_peak_kb(pid) for pid in _decoders()), 0)
        time.sleep(LOOK_SECONDS)


def _decoders() -> list[int]:
    return [pid for pid in descendants(os.getpid()) if PROGRAM in _command(pid)]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def _peak_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def _dead(stack: Stack) -> int:
    answer = stack.client("sqs").get_queue_attributes(
        QueueUrl=stack.outputs["ImagesDeadLetterQueueUrl"],
        AttributeNames=["ApproximateNumberOfMessages"],
    )
    return int(answer["Attributes"]["ApproximateNumberOfMessages"])


def _cost(report: Report, photos: list[bytes]) -> None:
    """Compare the CPU per photo, in turn, so that what else the machine does meets both."""
    decoder = Decoder()
    spent = {"child": 0.0, "in place": 0.0}
    try:
        decoder.look(photos[0])
        decode(photos[0])
        pid, count = decoder.pid or 0, COMPARED[report.scale]
        for number in range(count):
            content = photos[number % len(photos)]
            own, child = time.process_time(), seconds_of(pid)
            decoder.look(content)
            spent["child"] += time.process_time() - own + seconds_of(pid) - child
            own = time.process_time()
            decode(content)
            spent["in place"] += time.process_time() - own
    finally:
        decoder.close()
    share = spent["child"] / spent["in place"]
    report.row(
        "CPU per honest photo with a decoder of its own",
        goal=f"≤ {GOAL_SHARE:.2f} times in place",
        measured=f"{spent['child'] / count * 1000:.0f} ms",
        met=share <= GOAL_SHARE,
        peer=f"in place {spent['in place'] / count * 1000:.0f} ms ({share:.2f} times)",
    )
