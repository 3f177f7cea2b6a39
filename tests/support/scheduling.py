"""Which process of a run takes which file: what takes long to start is started in as few as can be."""

import re
from functools import cache
from pathlib import Path

from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

INSTALLATION = re.compile(r"\bembedded\b|\b(receipts|quick): str\b")
"""In files whose tests ask for the session's installation, by its name or by an address in it."""
EMULATOR = re.compile(r"\b(stack|bench): ")


class SharedStarts(LoadFileScheduling):  # type: ignore[misc]
    """Files by what they need started: one process does without an installation, the others share its use.

    A process that has nothing of its own kind left takes what needs nothing, and only then
    what it would have to start something for.
    """

    def _assign_work_unit(self, node: WorkerController) -> None:
        nodes = self.nodes
        is_last = len(nodes) > 1 and node is nodes[-1]
        # The first of those it would rather take: what takes longest stands before the others.
        chosen = min(self.workqueue, key=lambda file: _reluctance(file, is_last=is_last))
        self.workqueue.move_to_end(chosen, last=False)
        super()._assign_work_unit(node)


def _reluctance(file: str, *, is_last: bool) -> int:
    kind = _started_for(file)
    if is_last:
        return kind == "installation"
    return ("installation", "", "emulator").index(kind)


@cache
def _started_for(file: str) -> str:
    text = Path(file).read_text()
    if INSTALLATION.search(text):
        return "installation"
    return "emulator" if EMULATOR.search(text) else ""
