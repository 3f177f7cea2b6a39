"""The proof of what was given: for each award that is here, the stock says the same of its unit."""

from collections.abc import Iterator

from campaignhub import ingest
from ingest_lambda.contract import AwardState
from submissions.mirror.models import Award

_HOLDS_ITS_UNIT = (AwardState.PROVISIONAL, AwardState.CONFIRMED)


def awards_without_unit() -> Iterator[Award]:
    """Yield the awards whose unit the stock gives to nobody, or to another entry.

    That an award here is the table's is the ledger's matter. A unit that is given in the
    stock without an award can't be: both are written in one transaction.

    Raises:
        IngestBusy: the stock is busy or away.
    """
    held = Award.objects.filter(state__in=_HOLDS_ITS_UNIT, campaign__isnull=False)
    for award in held.select_related("campaign").order_by("pk").iterator(2_000):
        campaign = award.campaign
        assert campaign is not None
        known_as = campaign.test_id if award.is_test else campaign.pk
        given = ingest.read_given(str(known_as), award.prize, award.unit)
        if given is None or given.submission_id != award.submission_id:
            yield award
