"""Mails give way to the visitors at the door where the processors don't suffice for both."""

import os
import signal
import sys
from pathlib import Path

import pytest

from campaignhub.local_aws import keeping
from campaignhub.local_aws.console import Console
from campaignhub.local_aws.keeping import Keeper
from campaignhub.local_aws.ministack import MiniStack
from campaignhub.local_aws.priority import give_way
from campaignhub.local_aws.processes import Child
from campaignhub.local_aws.services import Plan, services
from tests.campaignhub.local_aws.conftest import eventually
from tests.campaignhub.local_aws.test_processes import PARENT_OF_ONE, SLEEPER, is_running


def standing_of(pid: int | None) -> list[int]:
    """Return how far back a process stands: of its own, and of its session where the kernel shares by session."""
    assert pid
    session = Path(f"/proc/{pid}/autogroup")
    told = [session.read_text().split()[-1]] if session.exists() else []
    return [os.getpriority(os.PRIO_PROCESS, pid), *map(int, told)]


@pytest.fixture
def keeper(tmp_path, monkeypatch):
    monkeypatch.setattr(keeping, "RESTART_SECONDS", (0.05,))
    keeper = Keeper(
        tmp_path / "pids", Console(), before=lambda child: None, after=lambda child: None
    )
    yield keeper
    for child in keeper.children:
        child.stop()


def test_a_child_gives_way_once_it_is_up_and_its_children_with_it(tmp_path, keeper, monkeypatch):
    child = Child("parent", PARENT_OF_ONE, tmp_path / "log", behind=7)
    other = Child("other", SLEEPER, tmp_path / "other")
    keeper.add([child, other])
    eventually(lambda: (tmp_path / "log").read_text().endswith("\n"))
    keeper.watch()
    assert not any(standing_of(child.pid)), "a start waits for none"

    monkeypatch.setattr(keeping, "UP_SECONDS", 0)
    keeper.watch()
    for pid in (child.pid, int((tmp_path / "log").read_text())):
        assert set(standing_of(pid)) == {7}
    assert not any(standing_of(other.pid))


def test_one_that_was_started_again_gives_way_again(tmp_path, keeper, monkeypatch):
    monkeypatch.setattr(keeping, "UP_SECONDS", 0)
    child = Child("mail", SLEEPER, tmp_path / "log", behind=7)
    keeper.add([child])
    first = child.pid
    assert first
    os.kill(first, signal.SIGKILL)

    def gave_way() -> bool:
        keeper.watch()
        return child.pid != first and child.alive() and set(standing_of(child.pid)) == {7}

    eventually(gave_way)
    assert not is_running(first)
    second = child.pid
    keeper.renew(["mail"])
    assert child.pid not in (first, second)
    keeper.watch()
    assert set(standing_of(child.pid)) == {7}


def test_what_is_gone_gives_no_way_and_no_trouble():
    give_way(2**22 + 1, 5)  # beyond what Linux numbers by default


def test_of_all_processes_mail_alone_stands_behind(tmp_path):
    plan = Plan(
        root=tmp_path,
        var=tmp_path / "var",
        web_port=1,
        aws_port=2,
        is_migrated=lambda: True,
        bootstrap=lambda path: None,
        sender="A <a@example.com>",
    )
    ministack = MiniStack(port=9, directory=tmp_path, python=Path(sys.executable))
    children = services(plan, ministack, 1)
    assert [name for name, child in children.items() if child.behind] == ["mail"]
