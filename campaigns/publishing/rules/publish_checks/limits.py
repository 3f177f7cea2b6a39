"""Limits that contradict each other, or count what the form never asks for."""

from collections.abc import Iterator, Sequence

from campaigns.publishing.rules.publish_checks.facts import CampaignFacts, FieldFacts, LimitFacts
from campaigns.publishing.rules.publish_checks.finding import Finding
from ingest_lambda.contract import MOST_PARTS, parts_at_most, prize_parts

NEEDS = {
    "phone": ({"phone"}, "a phone number"),
    "household": ({"address", "postcode"}, "an address with its postcode"),
    "store": ({"store"}, "a store"),
}
"""Scope → the meanings that the form has to ask for, all of them, and their name."""
MOST_LIMITS = 10
"""Each takes a place in the transaction that stores an entry."""
LONGEST_DAY_HOURS, LONGEST_WEEK_HOURS = 25, 169
"""The day and the week in which clocks go back."""


def problems(facts: CampaignFacts) -> Iterator[Finding]:
    """Say which limits can never be met, and which are there twice."""
    if len(facts.limits) > MOST_LIMITS:
        yield _limits(
            "too_many_limits", f"A campaign has at most {MOST_LIMITS} limits. Remove some."
        )
    elif _parts(facts) > MOST_PARTS:
        yield _limits(
            "too_many_limits",
            "An entry with all its receipts takes more places under these limits than one "
            f"entry may. Remove a limit per receipt{', or some prizes' if facts.prize_rows else ''}, "
            "or let an entry show fewer photos.",
        )
    asked = {field.meaning for field in facts.fields if field.meaning}
    most = _most_receipts(facts)
    for one in facts.limits:
        needed, name = NEEDS.get(one.scope, (set(), ""))
        if not needed <= asked:
            yield _limit("limit_counts_nothing", one, f"asks for {name} that the form doesn't have")
        if one.scope in ("receipt", "store") and not most:
            yield _limit("limit_counts_nothing", one, "needs a receipt that the form doesn't have")
        if one.scope == "store" and one.count < most:
            yield _limit(
                "limits_contradict",
                one,
                f"never takes an entry with {most} receipts, which the form allows",
            )
    yield from contradictions(facts.limits)
    for store, person, reach in _stores_and_persons(facts):
        if reach < store.count:
            yield _limit(
                "limits_contradict",
                store,
                f"can never be reached beside {in_words(person)} with at most {most} an entry",
            )


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
        yield _limits("no_limit", "Nothing limits how often somebody may enter.")
    for one in facts.limits:
        if (name := _left_out(one, facts)) is not None:
            message = (
                f"The limit {in_words(one)} counts nothing for who leaves {name} out. "
                "Make what the form asks for it required, or accept it."
            )
            yield _limits("limit_can_be_left_out", message, one.row)
    for store, person, reach in _stores_and_persons(facts):
        if reach == store.count:
            yield _limit("limit_is_idle", store, f"changes nothing beside {in_words(person)}")
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
    return _limits(code, f"The limit {in_words(limit)} {what}. Change or remove one.", limit.row)


def _limits(code: str, message: str, row: str = "") -> Finding:
    return Finding(code, "Limits", "limits", message, row)


def _window(limit: LimitFacts) -> tuple[str, int | None]:
    return limit.window, limit.hours


def _lies_within(one: LimitFacts, other: LimitFacts) -> bool:
    """Whether every window of ``one`` lies wholly inside some window of ``other``."""
    if other.window == "campaign":
        return True
    if one.window == "day" and other.window == "week":
        return True
    if other.window == "rolling" and other.hours is not None:
        longest = {"day": LONGEST_DAY_HOURS, "week": LONGEST_WEEK_HOURS, "rolling": one.hours or 0}
        lasts = longest.get(one.window)
        return lasts is not None and lasts <= other.hours
    return False


def _receipt_fields(facts: CampaignFacts, route: str) -> list[FieldFacts]:
    return [f for f in facts.fields if f.kind == "receipt_image" and route in f.routes]


def _most_receipts(facts: CampaignFacts) -> int:
    """Return how many receipts one entry may show."""
    return max(
        (sum(f.max_receipts for f in _receipt_fields(facts, route)) for route in facts.routes),
        default=0,
    )


def _parts(facts: CampaignFacts) -> int:
    """Return the most parts that a transaction of one entry has (as publishing counts them: ``most_parts``)."""
    photos = max(
        (
            sum(f.max_receipts * f.images_per_receipt for f in _receipt_fields(facts, route))
            for route in facts.routes
        ),
        default=0,
    )
    parts = parts_at_most(photos, ((limit.scope, limit.window) for limit in facts.limits))
    return parts + prize_parts(len(facts.prize_rows), facts.award_limits)


def _left_out(limit: LimitFacts, facts: CampaignFacts) -> str | None:
    """Name what a limit counts by, where somebody who enters may leave it out."""
    needed, name = NEEDS.get(limit.scope, (set(), ""))
    if not needed <= {field.meaning for field in facts.fields}:
        return None  # it asks for what nobody can give: that is a problem
    for route in facts.routes:
        if limit.scope == "store" and not _receipt_fields(facts, route):
            continue
        sure = {f.meaning for f in facts.fields if f.required and route in f.routes}
        if not needed <= sure:
            return name
    return None


def _stores_and_persons(facts: CampaignFacts) -> Iterator[tuple[LimitFacts, LimitFacts, int]]:
    """Yield each limit by store with one by person around it, and how many receipts that lets in."""
    most = _most_receipts(facts)
    for store in facts.limits:
        for person in facts.limits:
            if store.scope != "store" or person.scope != "person" or not most:
                continue
            if _window(store) == _window(person) or _lies_within(store, person):
                yield store, person, person.count * most
