"""The runbook (docs/runbook.md) as a page shows it: its sections, with no markup of its own."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token


@dataclass(frozen=True)
class Part:
    """A stretch of a paragraph: plain, ``strong``, ``em`` or ``code``, and where it leads to."""

    text: str
    style: str = ""
    href: str = ""


@dataclass
class Section:
    """A heading and what stands below it."""

    title: str
    anchor: str
    paragraphs: list[list[Part]] = field(default_factory=list)


def sections(markdown: str) -> list[Section]:
    """Read a runbook of headings and paragraphs; the first section is the text before the second heading."""
    found: list[Section] = []
    tokens = MarkdownIt("commonmark").parse(markdown)
    for before, token in pairwise(tokens):
        if token.type != "inline":
            continue
        if before.type == "heading_open":
            found.append(Section(token.content, anchor_of(token.content)))
        else:
            found[-1].paragraphs.append(list(_parts(token.children or ())))
    return found


def anchor_of(title: str) -> str:
    """Return the anchor of a heading, as GitHub makes it."""
    return re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-")


def _parts(tokens: Sequence[Token]) -> Iterator[Part]:
    style, href = "", ""
    for token in tokens:
        if token.type in ("strong_open", "em_open"):
            style = token.type.removesuffix("_open")
        elif token.type in ("strong_close", "em_close"):
            style = ""
        elif token.type == "link_open":
            href = str(token.attrGet("href") or "")
        elif token.type == "link_close":
            href = ""
        elif token.type == "code_inline":
            yield Part(token.content, "code", href)
        elif token.type in ("softbreak", "hardbreak"):
            yield Part(" ")
        elif token.content:
            yield Part(token.content, style, href)
