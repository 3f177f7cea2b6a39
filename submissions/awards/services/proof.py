"""The proof of what was given: for each award that is here, the stock says the same of its unit."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice

from campaignhub import ingest
from ingest_lambda.contract import AwardState
from submissions.mirror.models import Award

READ_AT_ONCE = 1_000
"""Awards whose units are asked for together, a hundred of a campaign in one call."""
_HOLDS_ITS_UNIT = (AwardState.PROVISIONAL, AwardState.CONFIRMED)


def awards_without_unit() -> Iterator[Award]:
    """Yield the awards whose unit the stock gives to nobody, or to another entry.

    That an award here is the table's is the ledger's matter. A unit that is given in the
    stock without an award can't be: both are written in one transaction.

    Raises:
        IngestBusy: the stock is busy or away.
    """
    held = Award.objects.filter(state__in=_HOLDS_ITS_UNIT, campaign__isnull=False)
    awards = held.select_related("campaign").order_by("pk").iterator(READ_AT_ONCE)
    while some := list(islice(awards, READ_AT_ONCE)):
        by_campaign: dict[str, list[Award]] = defaultdict(list)
        for award in some:
            campaign = award.campaign
            assert campaign is not None
            by_campaign[str(campaign.test_id if award.is_test else campaign.pk)].append(award)
        for known_as, mine in by_campaign.items():
            # Named once each: a call that names one item twice is refused.
            units = {(award.prize, award.unit): None for award in mine}
            given = ingest.read_given_units(known_as, units)
            for award in mine:
                found = given.get((award.prize, award.unit))
                if found is None or found.submission_id != award.submission_id:
                    yield award
