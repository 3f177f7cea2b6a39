"""The local host keeps a page whole, whatever happens while it is replaced."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from campaignhub.env import ROOT, env
from campaigns.accounts.models import Client
from campaigns.hosting.host import site_host
from campaigns.hosting.local import LocalHost


@pytest.fixture
def host(tmp_path: Path) -> LocalHost:
    return LocalHost(tmp_path)


def test_the_environment_chooses_the_host() -> None:
    assert env().site_host == "local"
    assert isinstance(site_host(Client(pk=1)), LocalHost)


def test_a_full_disk_leaves_the_earlier_page(
    host: LocalHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.put_page("summer", {"index.html": b"one"}, revision=1)
    written = Path.write_bytes

    def full(self: Path, content: bytes) -> int:
        if self.name == "last.html":
            raise OSError("no space left")
        return written(self, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="no space"):
        host.put_page("summer", {"index.html": b"two", "last.html": b""}, revision=2)
    assert host.read("summer", "index.html") == b"one"


def test_a_writer_of_the_state_that_dies_halfway_lets_no_older_one_in(
    host: LocalHost, tmp_path: Path
) -> None:
    state = tmp_path / "pages" / "summer" / "state.json"
    state.mkdir(parents=True)
    with pytest.raises(OSError, match=r"state\.json"):  # nothing replaces a folder
        host.put_state("summer", b"closed", revision=7)
    state.rmdir()
    host.put_state("summer", b"open", revision=6)
    assert host.read("summer", "state.json") is None
    host.put_state("summer", b"closed", revision=7)
    assert host.read("summer", "state.json") == b"closed"


WRITER = """
import sys
from pathlib import Path
from campaigns.hosting.local import LocalHost
host, first = LocalHost(Path(sys.argv[1])), int(sys.argv[2])
number = first
while True:
    files = {f"part{n}.html": str(number).encode() for n in range(12)}
    host.put_page("summer", files | {"index.html": str(number).encode()}, revision=number)
    host.put_state("summer", str(number).encode(), revision=number)
    number += 1
    if number == first + 2:
        print("busy", flush=True)
"""


def test_a_writer_killed_at_any_moment_leaves_a_whole_page_and_no_lock(tmp_path: Path) -> None:
    host = LocalHost(tmp_path)
    newest = 1
    host.put_page("summer", {"index.html": b"1"}, revision=newest)
    for pause in (0.0, 0.001, 0.003, 0.006, 0.011):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(newest + 1)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
        ) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"busy\n"
            seen: set[bytes | None] = set()
            deadline = time.monotonic() + pause
            while time.monotonic() < deadline:
                seen.add(host.read("summer", "index.html"))
            writer.send_signal(signal.SIGKILL)
        assert None not in seen
        number = host.read("summer", "index.html")
        assert number is not None
        assert all(host.read("summer", f"part{n}.html") == number for n in range(12))
        assert int(number) > newest
        newest = int(number)
    host.put_page("summer", {"index.html": b"mended"}, revision=newest + 1)
    assert host.read("summer", "index.html") == b"mended"
    folder = tmp_path / "pages/summer"
    assert len(list((folder / "versions").iterdir())) == len(
        list((folder / "versions").glob("*/.complete"))
    )
    assert not [left for left in folder.iterdir() if left.name.startswith(".")]


@pytest.mark.parametrize(
    "path",
    ["../../secret", "../state.json/../../../secret", "assets/../../../secret", "", "es", "\0"],
)
def test_nothing_outside_the_page_is_read(host: LocalHost, tmp_path: Path, path: str) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    host.put_page("summer", {"index.html": b"one", "es/index.html": b"uno"}, revision=1)
    assert host.read("summer", path) is None
    assert host.read("winter", "index.html") is None
