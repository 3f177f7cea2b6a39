"""What is kept of a test that failed on an installation: ``var/failed/{test}/``."""

import re
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from campaignhub.env import VAR
from tests.support.browsers import is_page
from tests.support.installation import Installation

FAILED = VAR / "failed"


def keep(test: str, arguments: Iterable[Any]) -> list[tuple[str, str]]:
    """Copy the logs of the installations among a test's arguments, and take pictures of its pages.

    Returns:
        What the report says of it, as sections: none where there was nothing to keep.
    """
    directory = FAILED / re.sub(r"[^\w.-]+", "_", test)[-150:]
    kept: list[Path] = []
    for number, argument in enumerate(arguments):
        for installation in _installations(argument):
            for log in (
                *installation.directory.glob("*.log"),
                *installation.directory.glob("log/*.log"),
            ):
                directory.mkdir(parents=True, exist_ok=True)
                kept.append(directory / f"{number}-{log.name}")
                shutil.copyfile(log, kept[-1])
        if is_page(argument):
            # A page that is gone, or hangs, must not hide why the test failed.
            with suppress(Exception):
                directory.mkdir(parents=True, exist_ok=True)
                argument.screenshot(path=directory / f"{number}.png", timeout=5_000)
                kept.append(directory / f"{number}.png")
    return [("kept", "\n".join(map(str, kept)))] if kept else []


def _installations(argument: Any) -> list[Installation]:
    """Return the installation that an argument is, or holds as an attribute."""
    held = [argument, *vars(argument).values()] if hasattr(argument, "__dict__") else [argument]
    return [one for one in held if isinstance(one, Installation)]
