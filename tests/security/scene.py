"""A client of which every text that somebody can type is hostile; made in a test's database or an installation's."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from campaignhub import ingest
from campaigns.access.models import BlockEntry, PartnerKey
from campaigns.accounts.models import Client, Invitation, SenderIdentity, User
from campaigns.accounts.rules.roles import Role
from campaigns.accounts.services import audit, invitations
from campaigns.jobs.models import Job
from campaigns.prizes.models import CodeUpload
from campaigns.prizes.services.uploads import receive_codes
from campaigns.publishing.services import checks, publish
from campaigns.publishing.services.lifecycle import move_campaign
from campaigns.setup.models import Campaign, FormField, Limit
from campaigns.setup.rules.states import CampaignState
from ingest_lambda.contract import (
    Channel,
    Reason,
    ReasonCode,
    SubmissionRecord,
    SubmissionStatus,
    Suspicion,
)
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mail.models import Mail
from submissions.mail.rules.wording import MOST_CHARS, Part
from submissions.mail.rules.words import Message
from submissions.mirror.models import Award, Submission
from submissions.review.models import OutboxDecision
from submissions.review.services import decisions
from tests.campaigns.factories import make_client, make_prize, make_user
from tests.security.hostile import HOSTILE_EMAIL, HOSTILE_URL, hostile
from tests.submissions.factories import make_copy, make_message, make_record, streamed

PASSWORD = "a sentence for hostile words"


@dataclass
class Scene:
    """What was made, as addresses name it, and who may look at it."""

    client: Client
    campaign: Campaign
    staff: dict[str, User]
    things: dict[str, list[Any]]


def texts(most: int = 2000, turn: int = 0) -> dict[str, str]:
    """Return a hostile text in each language of the campaign."""
    return {code: hostile(most, turn=turn + number) for number, code in enumerate(("en", "es"))}


def make_scene(*, at: datetime) -> Scene:
    """Make the client with its staff, campaigns, entries, mails and log."""
    number = uuid4().hex[:6]
    client = make_client(
        f"{number} {hostile(110)}",
        legal_name=hostile(200),
        address=hostile(500),
        help_email=HOSTILE_EMAIL,
        help_phone=hostile(40),
        sender_name=hostile(100),
    )
    staff = {role.value: _colleague((client, role), turn=turn) for turn, role in enumerate(Role)}
    staff["operator"] = _colleague(turn=4, is_superuser=True)
    manager = staff[Role.OWNER.value]
    campaign = _campaign(client, f"hostile-{number}", at=at)
    draft = _campaign(client, f"hostile-draft-{number}", at=at)
    _publish(campaign, manager, at)
    submissions = _entries(campaign, staff, at)
    log = audit.record_line(
        "campaign.changed",
        actor=manager,
        client=client,
        target=hostile(120),
        at=at,
        before={"name": hostile(turn=1), "headline": texts()},
        after={"name": hostile(turn=2), "headline": texts(turn=3)},
    )
    blocked = BlockEntry.objects.create(
        client=client,
        kind=BlockEntry.Kind.EMAIL,
        value_hash=uuid4().hex * 2,
        hint=hostile(60),
        note=hostile(200),
        created_by=manager,
        created_at=at,
    )
    key = PartnerKey.objects.create(
        client=client,
        name=hostile(80),
        key_id=number,
        usage_plan_id=number,
        last_four="abcd",
        created_at=at,
        created_by=manager,
    )
    invitation = invitations.invite(
        client,
        address="ada@example.com",
        role=Role.MODERATOR,
        given_name=hostile(150),
        family_name=hostile(150, turn=1),
        actor=manager,
        at=at,
    )
    Invitation.objects.filter(pk=invitation.pk).update(address=HOSTILE_EMAIL)
    Client.objects.filter(pk=client.pk).update(sender_email=HOSTILE_EMAIL)
    sender = SenderIdentity.objects.create(
        client=client,
        identity=f"{number}{hostile(240).lower()}",
        assigned_at=at,
        assigned_by=staff["operator"],
    )
    job = Job.objects.create(
        client=client,
        actor=manager,
        kind="review.bulk_verdict",
        title=hostile(200),
        notes=[hostile(200, turn=1)],
        outcome=hostile(300, turn=2),
        state="done",
        asked_at=at,
        ended_at=at,
    )
    User.objects.filter(pk=manager.pk).update(follows_jobs=True)
    coded = make_prize(
        draft,
        key="voucher",
        kind="code",
        name=texts(80, 3),
        mechanic="everyone",
        when_empty="fallback",
        fallback_code=hostile(64),
    )
    upload = receive_codes(
        coded, name=f"{hostile(110)}.csv", chunks=[b"CODE-1\nCODE-2\n"], actor=manager, at=at
    )
    CodeUpload.objects.filter(pk=upload.pk).update(name=hostile(120))
    campaign.placements.update(trouble=hostile(200))
    mails = list(Mail.objects.filter(submission__in=submissions).order_by("pk"))
    for mail in mails:
        make_copy(mail, at=at)
    Mail.objects.filter(pk__in=[mail.pk for mail in mails]).update(
        trouble=hostile(200, turn=1), state="failed"
    )
    OutboxDecision.objects.filter(submission__in=submissions).update(trouble=hostile(200))
    return Scene(
        client=client,
        campaign=campaign,
        staff=staff,
        things={
            "campaign": [campaign.pk, draft.pk],
            "client": [client.pk],
            "auditentry": [log.pk],
            "membership": [staff[Role.MODERATOR.value].memberships.get().pk],
            "invitation": [invitation.pk],
            "blockentry": [blocked.pk],
            "partnerkey": [key.pk],
            "senderidentity": [sender.pk],
            "submission": [submission.pk for submission in submissions],
            "mail": [mail.pk for mail in mails],
            "job": [job.pk],
            "award": list(Award.objects.filter(campaign=campaign).values_list("pk", flat=True)),
            "prize": [coded.pk, campaign.prize_rows.get().pk],
            "sealedset": [campaign.sealed_sets.get(is_test=False).pk],
            "queue": ["submissions", "images", "mirror", "quarantine", "pipe"],
            "slug": [campaign.slug],
            "app_label": ["accounts", "access", "campaigns", "submissions"],
        },
    )


def _colleague(*roles: tuple[Client, Role], turn: int, is_superuser: bool = False) -> User:
    user = make_user(*roles)
    user.first_name, user.last_name = hostile(150, turn=turn), hostile(150, turn=turn + 1)
    user.email = f"{user.username}.{HOSTILE_EMAIL}"
    user.is_superuser = is_superuser
    user.set_password(PASSWORD)
    user.save()
    return user


def _campaign(client: Client, slug: str, *, at: datetime) -> Campaign:
    campaign = Campaign.objects.create(
        client=client,
        name=hostile(120, turn=2),
        slug=slug,
        languages=["en", "es"],
        opens_at=at - timedelta(days=1),
        closes_at=at + timedelta(days=30),
        challenge_provider="turnstile",
        challenge_site_key=hostile(100),
        sender_name=hostile(100),
        reason_texts={"en": {"ILLEGIBLE": hostile(400)}, "es": {"ILLEGIBLE": hostile(400, turn=3)}},
        reason_labels={"en": {"ILLEGIBLE": hostile(60)}},
        mail_texts={
            language: {
                f"{message}.{part}": hostile(MOST_CHARS[part], turn=turn)
                for message in Message
                for turn, part in enumerate(Part)
            }
            for language in ("en", "es")
        },
        headline=texts(300),
        supporting=texts(300, 1),
        prizes=texts(500, 2),
        rules=texts(2000, 3),
        logo_alt=texts(200),
        hero_alt=texts(200, 1),
        privacy_url=HOSTILE_URL,
        privacy_urls={"es": HOSTILE_URL},
    )
    rows: list[dict[str, Any]] = [
        {"name": "email", "kind": "email", "meaning": "email"},
        {"name": "first", "kind": "text", "meaning": "given_name"},
        {"name": "last", "kind": "text", "meaning": "family_name"},
        {"name": "phone", "kind": "phone", "meaning": "phone"},
        {"name": "story", "kind": "long_text", "pattern": hostile(60)},
        {"name": "pick", "kind": "choice", "options": _options()},
        {"name": "many", "kind": "choices", "options": _options()},
        {"name": "poster", "kind": "hidden"},
        {"name": "accept_rules", "kind": "consent", "party": hostile(120)},
    ]
    for position, row in enumerate(rows):
        FormField.objects.create(
            campaign=campaign,
            position=position,
            routes=campaign.routes,
            required=row["kind"] in ("email", "consent"),
            label=texts(150, position),
            help_text=texts(200, position + 1),
            **row,
        )
    Limit.objects.create(campaign=campaign, scope="person", count=1, window="day")
    make_prize(
        campaign,
        name=texts(80),
        won_text=texts(500, 1),
        picture_alt=texts(200, 2),
        stock=3,
    )
    return campaign


def _options() -> list[dict[str, Any]]:
    return [{"value": f"v{turn}", "label": texts(100, turn)} for turn in range(2)]


def _publish(campaign: Campaign, actor: User, at: datetime) -> None:
    """Publish twice, the second time as an amendment with its words; then move it to and fro."""
    for reason in ("", hostile(500)):
        accepted = [caution.key for caution in checks.publish_cautions(campaign, at=at)]
        publish.publish_campaign(
            campaign,
            actor=actor,
            at=at,
            accepted=accepted,
            reason=reason,
            public_note=texts(1000) if reason else None,
        )
        campaign.headline = texts(300, 4)
        campaign.save()
        campaign.refresh_from_db()
    for state in (CampaignState.PAUSED, CampaignState.LIVE):
        move_campaign(campaign, state, actor=actor, at=at, note=hostile(300))


def _entries(campaign: Campaign, staff: dict[str, User], at: datetime) -> list[Submission]:
    """Send entries of every state, with a message and a prize, and decide on some."""
    moderator = staff[Role.MODERATOR.value]
    waiting, invalid, rejected, asked = (
        _entry(campaign, at, turn, status)
        for turn, status in enumerate(
            (
                SubmissionStatus.PENDING_REVIEW,
                SubmissionStatus.INVALID,
                SubmissionStatus.PENDING_REVIEW,
                SubmissionStatus.PENDING_REVIEW,
            )
        )
    )
    message = make_message(waiting.id, body={"text": hostile(), "given_name": hostile(turn=1)})
    mirror_stream_records([streamed(message)], at=at)
    Award.objects.create(
        submission_id=waiting.id,
        campaign=campaign,
        prize="weekend",
        unit=hostile(200),
        state="provisional",
        awarded_at=at,
        version=1,
    )
    because = Reason(
        code=ReasonCode.STORE_NOT_ELIGIBLE, found=hostile(200), expected=hostile(200, turn=1)
    )
    own = Reason(code=ReasonCode.OTHER, message=hostile(1000))
    signed: dict[str, Any] = {"actor": moderator, "at": at}
    decisions.reject_submission(rejected.id, reasons=[because, own], note=hostile(1000), **signed)
    unread = Reason(code=ReasonCode.ILLEGIBLE)
    decisions.request_resubmission(asked.id, reasons=[unread], note=hostile(1000, turn=3), **signed)
    ids = [record.id for record in (waiting, invalid, rejected, asked)]
    return sorted(Submission.objects.filter(pk__in=ids), key=lambda row: ids.index(row.pk))


def _entry(
    campaign: Campaign, at: datetime, turn: int, status: SubmissionStatus
) -> SubmissionRecord:
    reason = Reason(
        code=ReasonCode.ANSWER_OUT_OF_BOUNDS,
        field="story",
        found=hostile(200),
        expected=hostile(200),
    )
    record = make_record(
        campaign,
        status=status,
        channel=Channel.PARTNER,
        source=hostile(60, turn=turn),
        partner=hostile(60, turn=turn + 1),
        reasons=(reason,) if status is SubmissionStatus.INVALID else (),
        suspicions=tuple(Suspicion),
        person_hash="7" * 64,
        answers={
            "email": f"{turn}.{HOSTILE_EMAIL}",
            "first": hostile(300, turn=turn),
            "last": hostile(300, turn=turn + 1),
            "phone": hostile(20),
            "story": hostile(turn=turn + 2),
            "pick": hostile(200),
            "many": [hostile(200, turn=one) for one in range(3)],
            "poster": hostile(300),
        },
        entered_at=at - timedelta(minutes=turn + 1),
        started_at=at - timedelta(minutes=turn + 3),
        written_at=at,
    )
    ingest.clients.submissions_table().submissions.create(record)
    mirror_stream_records([streamed(record)], at=at)
    return record
