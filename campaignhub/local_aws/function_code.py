"""The code of a function is unpacked once, not by each process that runs it.

Loaded by ``emulator.py`` into the emulator's process; it may import nothing of ours.

The emulator unpacks the whole archive for every process that it starts: 2,700 files
with our dependencies, without their bytecode. Three functions of the public path
cost seconds of CPU at every start of an installation that way, and as many
again in every rush that needs more processes. All processes of one archive share a
folder here, which stays from one start to the next, with the bytecode that the first of
them wrote. On AWS that folder can't be written to at all.
"""

import hashlib
import os
import shutil
import threading
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ministack.core import lambda_runtime

KEPT = 4
"""Folders: two archives, before and after an update."""
_lock = threading.Lock()


class SharedArchive(zipfile.ZipFile):
    """An archive that is unpacked into a folder of its own digest; whoever wants it gets a link there."""

    def extractall(self, path: Any = None, members: Any = None, pwd: bytes | None = None) -> None:
        """Let ``path``, an empty folder, become a link to the unpacked files, and drop the archive's file."""
        root = os.environ.get("FUNCTION_CODE_DIR")
        if not root or members is not None or pwd is not None:
            super().extractall(path, members, pwd)
            return
        archive, wanted = Path(str(self.filename)), Path(path)
        with archive.open("rb") as content:
            folder = Path(root, hashlib.file_digest(content, "sha256").hexdigest()[:32])
        with _lock:
            if not folder.exists():
                self._unpack(folder)
                drop_old(folder.parent)
            os.utime(folder)
        wanted.rmdir()
        wanted.symlink_to(folder)
        archive.unlink()

    def _unpack(self, folder: Path) -> None:
        """Unpack beside the folder first: a kill in between must leave none that looks whole."""
        part = folder.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True, mode=0o700)
        try:
            super().extractall(part)
            part.rename(folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)


def drop_old(root: Path) -> None:
    """Remove what a kill left half unpacked, and all folders but those that were used last."""
    folders = [one for one in root.iterdir() if one.suffix != ".part"]
    folders.sort(key=lambda one: one.stat().st_mtime)
    for one in [*root.glob("*.part"), *folders[:-KEPT]]:
        shutil.rmtree(one, ignore_errors=True)


def complete() -> None:
    """Let the emulator's processes of functions share their code."""
    lambda_runtime.zipfile = SimpleNamespace(
        ZipFile=SharedArchive,
        BadZipFile=zipfile.BadZipFile,
        LargeFileError=zipfile.LargeZipFile,  # it names one that there is none of
    )
