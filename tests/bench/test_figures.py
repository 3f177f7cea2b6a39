"""The figures of the documentation are those of the last run, with verdicts nobody softened."""

from pathlib import Path

import pytest

from bench import report, table
from bench.__main__ import main
from bench.programs import BENCH, SOAK
from campaignhub.env import ROOT


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep results in a file of the test's own."""
    file = tmp_path / "bench.json"
    monkeypatch.setattr(report, "FILE", file)
    return file


def measure(program: str, *, met: bool, scale: report.Scale = "bench") -> None:
    made = report.Report(program, scale)
    made.row("how | fast", goal="≥ 2", measured="3", met=met, peer="peer 1")
    made.say("why")
    made.save()


def test_a_row_that_missed_its_goal_says_so(kept: Path) -> None:
    measure("accept", met=True)
    measure("journey", met=False)

    assert "| how \\| fast | ≥ 2 | 3 | met |" in table.short()
    assert "| how \\| fast | ≥ 2 | 3 | **not met** |" in table.short()
    assert "peer 1" in table.full()


def test_a_later_run_takes_the_place_of_the_earlier(kept: Path) -> None:
    measure("accept", met=False)
    measure("accept", met=True)

    assert "not met" not in table.short()


def test_a_trial_is_not_kept(kept: Path) -> None:
    measure("accept", met=True, scale="small")

    assert not kept.exists()
    assert table.short() == table.NOTHING_YET


def test_both_documents_have_a_place_for_the_figures() -> None:
    for name in ("README.md", "docs/figures.md"):
        text = (ROOT / name).read_text()
        assert text.index(table.BEGIN) < text.index(table.END), name


def test_every_program_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    for name in {*BENCH, *SOAK}:
        assert (ROOT / "bench" / f"{name}.py").exists(), name
    assert main(["accept", "nonsense"]) == 2
    assert "There is no nonsense" in capsys.readouterr().out


def test_figures_of_several_machines_say_which_are_from_where(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measure("accept", met=True)
    monkeypatch.setattr(report, "machine", lambda: "another machine")
    measure("journey", met=True)
    measure("desk", met=True)

    told = [line for line in table.short().splitlines() if "easured on" in line]
    assert len(told) == 2
    assert next(line for line in told if "another" in line).startswith("- journey, desk: ")
