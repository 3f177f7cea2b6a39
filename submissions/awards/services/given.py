"""Which units of a campaign are given, as the mirror knows: what a republish notes first, so that none is given again."""

import logging
import re
from collections.abc import Iterator

from pydantic import ValidationError

from campaigns.prizes.models import Prize, PrizeKind, StockBatch
from campaigns.prizes.services.pool import FALLBACK_PLACE, code_at, test_code
from campaigns.setup.models import Campaign
from ingest_lambda.contract import FALLBACK, AwardState, Given, block_begins
from submissions.mirror.models import Award

logger = logging.getLogger(__name__)

_OF_MOMENT = re.compile(r"u(\d+)")
_OF_BLOCK = re.compile(r"b(\d+)\.(\d+)\.(\d+)")


def given_units(campaign: Campaign, is_test: bool) -> Iterator[Given]:
    """Yield the units that winners have, each with its code; a code that was revoked stays given.

    A row whose unit no prize could have is named in the log and left out: the stock has no such unit
    to give, and one row must not keep a campaign from going live.
    """
    prizes = {prize.key: prize for prize in Prize.objects.filter(campaign=campaign)}
    awards = Award.objects.filter(campaign=campaign, is_test=is_test).exclude(
        state=AwardState.RELEASED
    )
    for award in awards.order_by("pk").iterator(2_000):
        prize = prizes.get(award.prize)
        is_code = prize is not None and prize.kind == PrizeKind.CODE
        if award.state == AwardState.REVOKED and not is_code:
            continue
        code = code_of_unit(prize, award.unit, is_test=is_test) if prize and is_code else ""
        try:
            yield Given(
                prize=award.prize,
                unit=award.unit,
                submission_id=award.submission_id,
                code=code or None,
            )
        except ValidationError:
            logger.exception("award %s: its unit is none that a stock could have", award.pk)


def units_taken(prize: Prize) -> Iterator[str]:
    """Yield the units of a prize that are not in the live stock: a thing that is revoked returns, a code never."""
    states = [AwardState.CONFIRMED, AwardState.PROVISIONAL]
    if prize.kind == PrizeKind.CODE:
        states.append(AwardState.REVOKED)
    awards = Award.objects.filter(
        campaign=prize.campaign_id, prize=prize.key, is_test=False, state__in=states
    )
    # Shared codes are given beside the stock.
    awards = awards.exclude(unit__startswith=FALLBACK)
    yield from awards.order_by().values_list("unit", flat=True).iterator(2_000)


def code_of_unit(prize: Prize, unit: str, *, is_test: bool = False) -> str:
    """Return the code that a unit is; empty where the pool has none at its place.

    A test's codes are made up, and worth nothing; its winners see the same after a republish.
    """
    if unit.startswith(FALLBACK):
        return test_code(prize, FALLBACK_PLACE) if is_test else prize.fallback_code
    place = _place(prize, unit, is_test=is_test)
    if place is None:
        return ""
    return test_code(prize, place) if is_test else code_at(prize, place)


def _place(prize: Prize, unit: str, *, is_test: bool) -> int | None:
    if found := _OF_MOMENT.fullmatch(unit):
        return int(found[1])
    if found := _OF_BLOCK.fullmatch(unit):
        number, block, index = map(int, found.groups())
        batch = StockBatch.objects.filter(prize=prize, is_test=is_test, number=number).first()
        return batch.first + block_begins(batch.units)[block] + index if batch else None
    return None
