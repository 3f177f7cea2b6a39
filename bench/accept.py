"""How many submissions can be accepted, and how quickly, beside the plain form in one run?

The accept step alone: ``POST …/submissions`` at the embedded gateway, request
model on, through to a message in the queue. The template is deployed as ``make
up`` deploys it, but neither Pipes nor drain run: on AWS they share no core with
the gateway, and the journey measures them together. Submissions/s flat out over
32 connections; then milliseconds at a fixed 600/s, counted from when a request
was due.

The peer is the form that people write first (``bench.plain_form``): it takes form
and photo in the one request, four gunicorn workers on the same cores. That is
the comparison that counts, because it is what each of the two does while a
visitor waits; our photo goes to S3 beside it, and row 2 measures that.
"""

import json
import os
import tempfile
from pathlib import Path
from uuid import UUID

from bench import plain_form
from bench.cpu import metered
from bench.load import Request, send
from bench.report import Report, Scale
from tests.support.stack import running_stack

COUNT: dict[Scale, int] = {"small": 500, "bench": 20_000, "soak": 200_000}
STEADY: dict[Scale, int] = {"small": 600, "bench": 12_000, "soak": 60_000}
PLAIN: dict[Scale, int] = {"small": 100, "bench": 4_000, "soak": 20_000}
CONNECTIONS = 32
STEADY_RATE = 600

GOAL_RATE = 1_000
GOAL_P99_MS = 10
GOAL_RATIO = 3

TOKEN = "t1." + "A" * 700
"""As long as a real one; the accept step does not read it, the writer would."""


def body(number: int) -> bytes:
    """Return the n-th submission's body."""
    return json.dumps(
        {
            "submission_id": str(UUID(int=(7 << 76) | (2 << 62) | number)),
            "token": TOKEN,
            "answers": {
                "given_name": "Ada",
                "family_name": "Lovelace",
                "email": f"ada{number}@example.com",
            },
            "consents": {"accept_rules": True},
        }
    ).encode()


def run(report: Report) -> None:
    """Measure accept flat out and at a fixed rate, and the plain form flat out."""
    with tempfile.TemporaryDirectory() as directory, running_stack(Path(directory)) as stack:
        address = f"{stack.outputs['ApiUrl']}/v1/campaigns/summer-receipts/submissions"

        def submission(number: int) -> Request:
            return Request(address, body(number))

        send(submission, count=300, connections=CONNECTIONS)
        count = COUNT[report.scale]
        with metered(os.getpid()) as used:
            flat_out = send(submission, count=count, connections=CONNECTIONS)
        steady = send(
            submission, count=STEADY[report.scale], connections=CONNECTIONS, rate=STEADY_RATE
        )
    report.say(f"accept, flat out:   {flat_out}")
    report.say(f"accept, {STEADY_RATE}/s:      {steady}")
    report.say(
        f"CPU of the emulator {used['emulator'] / count * 1000:.2f} ms a submission: "
        f"one process, so {count / max(used['emulator'], 0.001):.0f}/s at most"
    )
    with plain_form.running() as form:
        entry = plain_form.entry(form)
        send(entry, count=100, connections=CONNECTIONS)
        plain = send(entry, count=PLAIN[report.scale], connections=CONNECTIONS)
    report.say(f"plain form:         {plain}")

    ratio = flat_out.per_second / plain.per_second
    report.row(
        "accept step, embedded, request model on, flat out",
        goal=f"≥ {GOAL_RATE:,}/s",
        measured=f"{flat_out.per_second:.0f}/s",
        met=flat_out.per_second >= GOAL_RATE and flat_out.only(202),
    )
    report.row(
        f"accept step at {STEADY_RATE}/s",
        goal=f"p99 < {GOAL_P99_MS} ms",
        measured=f"p50 {steady.percentile_ms(0.5):.1f} ms, p99 {steady.percentile_ms(0.99):.1f} ms",
        met=steady.percentile_ms(0.99) < GOAL_P99_MS and steady.only(202),
    )
    report.row(
        "accept step beside the plain form with a 98 KB receipt",
        goal=f"≥ {GOAL_RATIO} ×",
        measured=f"{ratio:.1f} ×",
        met=ratio >= GOAL_RATIO,
        peer=f"plain form {plain.per_second:.0f}/s, p99 {plain.percentile_ms(0.99):.0f} ms",
    )
