"""``python -m bench``: run the programs, print what they find, keep it in ``var/bench.json``.

``python -m bench``              all that ``make bench`` measures, the quick ones first
``python -m bench accept desk``  only these
``python -m bench soak``         the long runs: hours
``python -m bench small …``      each in seconds, to try the programs; keeps nothing
``python -m bench table``        the last results as a table in Markdown
``python -m bench table write``  the same into README.md and docs/figures.md
"""

import sys
import time
from datetime import UTC, datetime
from importlib import import_module

from bench import table
from bench.programs import BENCH, SOAK
from bench.report import Report, Scale, machine


def main(words: list[str]) -> int:
    """Run what the words ask for; return how many programs broke."""
    if words[:1] == ["table"]:
        if words[1:] == ["write"]:
            table.write()
        print(table.short())
        return 0
    scale: Scale = "bench"
    if words and words[0] in ("small", "soak"):
        scale = "soak" if words.pop(0) == "soak" else "small"
    names = words or list(SOAK if scale == "soak" else BENCH)
    if unknown := set(names) - {*BENCH, *SOAK}:
        print(f"There is no {', '.join(sorted(unknown))}. There are: {', '.join([*BENCH, *SOAK])}.")
        return 2
    print(f"{datetime.now(UTC):%d %B %Y, %H:%M} UTC · {machine()}")
    if scale == "small":
        print("A trial of the programs: too small for its numbers to mean anything.")
    broken = []
    for name in names:
        started = time.monotonic()
        module = import_module(f"bench.{name}")
        print(f"\n{name}: {(module.__doc__ or '').splitlines()[0]}", flush=True)
        report = Report(name, scale)
        try:
            module.run(report)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the others are run all the same
            print(f"  BROKEN   {type(error).__name__}: {error}", flush=True)
            broken.append(name)
        else:
            report.save()
        print(f"  ({time.monotonic() - started:.0f} s)", flush=True)
    if broken:
        print(f"\nDid not come to an end: {', '.join(broken)}.")
    return len(broken)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
