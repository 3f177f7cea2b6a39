"""What is kept of a failing test."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support import evidence
from tests.support.installation import Installation


@dataclass
class Rough:
    """A fixture that holds an installation, as that of rough handling does."""

    installation: Installation


@pytest.fixture
def failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(evidence, "FAILED", tmp_path / "failed")
    return tmp_path / "failed"


@pytest.mark.parametrize("wrap", [lambda held: held, Rough], ids=["itself", "held"])
def test_the_logs_of_an_installation_are_kept(wrap, failed: Path, tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "up.log").write_text("up")
    (tmp_path / "log" / "worker.log").write_text("worker")

    ((name, said),) = evidence.keep(
        "flows/test_a.py::test_b[ä/1]", [1, wrap(Installation(tmp_path))]
    )

    assert name == "kept"
    (directory,) = failed.iterdir()
    assert sorted(path.name for path in directory.iterdir()) == ["1-up.log", "1-worker.log"]
    assert {Path(line).parent for line in said.splitlines()} == {directory}


def test_of_a_test_without_an_installation_nothing_is_kept(failed: Path) -> None:
    assert evidence.keep("test", [object(), "text", None]) == []
    assert not failed.exists()
