"""The local host: campaign pages in a folder that the web process serves."""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

ASSETS = "assets/"
ASSET_SECONDS = 7 * 24 * 3600
"""How long a file stays that no page names any more: somebody may have the page open."""


class LocalHost:
    """Puts pages under ``root/pages/{slug}/``.

    ========================  ====================================================
    ``versions/{n}-{name}/``  a page as it was put at revision n, without its assets
    ``live``                  a link to one of them; replacing it is the one step
                              by which a new page is seen, also under kill -9
    ``assets/``               files with their hash in their name, shared by all
    ``state.json``            replaced in one step of its own
    ``state.revision``        the revision of it, to refuse an older one
    ========================  ====================================================

    Writers of one page wait for each other by a lock on its folder.
    """

    def __init__(self, root: Path) -> None:
        self._root = root / "pages"

    def put_page(self, slug: str, files: Mapping[str, bytes], *, revision: int) -> None:
        """Make ``files`` (path within the page → content) the page of ``slug``."""
        with self._locked(slug) as folder:
            if _live_revision(folder) > revision:
                return
            for path, content in files.items():
                if path.startswith(ASSETS):
                    _replace(folder / path, content)
            name = f"{revision}-{uuid4().hex}"
            fresh = folder / "versions" / name
            for path, content in files.items():
                if not path.startswith(ASSETS):
                    place = fresh / path
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_bytes(content)
            link = folder / f".live.{name}"
            link.symlink_to(f"versions/{name}")
            link.replace(folder / "live")
            _tidy(folder, keep=name, assets={path for path in files if path.startswith(ASSETS)})

    def put_state(self, slug: str, state: bytes, *, revision: int) -> None:
        """Replace the page's ``state.json`` in one step."""
        with self._locked(slug) as folder:
            noted = folder / "state.revision"
            if noted.exists() and int(noted.read_bytes()) > revision:
                return
            _replace(folder / "state.json", state)
            _replace(noted, str(revision).encode())

    def read(self, slug: str, path: str) -> bytes | None:
        """Read one file of a page, or ``None`` where there is none; never outside the page."""
        folder = self._root / slug
        if path == "state.json" or path.startswith(ASSETS):
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


def _tidy(folder: Path, *, keep: str, assets: set[str]) -> None:
    """Remove what earlier pages and writers that died have left."""
    for version in (folder / "versions").iterdir():
        if version.name != keep:
            shutil.rmtree(version, ignore_errors=True)
    for left in (*folder.glob(".*"), *(folder / ASSETS).glob("*")):
        old = time.time() - left.lstat().st_mtime > ASSET_SECONDS
        if left.name.startswith(".") or (old and f"{ASSETS}{left.name}" not in assets):
            left.unlink(missing_ok=True)
