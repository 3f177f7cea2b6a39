"""Campaigns, records and stream records with honest defaults."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from campaignhub import ingest
from campaigns.setup.models import Campaign, FormField
from ingest_lambda.contract import (
    AwardRecord,
    AwardState,
    Channel,
    ImageRecord,
    MessageKind,
    MessageRecord,
    Mode,
    Page,
    Record,
    Route,
    SubmissionRecord,
    SubmissionStatus,
    Upload,
)
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mail.models import Mail, MailCopy
from submissions.mail.rules.mails import TELLS_OF_A_PRIZE, MailKind
from submissions.mail.services.composing import compose
from submissions.mail.services.copies import keep_copy
from submissions.mail.services.status_link import link_of
from tests.campaigns.factories import make_client, make_release

NOON = datetime(2026, 6, 3, 12, 0, tzinfo=UTC)
OF_NO_VERDICT = frozenset({MailKind.RECEIVED, MailKind.NO_PRIZE}) | TELLS_OF_A_PRIZE
"""Mails that name no decision of staff."""


def make_campaign(**overrides: Any) -> Campaign:
    """Make a campaign that asks for a name and an address."""
    slug = f"summer-{uuid4().hex[:8]}"
    campaign = Campaign.objects.create(
        **{"client": make_client(slug), "name": "Summer", "slug": slug, **overrides}
    )
    for name, meaning in (("email", "email"), ("first", "given_name"), ("last", "family_name")):
        FormField.objects.create(campaign=campaign, name=name, kind="text", meaning=meaning)
    return campaign


def make_record(campaign: Campaign, **overrides: Any) -> SubmissionRecord:
    """Make what the writer stores for a submission that waits for review, under a release that there is."""
    submission_id: UUID = overrides.pop("id", None) or uuid4()
    is_test, number = overrides.get("mode") is Mode.TEST, overrides.get("release", 1)
    if not campaign.releases.filter(is_test=is_test, number=number).exists():
        make_release(campaign, number=number, is_test=is_test)
    return SubmissionRecord(
        **{
            "id": submission_id,
            "slug": campaign.slug,
            "campaign_id": str(campaign.pk),
            "release": 1,
            "route": Route.PURCHASE,
            "channel": Channel.WEB,
            "mode": Mode.LIVE,
            "locale": "en",
            "status": SubmissionStatus.PENDING_REVIEW,
            "answers": {"email": "ada@example.com", "first": "Ada", "last": "Lovelace"},
            "body_hash": "0" * 64,
            "started_at": NOON - timedelta(minutes=2),
            "entered_at": NOON,
            "written_at": NOON + timedelta(seconds=1),
            **overrides,
        }
    )


def make_upload(submission_id: UUID, part: int = 1) -> Upload:
    """Announce a photo."""
    return Upload(
        field="receipt",
        receipt=1,
        part=part,
        key=f"incoming/summer/{submission_id}/1/1-{part}-nonce",
        size=1000,
        content_type="image/jpeg",
    )


def make_image(submission_id: UUID, upload: Upload) -> ImageRecord:
    """Make the facts about an announced photo that arrived."""
    return ImageRecord(
        submission_id=submission_id,
        attempt=1,
        receipt=upload.receipt,
        part=upload.part,
        key=upload.key,
        content_type="image/jpeg",
        size=upload.size,
        sha256="1" * 64,
        pages=(
            Page(
                view_key=f"receipts/{upload.key}.jpg",
                thumbnail_key=f"receipts/{upload.key}-s.jpg",
                width=600,
                height=900,
            ),
        ),
        checked_at=NOON,
    )


def make_message(submission_id: UUID, **overrides: Any) -> MessageRecord:
    """Make a later message of the entrant."""
    return MessageRecord(
        **{
            "submission_id": submission_id,
            "message_id": uuid4(),
            "kind": MessageKind.APPEAL,
            "body": {"text": "Please look again."},
            "entered_at": NOON + timedelta(days=1),
            "written_at": NOON + timedelta(days=1),
            **overrides,
        }
    )


def make_award(submission_id: UUID, **overrides: Any) -> AwardRecord:
    """Make a prize unit given to a submission."""
    return AwardRecord(
        **{
            "submission_id": submission_id,
            "prize": "weekend",
            "unit": "weekend-1",
            "state": AwardState.PROVISIONAL,
            **overrides,
        }
    )


def make_copy(mail: Mail, *, at: datetime = NOON) -> MailCopy:
    """Keep what a mail says now as what was sent, as its sender does."""
    link = link_of(mail)
    keep_copy(mail, compose(mail, at=at, link=link), secrets=(link,), at=at)
    return mail.copies.get(number=mail.tries)


def streamed(record: Record) -> dict[str, Any]:
    """Spell a record as the stream does."""
    kinds: dict[type[Record], str] = {
        SubmissionRecord: "SUBMISSION",
        ImageRecord: "IMAGE#1#1#1#nonce",
        MessageRecord: "MESSAGE#id",
        AwardRecord: "AWARD#prize",
    }
    about = getattr(record, "submission_id", None) or getattr(record, "id", None)
    keys = {"pk": {"S": f"SUBMISSION#{about}"}, "sk": {"S": kinds[type(record)]}}
    return {"dynamodb": {"Keys": keys, "NewImage": {**record.to_attributes(), **keys}}}


def edited_by_hand(record: SubmissionRecord) -> dict[str, Any]:
    """Spell a record whose answers somebody changed in the table's console, and forgot a backslash."""
    spoilt = streamed(record)
    answers = spoilt["dynamodb"]["NewImage"]["answers"]
    answers["S"] = answers["S"].replace('"Lovelace"', '"O"Neill"')
    return spoilt


def make_stored(campaign: Campaign | None = None, **overrides: Any) -> SubmissionRecord:
    """Make a submission, of a campaign of its own by default, that the table and the site have."""
    record = make_record(campaign or make_campaign(), **overrides)
    ingest.clients.submissions_table().submissions.create(record)
    mirror_stream_records([streamed(record)], at=NOON)
    return record
