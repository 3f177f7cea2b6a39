"""Has the emulator note what it reads of each resource of a template; Python imports this first, where it is on its path.

One line a resource made, in ``READ_INTO``: its type, the properties that it was given, and those that the
emulator's code asked for. What it never asks for it can make nothing of.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Noting(dict[str, Any]):
    """Properties that remember which of them were asked for."""

    def __init__(self, given: dict[str, Any]) -> None:
        super().__init__(given)
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.asked.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self.asked.add(name)
        return super().get(name, default)

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return super().__contains__(name)

    def __iter__(self) -> Iterator[str]:
        self.asked.update(super().keys())
        return super().__iter__()

    def items(self) -> Any:
        """Whoever goes through all of them has asked for all."""
        self.asked.update(super().keys())
        return super().items()


def _listen() -> None:
    from ministack.services.cloudformation import provisioners, stacks

    make = provisioners._provision_resource

    def made(kind: str, logical_id: str, given: dict[str, Any], stack: str) -> Any:
        noting = Noting(given)
        try:
            return make(kind, logical_id, noting, stack)
        finally:
            line = json.dumps([kind, sorted(dict.keys(given)), sorted(noting.asked)])
            with Path(os.environ["READ_INTO"]).open("a") as notes:
                notes.write(line + "\n")

    for module in (stacks, provisioners):
        module._provision_resource = made


if os.environ.get("READ_INTO") and sys.orig_argv[-1].endswith("emulator.py"):
    _listen()
