"""The numbers on the home page: what came in, and from where."""

from uuid import uuid4

import pytest

from ingest_lambda.contract import Mode
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mirror.services.campaign_stats import stats_of
from tests.submissions.factories import NOON, make_campaign, make_record, streamed


@pytest.mark.django_db
@pytest.mark.dialects
def test_entries_are_counted_by_source_the_most_first_and_few_of_them() -> None:
    campaign, other = make_campaign(), make_campaign()
    came = ["poster"] * 3 + ["items"] * 2 + ["\u05e9"] * 2 + ["rare", None]
    records = [make_record(campaign, id=uuid4(), source=source) for source in came]
    records.append(make_record(campaign, id=uuid4(), source="test", mode=Mode.TEST))
    records.append(make_record(other, id=uuid4(), source="shop"))
    mirror_stream_records([streamed(record) for record in records], at=NOON)
    stats = stats_of([campaign, other], now=NOON)
    assert stats[campaign.pk].sources == [("poster", 3), ("items", 2), ("\u05e9", 2)]
    assert stats[other.pk].sources == [("shop", 1)]
    assert stats[campaign.pk].total == len(came)
