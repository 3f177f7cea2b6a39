"""A wheel that would put a file elsewhere, or over another's, is refused by its name and the file's."""

import os
import stat
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from campaignhub.deployment import archives
from campaignhub.deployment.archives import build_here
from campaignhub.deployment.errors import CannotPack
from campaignhub.deployment.members import needed_of
from campaignhub.deployment.packages import of_wheels
from campaignhub.deployment.target import Target
from campaignhub.env import ROOT, VAR

METADATA = "Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n\n"


def wheel(directory: Path, name: str, *members: str | zipfile.ZipInfo) -> Path:
    """Write a wheel with these members, and its metadata where it is to have one."""
    path = directory / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(f"{name}-1.0.dist-info/METADATA", METADATA.format(name=name))
        for member in members:
            packed.writestr(member, "content")
    return path


def packed_of(directory: Path, *names: str) -> list[str]:
    return [name for name, _content in needed_of(of_wheels(names, Target(), directory))]


@pytest.mark.parametrize(
    ("member", "why"),
    [
        ("../evil.py", "leads out"),
        ("a/../../evil.py", "leads out"),
        ("/etc/evil.py", "leads out"),
        ("a//evil.py", "leads out"),
        ("./evil.py", "leads out"),
        ("a\\..\\evil.py", "leads out"),
        ("C:/evil.py", "leads out"),
        ("a/ev\nil.py", "no name of a file"),
        ("ingest_lambda/handlers.py", "taken for ours"),
        ("ingest_lambda.py", "taken for ours"),
        ("ingest_lambda.cpython-313-aarch64-linux-gnu.so", "taken for ours"),
        ("ingest_lambda/tests/passed_over.py", "taken for ours"),
    ],
)
def test_a_member_that_leads_elsewhere_is_refused_by_wheel_and_name(
    tmp_path: Path, member: str, why: str
) -> None:
    wheel(tmp_path, "a", "a/fine.py", member)
    with pytest.raises(CannotPack, match=why) as refused:
        packed_of(tmp_path, "a")
    assert "a-1.0-py3-none-any.whl has" in refused.value.message
    assert repr(member)[1:-1] in refused.value.message


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_what_is_no_regular_file_is_refused(tmp_path: Path, kind: int) -> None:
    member = zipfile.ZipInfo("a/link.py")
    member.external_attr = (kind | 0o777) << 16
    wheel(tmp_path, "a", member)
    with pytest.raises(CannotPack, match=r"a-1\.0.* has 'a/link\.py', which is no regular file"):
        packed_of(tmp_path, "a")


def test_of_two_wheels_with_one_file_both_are_named(tmp_path: Path) -> None:
    wheel(tmp_path, "a", "shared.py", "tests/both_may.py")
    wheel(tmp_path, "b", "shared.py", "tests/both_may.py")
    with pytest.raises(CannotPack, match=r"b-1\.0.*'shared\.py', which a-1\.0.* has too"):
        packed_of(tmp_path, "a", "b")


def test_what_functions_need_is_packed_under_its_name(tmp_path: Path) -> None:
    wheel(tmp_path, "a", "a/__init__.py", "a/tests/no.py", "a/data.json", "a-1.0.data/scripts/run")
    assert packed_of(tmp_path, "a") == ["a-1.0.dist-info/METADATA", "a/__init__.py", "a/data.json"]


def test_a_wheel_that_came_in_part_is_said_with_what_to_remove(tmp_path: Path) -> None:
    path = wheel(tmp_path, "a", "a/fine.py")
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(CannotPack, match=rf"can't be read: .* Remove {tmp_path}"):
        packed_of(tmp_path, "a")
    path.write_bytes(b"")
    with pytest.raises(CannotPack, match="can't be read"):
        packed_of(tmp_path, "a")
    path.rename(tmp_path / "odd.whl")
    with pytest.raises(CannotPack, match=r"odd\.whl is not named"):
        packed_of(tmp_path, "a")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two packages in the place of twenty, so that a build takes a second."""
    monkeypatch.setattr(archives, "LIGHT", ("idna",))
    monkeypatch.setattr(archives, "IMAGES", ("idna",))


@pytest.mark.usefixtures("small")
def test_a_build_leaves_what_another_one_has_yet_to_upload(tmp_path: Path) -> None:
    other = tmp_path / "light-ffffffffffffffff.zip"
    base = tmp_path / "images-packages-ffffffffffffffff.zip"
    begun = tmp_path / "packing-abc"
    old = tmp_path / "light-0000000000000000.zip"
    killed = tmp_path / "packing-def"
    for path in (other, base, old):
        path.write_bytes(b"another's")
    for path in (begun, killed):
        path.mkdir()
        (path / "archive.zip").write_bytes(b"half")
    for path in (old, killed):
        os.utime(path, (0, 0))
    built = build_here(tmp_path)
    left = {path.name for path in tmp_path.iterdir() if "-packages-" not in path.name}
    assert left == {built.light.name, built.images.name, other.name, begun.name}
    assert base.exists()


@pytest.mark.usefixtures("small")
def test_an_archive_that_is_used_again_counts_as_new(tmp_path: Path) -> None:
    built = build_here(tmp_path)
    for path in tmp_path.iterdir():
        os.utime(path, (0, 0))
    assert build_here(tmp_path).light == built.light
    assert built.light.stat().st_mtime > time.time() - 60


def test_a_full_disk_is_said_and_leaves_no_archive_in_part(tmp_path: Path) -> None:
    program = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from campaignhub.deployment import archives, errors\n"
        "archives.LIGHT = archives.IMAGES = ('idna', 'pydantic')\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "try: archives.build_here(Path(sys.argv[1]))\n"
        "except errors.CannotPack as error: print(error.message)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "CAMPAIGNHUB_VAR": str(VAR)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.startswith(f"The archives can't be built in {tmp_path}: ")
    assert list(tmp_path.iterdir()) == []
