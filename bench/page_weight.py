"""How many bytes does a visitor's phone fetch before the hero image?

The demo campaign's page as it is published, and every script and stylesheet that
it names, compressed as a host compresses them (gzip, level 9; Brotli would be a
tenth smaller): kilobytes of 1,000 bytes. Pictures are not counted: the logo and
the hero image are the campaign's own, sized and lazy. What a script loads once
the form works, and the form can do without, has a row of its own.
"""

import gzip
import re
import tempfile
from pathlib import Path
from urllib.parse import urljoin
from urllib.request import urlopen

from bench.report import Report
from tests.support.installation import running_installation

GOAL_SCRIPT_KB = 20
GOAL_ALL_KB = 60
GOAL_LATER_KB = 20

_IMPORTED = re.compile(r"""\b(?:from|import)\s*["'](\.[^"']+)["']""")
_LATER = re.compile(r"""\b(?:import|URL)\(\s*["'](\.[^"']+\.js)["']""")
_NAMED = re.compile(r"""<(?:script|link)\b[^>]*?\b(?:src|href)=["']?([^"'\s>]+)[^>]*>""")


def run(report: Report) -> None:
    """Fetch the page and what it names, and weigh it."""
    with (
        tempfile.TemporaryDirectory() as directory,
        running_installation(Path(directory) / "var") as installation,
    ):
        address = installation.campaign("summer-receipts")["page"]
        files = {"page": _fetch(address)}
        waiting = [(address, found[1]) for found in _NAMED.finditer(files["page"].decode())]
        while waiting:
            base, name = waiting.pop(0)
            place = urljoin(base, name)
            if place in files or not place.split("?")[0].endswith((".js", ".css")):
                continue
            files[place] = _fetch(place)
            waiting += [(place, found[1]) for found in _IMPORTED.finditer(files[place].decode())]
        later = _fetch_later(files)
    sizes = {name: len(gzip.compress(content, 9)) / 1000 for name, content in files.items()}
    script = sum(size for name, size in sizes.items() if name.endswith(".js"))
    raw = sum(len(content) for name, content in files.items() if name.endswith(".js")) / 1000
    report.say(", ".join(f"{name.rpartition('/')[2]} {kb:.1f} KB" for name, kb in sizes.items()))
    report.row(
        "campaign page: our JavaScript, compressed",
        goal=f"≤ {GOAL_SCRIPT_KB} KB",
        measured=f"{script:.1f} KB ({raw:.1f} KB as written)",
        met=0 < script <= GOAL_SCRIPT_KB,
    )
    extras = sum(len(gzip.compress(content, 9)) / 1000 for content in later.values())
    report.row(
        "campaign page: our JavaScript that is loaded later",
        goal=f"≤ {GOAL_LATER_KB} KB",
        measured=f"{extras:.1f} KB in {len(later)} files",
        met=extras <= GOAL_LATER_KB,
    )
    total = sum(sizes.values())
    report.row(
        "campaign page in all, compressed, before the hero image",
        goal=f"≤ {GOAL_ALL_KB} KB",
        measured=f"{total:.1f} KB in {len(sizes)} requests",
        met=total <= GOAL_ALL_KB,
    )


def _fetch_later(files: dict[str, bytes]) -> dict[str, bytes]:
    """Fetch the scripts that those of the page load later, and what these load."""
    later: dict[str, bytes] = {}
    looked_at = dict(files)
    while looked_at:
        base, content = looked_at.popitem()
        for found in _LATER.finditer(content.decode()):
            place = urljoin(base, found[1])
            if place not in files and place not in later:
                later[place] = looked_at[place] = _fetch(place)
    return later


def _fetch(address: str) -> bytes:
    with urlopen(address, timeout=20) as answer:
        content: bytes = answer.read()
    return content
