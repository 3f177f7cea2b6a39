"""The sentence of every reason in each language, for campaigns without sentences of their own."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from ingest_lambda.contract.catalogues import Words, spoken, words_of
from ingest_lambda.contract.dates import LOCALE, day_in_words, start_in_words
from ingest_lambda.contract.manifest import LimitSpec
from ingest_lambda.contract.reasons import Reason, ReasonCode
from ingest_lambda.contract.words import LimitScope


def reason_words(language: str) -> Words:
    """Return what is said about reasons: by code, ``{code}.compared``, ``{code}.wanted``; and about limits."""
    return words_of(LOCALE, "reasons", spoken(language))


def compares(code: ReasonCode) -> bool:
    """Tell whether the sentence of a reason has a place for what was found and what was expected."""
    return f"{code}.compared" in reason_words("en")


def sentence(
    reason: Reason,
    *,
    locale: str,
    texts: Mapping[str, Mapping[str, str]],
    timezone: str,
    limits: Sequence[LimitSpec] = (),
    at: datetime | None = None,
) -> str:
    """Return the sentence an entrant reads for ``reason``.

    The first that exists of: the moderator's text, the campaign's own text in the
    entrant's language, the catalogue's. It includes what was found and what was
    expected if both are known. For a limit it names the limit and when the entrant
    may enter again, in the campaign's zone; ``at`` is when the sentence is read,
    which decides between "today", "tomorrow" and a date.
    """
    if reason.message:
        return reason.message
    words = reason_words(locale)
    own = texts.get(locale, {}).get(reason.code, "")
    if reason.code is ReasonCode.LIMIT_REACHED:
        return own or _limit(reason, words, locale, timezone, limits, at)
    expected = _said(reason.expected, locale)
    if reason.found and expected:
        compared = words.get(f"{reason.code}.compared", words["comparison"])
        # A campaign's own text is never a template: its braces are what somebody typed.
        return (words["comparison"] if own else compared).format(
            sentence=own or words[reason.code],
            found=_said(reason.found, locale),
            expected=expected,
        )
    kind = "email" if "@" in expected else "wanted"
    if not own and expected and (form := words.get(f"{reason.code}.{kind}", "")):
        return form.format(expected=expected)
    return own or words[reason.code]


def _said(value: str | None, locale: str) -> str:
    """Write a day in words; return any other value unchanged."""
    if value and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            return day_in_words(date.fromisoformat(value), locale)
        except ValueError:
            return value
    return value or ""


def _limit(
    reason: Reason,
    words: Words,
    locale: str,
    timezone: str,
    limits: Sequence[LimitSpec],
    at: datetime | None,
) -> str:
    said = words[ReasonCode.LIMIT_REACHED]
    over = reason.again_at is not None and at is not None and at >= reason.again_at
    limit = next((one for one in limits if one.name == reason.limit), None)
    if limit is not None and at is not None and not over:
        often = "limit_once" if limit.count == 1 else "limit_often"
        form = words["limit_several" if reason.wanted else f"{often}.{limit.scope}"]
        # Of the whole campaign there is nothing to say.
        when = words.get(f"limit_when.{limit.window.kind}", "").format(hours=limit.window.hours)
        said = form.format(count=limit.count, when=when, wanted=reason.wanted)
    if reason.again_at is None:
        return said
    if over:
        return f"{said} {words['again_now']}"
    today = at.astimezone(ZoneInfo(timezone)).date() if at is not None else None
    moment = start_in_words(reason.again_at, timezone=timezone, language=locale, today=today)
    return f"{said} {words[_next_time(reason, limit)].format(moment=moment)}"


def _next_time(reason: Reason, limit: LimitSpec | None) -> str:
    if limit is None or limit.scope is not LimitScope.STORE:
        return "again"
    return "again_receipts" if reason.wanted else "again_receipt"
