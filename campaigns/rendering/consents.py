"""What somebody agrees to is one press away from where they agree: the label of a consent has its link."""

import re
from collections.abc import Mapping

from campaigns.rendering.prose import Line, Run, runs

LINKED = ("rules", "privacy")
"""Purposes of a consent that have a page of their own."""


def consent_line(
    label: str, *, purpose: str, targets: Mapping[str, str], words: Mapping[str, str]
) -> Line:
    """Return a consent's label with its links.

    Where staff set none, the name of what is agreed to becomes one (``words`` has it by purpose);
    where the label does not name it, it follows in brackets.
    """
    line = runs(label, targets)
    place = targets.get(purpose)
    if purpose not in LINKED or not place or any(run.href for run in line):
        return line
    name = words[purpose]
    found = re.search(rf"\b{re.escape(name)}\w*", label, re.IGNORECASE)
    if not found:
        return (*line, Run(" ("), Run(name, place), Run(")"))
    before, after = Run(label[: found.start()]), Run(label[found.end() :])
    return tuple(run for run in (before, Run(found[0], place), after) if run.words)
