"""The documentation's figures, made from ``var/bench.json``: no number of it is typed by hand."""

from pathlib import Path
from typing import Any

from bench.report import load
from campaignhub.env import ROOT

BEGIN, END = "<!-- figures: `python -m bench table write` -->", "<!-- end of figures -->"
NOTHING_YET = "Nothing was measured yet: run `make bench`."
_VERDICT = {True: "met", False: "**not met**", None: ""}


def short() -> str:
    """Return one row per thing measured, with where and when: for the README."""
    known = load()
    if not known:
        return NOTHING_YET
    rows = [row for entry in known.values() for row in _rows(entry)]
    return "\n".join(
        [
            "| what | goal | measured | |",
            "|---|---|---|---|",
            *(_line(r["what"], r["goal"], r["measured"], _VERDICT[r["met"]]) for r in rows),
            "",
            *_places(known),
        ]
    )


def full() -> str:
    """Return a table per program with what the peer did, and what else was seen: for ``docs``."""
    known = load()
    if not known:
        return NOTHING_YET
    parts: list[str] = []
    for name, entry in known.items():
        parts += [
            f"### {name}",
            "",
            "| what | goal | measured | | beside it, in the same run |",
            "|---|---|---|---|---|",
            *(
                _line(row["what"], row["goal"], row["measured"], _VERDICT[row["met"]], row["peer"])
                for row in _rows(entry)
            ),
            "",
        ]
        notes = entry["notes"]
        assert isinstance(notes, list)
        if notes:
            parts += ["```text", *notes, "```", ""]
    return "\n".join([*parts, *_places(known)])


def write() -> None:
    """Put the figures between their marks in README.md and docs/figures.md."""
    for file, figures in ((ROOT / "README.md", short()), (ROOT / "docs/figures.md", full())):
        _replace(file, figures)


def _replace(file: Path, figures: str) -> None:
    before, begin, rest = file.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise SystemExit(f"{file} has no place for the figures: {BEGIN} … {END}.")
    file.write_text(f"{before}{BEGIN}\n\n{figures}\n\n{END}{after}")


def _rows(entry: dict[str, object]) -> list[dict[str, Any]]:
    rows = entry["rows"]
    assert isinstance(rows, list)
    return rows


def _line(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _places(known: dict[str, dict[str, object]]) -> list[str]:
    """Say where and when, once where all ran on one machine on one day, else by program."""
    ran: dict[str, list[str]] = {}
    for name, entry in known.items():
        ran.setdefault(f"{str(entry['at'])[:10]} on {entry['machine']}", []).append(name)
    if len(ran) == 1:
        return [f"Measured on {where}." for where in ran]
    return [f"- {', '.join(names)}: measured on {where}." for where, names in sorted(ran.items())]
