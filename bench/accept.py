"""How fast is the accept step, beside the plain form, in one run?"""

import json
import tempfile
from pathlib import Path
from uuid import UUID

from bench import plain_form
from bench.load import Outcome, Request, send
from tests.support.receipts import receipt_bytes
from tests.support.stack import running_stack

COUNT = 10_000
PLAIN_COUNT = 2_000
CONNECTIONS = 32
TOKEN = "t1." + "A" * 700
"""As long as a real one; the accept step does not read it, the writer would."""


def _body(number: int) -> bytes:
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


def _say(name: str, outcome: Outcome) -> None:
    statuses = ", ".join(f"{n} x {status}" for status, n in sorted(outcome.statuses.items()))
    print(
        f"{name:<28} {outcome.per_second:8.0f}/s   p50 {outcome.percentile_ms(0.5):6.1f} ms   "
        f"p99 {outcome.percentile_ms(0.99):6.1f} ms   ({statuses})"
    )


def run() -> None:
    """Measure accept flat out and at 600/s, and the plain form flat out; print the ratio."""
    with tempfile.TemporaryDirectory() as directory, running_stack(Path(directory)) as stack:
        address = f"{stack.outputs['ApiUrl']}/v1/campaigns/summer-receipts/submissions"

        def submission(number: int) -> Request:
            return Request(address, _body(number))

        send(submission, count=500, connections=CONNECTIONS)
        flat_out = send(submission, count=COUNT, connections=CONNECTIONS)
        steady = send(submission, count=6_000, connections=CONNECTIONS, rate=600)
    _say("accept, flat out", flat_out)
    _say("accept, 600/s", steady)
    photo = receipt_bytes(1, width=1500, height=2600)
    with plain_form.running() as form:

        def entry(number: int) -> Request:
            content_type, body = plain_form.multipart(number, photo)
            return Request(form, body, content_type)

        send(entry, count=100, connections=CONNECTIONS)
        plain = send(entry, count=PLAIN_COUNT, connections=CONNECTIONS)
    _say(f"plain form, {len(photo) // 1000} KB photo", plain)
    print(f"accept / plain form          {flat_out.per_second / plain.per_second:8.1f} x")
