"""The local host keeps a page whole, whatever happens while it is replaced."""

from pathlib import Path

import pytest

from campaigns.hosting.local import LocalHost


def test_a_new_page_replaces_the_old_one_and_keeps_its_state(tmp_path: Path) -> None:
    host = LocalHost(tmp_path)
    host.put_page("summer", {"index.html": b"one", "assets/old.js": b"x"})
    host.put_state("summer", b"{}")
    host.put_page("summer", {"index.html": b"two"})
    assert host.read("summer", "index.html") == b"two"
    assert host.read("summer", "state.json") == b"{}"
    assert host.read("summer", "assets/old.js") is None


def test_a_failure_at_the_swap_leaves_the_earlier_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = LocalHost(tmp_path)
    host.put_page("summer", {"index.html": b"one"})
    rename = Path.rename

    def full_disk(self: Path, target: Path) -> Path:
        if "old" not in self.name and self.name.startswith(".summer"):
            raise OSError("no space left")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", full_disk)
    with pytest.raises(OSError, match="no space"):
        host.put_page("summer", {"index.html": b"two"})
    assert host.read("summer", "index.html") == b"one"


def test_nothing_outside_the_page_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    host = LocalHost(tmp_path)
    host.put_page("summer", {"index.html": b"one"})
    assert host.read("summer", "../../secret") is None
