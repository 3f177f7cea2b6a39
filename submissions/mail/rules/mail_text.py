"""A mail as the words it is made of, and its form in plain text."""

from collections.abc import Iterator
from dataclasses import dataclass

from campaigns.rendering.prose import Line
from submissions.mail.rules.wording import in_plain_text

INERT_LINK = "Link removed: it only works in the entrant's own e-mail."
"""What stands in the place of a link wherever a mail is shown to somebody else."""
INERT_CODE = "Code removed: it is only in the entrant's own e-mail."
"""The same of a prize's code."""


@dataclass(frozen=True, kw_only=True)
class MailText:
    """What a mail says. Each text is one line (:func:`campaigns.accounts.rules.lines.one_line`); none is markup.

    The text above and below the reasons has paragraphs, and links of staff in them.
    """

    language: str
    subject: str
    title: str
    hello: str
    before: tuple[Line, ...]
    """The text above the reasons."""
    reasons: tuple[str, ...]
    after: tuple[Line, ...]
    """The text below them; may be empty."""
    code_label: str = ""
    """What a prize's code is called; empty where the prize has none."""
    code: str = ""
    """Empty where the mail is not for its mailbox."""
    button: str
    reference_label: str
    reference: str
    help: str
    """May be empty."""
    why: str
    brand: str
    brand_colour: str
    button_text_colour: str
    radius: str


def as_text(text: MailText, *, link: str) -> str:
    """Return the plain text of a mail; without ``link`` it says that the link is not for the reader.

    A plain ``str``: a template's result would be marked as safe HTML, and a page
    that shows it would print what an entrant typed as markup.
    """
    return "\n".join(_lines(text, link))


def _lines(text: MailText, link: str) -> Iterator[str]:
    yield from (text.hello, "")
    for paragraph in text.before:
        yield from (in_plain_text(paragraph), "")
    for reason in text.reasons:
        yield from (f"- {reason}", "")
    if text.code_label:
        yield from (f"{text.code_label}: {text.code or f'[{INERT_CODE}]'}", "")
    for paragraph in text.after:
        yield from (in_plain_text(paragraph), "")
    yield from (f"{text.button}:", link or f"[{INERT_LINK}]", "")
    yield from (f"{text.reference_label}: {text.reference}", "")
    yield from ("-- ", text.brand)
    if text.help:
        yield text.help
    yield from (text.why, "")
