"""How long does each function of the public path take before its first answer, and how much memory?

The archives that are deployed, unpacked; a fresh process of the functions'
interpreter per start; from the first import of our code until the function's
clients stand: milliseconds and peak resident megabytes, the median of seven. No
request is served, so neither network nor emulator is in it.

The peer runs in turn with it: the bare SDK with one client, pydantic with one
model, Powertools' logger and metrics, which is what remains when nothing of ours
is imported.
"""

import json
import os
import statistics
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import NamedTuple

from bench.report import Report, Scale
from campaignhub.deployment.archives import build_here
from campaignhub.env import VAR
from tests.support.stack import INTERPRETER, TOKEN_KEYS

STARTS: dict[Scale, int] = {"small": 1, "bench": 7, "soak": 21}
GOAL_SHARE = 1.15
GOAL_MB = 65

FUNCTIONS = {
    "start": "h.start; h._starter()",
    "status": "h.status; h._status_reader()",
    "write": "h.write; h._writer()",
    "images": "h.images; h._image_keeper()",
}
"""What a function's first call does before it looks at its event."""

_OURS = "import ingest_lambda.handlers as h; {wiring}"
_BARE = """
import boto3, pydantic
from aws_lambda_powertools import Logger, Metrics
class Shape(pydantic.BaseModel):
    name: str
    at: int
Logger(); Metrics(); boto3.client("dynamodb")
"""
_PROGRAM = """
import time
begun, worked = time.perf_counter(), time.process_time()
{work}
taken, worked = time.perf_counter() - begun, time.process_time() - worked
import json, re
# Not getrusage: its peak begins with that of whoever started us.
peak = re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())
print(json.dumps([taken * 1000, int(peak[1]) / 1024, worked * 1000]))
"""


class Start(NamedTuple):
    """What one start took: milliseconds by the clock, peak megabytes, milliseconds of CPU."""

    clock_ms: float
    peak_mb: float
    cpu_ms: float


def run(report: Report) -> None:
    """Start each function and the peer in turn, and report the medians."""
    archives = build_here(VAR / "build")
    with tempfile.TemporaryDirectory() as directory:
        places = {}
        for name, archive in (("light", archives.light), ("images", archives.images)):
            places[name] = Path(directory) / name
            with zipfile.ZipFile(archive) as packed:
                packed.extractall(places[name])
        programs = {
            name: (_OURS.format(wiring=wiring), places["images" if name == "images" else "light"])
            for name, wiring in FUNCTIONS.items()
        }
        programs["bare"] = (_BARE, places["light"])
        found: dict[str, list[Start]] = {name: [] for name in programs}
        for _ in range(STARTS[report.scale]):
            for name, (work, place) in programs.items():
                found[name].append(_start(work, place))
    bare = _medians(found.pop("bare"))
    for name, starts in found.items():
        middle = _medians(starts)
        report.row(
            f"cold start of {name}: import + clients",
            goal=f"≤ {GOAL_SHARE:.2f} × the bare SDK's CPU, ≤ {GOAL_MB} MB",
            measured=f"{middle.clock_ms:.0f} ms ({middle.cpu_ms:.0f} of CPU), "
            f"{middle.peak_mb:.0f} MB",
            met=middle.cpu_ms <= GOAL_SHARE * bare.cpu_ms and middle.peak_mb <= GOAL_MB,
            peer=f"bare SDK + pydantic + Powertools {bare.clock_ms:.0f} ms, "
            f"{bare.peak_mb:.0f} MB ({middle.cpu_ms / bare.cpu_ms:.2f} × its CPU)",
        )


def _start(work: str, place: Path) -> Start:
    ran = subprocess.run(
        [str(INTERPRETER), "-S", "-c", _PROGRAM.format(work=work)],
        cwd=place,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(place),
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_REGION": "us-east-1",
            "POWERTOOLS_SERVICE_NAME": "bench",
            "POWERTOOLS_METRICS_NAMESPACE": "bench",
            "TABLE_NAME": "t",
            "BUCKET_NAME": "b",
            "QUARANTINE_QUEUE_URL": "http://127.0.0.1:9/q",
            "ALLOWED_ORIGINS": "http://127.0.0.1:9",
            "TOKEN_KEYS": TOKEN_KEYS,
            "PERSON_SECRET": "22" * 32,
        },
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return Start(*json.loads(ran.stdout.splitlines()[-1]))


def _medians(starts: list[Start]) -> Start:
    return Start(*(statistics.median(values) for values in zip(*starts, strict=True)))
