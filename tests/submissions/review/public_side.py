"""What entrants do to their entries, and how it reaches the site: written, streamed, in any order, twice."""

import json
from collections import Counter
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from campaignhub import ingest
from campaignhub.env import env
from campaigns.setup.models import Campaign
from ingest_lambda.adapters.releases import Releases
from ingest_lambda.adapters.tokens import sign
from ingest_lambda.contract import (
    ImageRecord,
    ImageRefusal,
    Page,
    Purpose,
    Record,
    TokenPayload,
    Upload,
)
from ingest_lambda.errors import Refused, TryAgain
from ingest_lambda.functions.status import StatusReader
from ingest_lambda.functions.write import Writer
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mirror.models import Submission
from tests.ingest_lambda.writing import Kept
from tests.submissions.factories import NOON, streamed
from tests.submissions.review.mails_taken import EmailBackend

NUMBERS = count(1)
"""Of entries: ids in the order of entering, or the same steps would not lead to the same."""
MOST_ENTRIES = 3
PICTURE = Page(view_key="receipts/1.jpg", thumbnail_key="receipts/1-s.jpg", width=600, height=900)
which = st.integers(0, MOST_ENTRIES - 1)


class PublicSide(RuleBasedStateMachine):
    """Two campaigns, one that reviews and one that does not, and what comes in.

    The public path's writer works on its table; what the table holds reaches the site in any
    order, twice, or late.
    """

    campaigns: tuple[Campaign, Campaign]
    """One that reviews and one that does not; they and their releases last longer than an example."""

    def __init__(self) -> None:
        super().__init__()
        self.rolled_back = transaction.atomic()
        self.rolled_back.__enter__()
        self.now = NOON + timedelta(hours=1)
        self.tokens: dict[UUID, list[TokenPayload]] = {}
        self.entries: list[UUID] = []
        self.queue: list[str] = []
        """What entrants sent and the writer has still to write."""
        self.stream: list[Record] = []
        """Every version that the table has had, for the mirror to get some time."""
        self.answered_at: dict[UUID, datetime] = {}
        """When the table got the answer of whoever was asked again."""
        self.closed: set[tuple[UUID, str]] = set()
        """Mailboxes, by campaign, that sent a mail back for good or complained of one."""
        self.pressed: Counter[int] = Counter()
        self.sent_again: set[int] = set()
        """How often staff sent a mail again."""
        self.versions: dict[UUID, tuple[int, int]] = {}
        """The version and the number of the decision that each row had last."""
        EmailBackend.begin()
        table = ingest.clients.submissions_table()
        self.writer = Writer(
            table=table,
            giver=ingest.clients.giver(),
            releases=Releases(table),
            quarantine=Kept(),
            token_keys=env().token_keys,
            person_secret=env().person_secret,
            clock=lambda: self.now,
            sleep=lambda _seconds: None,
        )
        self.reader = StatusReader(
            table, ingest.clients.stock_table(), Releases(table), env().token_keys
        )

    @precondition(lambda self: len(self.entries) < MOST_ENTRIES)
    @rule(reviewed=st.booleans(), same_person=st.booleans())
    def enter(self, reviewed: bool, same_person: bool) -> None:
        campaign = self.campaigns[0 if reviewed else 1]
        pk = UUID(int=next(NUMBERS) << 64, version=4)
        payload = TokenPayload(
            submission_id=pk,
            slug=campaign.slug,
            campaign_id=str(campaign.pk),
            release=1,
            route="purchase",
            locale="en",
            uploads=(_upload(pk, 1),),
            issued_at=self.now - timedelta(minutes=10),
            expires_at=self.now + timedelta(hours=24),
        )
        self.entries.append(pk)
        self.tokens[pk] = [payload]
        person = "same" if same_person else pk.hex
        self._send(payload, {"email": f"{person}@example.com"})

    @rule(entry=which, late=st.booleans())
    def answer(self, entry: int, late: bool) -> None:
        """Send a photo again, in time or (with an old link) after the deadline."""
        asked = Submission.objects.filter(
            pk__in=[pk for pk in self.entries if len(self.tokens[pk]) == 1],
            resubmit_until__isnull=False,
        )
        pks = [pk for pk in self.entries if pk in set(asked.values_list("pk", flat=True))]
        if not pks:
            return
        pk = pks[entry % len(pks)]
        stored = ingest.read_submission(pk)
        if stored is None or stored.resubmit_until is None:
            return
        if not late and self.now > stored.resubmit_until:
            return
        payload = self.tokens[pk][0].model_copy(
            update={
                "attempt": 2,
                "purpose": Purpose.RESUBMIT,
                "uploads": (_upload(pk, 2),),
                "expires_at": stored.resubmit_until,
            }
        )
        self.tokens[pk].append(payload)
        self._send(payload, stored.answers)

    @rule(
        entry=which,
        refusal=st.sampled_from([None, None, ImageRefusal.NOT_AN_IMAGE]),
        other=st.booleans(),
    )
    def upload(self, entry: int, refusal: ImageRefusal | None, other: bool) -> None:
        """Let the photo of the newest attempt arrive: as announced, as another file, or as none."""
        pk = self._entry(entry)
        payload = self.tokens[pk][-1]
        (upload,) = payload.uploads
        image = ImageRecord(
            submission_id=pk,
            attempt=payload.attempt,
            receipt=1,
            part=1,
            key=upload.key,
            content_type="image/jpeg",
            size=upload.size,
            sha256="f" * 64 if other else upload.sha256,
            refusal=refusal,
            pages=() if refusal else (PICTURE,),
            checked_at=self.now,
        )
        ingest.clients.submissions_table().photos.put_image(image)
        self._capture(pk)

    @precondition(lambda self: self.queue)
    @rule(place=st.integers(0, 9), stays=st.booleans())
    def write(self, place: int, stays: bool) -> None:
        """Write one of what was sent; what stays is delivered again."""
        body = self.queue[place % len(self.queue)]
        if not stays:
            self.queue.remove(body)
        try:
            self.writer.accept(body, sent_timestamp_ms=_ms(self.now))
        except (TryAgain, Refused):
            self.queue.append(body)
        pk = UUID(json.loads(body)["body"]["submission_id"])
        self._capture(pk)
        if (stored := ingest.read_submission(pk)) and stored.attempt > 1:
            self.answered_at.setdefault(pk, self.now)

    @precondition(lambda self: self.stream)
    @rule(places=st.lists(st.integers(0, 99), min_size=1, max_size=8))
    def mirror(self, places: list[int]) -> None:
        """Deliver some records, in any order, some of them twice."""
        records = [streamed(self.stream[place % len(self.stream)]) for place in places]
        assert not mirror_stream_records(records, at=self.now).refused

    @rule()
    def catch_up(self) -> None:
        """Deliver all that was held up."""
        while self.queue:
            self.write(0, stays=False)
        assert not mirror_stream_records([streamed(r) for r in self.stream], at=self.now).refused

    def _entry(self, place: int) -> UUID:
        return self.entries[place % len(self.entries)]

    def _send(self, payload: TokenPayload, answers: dict[str, Any]) -> None:
        body = {
            "submission_id": str(payload.submission_id),
            "token": sign(payload, token_keys=env().token_keys),
            "answers": answers,
            "consents": {"accept_rules": True},
        }
        envelope = {
            "kind": "submission",
            "schema": 1,
            "slug": payload.slug,
            "entered_at_ms": _ms(self.now),
            "body": body,
        }
        self.queue.append(json.dumps(envelope))

    def _capture(self, *pks: UUID) -> None:
        """Note the versions that the table has now, as its stream does."""
        for pk in pks:
            for record in ingest.records_of(pk):
                if record not in self.stream:
                    self.stream.append(record)


def _upload(pk: UUID, attempt: int) -> Upload:
    return Upload(
        field="receipt",
        receipt=1,
        part=1,
        key=f"incoming/summer/{pk}/{attempt}/1-1-nonce",
        size=1000,
        content_type="image/jpeg",
        sha256=f"{pk.hex}{pk.hex[:31]}{attempt}",
    )


def _ms(at: datetime) -> str:
    return str(int(at.timestamp() * 1000))
