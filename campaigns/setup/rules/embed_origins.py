"""The sites that may show a campaign's page within their own."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

MOST_ORIGINS = 10
"""Each stands in a header of every page, and is told the page's height."""

LONGEST_TOGETHER = 1500
"""Characters of all of them: S3 keeps 2 KB of metadata with an object, and this is part of it.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
"""

_UNPRINTED = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]")
"""``urlsplit`` drops line breaks and tabs, so that what is kept would not be what was typed."""

_HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}")
_THIS_MACHINE = {"localhost", "127.0.0.1"}


class NotAnOrigin(ValueError):
    """What was typed names no site; the message says what to type."""


def embed_origins(lines: Iterable[str]) -> list[str]:
    """Return sites as browsers compare them, each once: scheme, name and port, nothing behind them.

    A whole address may be pasted. No star: whoever can make a name below a domain
    would be let in, and a browser sends no message to a star.

    Raises:
        NotAnOrigin: one is none, or there are too many.
    """
    found: list[str] = []
    for line in lines:
        if not (text := line.strip().lower()):
            continue
        if _UNPRINTED.search(text):
            raise NotAnOrigin(_how(line))
        try:
            parts = urlsplit(text if "//" in text else f"https://{text}")
            host, port = parts.hostname or "", parts.port
        except ValueError as error:
            raise NotAnOrigin(_how(line)) from error
        is_ours = host in _THIS_MACHINE
        if parts.username is not None or port == 0 or not (is_ours or _HOST.fullmatch(host)):
            raise NotAnOrigin(_how(line))
        if parts.scheme != "https" and not (is_ours and parts.scheme == "http"):
            raise NotAnOrigin(_how(line))
        usual = {"https": 443, "http": 80}[parts.scheme]
        origin = f"{parts.scheme}://{host}" + (f":{port}" if port and port != usual else "")
        if origin not in found:
            found.append(origin)
    if len(found) > MOST_ORIGINS:
        raise NotAnOrigin(f"At most {MOST_ORIGINS} sites can embed a campaign.")
    if sum(map(len, found)) > LONGEST_TOGETHER:
        raise NotAnOrigin(f"These sites have more than {LONGEST_TOGETHER} characters together.")
    return found


def _how(line: str) -> str:
    return f"{_UNPRINTED.sub(' ', line.strip()[:80])} is no site. Write it like https://www.example.com."
