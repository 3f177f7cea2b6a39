"""No child of the embedded default outlives it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from campaignhub.local_aws.ministack import MiniStack
from campaignhub.local_aws.processes import Child, end_left_over, note_running
from tests.campaignhub.local_aws.conftest import eventually

SLEEPER = [sys.executable, "-c", "import time; time.sleep(300)"]
PARENT_OF_ONE = [
    sys.executable,
    "-c",
    "import subprocess, sys, time; "
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)']); "
    "print(child.pid, flush=True); time.sleep(300)",
]
DEAF = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(300)",
]


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_stop_ends_the_grandchildren_too(tmp_path):
    child = Child("parent", PARENT_OF_ONE, tmp_path / "log")
    child.start()
    eventually(lambda: (tmp_path / "log").read_text().endswith("\n"))
    grandchild = int((tmp_path / "log").read_text())
    assert is_running(grandchild)
    child.stop()

    eventually(lambda: not is_running(grandchild))
    assert not child.alive()


def test_who_does_not_listen_is_killed_after_its_time(tmp_path):
    child = Child("deaf", DEAF, tmp_path / "log", stop_seconds=0.3)
    child.start()
    eventually(lambda: "deaf" in child.last_words())
    started = time.monotonic()
    child.stop()

    assert time.monotonic() - started < 5
    assert child.returncode == -signal.SIGKILL


def test_a_killed_parent_takes_its_children_along(tmp_path):
    program = (
        "import sys, time; from pathlib import Path; "
        "from campaignhub.local_aws.processes import Child; "
        f"child = Child('c', {SLEEPER!r}, Path({str(tmp_path / 'log')!r})); child.start(); "
        "print(child.pid, flush=True); time.sleep(300)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as up:
        assert up.stdout is not None
        pid = int(up.stdout.readline())
        assert is_running(pid)
        up.kill()

    eventually(lambda: not is_running(pid))


def test_the_next_start_ends_what_was_left_and_nothing_else(tmp_path):
    noted, pids = Child("noted", SLEEPER, tmp_path / "log"), tmp_path / "pids"
    noted.start()
    note_running(pids, [noted])
    entries = json.loads(pids.read_text())
    # The number of a process that ended may belong to a stranger by now: to this test, say.
    pids.write_text(
        json.dumps([*entries, {"pid": os.getpid(), "name": "stranger", "command": SLEEPER}])
    )

    assert end_left_over(pids, seconds=5) == ["noted"]
    assert not noted.alive()
    assert not pids.exists()
    assert end_left_over(pids) == []


def test_what_a_killed_emulator_unpacked_goes_with_each_start(tmp_path: Path) -> None:
    ministack = MiniStack(port=9, directory=tmp_path, python=Path(sys.executable))
    for start in (ministack.clear_scratch, lambda: ministack.child(tmp_path / "aws.log")):
        left = tmp_path / "tmp" / "ministack-lambda-write-1"
        left.mkdir(parents=True, exist_ok=True)
        start()
        assert not left.exists()
        assert left.parent.is_dir()
