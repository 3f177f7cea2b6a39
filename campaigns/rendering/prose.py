"""What staff write, as parts that a template shows: paragraphs, headings, lists and links, and never markup.

Staff write as in an e-mail: ``# Heading``, ``- item``, ``1. item`` and ``[words](https://…)``. A template
puts the parts into elements and escapes every one of them, so that no text can become HTML.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

MOST_WORDS, MOST_ADDRESS = 200, 500


class Run(NamedTuple):
    """Words in one line, and where they lead."""

    words: str
    href: str = ""


Line = tuple[Run, ...]


class Block(NamedTuple):
    """A heading, a paragraph or a list, with its lines."""

    kind: str
    """``heading``, ``paragraph``, ``bullets`` or ``numbers``."""
    lines: tuple[Line, ...]
    start: int = 1
    """Of numbers: the first one."""


_LINK = re.compile(
    rf"\[(?P<words>[^\[\]\n]{{1,{MOST_WORDS}}})\]\((?P<place>[^()\s]{{1,{MOST_ADDRESS}}})\)"
    rf"|(?P<bare>https://[^\s<>()\[\]\"]{{1,{MOST_ADDRESS}}})"
)
_SAFE = re.compile(r"https?://[^\s\"<>]+|mailto:[^\s\"<>]+|tel:[+0-9 ().-]+", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?://)?((?:[\w-]+\.)+[a-z]{2,})(?:[/?#:].*)?", re.IGNORECASE)
_HEADING = re.compile(r"#{1,4} +(.+)")
_BULLET = re.compile(r"[-*•] +(.+)")
_NUMBER = re.compile(r"([0-9]{1,3})[.)] +(.+)")
_END_OF_SENTENCE = ".,;:!?’”»"


def runs(text: str, targets: Mapping[str, str]) -> Line:
    """Return a line's words with their links.

    ``targets`` are addresses of the campaign's own by name, as in ``[the rules](rules)``. A link to
    somewhere else than the web, a mailbox or a telephone is no link, but words; so is one whose
    words are the address of another site.
    """
    found: list[Run] = []
    at = 0
    for link in _LINK.finditer(text):
        shown, href = _link(link, targets)
        if not href:
            continue
        found.append(Run(text[at : link.start()]))
        found.append(Run(shown, href))
        at = link.start() + len(shown) if link["bare"] else link.end()
    found.append(Run(text[at:]))
    return tuple(run for run in found if run.words)


def _link(link: re.Match[str], targets: Mapping[str, str]) -> tuple[str, str]:
    if link["bare"]:
        address = link["bare"].rstrip(_END_OF_SENTENCE)
        return address, "" if _shows_another("", address) else address
    words, place = link["words"], link["place"]
    is_good = _SAFE.fullmatch(place) and not _shows_another(words, place)
    return words, targets.get(place) or (place if is_good else "")


def _shows_another(words: str, place: str) -> bool:
    """Tell whether the words of a link to the web, or what stands before its host, are another site's address."""
    try:
        parts = urlsplit(place)
    except ValueError:
        return True
    shown = _ADDRESS.fullmatch(words.strip()) if parts.netloc else None
    host = (parts.hostname or "").removeprefix("www.")
    return "@" in parts.netloc or bool(shown and shown[1].lower().removeprefix("www.") != host)


def plain(line: Line) -> str:
    """Return the words alone."""
    return "".join(run.words for run in line)


def blocks(text: str, targets: Mapping[str, str]) -> list[Block]:
    """Return a text's parts in their order. An empty line ends a paragraph, and so does a heading or a list."""
    found: list[Block] = []
    is_open = False
    for raw in text.splitlines():
        line = raw.strip()
        if not line:
            is_open = False
            continue
        block = _block(line, targets)
        last = found[-1] if found and is_open else None
        if last and _continues(block, last):
            found[-1] = last._replace(lines=(*last.lines, *block.lines))
        else:
            found.append(block)
        is_open = block.kind != "heading"
    return found


def _continues(block: Block, last: Block) -> bool:
    if block.kind == "numbers":
        return last.kind == "numbers" and block.start == last.start + len(last.lines)
    return block.kind == last.kind and block.kind != "heading"


def _block(line: str, targets: Mapping[str, str]) -> Block:
    if heading := _HEADING.fullmatch(line):
        return Block("heading", (runs(heading[1], targets),))
    if bullet := _BULLET.fullmatch(line):
        return Block("bullets", (runs(bullet[1], targets),))
    if number := _NUMBER.fullmatch(line):
        return Block("numbers", (runs(number[2], targets),), start=int(number[1]))
    return Block("paragraph", (runs(line, targets),))
