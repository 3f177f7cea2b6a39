"""The local host: campaign pages in a folder that the web process serves."""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from campaigns.hosting.files import (
    ASSET_SECONDS,
    ASSETS,
    COMPLETE,
    STATE,
    kept_versions,
    version_of,
)
from campaigns.hosting.host_errors import VersionGone


class LocalHost:
    """Puts pages under ``root/pages/{slug}/``.

    ========================  ====================================================
    ``versions/{n}-{name}/``  a page as it was put at revision n, without its assets;
                              ``.complete`` is put last and names those
    ``live``                  a link to one of them; replacing it is the one step
                              by which a new page is seen, also under kill -9
    ``assets/``               files with their hash in their name, shared by all
    ``state.json``            replaced in one step of its own
    ``state.revision``        the revision of it, to refuse an older one
    ========================  ====================================================

    Writers of one page wait for each other by a lock on its folder.
    """

    def __init__(self, root: Path, *, base_url: str = "") -> None:
        self._root, self._base_url = root / "pages", base_url

    def address(self, slug: str, domain: str = "") -> str:
        """Return where the page of ``slug`` is."""
        return f"{self._base_url}/{slug}/"

    def put_page(self, slug: str, files: Mapping[str, bytes], *, revision: int) -> str:
        """Make ``files`` (path within the page → content) the page of ``slug``."""
        version = version_of(files)
        with self._locked(slug) as folder:
            if _live_revision(folder) > revision:
                return version
            assets = sorted(path for path in files if path.startswith(ASSETS))
            for path in assets:
                _replace(folder / path, files[path])
            name = f"{revision}-{version}-{uuid4().hex[:8]}"
            fresh = folder / "versions" / name
            own = {path: content for path, content in files.items() if path not in assets}
            for path, content in {**own, COMPLETE: json.dumps(assets).encode()}.items():
                place = fresh / path
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content)
            _show(folder, name)
            _tidy(folder)
        return version

    def show_version(self, slug: str, version: str, *, revision: int) -> None:
        """Make an earlier version the page of ``slug`` again."""
        with self._locked(slug) as folder:
            if _live_revision(folder) > revision:
                return
            found = [done for done in _complete(folder) if done.split("-")[1] == version]
            if not found:
                raise VersionGone(f"There is no version {version} of the page {slug} any more.")
            name = f"{revision}-{version}-{uuid4().hex[:8]}"
            shutil.copytree(folder / "versions" / found[0], folder / "versions" / name)
            _show(folder, name)

    def take_down(self, slug: str, *, revision: int) -> None:
        """Serve no page of ``slug`` any more; its state stays, for pages that are open."""
        self.put_page(slug, {}, revision=revision)

    def put_state(self, slug: str, state: bytes, *, revision: int) -> None:
        """Replace the page's ``state.json`` in one step."""
        with self._locked(slug) as folder:
            noted = folder / "state.revision"
            if noted.exists() and int(noted.read_bytes()) > revision:
                return
            # Noted first: whoever dies in between has let no older writer in, and is repeated.
            _replace(noted, str(revision).encode())
            _replace(folder / STATE, state)

    def read(self, slug: str, path: str) -> bytes | None:
        """Read one file of a page, or ``None`` where there is none; never outside the page."""
        folder = self._root / slug
        if path == STATE or path.startswith(ASSETS):
            return _read_within(folder, path)
        while (version := _live(folder)) is not None:
            content = _read_within(folder / version, path)
            if content is not None or _live(folder) == version:
                return content  # else the page was replaced under our hands: read the new one
        return None

    @contextmanager
    def _locked(self, slug: str) -> Iterator[Path]:
        folder = self._root / slug
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)  # a process that dies lets go of it
            yield folder
        finally:
            os.close(descriptor)


def _live(folder: Path) -> str | None:
    try:
        return str((folder / "live").readlink())
    except OSError:
        return None


def _live_revision(folder: Path) -> int:
    live = _live(folder)
    return int(Path(live).name.partition("-")[0]) if live else 0


def _read_within(folder: Path, path: str) -> bytes | None:
    try:
        place = (folder / path).resolve()
        return place.read_bytes() if place.is_relative_to(folder.resolve()) else None
    except (OSError, ValueError):  # not there, a folder, no name at all
        return None


def _replace(place: Path, content: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = place.with_name(f".{place.name}.{uuid4().hex}")
    fresh.write_bytes(content)
    fresh.replace(place)


def _show(folder: Path, name: str) -> None:
    link = folder / f".live.{name}"
    link.symlink_to(f"versions/{name}")
    link.replace(folder / "live")


def _complete(folder: Path) -> dict[str, datetime]:
    """Return the whole versions of a page, each with when it was put."""
    return {
        mark.parent.name: datetime.fromtimestamp(mark.stat().st_mtime, UTC)
        for mark in (folder / "versions").glob(f"*/{COMPLETE}")
    }


def _tidy(folder: Path) -> None:
    """Remove what writers that died have left, and what no open page can need."""
    kept = kept_versions(_complete(folder), now=datetime.now(UTC))
    named: set[str] = set()
    for version in (folder / "versions").iterdir():
        if version.name in kept:
            named |= set(json.loads((version / COMPLETE).read_bytes()))
        else:
            shutil.rmtree(version, ignore_errors=True)
    for left in (*folder.glob(".*"), *(folder / ASSETS).rglob("*")):
        old = time.time() - left.lstat().st_mtime > ASSET_SECONDS
        unnamed = left.is_file() and left.relative_to(folder).as_posix() not in named
        if left.name.startswith(".") or (old and unnamed):
            left.unlink(missing_ok=True)
