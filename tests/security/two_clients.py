"""Two clients with staff in every role; of the first there is one of everything, marked by one word."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.apps import apps
from django.contrib.sessions.models import Session
from django.test import Client as Browser
from django.utils import timezone

from campaigns.access.models import BlockEntry, PartnerKey
from campaigns.accounts.models import (
    AuditEntry,
    Client,
    Invitation,
    Membership,
    SenderIdentity,
    User,
)
from campaigns.accounts.rules.roles import Role
from campaigns.accounts.services import audit, invitations
from campaigns.jobs.models import Job
from campaigns.prizes.models import CodeBatch, CodeBlock, Prize, SealedSet
from campaigns.prizes.rules.sealing import canonical_list, numbered
from campaigns.setup.models import Campaign, FormField
from ingest_lambda.contract import ImageRefusal, Mode, Page
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mail.models import Mail
from submissions.mirror.models import Award, Submission
from tests.campaigns.factories import NOON, make_draft, make_prize, make_promoter, make_user
from tests.submissions.factories import make_copy, make_image, make_record, make_upload, streamed

MARK = "Quillmark"
"""In every text of the first client's, and nowhere else."""


MOMENTS = 5


@dataclass
class Side:
    """A client, its staff by role, and one of each thing that it has."""

    client: Client
    staff: dict[Role, User]
    things: dict[type[Any], Any] = field(default_factory=dict)

    def __getitem__(self, model: type[Any]) -> Any:
        """Return the thing of a model."""
        return self.things[model]

    def names(self) -> dict[str, Any]:
        """Return what an address or a search can name this client's things by."""
        return {
            "word": MARK.lower(),
            "reference": self[Submission].reference,
            "submission": self[Submission].pk,
            "campaign": self[Campaign].pk,
            "client": self[Client].pk,
            "user": self[User].pk,
        }

    def browser(self, role: Role) -> Browser:
        """Return a browser in which the member of staff with a role is signed in."""
        return signed_in(self.staff[role])


def signed_in(user: User) -> Browser:
    """Return a browser in which somebody is signed in, or nobody where that is not allowed."""
    browser = Browser()
    browser.force_login(user)
    return browser


def make_side(word: str, **campaign: Any) -> Side:
    """Make a client with staff, and one of everything; each text holds ``word``."""
    client = make_promoter(
        name=f"{word} Foods",
        legal_name=f"{word} Foods Ltd",
        address=f"1 {word} Street",
        help_email=f"help@{word.lower()}.example",
        sender_name=f"{word} sender",
    )
    staff = {role: _member(client, role, word) for role in Role}
    slug = f"{word.lower()}-summer"
    made = make_draft(client=client, name=f"{word} summer", slug=slug, **campaign)
    for name, meaning in (("first", "given_name"), ("last", "family_name")):
        FormField.objects.create(campaign=made, name=name, kind="text", meaning=meaning)
    side = Side(client, staff, {Client: client, Campaign: made, **make_prizes(made, word)})
    side.things[Submission] = make_entry(made, word)
    make_entry(made, word, mode=Mode.TEST)
    now = timezone.now()
    side.things[Award] = Award.objects.create(
        submission_id=side[Submission].pk,
        campaign=made,
        prize="voucher",
        unit="u0",
        state="confirmed",
        awarded_at=now,
        version=1,
    )
    side.things |= {
        Membership: Membership.objects.get(user=staff[Role.MODERATOR]),
        User: staff[Role.OWNER],
        AuditEntry: audit.record_line(
            "campaign.changed",
            actor=staff[Role.OWNER],
            client=client,
            target=f"campaign:{slug}",
            at=now,
            after={"name": f"{word} summer"},
        ),
        Invitation: invitations.invite(
            client,
            address=f"new@{word.lower()}.example",
            role=Role.OWNER,
            given_name=word,
            actor=staff[Role.OWNER],
            at=now,
        ),
        Mail: Mail.objects.create(
            submission=side[Submission],
            campaign=made,
            kind="approved",
            event="decision-9",
            queued_at=now,
            not_before=now,
            state="failed",
        ),
        BlockEntry: BlockEntry.objects.create(
            client=client,
            kind="email",
            value_hash=sha256(word.encode()).hexdigest(),
            hint=f"{word[:2]}…@{word.lower()}.example",
            note=f"{word} note",
            created_at=now,
            created_by=staff[Role.OWNER],
        ),
        SenderIdentity: SenderIdentity.objects.create(
            client=client, identity=f"{word.lower()}.example", assigned_at=now
        ),
        Job: Job.objects.create(
            client=client,
            actor=staff[Role.OWNER],
            kind="review.bulk_verdict",
            title=f"Approve entries of {word}",
            outcome=f"{word} approved.",
            state="done",
            asked_at=now,
            ended_at=now,
            seen_at=now,
        ),
        PartnerKey: PartnerKey.objects.create(
            client=client,
            name=f"{word} kiosk",
            key_id=f"key-{word}",
            usage_plan_id="plan",
            last_four="abcd",
            created_at=now,
            created_by=staff[Role.OWNER],
        ),
    }
    make_copy(side[Mail])
    return side


def make_prizes(campaign: Campaign, word: str) -> dict[type[Any], Any]:
    """Give a campaign a prize with codes, and winning moments under their seal."""
    now = timezone.now()
    prize = make_prize(
        campaign, key="voucher", kind="code", name={"en": f"{word} voucher"}, stock=MOMENTS
    )
    batch = CodeBatch.objects.create(
        prize=prize, number=1, source="file", codes=MOMENTS, is_complete=True, added_at=now
    )
    CodeBlock.objects.create(batch=batch, number=0, codes="\n".join(secret_codes(word)))
    moments = canonical_list(numbered("voucher", secret_times()))
    sealed = SealedSet.objects.create(
        campaign=campaign,
        set_id=sha256(word.encode()).hexdigest()[:32],
        nonce=sha256(b"nonce").hexdigest(),
        moments=moments,
        sha256=sha256(moments.encode()).hexdigest(),
        sealed_at=now,
    )
    return {Prize: prize, SealedSet: sealed}


def secret_codes(word: str) -> list[str]:
    """Return the codes of a side."""
    return [f"{word[:4].upper()}-SECRET-{number}" for number in range(MOMENTS)]


def secret_times() -> list[datetime]:
    """Return when its moments are: at seconds that nothing else has."""
    return [NOON + timedelta(days=number, seconds=1234.567) for number in range(MOMENTS)]


def make_entry(campaign: Campaign, word: str, **record: Any) -> Submission:
    """Mirror an entry with a photo that was looked at, sent by a person who is called ``word``."""
    said = make_record(
        campaign,
        answers={
            "email": f"ada@{word.lower()}.example",
            "first": "Ada",
            "last": word,
        },
        **record,
    )
    uploads = (make_upload(said.id, 1), make_upload(said.id, 2))
    key = f"receipts/{campaign.slug}/{said.id}/page-1.jpg"
    page = Page(view_key=key, thumbnail_key=key, width=600, height=900)
    images = (
        make_image(said.id, uploads[0]).model_copy(update={"pages": (page,)}),
        make_image(said.id, uploads[1]).model_copy(update={"refusal": ImageRefusal.DAMAGED}),
    )
    records = [said.model_copy(update={"uploads": uploads}), *images]
    mirrored = mirror_stream_records([streamed(one) for one in records], at=timezone.now())
    assert not mirrored.refused
    return Submission.objects.get(pk=said.id)


def make_operator() -> User:
    """Make somebody who runs the installation."""
    user = make_user()
    user.is_superuser = True
    user.save()
    return user


def state_of_the_database() -> dict[str, str]:
    """Return a fingerprint of every table but that of sessions."""
    found = {}
    for model in apps.get_models():
        if model is not Session and model._meta.managed and not model._meta.proxy:
            rows = model._default_manager.order_by("pk").values_list()
            found[model._meta.label] = sha256(repr(list(rows)).encode()).hexdigest()
    return found


def _member(client: Client, role: Role, word: str) -> User:
    user = make_user((client, role))
    user.first_name, user.last_name = word, role.label
    user.username = f"{word.lower()}-{role.value}"
    user.email = f"{role.value}@{word.lower()}.example"
    user.save()
    return user


def leaks(answer: Any, theirs: Side) -> str:
    """Return what of the other client an answer names, if anything."""
    text = answer.content.decode(errors="replace")
    known = (MARK, MARK.lower(), theirs[Submission].reference, str(theirs[Campaign].pk))
    return next((word for word in known if word in text), "")
