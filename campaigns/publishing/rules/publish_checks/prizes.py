"""Prizes: what could not be honoured, and what lawyers want to hear of."""

from collections.abc import Iterator
from dataclasses import replace

from campaigns.prizes.rules.drawing import Pace
from campaigns.prizes.rules.facts import PrizeFacts
from campaigns.prizes.rules.opening import WEEKDAYS
from campaigns.prizes.rules.plan import forecast_of, spans_of
from campaigns.prizes.rules.words import money
from campaigns.publishing.rules.publish_checks.facts import CampaignFacts
from campaigns.publishing.rules.publish_checks.finding import Finding
from campaigns.publishing.rules.publish_checks.texts import gaps, language_name
from ingest_lambda.contract import ReviewMode
from ingest_lambda.contract.prizes import MOST_PRIZES

LEAST_SHARE = 0.9
"""Of moments that will probably be won, below which somebody has to say that it is meant."""
_THRESHOLDS = (
    # country, currency, minor units above which it applies, what the law asks for
    (
        "US",
        "USD",
        5_000_00,
        "New York and Florida ask for registration 30 and 7 days before the start, with a bond, where prizes are worth more than $5,000",
    ),
    (
        "AU",
        "AUD",
        3_000_00,
        "the ACT asks for a permit above A$3,000, South Australia above A$5,000, and New South Wales for a notice 10 business days before above A$10,000",
    ),
    ("IE", "EUR", 5_000_00, "Ireland exempts prizes up to €5,000 only"),
)


def problems(facts: CampaignFacts) -> Iterator[Finding]:
    """Say what no publish could honour."""
    if len(facts.prize_rows) > MOST_PRIZES:
        message = f"A campaign has at most {MOST_PRIZES} prizes. Remove some."
        yield Finding("too_many_prizes", "Prizes", "prize_rows", message)
    for prize in facts.prize_rows:
        for language in gaps(prize.name, list(facts.languages), needed=True):
            message = f"{prize.words} has no name in {language_name(language)}."
            yield _at(prize, "prize_name_missing", "name", message, language)
        if prize.has_picture:
            for language in gaps(prize.picture_alt, list(facts.languages), needed=True):
                message = (
                    f"The picture of {prize.words} has no alt text in {language_name(language)}."
                )
                yield _at(prize, "prize_alt_missing", "picture_alt", message, language)
        if prize.timing == "after_approval" and facts.review == ReviewMode.NONE:
            message = (
                f"{prize.words} is given after approval, and this campaign has no review. "
                "Choose “At once”, or review entries."
            )
            yield _at(prize, "prize_waits_for_no_review", "timing", message)
        yield from _codes(prize)
        if prize.is_by_moment:
            yield from _moments(prize, facts)


def _codes(prize: PrizeFacts) -> Iterator[Finding]:
    if prize.kind != "code":
        return
    if prize.mechanic == "everyone" and prize.when_empty == "fallback" and not prize.has_fallback:
        message = (
            f"{prize.words} has no shared code for those who come after its stock has ended. "
            "Type one, or choose “No more are given”."
        )
        yield _at(prize, "fallback_missing", "fallback_code", message)
    if prize.codes_under_way:
        message = f"Codes of {prize.words} are still being added. Publish when that is done."
        yield _at(prize, "codes_under_way", "stock", message)
    elif prize.codes < prize.stock:
        message = (
            f"{prize.words} has {prize.codes:,} codes for a stock of {prize.stock:,}. "
            f"Add {prize.stock - prize.codes:,}, or lower the stock."
        )
        yield _at(prize, "codes_fewer_than_stock", "stock", message)


def _moments(prize: PrizeFacts, facts: CampaignFacts) -> Iterator[Finding]:
    if facts.opens_at is None or facts.closes_at is None or facts.closes_at <= facts.opens_at:
        return  # the dates are a problem of their own
    if prize.pace == Pace.LIST:
        brought = list(prize.brought or ())
        outside = sum(not facts.opens_at <= at < facts.closes_at for at in brought)
        if not brought:
            message = f"{prize.words} is won at times from your own list. Upload it, or let the times be drawn."
            yield _at(prize, "moments_missing", "pace", message)
        elif outside:
            message = f"{outside:,} moments of {prize.words} lie outside the campaign. Upload the list again."
            yield _at(prize, "moments_outside", "pace", message)
        elif len(brought) > prize.stock:
            message = (
                f"{prize.words} has {len(brought):,} moments and a stock of {prize.stock:,}. "
                "Raise the stock, or upload a shorter list."
            )
            yield _at(prize, "stock_below_moments", "stock", message)
    elif not _has_time(prize, facts):
        message = (
            f"{prize.words} can't be won: its hours and weekdays leave no time in the campaign."
        )
        yield _at(prize, "moments_have_no_time", "from_hour", message)


def cautions(facts: CampaignFacts) -> Iterator[Finding]:
    """Say what is unusual, and what somebody has to sign for."""
    by_moment = [prize for prize in facts.prize_rows if prize.is_by_moment]
    for prize in by_moment:
        yield from _unwon(prize, facts)
        if prize.pace == Pace.LIST and prize.brought and len(prize.brought) < prize.stock:
            message = f"{prize.stock - len(prize.brought):,} of {prize.words} have no moment and can't be won."
            yield _at(prize, "stock_without_moment", "stock", message)
        if prize.unclaimed == "void":
            message = (
                f"A moment of {prize.words} at which nobody enters is lost, and nothing brings it back. "
                "People may say the prize was never there."
            )
            yield replace(_at(prize, "moments_are_void", "unclaimed", message), is_typed=True)
    until, closes_at = facts.promised_until, facts.closes_at
    if by_moment and until is not None and closes_at is not None and closes_at < until:
        # Whether there are any is not told: who tries one close after another would find out when.
        message = (
            "The campaign closes earlier than was published. Winning moments that were drawn for the "
            "time after the new close can't be won any more."
        )
        yield Finding("moments_behind_the_close", "Prizes", "prize_rows", message)
    if by_moment and "GB" in facts.countries:
        message = "In the UK, instant wins need a statement by an independent auditor (CAP 8.25)."
        yield Finding("instant_win_uk", "Prizes", "prize_rows", message)
    if by_moment and "US" in facts.countries and _looks_timed(facts):
        message = (
            "Florida (849.094) forbids tying a win to a particular period, failing to award a prize, and "
            "requiring a purchase. Hours, weekdays, an even spread, moments that expire, and no free way to enter may each do that."
        )
        yield Finding("instant_win_florida", "Prizes", "prize_rows", message)
    yield from _registration(facts)


def _unwon(prize: PrizeFacts, facts: CampaignFacts) -> Iterator[Finding]:
    if facts.opens_at is None or facts.closes_at is None or not _has_time(prize, facts):
        return
    if not facts.expected_submissions:
        message = f"Say how many entries you expect, to see how many of {prize.words} will probably be won."
        yield Finding("expected_missing", "Prizes", "expected_submissions", message, prize.key)
        return
    found = forecast_of(
        prize,
        facts.opens_at,
        facts.closes_at,
        zone=facts.timezone,
        expected=facts.expected_submissions,
        seed=f"{facts.slug}:{prize.key}",
    )
    if found.share < LEAST_SHARE:
        message = (
            f"Only about {found.usual:,} of {prize.stock:,} {prize.words} will probably be won with "
            f"{facts.expected_submissions:,} entries ({found.share:.0%})."
        )
        yield _at(prize, "few_will_be_won", "stock", message)


def _has_time(prize: PrizeFacts, facts: CampaignFacts) -> bool:
    if facts.opens_at is None or facts.closes_at is None or facts.closes_at <= facts.opens_at:
        return False
    if prize.pace == Pace.LIST:
        return bool(prize.brought)
    return bool(spans_of(prize, facts.opens_at, facts.closes_at, zone=facts.timezone))


def _looks_timed(facts: CampaignFacts) -> bool:
    return "free" not in facts.routes or any(
        (prize.from_hour, prize.until_hour) != (0, 24)
        or set(prize.weekdays) != set(WEEKDAYS)
        or prize.pace != Pace.RANDOM
        or prize.unclaimed != "roll_forward"
        for prize in facts.prize_rows
        if prize.is_by_moment
    )


def _registration(facts: CampaignFacts) -> Iterator[Finding]:
    total = sum((prize.value or 0) * prize.stock for prize in facts.prize_rows)
    for country, currency, above, what in _THRESHOLDS:
        # In another currency nobody can say, so it is said: better once too often.
        applies = total > above if facts.currency == currency else total > 0
        if country in facts.countries and applies:
            message = (
                f"Prizes are worth {money(total, facts.currency)} in all: {what}. Ask your lawyer."
            )
            yield Finding("prizes_may_need_a_permit", "Prizes", "prize_rows", message, country)


def _at(prize: PrizeFacts, code: str, field: str, message: str, language: str = "") -> Finding:
    return Finding(code, "Prizes", f"prize_rows.{field}", message, prize.row, language)
