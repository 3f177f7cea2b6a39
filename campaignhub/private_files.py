"""Directories and files that only their owner reads: what an installation keeps holds secrets and people."""

import os
import stat
from pathlib import Path

from campaignhub.errors import DomainError

UMASK = 0o077
"""Of every process that writes below such a directory; its children inherit it."""


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
    """Write a file that only its owner reads, and that is the old one or the new one, never a part."""
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)  # of a crash, with whatever rights
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    partial.replace(path)
