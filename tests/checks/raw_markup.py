"""Finds where text could become markup or code: run by ``make check``, beside ruff's banned names.

A use that is meant stands in ``MEANT`` with its reason; one that is no longer there fails as well.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("campaignhub", "campaigns", "submissions", "ingest_lambda", "templates")
NOT_OURS = ("campaignhub/staff_site/static/staff_site/alpine/alpine.csp.min.js",)

_CODE = {
    "javascript:": r"javascript:",
    "inline policy": r"unsafe-(inline|eval|hashes)",
}
_TEMPLATE = {
    "safe filter": r"\|\s*safe(seq)?\b",
    "autoescape off": r"autoescape\s+off",
    "inline script": r"<script(?![^>]*\ssrc=)(?![^>]*\"application/json\")",
    "inline style": r"<style\b",
    "event attribute": r"\s(hx-)?on[a-z:]{3,}\s*=\s*[\"']",
    "evaluated attribute": r"\s(x-html|srcdoc)\s*=|\bhx-vals=.js:",
    "unquoted attribute": r"\s[a-z][a-z-]*=\{\{",
}
_SCRIPT = {
    "markup from text": r"\.(inner|outer)HTML\s*\+?=|insertAdjacentHTML|document\.write\b|\.srcdoc\s*=",
    "code from text": r"\beval\(|\bnew Function\b|set(Timeout|Interval)\(\s*[\"'`]",
}
_PYTHON = {"raw markup": r"__html__|autoescape\s*=\s*False"}
PATTERNS = {
    ".py": _CODE | _PYTHON,
    ".html": _CODE | _TEMPLATE,
    ".txt": _CODE | _TEMPLATE,
    ".svg": _CODE | _TEMPLATE,
    ".js": _CODE | _SCRIPT,
}

MEANT = {
    ("campaignhub/content_policy.py", "inline policy"): "style attributes; its docstring says why",
    ("submissions/mail/admin/reading.py", "inline policy"): "a mail's own styles, in a sandbox",
    ("templates/email/message.html", "inline style"): "mail clients load no stylesheet",
    ("templates/email/invitation.html", "inline style"): "mail clients load no stylesheet",
    ("campaigns/workbench/static/workbench/rows.js", "markup from text"): "a template of the page, "
    "with the row's number put into it",
    (
        "campaigns/workbench/static/workbench/campaign.js",
        "markup from text",
    ): "the preview, in a sandbox",
}


def found_in(path: str, text: str) -> Iterator[tuple[str, int]]:
    """Name what stands in a file, with its line."""
    for what, pattern in PATTERNS[Path(path).suffix].items():
        for hit in re.finditer(pattern, text):
            yield what, text.count("\n", 0, hit.start()) + 1
    if path.endswith(".py"):
        yield from _formats_of_text(text)


def _formats_of_text(text: str) -> Iterator[tuple[str, int]]:
    """Find ``format_html`` with a format that was put together: what went into it is not escaped."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        formats = {"format_html": node.args[:1], "format_html_join": node.args[:2]}.get(name, [])
        if not all(isinstance(one, ast.Constant) for one in formats):
            yield "format of text", node.lineno


def complaints(files: dict[str, str], meant: dict[tuple[str, str], str]) -> list[str]:
    """Return a line for every use that is not meant, and for what is meant and not there."""
    hits = [
        (path, what, line) for path, text in files.items() for what, line in found_in(path, text)
    ]
    used = {(path, what) for path, what, _line in hits}
    return [
        *(f"{path}:{line}: {what}" for path, what, line in hits if (path, what) not in meant),
        *(f"{path}: no {what} any more; take it from MEANT" for path, what in meant.keys() - used),
    ]


def sources() -> dict[str, str]:
    """Return the text of every file of ours that a page is made of, by its path."""
    return {
        name: path.read_text()
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in PATTERNS and (name := path.relative_to(ROOT).as_posix()) not in NOT_OURS
    }


if __name__ == "__main__":
    found = complaints(sources(), MEANT)
    sys.stdout.write("".join(f"{line}\n" for line in found))
    sys.exit(bool(found))
