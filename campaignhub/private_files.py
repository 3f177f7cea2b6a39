"""Directories and files that only their owner reads: what an installation keeps holds secrets and people."""

import os
import stat
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from campaignhub.errors import DomainError

UMASK = 0o077
"""Of every process that writes below such a directory; its children inherit it."""


_PARTIAL = ".partial"

_ABANDONED_AFTER_SECONDS = 3600
"""No writer takes this long between the first byte and the rename."""


class NotOurDirectory(DomainError):
    """The directory is used by others as well, so it can be closed for none of them."""


def make_private(directory: Path) -> None:
    """Make ``directory`` one that only its owner enters, or close one that is there.

    What lies directly in it loses the rights of others too: somebody may have
    it open, or linked, from the time before. Links are left alone, and what
    they lead to. Deeper nothing needs it, as nobody comes through.

    Raises:
        NotOurDirectory: it is shared (``/tmp``) or another user's.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = directory.stat()
    if found.st_mode & stat.S_ISVTX or directory == Path(directory.root):
        raise NotOurDirectory(
            f"{directory} is shared with other users of this machine. Set CAMPAIGNHUB_VAR to a "
            "directory of its own."
        )
    try:
        directory.chmod(0o700)
        with os.scandir(directory) as entries:
            for entry in entries:
                if not entry.is_symlink():
                    mode = stat.S_IMODE(entry.stat(follow_symlinks=False).st_mode)
                    os.chmod(entry.path, mode & ~UMASK)  # noqa: PTH101 - a scanned entry's path
    except PermissionError as exc:
        raise NotOurDirectory(
            f"{directory} holds files of another user. Give them to this user, or set "
            "CAMPAIGNHUB_VAR to another directory."
        ) from exc


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads, and that is the old one or the new one, never a part.

    Each writer has a partial file of its own, so that of two at once one wins
    whole. What a killed writer left is removed by a later one.
    """
    for left in path.parent.glob(f"{path.name}.*{_PARTIAL}"):
        with suppress(FileNotFoundError):  # another writer removed or renamed it in between
            if time.time() - left.lstat().st_mtime > _ABANDONED_AFTER_SECONDS:
                left.unlink()
    # mkstemp makes it for its owner alone: 0600.
    descriptor, name = tempfile.mkstemp(_PARTIAL, f"{path.name}.", path.parent)
    partial = Path(name)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
