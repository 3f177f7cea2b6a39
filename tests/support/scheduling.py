"""Which process of a run takes which file: what takes long to start is started in as few as can be."""

import re
from functools import cache
from pathlib import Path

from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

INSTALLATION = re.compile(r"\bembedded\b|\b(receipts|quick): str\b")
"""In files whose tests ask for the session's installation, by its name or by an address in it."""
EMULATOR = re.compile(r"\b(stack|bench): ")

FEW = 4
"""So many files the others have done before another installation is there."""


class SharedStarts(LoadFileScheduling):  # type: ignore[misc]
    """Files by what they need started: one process does without an installation, the others share its use.

    A process that has nothing of its own kind left takes what needs nothing, and only then
    what it would have to start something for. For the last few files nothing more is started.
    """

    def _assign_work_unit(self, node: WorkerController) -> None:
        is_last = self._is_last(node)
        # The first of those it would rather take: what takes longest stands before the others.
        chosen = min(self.workqueue, key=lambda file: _reluctance(file, is_last=is_last))
        self.workqueue.move_to_end(chosen, last=False)
        super()._assign_work_unit(node)

    def _reschedule(self, node: WorkerController) -> None:
        kinds = {_started_for(file) for file in self.workqueue}
        has_started = any(_started_for(file) == "installation" for file in self.assigned_work[node])
        few = kinds == {"installation"} and len(self.workqueue) <= FEW
        if few and self._is_last(node) and not has_started and not node.shutting_down:
            node.shutdown()
        else:
            super()._reschedule(node)

    def _is_last(self, node: WorkerController) -> bool:
        return len(self.nodes) > 1 and node is self.nodes[-1]


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
