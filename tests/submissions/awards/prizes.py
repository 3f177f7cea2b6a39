"""A campaign with two prizes, and awards as the table tells of them."""

from typing import Any

from campaigns.prizes.models import Prize
from campaigns.setup.models import Campaign
from ingest_lambda.contract import AwardRecord, AwardState, SubmissionRecord
from submissions.intake.services.mirroring import mirror_stream_records
from tests.submissions.factories import NOON, make_award, make_campaign, make_record, streamed


def make_prize_campaign(**overrides: Any) -> Campaign:
    """Make a campaign that gives a voucher with a code and a sticker to everyone."""
    campaign = make_campaign(**overrides)
    rows: tuple[dict[str, Any], ...] = (
        {
            "key": "voucher",
            "name": {"en": "Voucher", "de": "Gutschein"},
            "kind": "code",
            "mechanic": "everyone",
            "value": 1_000,
            "stock": 50,
            "won_text": {"en": "Valid until July."},
        },
        {
            "key": "sticker",
            "name": {"en": "Sticker"},
            "kind": "thing",
            "mechanic": "everyone",
            "stock": 200,
        },
    )
    for position, row in enumerate(rows):
        Prize.objects.create(campaign=campaign, position=position, **row)
    return campaign


def enter(campaign: Campaign, **record: Any) -> SubmissionRecord:
    """Let somebody enter."""
    stored = make_record(campaign, **record)
    mirror_stream_records([streamed(stored)], at=NOON)
    return stored


def award(
    campaign: Campaign, entry: SubmissionRecord, prize: str = "voucher", **more: Any
) -> AwardRecord:
    """Let the table tell of an award."""
    made = make_award(
        entry.id,
        **{
            "slug": campaign.slug,
            "prize": prize,
            "unit": "b1.0.0",
            "entered_at": NOON,
            "awarded_at": NOON,
            "state": AwardState.CONFIRMED,
            **more,
        },
    )
    mirror_stream_records([streamed(made)], at=NOON)
    return made
