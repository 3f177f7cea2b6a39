"""What an installation keeps is its owner's alone, from its first moment and whatever was there before."""

import os
import stat
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from campaignhub.env import ROOT
from campaignhub.private_files import NotOurDirectory, make_private, write_private
from tests.support.at_once import at_once
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


def test_what_a_killed_writer_left_is_removed_once_it_is_old(tmp_path: Path) -> None:
    left, fresh = tmp_path / "env.json.a.partial", tmp_path / "env.json.b.partial"
    for path in (left, fresh):
        path.write_text("half")
        path.chmod(0o666)
    os.utime(left, (0, 0))
    write_private(tmp_path / "env.json", "{}")
    assert _mode(tmp_path / "env.json") == 0o600
    assert sorted(tmp_path.iterdir()) == [tmp_path / "env.json", fresh]


def test_a_link_in_the_place_of_a_half_written_file_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("as it was")
    for name in ("env.json.partial", "env.json.a.partial"):
        (tmp_path / name).symlink_to(elsewhere)
    write_private(tmp_path / "env.json", "secret")
    assert elsewhere.read_text() == "as it was"
    assert (tmp_path / "env.json").read_text() == "secret"


def test_of_many_writers_at_once_each_ends_well_and_the_file_is_one_of_theirs(
    tmp_path: Path,
) -> None:
    path, texts = tmp_path / "env.json", [f"{number}" * 200_000 for number in range(8)]
    for _round in range(5):
        at_once(*(partial(write_private, path, text) for text in texts))
        assert path.read_text() in texts
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_the_file_as_it_was_and_nothing_beside_it(tmp_path: Path) -> None:
    write_private(tmp_path / "env.json", "before")
    ran = subprocess.run(
        [
            sys.executable,
            "-c",
            "import resource, signal, sys; from pathlib import Path; "
            "from campaignhub.private_files import write_private; "
            "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
            "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)); "
            "write_private(Path(sys.argv[1]), 'x' * 5000)",
            str(tmp_path / "env.json"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "OSError" in ran.stderr
    assert (tmp_path / "env.json").read_text() == "before"
    assert list(tmp_path.iterdir()) == [tmp_path / "env.json"]


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
