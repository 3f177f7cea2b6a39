"""How a log line looks: one JSON object, and in it no values that people typed and no token."""

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from urllib.parse import unquote

from ingest_lambda import contract

_REMOVED = "[token removed]"
_TOKENS = (
    # The rest of the address of a draft's page: its second part opens it.
    (re.compile(r"(/draft/)[^/\s?&#\"']++"), rf"\1{_REMOVED}"),
    # What Django signs: a payload, a time or none, a signature.
    (re.compile(r"(?<![\w-])[\w-]++(?::[\w-]{4,12}+)?:[\w-]{43}(?![\w-])", re.ASCII), _REMOVED),
    # What stands behind the # of a link stays in the browser, unless a mail program spells it %23.
    (re.compile(r"(#)[\w.:~-]{20,}+", re.ASCII), rf"\1{_REMOVED}"),
    (
        re.compile(r"(/welcome/)(?!(?:accept|decline|switch)/)[\w-]{20,}+", re.ASCII),
        rf"\1{_REMOVED}",
    ),
    (
        re.compile(r"((?:token|secret|signature|password)=)[^&\s\"']++", re.IGNORECASE),
        rf"\1{_REMOVED}",
    ),
)
_BETWEEN_WORDS = re.compile(r"(\s+)")
_SPELLINGS = 3
"""How often an address may have been percent-encoded over and over, and still be read."""


def without_tokens(text: str) -> str:
    """Return ``text`` with everything cut out that works for who reads it: tokens, in any address.

    A word with percent signs is also looked at as it reads once decoded; where
    that shows a token, the decoded one is returned. The patterns take time in
    proportion to the text: each run of letters is read once.
    """
    cut = _cut(text)
    if "%" not in cut:
        return cut
    words = _BETWEEN_WORDS.split(cut)
    return "".join(_decoded(word) if "%" in word else word for word in words)


def _decoded(word: str) -> str:
    """Return ``word`` as it is, or decoded and cut where a token was hidden in it."""
    read = word
    for _ in range(_SPELLINGS):
        read = unquote(read)
        if (cut := _cut(read)) != read:
            return one_line(cut)
    return word


def _cut(text: str) -> str:
    text = contract.without_tokens(text)
    for pattern, instead in _TOKENS:
        text = pattern.sub(instead, text)
    return text


def one_line(text: str) -> str:
    """Return ``text`` with every character spelled out that would begin a line or move the cursor."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class JsonLine(logging.Formatter):
    """Write a record as one line of JSON.

    Of an exception only the first line of its message is kept: PostgreSQL puts
    the values of the offending row (an address, say) into the second. A line that
    is about one submission names it (``extra={"submission_id": …}``), as the
    functions' lines do: one search shows its whole way.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "at": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self.message_of(record),
        }
        if submission_id := getattr(record, "submission_id", None):
            line["submission_id"] = str(submission_id)
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = without_tokens(_without_values(record.exc_info[1]))
        return json.dumps(line, ensure_ascii=False)

    def message_of(self, record: logging.LogRecord) -> str:
        """Return what the line says."""
        return without_tokens(record.getMessage())


def _without_values(error: BaseException) -> str:
    """Render the chain of causes, oldest first, as a traceback would."""
    told: list[str] = []
    link: BaseException | None = error
    seen: set[int] = set()
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        first_line = str(link).partition("\n")[0]
        frames = "".join(traceback.format_tb(link.__traceback__))
        told.append(f"{frames}{type(link).__name__}: {first_line}")
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return "\n".join(reversed(told))
