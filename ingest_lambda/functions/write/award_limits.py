"""Award limits: how many prizes one person may get. Over one, a submission counts and gets no such prize."""

from collections.abc import Collection, Sequence

from ingest_lambda.adapters.table import LimitUse, Part, Table, award_limit_part
from ingest_lambda.contract import (
    AwardLimitSpec,
    LimitSpec,
    Manifest,
    SubmissionRecord,
    TakenLimit,
    Window,
)
from ingest_lambda.functions.write.limits import use_of
from ingest_lambda.rules.scopes import scope_hashes


def uses_of(
    record: SubmissionRecord, manifest: Manifest, prizes: Collection[str], *, table: Table
) -> tuple[LimitUse, ...]:
    """Reckon which award limits a submission uses that gets ``prizes``: each in one use, as one item counts it."""
    plan = manifest.prize_plan
    uses = []
    for limit in plan.limits if plan else ():
        amount = sum(name in prizes for name in limit.prizes)
        spec = _as_limit(limit)
        uses += [
            use_of(spec, scope_hash, record, manifest, table=table, amount=amount)
            for scope_hash in scope_hashes(spec, record, manifest)
            if amount
        ]
    return tuple(uses)


def uses_retaken(
    record: SubmissionRecord, taken: Collection[TakenLimit], manifest: Manifest, *, table: Table
) -> tuple[LimitUse, ...]:
    """Reckon the uses that an award holds, in the same windows as before."""
    plan = manifest.prize_plan
    specs = {limit.name: _as_limit(limit) for limit in plan.limits} if plan else {}
    return tuple(
        use_of(specs[one.limit], one.scope_hash, record, manifest, table=table, amount=one.amount)
        for one in taken
        if one.limit in specs
    )


def taken_by(prize: str, uses: Sequence[LimitUse], manifest: Manifest) -> tuple[TakenLimit, ...]:
    """Return what of the uses is one award's, to be given back with it."""
    plan = manifest.prize_plan
    names = {limit.name for limit in plan.limits_on(prize)} if plan else set()
    return tuple(
        TakenLimit(limit=use.limit, scope_hash=use.scope_hash, window=use.window)
        for use in uses
        if use.limit in names
    )


def over(manifest: Manifest, prizes: Collection[str], refused: Collection[Part]) -> tuple[str, ...]:
    """Return which of ``prizes`` to go without after limits refused: of each the cheapest that it counts.

    The next try finds out whether there is room for the others.
    """
    plan = manifest.prize_plan
    dropped: list[str] = []
    for limit in plan.limits if plan else ():
        if any(part.name.split("#")[0] == limit.name for part in refused if _is_award_limit(part)):
            counted = [prize.name for prize in plan.prizes if prize.name in prizes] if plan else []
            cheapest = [name for name in counted if name in limit.prizes][-1]
            if cheapest not in dropped:
                dropped.append(cheapest)
    return tuple(dropped)


def _is_award_limit(part: Part) -> bool:
    return part == award_limit_part(part.name)


def _as_limit(limit: AwardLimitSpec) -> LimitSpec:
    return LimitSpec(
        name=limit.name,
        scope=limit.scope,
        count=limit.count,
        window=Window(kind=limit.window),
    )
