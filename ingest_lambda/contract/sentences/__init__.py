"""The sentence of every reason in each language, for campaigns without sentences of their own."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from ingest_lambda.contract.dates import day_in_words, spoken, time_in_words
from ingest_lambda.contract.manifest import LimitSpec
from ingest_lambda.contract.reasons import Reason, ReasonCode
from ingest_lambda.contract.sentences.catalogue import Catalogue
from ingest_lambda.contract.sentences.english import ENGLISH
from ingest_lambda.contract.sentences.french import FRENCH
from ingest_lambda.contract.sentences.german import GERMAN
from ingest_lambda.contract.sentences.spanish import SPANISH
from ingest_lambda.contract.words import LimitScope

CATALOGUES: dict[str, Catalogue] = {"en": ENGLISH, "es": SPANISH, "de": GERMAN, "fr": FRENCH}


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
    if own := texts.get(locale, {}).get(reason.code):
        return own
    catalogue = CATALOGUES[spoken(locale)]
    if reason.code is ReasonCode.LIMIT_REACHED:
        return _limit(reason, catalogue, locale, timezone, limits, at)
    plain = catalogue.plain[reason.code]
    expected = _said(reason.expected, locale)
    if reason.found and expected:
        form = catalogue.compared.get(reason.code, catalogue.comparison)
        return form.format(sentence=plain, found=_said(reason.found, locale), expected=expected)
    if expected and (form := catalogue.wanted.get(reason.code, "")):
        return form.format(expected=expected)
    return plain


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
    catalogue: Catalogue,
    locale: str,
    timezone: str,
    limits: Sequence[LimitSpec],
    at: datetime | None,
) -> str:
    words = catalogue.plain[ReasonCode.LIMIT_REACHED]
    over = reason.again_at is not None and at is not None and at >= reason.again_at
    limit = next((one for one in limits if one.name == reason.limit), None)
    if limit is not None and at is not None and not over:
        forms = catalogue.limit_once if limit.count == 1 else catalogue.limit_often
        form = catalogue.limit_several if reason.wanted else forms[limit.scope]
        when = catalogue.limit_when[limit.window.kind].format(hours=limit.window.hours)
        words = form.format(count=limit.count, when=when, wanted=reason.wanted)
    if reason.again_at is None:
        return words
    if over:
        return f"{words} {catalogue.again_now}"
    today = at.astimezone(ZoneInfo(timezone)).date() if at is not None else None
    moment = time_in_words(reason.again_at, timezone=timezone, language=locale, today=today)
    return f"{words} {_next_time(catalogue, reason, limit).format(moment=moment)}"


def _next_time(catalogue: Catalogue, reason: Reason, limit: LimitSpec | None) -> str:
    if limit is None or limit.scope is not LimitScope.STORE:
        return catalogue.again
    return catalogue.again_receipts if reason.wanted else catalogue.again_receipt
