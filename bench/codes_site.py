"""The processes of ``bench.codes``: each prints what it measured as JSON, seconds and megabytes.

``python -m bench.codes_site all CODES MEGABYTES``, the database named by ``DATABASE_URL``;
for each phase it starts itself again.
"""

# ruff: noqa: E402 - Django has to be set up before its models can be imported

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import django

django.setup()

from celery import current_app
from django.core.management import call_command

from campaignhub.errors import DomainError
from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Role
from campaigns.accounts.tenancy import unscoped
from campaigns.jobs.models import Job
from campaigns.jobs.services.running import SLICE_SECONDS, run_slice
from campaigns.prizes.models import CodeUpload, Prize, UploadPart
from campaigns.prizes.services.codes import import_codes
from campaigns.prizes.services.facts import count_codes
from campaigns.prizes.services.uploads import receive_codes
from tests.campaigns.factories import make_draft, make_prize, make_user

CHUNK = 64 << 10
"""As Django hands an upload on."""
_LINE = "AB{:07}-XK7QMZ;10;EUR\r\n"
OTHERS = {
    "a workbook": b"PK\x03\x04" + bytes(range(256)) * 16,
    "a film": b"\x00\x00\x00\x20ftypisom" + bytes(range(256)) * 16,
    "a text": b"It was the best of times, it was the worst of times.\r\n" * 64,
    "one endless line": b"x" * 4096,
}


def _chunks(count: int) -> Iterator[bytes]:
    """Yield a CSV of so many codes, a tenth of them a second time at its end."""
    waiting = bytearray(b"code;value;currency\r\n")
    for number in (*range(count), *range(count // 10)):
        waiting += _LINE.format(number).encode()
        if len(waiting) >= CHUNK:
            yield bytes(waiting)
            waiting.clear()
    yield bytes(waiting)


def _other(content: bytes, megabytes: int) -> Iterator[bytes]:
    chunk = (content * (CHUNK // len(content) + 1))[:CHUNK]
    for _ in range(megabytes * (1 << 20) // CHUNK):
        yield chunk


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def upload(count: int) -> dict[str, Any]:
    """Upload a file of codes."""
    prize, user = Prize.objects.get(), User.objects.get()
    begun = time.monotonic()
    made = receive_codes(
        prize, name="codes.csv", chunks=_chunks(count), actor=user, at=datetime.now(UTC)
    )
    return {"seconds": time.monotonic() - begun, "mb": made.size_bytes / 1e6}


def read_in(count: int) -> dict[str, Any]:
    """Import it, in slices as the worker runs them."""
    job = import_codes(CodeUpload.objects.get(), actor=User.objects.get(), at=datetime.now(UTC))
    begun, cpu = time.monotonic(), time.process_time()
    while (row := Job.objects.get(pk=job.pk)).is_under_way:
        ends = time.monotonic() + SLICE_SECONDS
        run_slice(
            row.pk,
            row.slice_no,
            clock=lambda: datetime.now(UTC),
            enough=lambda ends=ends: time.monotonic() >= ends,  # type: ignore[misc]
        )
    seconds, cpu = time.monotonic() - begun, time.process_time() - cpu
    codes, is_under_way = count_codes(Prize.objects.get())
    if (codes, is_under_way) != (count, False):
        raise SystemExit(f"{codes:,} codes are in the pool: {row.outcome} {row.last_error}")
    return {"seconds": seconds, "cpu": cpu, "codes": codes}


def refuse(kind: str, megabytes: int) -> dict[str, Any]:
    """Upload a file of another kind."""
    prize, user, sentence = Prize.objects.get(), User.objects.get(), ""
    begun = time.monotonic()
    try:
        receive_codes(
            prize,
            name="codes.csv",
            chunks=_other(OTHERS[kind], megabytes),
            actor=user,
            at=datetime.now(UTC),
        )
    except DomainError as error:
        sentence = error.message
    kept = CodeUpload.objects.count() + UploadPart.objects.count()
    return {"seconds": time.monotonic() - begun, "sentence": sentence, "kept": kept}


def _phase(*words: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.codes_site", *words],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def everything(count: str, megabytes: str) -> dict[str, Any]:
    """Make a prize, and run each phase in a process of its own."""
    call_command("migrate", verbosity=0)
    prize = make_prize(make_draft(), key="voucher", kind="code", stock=1)
    make_user((prize.campaign.client, Role.CAMPAIGN_MANAGER))
    refused = {kind: _phase("refuse", kind, megabytes) for kind in OTHERS}
    return {
        "refused": refused,
        "upload": _phase("upload", count),
        "import": _phase("import", count),
    }


@unscoped("a benchmark is nobody's")
def main(phase: str, *words: str) -> None:
    """Run a phase."""
    current_app.conf.update(broker_url="memory://")
    if phase == "all":
        print(json.dumps(everything(*words)))
        return
    act: Any = {"upload": upload, "import": read_in, "refuse": refuse}[phase]
    found = act(*(int(word) if word.isdecimal() else word for word in words))
    print(json.dumps({**found, "peak_mb": _peak_mb()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
