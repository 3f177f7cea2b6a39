"""Limits that contradict each other, or count what the form never asks for."""

from collections.abc import Iterator, Sequence

from campaigns.rules.publish_checks.facts import CampaignFacts, LimitFacts
from campaigns.rules.publish_checks.finding import Finding

NEEDS = {
    "phone": ({"phone"}, "a phone number"),
    "household": ({"address", "postcode"}, "an address"),
    "store": ({"store"}, "a store"),
}
"""Scope → the meanings one of which the form has to ask for, and their name."""
MOST_LIMITS = 10
"""Each takes a place in the transaction that stores an entry."""
LONGEST_DAY_HOURS, LONGEST_WEEK_HOURS = 25, 169
"""The day and the week in which clocks go back."""


def problems(facts: CampaignFacts) -> Iterator[Finding]:
    """Say which limits can never be met, and which are there twice."""
    if len(facts.limits) > MOST_LIMITS:
        yield Finding(
            code="too_many_limits",
            tab="Limits",
            field="limits",
            message=f"A campaign has at most {MOST_LIMITS} limits. Remove some.",
        )
    asked = {field.meaning for field in facts.fields if field.meaning}
    has_receipt = any(field.kind == "receipt_image" for field in facts.fields)
    for one in facts.limits:
        needed, name = NEEDS.get(one.scope, (None, ""))
        if needed is not None and not needed & asked:
            yield _limit("limit_counts_nothing", one, f"asks for {name} that the form doesn't have")
        if one.scope in ("receipt", "store") and not has_receipt:
            yield _limit("limit_counts_nothing", one, "needs a receipt that the form doesn't have")
    yield from contradictions(facts.limits)


def contradictions(limits: Sequence[LimitFacts]) -> Iterator[Finding]:
    """Say which limits can never be reached beside others, and which are there twice."""
    for number, one in enumerate(limits):
        for later, other in enumerate(limits):
            if one.scope != other.scope or later == number:
                continue
            if _window(one) == _window(other):
                if number < later:
                    yield _limit("limits_contradict", other, f"stands beside {in_words(one)}")
            elif _lies_within(one, other) and other.count < one.count:
                yield _limit(
                    "limits_contradict", one, f"can never be reached beside {in_words(other)}"
                )


def cautions(facts: CampaignFacts) -> Iterator[Finding]:
    """Say where nothing limits, and which limits change nothing."""
    if not facts.limits:
        yield Finding(
            code="no_limit",
            tab="Limits",
            field="limits",
            message="Nothing limits how often somebody may enter.",
        )
    for one in facts.limits:
        for other in facts.limits:
            if (
                one.scope == other.scope
                and _window(one) != _window(other)
                and _lies_within(one, other)
                and other.count == one.count
            ):
                yield _limit("limit_is_idle", one, f"changes nothing beside {in_words(other)}")


def in_words(limit: LimitFacts) -> str:
    """Return a limit as staff read it: ``10 per person in the campaign``."""
    when = {
        "campaign": "in the campaign",
        "day": "a day",
        "week": "a week",
        "rolling": f"in {limit.hours} hours",
    }[limit.window]
    what = "receipts per person and store" if limit.scope == "store" else f"per {limit.scope}"
    return f"{limit.count} {what} {when}"


def _limit(code: str, limit: LimitFacts, what: str) -> Finding:
    return Finding(
        code=code,
        tab="Limits",
        field="limits",
        row=limit.row,
        message=f"The limit {in_words(limit)} {what}. Change or remove one.",
    )


def _window(limit: LimitFacts) -> tuple[str, int | None]:
    return limit.window, limit.hours


def _lies_within(one: LimitFacts, other: LimitFacts) -> bool:
    """Whether every window of ``one`` lies wholly inside some window of ``other``."""
    if other.window == "campaign":
        return True
    if one.window == "day" and other.window == "week":
        return True
    if other.window == "rolling" and other.hours is not None:
        lasts = {
            "day": LONGEST_DAY_HOURS,
            "week": LONGEST_WEEK_HOURS,
            "rolling": one.hours or 0,
        }.get(one.window)
        return lasts is not None and lasts <= other.hours
    return False
