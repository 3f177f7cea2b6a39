"""What an installation keeps is its owner's alone, from its first moment and whatever was there before."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from campaignhub.env import ROOT
from campaignhub.private_files import NotOurDirectory, make_private, write_private
from tests.support.installation import Installation

OTHERS = 0o077


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def _open_to_others(directory: Path) -> list[str]:
    """Name what others might read, write or enter, links aside."""
    found = [directory, *directory.rglob("*")]
    return [str(path) for path in found if not path.is_symlink() and _mode(path) & OTHERS]


def _up(var: Path, *, umask: int) -> str:
    """Run ``manage.py up`` where no emulator is installed: it makes its directory and gives up."""
    ran = subprocess.run(
        [sys.executable, "manage.py", "up"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "CAMPAIGNHUB_VAR": str(var)},
        umask=umask,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode
    return ran.stderr


def test_the_directory_is_closed_from_the_first_moment(tmp_path: Path) -> None:
    var = tmp_path / "deep" / "var"
    assert "not installed" in _up(var, umask=0)
    assert _mode(var) == 0o700
    assert (var / "up.lock").exists()
    assert not _open_to_others(var)


def test_a_directory_that_stood_open_is_closed_with_what_lies_in_it(tmp_path: Path) -> None:
    var = tmp_path / "var"
    var.mkdir(mode=0o777)
    var.chmod(0o777)
    for name in ("env.json", "up.json", "demo-accounts.json", "db.sqlite3", "db.sqlite3-wal"):
        (var / name).write_text("{}")
        (var / name).chmod(0o666)
    for name in ("aws", "log", "site", "media"):
        (var / name).mkdir()
        (var / name).chmod(0o777)
    assert "not installed" in _up(var, umask=0o022)
    assert not _open_to_others(var)


def test_what_a_link_leads_to_keeps_its_rights(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o755)
    var = tmp_path / "var"
    var.mkdir()
    (var / "build").symlink_to(shared)
    make_private(var)
    assert _mode(shared) == 0o755


def test_a_directory_for_everybody_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    shared = tmp_path / "tmp"
    shared.mkdir()
    shared.chmod(0o1777)
    assert "shared with other users" in _up(shared, umask=0o022)
    assert _mode(shared) == 0o1777
    with pytest.raises(NotOurDirectory):
        make_private(Path("/"))


def test_a_secret_does_not_inherit_the_rights_of_what_a_crash_left(tmp_path: Path) -> None:
    left = tmp_path / "env.json.partial"
    left.write_text("half")
    left.chmod(0o666)
    write_private(tmp_path / "env.json", "{}")
    assert _mode(tmp_path / "env.json") == 0o600
    assert not left.exists()


def test_a_link_in_the_place_of_a_half_written_file_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("as it was")
    (tmp_path / "env.json.partial").symlink_to(elsewhere)
    write_private(tmp_path / "env.json", "secret")
    assert elsewhere.read_text() == "as it was"
    assert (tmp_path / "env.json").read_text() == "secret"


@pytest.mark.flow
def test_a_running_installation_opens_nothing_to_others(embedded: Installation) -> None:
    """Database, emulator's state, logs, pages: what its processes write by and by is closed too."""
    var = embedded.directory
    assert _mode(var) == 0o700
    for name in ("db.sqlite3", "env.json", "up.json", "demo-accounts.json", "aws", "log", "site"):
        assert not _mode(var / name) & OTHERS, name
    assert not _open_to_others(var / "log")
    assert not _open_to_others(var / "aws" / "s3")
    for pid in embedded.processes():
        status = Path(f"/proc/{pid}/status").read_text()
        (umask,) = [line for line in status.splitlines() if line.startswith("Umask:")]
        assert int(umask.split()[1], 8) & OTHERS == OTHERS, status
