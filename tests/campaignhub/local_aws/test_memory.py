"""What the terminal says of memory."""

import re
import sys
from pathlib import Path

from campaignhub.local_aws.memory import memory_line
from campaignhub.local_aws.processes import Child
from tests.support.installation import wait_until


def test_a_child_s_memory_is_told_with_that_of_the_processes_it_started(tmp_path: Path) -> None:
    program = "import os, time\nheld = b'x' * 40_000_000\nos.fork()\ntime.sleep(60)"
    child = Child("drain", [sys.executable, "-c", program], tmp_path / "log")
    asleep = Child("never started", [], tmp_path / "log")
    child.start()
    try:
        wait_until(
            lambda: int(re.findall(r"drain (\d+)", memory_line([child, asleep]))[0]) >= 80,
            what="both processes are counted",
        )
    finally:
        child.stop()
