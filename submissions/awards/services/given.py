"""Which units of a campaign are given, as the mirror knows: what a republish notes first, so that none is given again."""

import re
from collections.abc import Iterator

from campaigns.prizes.models import Prize, PrizeKind, StockBatch
from campaigns.prizes.services.pool import code_at
from campaigns.setup.models import Campaign
from ingest_lambda.contract import AwardState, Given, block_begins
from submissions.mirror.models import Award

_OF_MOMENT = re.compile(r"u(\d+)")
_OF_BLOCK = re.compile(r"b(\d+)\.(\d+)\.(\d+)")


def given_units(campaign: Campaign, is_test: bool) -> Iterator[Given]:
    """Yield the units that winners have, each with its code; a code that was revoked stays given."""
    prizes = {prize.key: prize for prize in Prize.objects.filter(campaign=campaign)}
    awards = Award.objects.filter(campaign=campaign, is_test=is_test).exclude(
        state=AwardState.RELEASED
    )
    for award in awards.order_by("pk").iterator(2_000):
        prize = prizes.get(award.prize)
        is_code = prize is not None and prize.kind == PrizeKind.CODE
        if award.state == AwardState.REVOKED and not is_code:
            continue
        # A test's codes are made up as they are loaded, and worth nothing.
        code = code_of_unit(prize, award.unit) if prize and is_code and not is_test else ""
        yield Given(
            prize=award.prize,
            unit=award.unit,
            submission_id=award.submission_id,
            code=code or None,
        )


def code_of_unit(prize: Prize, unit: str) -> str:
    """Return the code that a unit of the live campaign is; empty where the pool has none at its place."""
    place = _place(prize, unit)
    return "" if place is None else code_at(prize, place)


def _place(prize: Prize, unit: str) -> int | None:
    if found := _OF_MOMENT.fullmatch(unit):
        return int(found[1])
    if found := _OF_BLOCK.fullmatch(unit):
        number, block, index = map(int, found.groups())
        batch = StockBatch.objects.filter(prize=prize, is_test=False, number=number).first()
        return batch.first + block_begins(batch.units)[block] + index if batch else None
    return None
