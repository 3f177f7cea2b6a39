"""The local host: campaign pages in a folder that the web process serves."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4


class LocalHost:
    """Puts pages under ``root/c/{slug}/``.

    A bundle is written beside the live one and then takes its place by two
    renames, so a failure half way leaves the earlier release live.
    """

    def __init__(self, root: Path) -> None:
        self._root = root / "c"

    def put_page(self, slug: str, files: Mapping[str, bytes]) -> None:
        """Make ``files`` (path within the page → content) the page of ``slug``."""
        live = self._root / slug
        fresh = self._root / f".{slug}.{uuid4().hex}"
        for path, content in files.items():
            place = fresh / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        if (live / "state.json").exists() and not (fresh / "state.json").exists():
            shutil.copy2(live / "state.json", fresh / "state.json")
        old = self._root / f".{slug}.old.{uuid4().hex}"
        if live.exists():
            live.rename(old)
        try:
            fresh.rename(live)
        except OSError:
            if old.exists():
                old.rename(live)
            raise
        shutil.rmtree(old, ignore_errors=True)

    def put_state(self, slug: str, state: bytes) -> None:
        """Replace the page's ``state.json`` in one step."""
        place = self._root / slug / "state.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = place.with_name(f".state.{uuid4().hex}")
        fresh.write_bytes(state)
        fresh.replace(place)

    def read(self, slug: str, path: str) -> bytes | None:
        """Read one file of a page, or ``None`` where there is none; never outside the page."""
        folder = (self._root / slug).resolve()
        place = (folder / path).resolve()
        if not place.is_relative_to(folder) or not place.is_file():
            return None
        return place.read_bytes()
