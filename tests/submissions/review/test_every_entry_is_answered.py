"""Whatever happens in whatever order, every entrant ends with an answer and the mail that says it, or waits in a queue."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import QuerySet
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from campaignhub import ingest
from campaignhub.env import env
from campaigns.publishing.services.releases import read_release
from campaigns.setup.models import Campaign
from ingest_lambda.contract import Current, shown_status
from ingest_lambda.contract import SubmissionStatus as Status
from submissions.intake.services.missing_photos import (
    ask_for_photos,
    ask_where_it_counts_unseen,
)
from submissions.intake.services.refusals import look_into_refusals
from submissions.intake.services.unanswered import move_deadlines, reject_unanswered
from submissions.mail.models import Mail
from submissions.mail.rules.mails import MailState
from submissions.mirror.models import Submission
from submissions.review.models import OutboxDecision
from submissions.review.services.fraud_checks import recheck
from submissions.review.services.stranded import stranded
from tests.campaigns.factories import make_draft, make_release, make_user
from tests.submissions.review import mails_taken as service
from tests.submissions.review.public_side import which
from tests.submissions.review.staff_side import StaffSide
from tests.submissions.review.stories import STORIES
from tests.support.examples import NIGHTLY
from tests.support.simulated_aws import simulated_aws

CHUNK = timedelta(hours=6)
"""No queue of ours is away for longer: its age raises an alarm within minutes."""
CLOCKS = (
    move_deadlines,
    reject_unanswered,
    ask_for_photos,
    ask_where_it_counts_unseen,
    look_into_refusals,
    recheck,
)


class Entries(StaffSide):
    """All that can happen to the entries of two campaigns; the clocks run at least every :data:`CHUNK`."""

    @initialize(story=st.sampled_from(["nothing", *STORIES]))
    def begin(self, story: str) -> None:
        """Begin with an entry of each campaign, in the middle of what chance seldom comes to."""
        self.enter(reviewed=True, same_person=False)
        self.enter(reviewed=False, same_person=False)
        self.catch_up()
        for step in STORIES.get(story, ()):
            step(self)
            self.no_row_goes_back()

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


def _open(campaign: Campaign) -> Campaign:
    make_release(campaign)
    manifest = read_release(campaign.pk, is_test=False, number=1).manifest
    dates = {"opens_at": manifest.opens_at, "closes_at": manifest.closes_at}
    ingest.publish_release(manifest, Current(slug=manifest.slug, release=1, **dates))
    return campaign


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
