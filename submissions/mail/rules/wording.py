"""The wording of mails that staff may change: its parts, what stands in braces, and what is refused."""

import re
from collections.abc import Mapping
from enum import StrEnum

from campaigns.accounts.rules.lines import one_line
from campaigns.rendering.prose import Line, Run, runs
from submissions.mail.rules.words import Message, mail_words


class Part(StrEnum):
    """A part of a message, under the name by which the catalogue has it."""

    SUBJECT = "subject"
    TITLE = "title"
    BEFORE = "before"
    AFTER = "after"
    RECEIPT = "receipt"
    BUTTON = "button"


MOST_CHARS: Mapping[Part, int] = {
    Part.SUBJECT: 150,
    Part.TITLE: 120,
    Part.BEFORE: 2_000,
    Part.AFTER: 2_000,
    Part.RECEIPT: 300,
    Part.BUTTON: 40,
}
OPTIONAL = frozenset({Part.AFTER, Part.RECEIPT})
"""What a mail may leave out."""
OF_PARAGRAPHS = frozenset({Part.BEFORE, Part.AFTER})
"""Parts of several paragraphs, with links; all others are one plain line."""
_RECEIVED = frozenset(
    {
        Message.RECEIVED,
        Message.RECEIVED_REVIEW,
        Message.RECEIVED_COUNTS,
        Message.APPROVED,
        Message.PRIZE_WON,
        Message.PRIZE_RESERVED,
    }
)
"""Messages after which a receipt is kept."""

PLACEHOLDERS: Mapping[str, str] = {
    "campaign": "the headline of the page",
    "client": "the client's name",
    "reference": "the reference, such as K7M4-2QXD",
    "review_day": "the day by which the entry is reviewed",
    "day": "the deadline in short, such as 9 June",
    "deadline": "the deadline to the minute, with its time zone",
    "prize": "the name of the prize",
}
"""What may stand in braces, and what it becomes."""
_ALWAYS = ("campaign", "client", "reference")
_MORE: Mapping[Message, tuple[str, ...]] = {
    Message.RECEIVED_REVIEW: ("review_day",),
    Message.RECEIVED_AGAIN: ("review_day",),
    Message.REOPENED: ("review_day",),
    Message.ASKED_AGAIN: ("day", "deadline"),
    Message.REMINDER: ("day", "deadline"),
    Message.PRIZE_WON: ("prize",),
    Message.PRIZE_RESERVED: ("prize", "review_day"),
}
"""What a message has beside these: its days, and the prize that it tells of."""
Texts = Mapping[str, Mapping[str, str]]
"""What a campaign's mails say otherwise than by default: by language, then by message and part."""
_KEPT_SPACES = re.compile("([\u00a0\u202f])")
"""They don't break: French sets them before a colon."""
_BRACES = re.compile(r"\{([^{}]*)\}")
_NAMED = re.compile(r"\{([a-z_]+)\}")


def placeholders_of(message: Message) -> dict[str, str]:
    """Return what may stand in braces in a message, with what it becomes."""
    return {name: PLACEHOLDERS[name] for name in (*_ALWAYS, *_MORE.get(message, ()))}


def parts_of(message: Message) -> list[Part]:
    """Return the parts that a message has."""
    return [part for part in Part if part is not Part.RECEIPT or message in _RECEIVED]


def key_of(message: Message, part: Part) -> str:
    """Return the key of a part, in the catalogue and in what a campaign has of its own."""
    return f"{message}.{part}"


def default_wording(message: Message, language: str) -> dict[Part, str]:
    """Return what a message says as long as staff leave it alone."""
    words = mail_words(language)
    found = {part: words.get(key_of(message, part), "") for part in parts_of(message)}
    found[Part.BUTTON] = found[Part.BUTTON] or words["button"]
    return found


def plain_line(text: str) -> str:
    """Return a text as one line for a header or a paragraph (:func:`one_line`), with spaces that don't break."""
    pieces = _KEPT_SPACES.split(text)
    return "".join(
        piece if number % 2 else one_line(piece) for number, piece in enumerate(pieces)
    ).strip()


def tidied(part: Part, text: str) -> str:
    """Return a text as it is kept: without hidden characters, each paragraph on a line of its own."""
    if part not in OF_PARAGRAPHS:
        return text.strip()
    return "\n\n".join(filter(None, map(plain_line, text.splitlines())))


def problem_of(message: Message, part: Part, text: str) -> str:
    """Return why a part can't be used as it is, and what to do; empty where it can."""
    known = placeholders_of(message)
    if not text:
        return "" if part in OPTIONAL else "Please enter a text, or reset it to the default."
    if len(text) > MOST_CHARS[part]:
        return f"Please shorten this to {MOST_CHARS[part]:,} characters; it has {len(text):,}."
    if part not in OF_PARAGRAPHS and text != plain_line(text):
        return "Please write this on one line, without hidden characters."
    allowed = ", ".join(f"{{{name}}}" for name in known)
    for name in _BRACES.findall(text):
        if name not in known:
            return f"This e-mail has no {{{name}}}. Please use {allowed}."
    if set(_BRACES.sub("", text)) & set("{}"):
        return f"A brace isn't closed. Please use braces in {allowed} only."
    linked = (run.href for line in paragraphs(text, {}) for run in line)
    if part in OF_PARAGRAPHS and any(set(href) & set("{}") for href in linked):
        return "The address of a link can't have braces. Please write the address itself."
    return ""


def wording_of(texts: Texts, message: Message, language: str) -> dict[Part, str]:
    """Return what a message says where ``texts`` are what a campaign says otherwise than by default."""
    changed = texts.get(language, {})
    default = default_wording(message, language)
    return {part: changed.get(key_of(message, part), text) for part, text in default.items()}


def with_wording(
    texts: Texts, message: Message, language: str, wording: Mapping[Part, str]
) -> dict[str, dict[str, str]]:
    """Return ``texts`` with the wording of one message in one language; what is as by default is left out."""
    kept = {code: dict(changed) for code, changed in texts.items()}
    changed = kept.setdefault(language, {})
    for part, default in default_wording(message, language).items():
        key, text = key_of(message, part), wording.get(part, default)
        changed.pop(key, None)
        if text != default:
            changed[key] = text
    return {code: changed for code, changed in kept.items() if changed}


def filled(text: str, said: Mapping[str, str]) -> str:
    """Return a text with its braces filled; what is not known stays as it is, for a mail must go out."""
    return _NAMED.sub(lambda braces: said.get(braces[1], braces[0]), text)


def paragraphs(text: str, said: Mapping[str, str]) -> tuple[Line, ...]:
    """Return the paragraphs of a text, a line each, with links where staff wrote ``[words](https://…)``.

    Links are found before the braces are filled, so that no headline becomes one.
    """
    return tuple(
        tuple(Run(filled(run.words, said), run.href) for run in runs(line, {}))
        for line in filter(None, map(plain_line, text.splitlines()))
    )


def in_plain_text(line: Line) -> str:
    """Return a paragraph without markup: of a link its words and its address."""
    return "".join(map(_plain_run, line))


def _plain_run(run: Run) -> str:
    return f"{run.words} ({run.href})" if run.href not in ("", run.words) else run.words
