"""A disk that takes nothing more ends neither the supervisor nor what it runs; rehearsed with files that can't be written."""

import os
import signal
import sys
from pathlib import Path

import pytest

from campaignhub.local_aws import supervisor as supervising
from campaignhub.local_aws.console import Console
from campaignhub.local_aws.keeping import Keeper
from campaignhub.local_aws.processes import Child
from campaignhub.local_aws.services import Plan
from campaignhub.local_aws.supervisor import Supervisor
from tests.campaignhub.local_aws.conftest import eventually

SLEEPER = [sys.executable, "-c", "import time; time.sleep(300)"]


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return Plan(
        root=tmp_path,
        var=tmp_path,
        web_port=8000,
        aws_port=4566,
        is_migrated=lambda: True,
        bootstrap=lambda _: None,
        sender="CampaignHub <hello@campaignhub.example>",
    )


def test_what_dies_meanwhile_is_started_again_as_soon_as_it_can_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    needed = tmp_path / "needed"
    needed.mkdir()
    child = Child("sleeper", SLEEPER, tmp_path / "sleeper.log", directory=needed)
    # A folder is in the way of the file.
    pids = tmp_path / "up.pids"
    pids.mkdir()
    starts: list[Child] = []
    keeper = Keeper(pids, Console(), before=starts.append, after=starts.append)
    keeper.add([child])
    first = child.pid
    assert first is not None
    try:
        os.kill(first, signal.SIGKILL)
        eventually(lambda: not child.alive())
        needed.rmdir()

        def says(words: str) -> bool:
            keeper.watch()
            said.append(capsys.readouterr().out)
            return words in "".join(said)

        said: list[str] = []
        eventually(lambda: says("sleeper can't start: No such file"))
        needed.mkdir()

        def runs_again() -> bool:
            keeper.watch()
            return child.alive()

        eventually(runs_again)
        assert child.pid != first
        assert starts[-2:] == [child, child]
        assert "What runs can't be written down" in "".join([*said, capsys.readouterr().out])
    finally:
        child.stop()


def test_the_emulator_is_ended_once_there_is_room_for_what_it_holds(
    plan: Plan, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    supervisor = Supervisor(plan, Console())
    looks = iter((False, False, True))
    monkeypatch.setattr(supervisor, "_has_space", lambda: next(looks))
    supervisor._wait_for_space()
    assert next(looks, "none left") == "none left"
    assert capsys.readouterr().out.count("Make room") == 1


def test_who_presses_twice_waits_for_no_room(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervising, "LEAST_FREE_BYTES", 1 << 62)
    supervisor = Supervisor(plan, Console())
    supervisor._on_signal()
    supervisor._on_signal()
    supervisor._wait_for_space()
