"""Whatever happens in whatever order, every entrant ends with an answer and the mail that says it, or waits in a queue."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.db.models import QuerySet
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from campaignhub import ingest
from campaignhub.env import env
from campaignhub.errors import DomainError
from campaigns.accounts.models import User
from campaigns.publishing.services.releases import read_release
from campaigns.setup.models import Campaign
from ingest_lambda.adapters.releases import Releases
from ingest_lambda.adapters.tokens import sign
from ingest_lambda.contract import (
    Current,
    Decision,
    ImageRecord,
    ImageRefusal,
    Page,
    Purpose,
    Reason,
    ReasonCode,
    Record,
    SubmissionStatus,
    TokenPayload,
    Upload,
    shown_status,
)
from ingest_lambda.errors import Refused, TryAgain
from ingest_lambda.functions.status import StatusReader
from ingest_lambda.functions.write import Writer
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.intake.services.missing_photos import (
    ask_for_missing_images,
    ask_for_readable_images,
    ask_where_it_counts_unseen,
)
from submissions.intake.services.refusals import look_into_refusals
from submissions.intake.services.unanswered import reject_unanswered
from submissions.mail.models import Mail
from submissions.mail.rules.mails import MailState
from submissions.mail.rules.notices import MailNotice
from submissions.mail.services.by_hand import resend
from submissions.mail.services.delivery import deliver_mails
from submissions.mail.services.outcomes import note_notice
from submissions.mirror.models import Submission
from submissions.review.models import OutboxDecision
from submissions.review.services.decisions import (
    approve_submission,
    reject_submission,
    reopen_submission,
    request_resubmission,
    revoke_submission,
    undo_decision,
)
from submissions.review.services.fraud_checks import recheck
from submissions.review.services.outbox import LEASE, propagate_decisions
from submissions.review.services.stranded import stranded
from tests.campaigns.factories import make_draft, make_release, make_user
from tests.ingest_lambda.writing import Kept
from tests.submissions.factories import NOON, streamed
from tests.submissions.review import mails_taken as service
from tests.submissions.review.judgement import Judgement
from tests.submissions.review.mails_taken import EmailBackend
from tests.submissions.review.stories import STORIES
from tests.support.examples import NIGHTLY
from tests.support.simulated_aws import simulated_aws

Status = SubmissionStatus
TOLD = (
    ("Delivery", "", ""),
    ("Bounce", "Permanent", "General"),
    ("Bounce", "Transient", "MailboxFull"),
    ("Complaint", "abuse", ""),
    ("DeliveryDelay", "General", ""),
    ("Reject", "", ""),
)
"""What the mail service says of a mail: its event, with the types within."""
CHUNK = timedelta(hours=6)
"""No queue of ours is away for longer: its age raises an alarm within minutes."""
CLOCKS = (
    reject_unanswered,
    ask_for_missing_images,
    ask_for_readable_images,
    ask_where_it_counts_unseen,
    look_into_refusals,
    recheck,
)
NUMBERS = count(1)
"""Of entries: ids in the order of entering, or the same steps would not lead to the same."""
MOST_ENTRIES = 3
PICTURE = Page(view_key="receipts/1.jpg", thumbnail_key="receipts/1-s.jpg", width=600, height=900)
which = st.integers(0, MOST_ENTRIES - 1)


class Entries(Judgement, RuleBasedStateMachine):
    """Two campaigns, one that reviews and one that does not, and all that can happen to their entries.

    The public path's writer works on its table; what the table holds reaches the site in any
    order, twice, or late. The clocks run at least every :data:`CHUNK`.
    """

    campaigns: tuple[Campaign, Campaign]
    """One that reviews and one that does not; they and their releases last longer than an example."""
    staff: User

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
        self.answered_at, self.closed, self.pressed = {}, set(), Counter()
        self.versions: dict[UUID, tuple[int, int]] = {}
        """The version and the number of the decision that each row had last."""
        EmailBackend.begin()
        table = ingest._table()
        self.writer = Writer(
            table=table,
            releases=Releases(table),
            quarantine=Kept(),
            token_keys=env().token_keys,
            person_secret=env().person_secret,
            clock=lambda: self.now,
            sleep=lambda _seconds: None,
        )
        self.reader = StatusReader(table, Releases(table), env().token_keys)

    # ------------------------------------------------------------ entrants

    @initialize(story=st.sampled_from(["nothing", *STORIES]))
    def begin(self, story: str) -> None:
        """Begin with an entry of each campaign, in the middle of what chance seldom comes to."""
        self.enter(reviewed=True, same_person=False)
        self.enter(reviewed=False, same_person=False)
        self.catch_up()
        for step in STORIES.get(story, ()):
            step(self)
            self.no_row_goes_back()

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
        ingest._table().photos.put_image(image)
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

    # ------------------------------------------------------------ the mirror

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

    # ------------------------------------------------------------ staff

    @rule(entry=which)
    def approve(self, entry: int) -> None:
        with RefusalsAllowed():
            approve_submission(self._undecided(entry), actor=self.staff, at=self.now)

    @rule(entry=which)
    def reject(self, entry: int) -> None:
        reasons = [Reason(code=ReasonCode.RECEIPT_TOO_OLD)]
        with RefusalsAllowed():
            reject_submission(
                self._undecided(entry), reasons=reasons, actor=self.staff, at=self.now
            )

    @rule(entry=which)
    def ask_again(self, entry: int) -> None:
        reasons = [Reason(code=ReasonCode.ILLEGIBLE)]
        with RefusalsAllowed():
            request_resubmission(
                self._undecided(entry), reasons=reasons, actor=self.staff, at=self.now
            )

    @rule(entry=which)
    def undo(self, entry: int) -> None:
        if row := self._decided(entry):
            given: dict[str, Any] = {"actor": self.staff, "at": self.now}
            with RefusalsAllowed():
                undo_decision(row.pk, after=row.decision_no, **given)

    @rule(entry=which)
    def reopen(self, entry: int) -> None:
        if row := self._decided(entry):
            with RefusalsAllowed():
                reopen_submission(row.pk, note="Once more.", actor=self.staff, at=self.now)

    @rule(entry=which)
    def revoke(self, entry: int) -> None:
        if row := self._decided(entry):
            given: dict[str, Any] = {"actor": self.staff, "at": self.now}
            with RefusalsAllowed():
                revoke_submission(row.pk, note="Copied.", message="It was copied.", **given)

    # ------------------------------------------------------------ what carries and sends

    @rule(dies=st.sampled_from([None, "before", "after"]))
    def carry(self, dies: str | None = None) -> None:
        """Carry what was decided; a carrier may die before or after the table has its decision."""
        waiting = OutboxDecision.objects.filter(carried_at=None, not_before__lte=self.now)
        pks = set(waiting.values_list("submission_id", flat=True))
        if dies and (row := waiting.filter(leased_until=None).order_by("id").first()):
            OutboxDecision.objects.filter(pk=row.pk).update(
                leased_until=self.now + LEASE, tries=row.tries + 1
            )
            if dies == "after" and ingest.read_submission(row.submission_id):
                ingest.apply_decision(Decision.model_validate(row.decision))
        else:
            propagate_decisions(at=self.now)
        self._capture(*pks)

    @rule(way=st.sampled_from([service.WORKS] * 6 + list(service.WAYS[1:])))
    def send(self, way: str = service.WORKS) -> None:
        """Send what is due, to a service that works or not; a sender may die with a mail in its hands."""
        before = len(EmailBackend.taken)
        EmailBackend.way, EmailBackend.now = way, self.now
        with suppress(service.Died):
            deliver_mails(at=self.now, most=20)
        for place in range(before, len(EmailBackend.taken)):
            self._look_at(EmailBackend.taken[place], EmailBackend.taken[:place])

    @rule(place=which)
    def send_again(self, place: int) -> None:
        """Let staff send a mail again."""
        mails = list(Mail.objects.filter(submission__in=self.entries).order_by("-id"))
        if mails:
            mail = mails[place % len(mails)]
            with RefusalsAllowed():
                resend(mail.pk, seen=mail.tries, actor=self.staff, at=self.now)
                self.pressed[mail.pk] += 1

    @rule(place=which, told=st.sampled_from(TOLD))
    def notice(self, place: int, told: tuple[str, str, str]) -> None:
        """Let the mail service say what became of a mail, early, late or again."""
        if not EmailBackend.taken:
            return
        kind, part, sub_part = told
        one = EmailBackend.taken[-1 - place % len(EmailBackend.taken)]
        if part in ("Permanent", "abuse"):
            self.closed.add(self._mailbox(one))
        said = MailNotice(kind, one.message_id, attempt=one.attempt, part=part, sub_part=sub_part)
        note_notice(said, at=self.now)

    # ------------------------------------------------------------ time

    @rule(hours=st.sampled_from([0.02, 0.02, 0.7, 1.5, 30]))
    def wait(self, hours: float) -> None:
        until = self.now + timedelta(hours=hours)
        while self.now < until:
            self.now = min(until, self.now + CHUNK)
            if hours * timedelta(hours=1) >= CHUNK:
                self.catch_up()
                self.carry()
            self._clocks()

    @rule(entry=which, minutes=st.sampled_from([-5, 5, 59, 62, 130]))
    def wait_for_deadline(self, entry: int, minutes: int) -> None:
        """Go to before or after the end of the time for a photo; what comes then may be late."""
        asked = Submission.objects.filter(pk__in=self.entries, resubmit_until__gt=self.now)
        rows = list(asked.order_by("entered_at", "pk"))
        if not rows:
            return
        row = rows[entry % len(rows)]
        assert row.resubmit_until is not None
        until = row.resubmit_until + timedelta(minutes=minutes)
        if until <= self.now:
            return
        if until - self.now > CHUNK:
            self.catch_up()
            self.carry()
            self.now = until - CHUNK
            self._clocks()
            self.catch_up()
        self.now = until
        self._clocks()

    def _clocks(self) -> None:
        for clock in CLOCKS:
            clock(at=self.now)

    # ------------------------------------------------------------ what holds

    @invariant()
    def nobody_is_left_without_a_queue_or_a_clock(self) -> None:
        named = stranded([campaign.pk for campaign in self.campaigns], at=self.now)
        assert [str(entry) for entry in named] == []

    @invariant()
    def no_row_goes_back(self) -> None:
        """Hold that a row's version and decision only rise, and that its status is what these say."""
        for row in Submission.objects.filter(pk__in=self.entries).select_related("photo_check"):
            known = self.versions.get(row.pk, (0, 0))
            assert row.version >= known[0], "an older version came over a newer one"
            assert row.decision_no >= known[1], "a decision was forgotten"
            self.versions[row.pk] = row.version, row.decision_no
            status = shown_status(
                Status(row.ingest_status),
                Status(row.decision_status) if row.decision_status else None,
                attempt=row.attempt,
                decided_attempt=row.decided_attempt,
            )
            if status is Status.APPROVED and hasattr(row, "photo_check"):
                status = Status.RECEIVED
            assert row.status == status, "a status that its decision does not have"

    def teardown(self) -> None:
        try:
            self._settle()
            for pk in self.entries:
                self._check(pk)
        finally:
            transaction.set_rollback(True)
            self.rolled_back.__exit__(None, None, None)
            for pk in self.entries:
                # The simulated table copies all that it holds for each transaction.
                ingest.delete_submission(pk, gives_back=True)

    def _settle(self) -> None:
        """Let a last carrier die, then a few hours pass in which everything works."""
        self.carry(dies="after")
        # Of one entry a round carries one decision.
        waiting = OutboxDecision.objects.filter(carried_at=None).count()
        for _ in range(4 + waiting):
            self.catch_up()
            self.carry()
            self.now += timedelta(minutes=40)
            self.send()
            self._clocks()
        self._send_what_is_due_later()

    def _send_what_is_due_later(self) -> None:
        """Go to where the next mail is due, until none is; a deadline may pass on the way."""
        while later := self._queued().order_by("not_before").first():
            self.now = max(later.not_before, self.now + timedelta(minutes=15))
            self._clocks()
            self.carry()
            self.catch_up()
            self.send()

    def _queued(self) -> QuerySet[Mail]:
        return Mail.objects.filter(
            submission__in=self.entries, state__in=(MailState.QUEUED, MailState.SENDING)
        )

    # ------------------------------------------------------------ how

    def _entry(self, place: int) -> UUID:
        return self.entries[place % len(self.entries)]

    def _decided(self, place: int) -> Submission | None:
        """Return an entry on which staff may go back, the one that was decided on last first."""
        settled = Submission.objects.filter(pk__in=self.entries).exclude(
            status__in=(Status.PENDING_REVIEW, Status.RECEIVED)
        )
        rows = list(settled.order_by("-decided_at", "pk"))
        return rows[place % len(rows)] if rows else None

    def _undecided(self, place: int) -> UUID:
        """Return an entry that a moderator could decide on, if there is one."""
        waiting = Submission.objects.filter(
            pk__in=self.entries, status__in=(Status.PENDING_REVIEW, Status.RECEIVED)
        )
        pks = [pk for pk in self.entries if pk in set(waiting.values_list("pk", flat=True))]
        return pks[place % len(pks)] if pks else self._entry(place)

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


class RefusalsAllowed:
    """A rule may say no to what a member of staff tries, or the entry not be here yet."""

    def __enter__(self) -> None:
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()

    def __exit__(self, kind: Any, error: Any, trace: Any) -> bool:
        self.savepoint.__exit__(kind, error, trace)
        return isinstance(error, DomainError | Submission.DoesNotExist)


def _open(campaign: Campaign) -> Campaign:
    make_release(campaign)
    manifest = read_release(campaign.pk, is_test=False, number=1).manifest
    dates = {"opens_at": manifest.opens_at, "closes_at": manifest.closes_at}
    ingest.publish_release(manifest, Current(slug=manifest.slug, release=1, **dates))
    return campaign


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


@pytest.fixture(autouse=True)
def table(db: None, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[None]:
    settings.EMAIL_BACKEND = service.BACKEND
    monkeypatch.setattr(env(), "mails_per_second", 1_000_000)
    with simulated_aws(monkeypatch):
        Entries.staff = make_user()
        Entries.campaigns = (
            _open(make_draft(review_mode="every")),
            _open(make_draft(review_mode="none")),
        )
        yield


def try_out(count: int, steps: int) -> None:
    """Let things happen ``count`` times from the beginning, ``steps`` of them each time."""
    run_state_machine_as_test(
        Entries,
        settings=settings(
            max_examples=count,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("story", STORIES)
def test_what_chance_seldom_comes_to_ends_with_an_answer(story: str) -> None:
    entries = Entries()
    entries.begin(story)
    entries.teardown()


def test_every_entrant_has_an_answer_and_its_mail_or_waits_in_a_queue() -> None:
    try_out(*(200, 25) if NIGHTLY else (12, 12))


@pytest.mark.soak
def test_so_they_do_after_long_histories() -> None:
    try_out(600, 80)
