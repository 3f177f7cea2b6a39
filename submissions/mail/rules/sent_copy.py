"""A mail as it went out, without what works for its mailbox alone; and its form as a column keeps it."""

import json
import zlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from html import escape

from campaignhub.logs import without_tokens
from submissions.mail.rules.mail_text import INERT_LINK
from submissions.mirror.rules.masking import mask

LOGO = "logo"
"""The content id of the logo that a mail carries."""
_LOGO_SOURCE = f'src="cid:{LOGO}"'
"""Every quotation mark that somebody typed is escaped, so only our own template can have written this."""


@dataclass(frozen=True, kw_only=True)
class SentMail:
    """What one mailbox got: headers that people read, and both bodies."""

    sender: str
    reply_to: str
    to: str
    subject: str
    text: str
    html: str


def without_secrets(mail: SentMail, secrets: Iterable[str]) -> SentMail:
    """Return a mail without its link, codes and tokens: who reads the copy could act in the entrant's name.

    ``secrets`` are cut out as they stand in either body. A button keeps its looks
    and leads nowhere. Every other token is cut out as well, whoever wrote it.
    """
    text, html, subject = mail.text, mail.html, mail.subject
    for secret in filter(None, secrets):
        shown = f"[{INERT_LINK}]"
        html = html.replace(f' href="{escape(secret)}"', "").replace(escape(secret), shown)
        text, subject = text.replace(secret, shown), subject.replace(secret, shown)
    return replace(
        mail,
        subject=without_tokens(subject),
        text=without_tokens(text),
        html=without_tokens(html),
    )


def with_logo(html: str, source: str) -> str:
    """Return the HTML of a mail with ``source`` in the place of the picture that it carried."""
    return html.replace(_LOGO_SOURCE, f'src="{source}"')


def masked(mail: SentMail) -> SentMail:
    """Return a mail for a reader who may not contact the entrant; both bodies name no address."""
    return replace(mail, to=mask(mail.to, "email"))


def pack(mail: SentMail) -> bytes:
    """Return a mail as a column keeps it: JSON, compressed, about a third of its size."""
    return zlib.compress(json.dumps(asdict(mail), ensure_ascii=False).encode(), 9)


def unpack(content: bytes) -> SentMail:
    """Return what :func:`pack` packed."""
    return SentMail(**json.loads(zlib.decompress(content)))
