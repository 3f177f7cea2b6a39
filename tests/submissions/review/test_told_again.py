"""An entrant whose status changes after it was told is told again, with the reason, and waits in the queue with a deadline."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core import mail as sent_mail

from campaignhub import ingest
from campaigns.accounts.models import User
from campaigns.publishing.models import Release
from campaigns.setup.models import Campaign
from ingest_lambda.contract import (
    Current,
    Decision,
    Manifest,
    Notice,
    Reason,
    ReasonCode,
    SubmissionRecord,
    SubmissionStatus,
)
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.intake.services.unanswered import ANSWER_PATIENCE, reject_unanswered
from submissions.mail.models import Mail
from submissions.mail.rules.mails import MENDED_WITHIN, MailKind, MailState
from submissions.mail.services.delivery import deliver_mails
from submissions.mirror.models import Submission
from submissions.review.models import OutboxDecision
from submissions.review.services.deciding import undo_time
from submissions.review.services.decisions import (
    approve_submission,
    reopen_submission,
    request_resubmission,
    revoke_submission,
    undo_decision,
)
from submissions.review.services.outbox import propagate_decisions
from submissions.review.services.work_queue import left
from tests.campaigns.factories import make_user
from tests.submissions.factories import NOON, make_campaign, make_record, make_stored, streamed
from tests.support.simulated_aws import simulated_aws

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]
OVER_LIMIT = (Reason(code=ReasonCode.LIMIT_REACHED, limit="person_day"),)
LATER = NOON + timedelta(days=7)
PROMISED = datetime(2026, 6, 15, 23, tzinfo=UTC)
"""Three working days after :data:`LATER`, a Wednesday, end with Monday in London."""
MESSAGE = "Another entry has the same receipt."


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with simulated_aws(monkeypatch):
        yield


@pytest.fixture
def olivia() -> User:
    return make_user()


def refused(campaign: Campaign | None = None, **overrides: Any) -> SubmissionRecord:
    """Make an entry that the campaign's own rules refused."""
    given = {"status": SubmissionStatus.INVALID, "reasons": OVER_LIMIT, **overrides}
    record = make_stored(campaign or make_campaign(), **given)
    manifest = Manifest.model_validate(
        Release.objects.get(campaign=UUID(record.campaign_id)).manifest
    )
    dates = {"opens_at": manifest.opens_at, "closes_at": manifest.closes_at}
    ingest.publish_release(manifest, Current(slug=manifest.slug, release=1, **dates))
    return record


def carry(at: datetime) -> list[str]:
    """Carry what was decided and send what is due; return the kinds of the mails that went."""
    propagate_decisions(at=at)
    due = at + undo_time()
    before = set(Mail.objects.filter(state=MailState.SENT).values_list("pk", flat=True))
    deliver_mails(at=due, most=50)
    went = Mail.objects.filter(state=MailState.SENT).exclude(pk__in=before)
    return sorted(went.values_list("kind", flat=True))


def approved(olivia: User) -> UUID:
    """Make an entry that was approved a week before :data:`LATER`, and whose entrant read so."""
    record = make_stored()
    approve_submission(record.id, actor=olivia, at=NOON)
    assert carry(NOON) == [MailKind.APPROVED, MailKind.RECEIVED]
    return record.id


def test_what_staff_accept_for_review_waits_in_the_queue_with_a_deadline_and_is_told(
    olivia: User,
) -> None:
    record = refused()
    reopen_submission(record.id, actor=olivia, at=LATER, note="The till was wrong.")
    entry = Submission.objects.get(pk=record.id)
    assert (entry.status, entry.decide_by) == (SubmissionStatus.PENDING_REVIEW, PROMISED)
    assert carry(LATER) == [MailKind.REOPENED]
    words = str(sent_mail.outbox[-1].body)
    assert "Monday 15 June" in words
    assert "till" not in words, "the note is for staff"
    stored = ingest.read_submission(record.id)
    assert stored is not None
    assert stored.decide_by == PROMISED, "the status page names the same day"
    assert left([entry.campaign_id]) == 1


@pytest.mark.parametrize("what_comes", ["an older version", "the same decision", "a newer version"])
def test_no_version_of_the_record_takes_the_new_deadline_back(
    olivia: User, what_comes: str
) -> None:
    record = refused()
    reopen_submission(record.id, actor=olivia, at=LATER, note="The till was wrong.")
    decided = record.model_copy(
        update={
            "decision_no": 1,
            "decision_status": SubmissionStatus.PENDING_REVIEW,
            "decided_attempt": 1,
            "decide_by": PROMISED,
            "version": 2,
        }
    )
    said = {
        "an older version": record,
        "the same decision": decided,
        "a newer version": decided.model_copy(
            update={"version": 3, "conflict_hashes": ("1" * 64,)}
        ),
    }[what_comes]
    mirror_stream_records([streamed(said)], at=LATER)
    assert Submission.objects.get(pk=record.id).decide_by == PROMISED


def test_a_version_that_lacks_the_decision_keeps_the_deadline_that_it_gave(olivia: User) -> None:
    """An earlier copy of the entry arrives before the decision is carried."""
    record = refused()
    reopen_submission(record.id, actor=olivia, at=LATER, note="The till was wrong.")
    earlier = record.model_copy(update={"version": 2, "entered_at": NOON - timedelta(minutes=1)})
    mirror_stream_records([streamed(earlier)], at=LATER)
    entry = Submission.objects.get(pk=record.id)
    assert (entry.version, entry.decide_by) == (2, PROMISED)


def test_an_entrant_who_read_that_it_counts_reads_that_it_is_looked_at_again(olivia: User) -> None:
    entry = approved(olivia)
    reopen_submission(entry, actor=olivia, at=LATER, note="A second look.", message=MESSAGE)
    assert Submission.objects.get(pk=entry).decide_by == PROMISED
    assert carry(LATER) == [MailKind.REOPENED]
    assert carry(LATER) == [], "once"


def test_one_who_has_read_nothing_yet_reads_nothing_of_the_way_back(olivia: User) -> None:
    record = make_stored()
    approve_submission(record.id, actor=olivia, at=NOON)
    propagate_decisions(at=NOON)
    reopen_submission(record.id, actor=olivia, at=NOON, note="Too fast.")
    assert carry(NOON) == [MailKind.RECEIVED]
    assert Mail.objects.get(kind=MailKind.APPROVED).state == MailState.WITHDRAWN


def test_a_slip_that_is_undone_leaves_the_promise_as_it_was_and_is_told_to_nobody(
    olivia: User,
) -> None:
    record = make_stored()
    promised = Submission.objects.get(pk=record.id).decide_by
    approve_submission(record.id, actor=olivia, at=NOON)
    undo_decision(record.id, actor=olivia, at=NOON, after=1)
    assert Submission.objects.get(pk=record.id).decide_by == promised
    assert carry(NOON) == [MailKind.RECEIVED]
    newest = OutboxDecision.objects.latest("decision_no").decision
    assert Decision.model_validate(newest).decide_by is None


def test_who_is_revoked_reads_why_in_mail_and_on_the_page(olivia: User) -> None:
    entry = approved(olivia)
    revoke_submission(entry, actor=olivia, at=LATER, note="Copied by 7F3K.", message=MESSAGE)
    assert carry(LATER) == [MailKind.REVOKED]
    words = str(sent_mail.outbox[-1].body)
    assert MESSAGE in words
    assert "7F3K" not in words
    stored = ingest.read_submission(entry)
    assert stored is not None
    assert [reason.message for reason in stored.decision_reasons] == [MESSAGE]


@pytest.mark.parametrize("notice", Notice)
def test_a_campaign_may_keep_each_of_them_back(notice: Notice, olivia: User) -> None:
    others = [one.value for one in Notice if one is not notice]
    record = refused(make_campaign(notices=others))
    approve = make_stored(make_campaign(notices=others))
    approve_submission(approve.id, actor=olivia, at=NOON)
    went = carry(NOON + MENDED_WITHIN)
    reopen_submission(record.id, actor=olivia, at=LATER, note="The till was wrong.")
    revoke_submission(approve.id, actor=olivia, at=LATER, note="Copied.", message=MESSAGE)
    went += carry(LATER)
    expected = {MailKind.REFUSED, MailKind.REOPENED, MailKind.REVOKED} - {MailKind(notice.value)}
    assert set(went) - {MailKind.RECEIVED, MailKind.APPROVED} == expected


def test_a_refusal_is_told_with_its_reason_once_there_was_time_to_mend_it() -> None:
    refused(reasons=(Reason(code=ReasonCode.RECEIPT_USED),), locale="de")
    deliver_mails(at=NOON + MENDED_WITHIN - timedelta(seconds=1), most=10)
    assert sent_mail.outbox == []
    deliver_mails(at=NOON + MENDED_WITHIN, most=10)
    (message,) = sent_mail.outbox
    assert message.subject.startswith("Wir konnten deine Teilnahme nicht annehmen")
    assert "Dieser Bon wurde schon für eine andere Teilnahme verwendet." in str(message.body)


def test_who_mended_it_and_was_taken_reads_nothing_of_the_refusal() -> None:
    campaign, ada = make_campaign(), {"person_hash": "a" * 64}
    refused(campaign, **ada)
    make_stored(campaign, **ada, entered_at=NOON + timedelta(minutes=1))
    deliver_mails(at=NOON + MENDED_WITHIN, most=10)
    assert Mail.objects.get(kind=MailKind.REFUSED).state == MailState.WITHDRAWN
    assert len(sent_mail.outbox) == 1


@pytest.mark.parametrize("other", ["of another person", "earlier", "of another campaign"])
def test_no_other_entry_keeps_a_refusal_from_being_told(other: str) -> None:
    campaign, ada = make_campaign(), {"person_hash": "a" * 64}
    later = NOON + timedelta(minutes=1)
    mailbox = {"answers": {"email": "bob@example.com", "first": "Bob", "last": "Noyce"}}
    refused(campaign, **ada)
    if other == "of another person":
        make_stored(campaign, person_hash="b" * 64, entered_at=later, **mailbox)
    elif other == "earlier":
        make_stored(campaign, **ada, entered_at=NOON - timedelta(minutes=1), **mailbox)
    else:
        make_stored(make_campaign(), **ada, entered_at=later, **mailbox)
    deliver_mails(at=NOON + MENDED_WITHIN, most=10)
    assert Mail.objects.get(kind=MailKind.REFUSED).state == MailState.SENT


def test_a_refusal_that_staff_took_up_meanwhile_is_not_told_any_more(olivia: User) -> None:
    record = refused()
    reopen_submission(record.id, actor=olivia, at=NOON, note="The till was wrong.")
    assert carry(NOON + MENDED_WITHIN) == [MailKind.REOPENED]
    assert Mail.objects.get(kind=MailKind.REFUSED).state == MailState.WITHDRAWN


def test_a_refusal_that_comes_again_is_told_once() -> None:
    campaign = make_campaign()
    record = make_record(campaign, status=SubmissionStatus.INVALID, reasons=OVER_LIMIT)
    for version in (1, 2, 2, 1):
        again = record.model_copy(update={"version": version})
        mirror_stream_records([streamed(again)], at=NOON)
    assert Mail.objects.filter(kind=MailKind.REFUSED).count() == 1


def test_an_answer_that_entered_in_time_keeps_the_clocks_rejection_from_being_told() -> None:
    """It waited in a queue while the clock rejected; its mail is on its way when it is written."""
    record = make_stored()
    unreadable = [Reason(code=ReasonCode.ILLEGIBLE)]
    asked = request_resubmission(record.id, reasons=unreadable, actor=None, at=NOON)
    assert asked.resubmit_until is not None
    assert MailKind.ASKED_AGAIN in carry(NOON)
    late = asked.resubmit_until + ANSWER_PATIENCE
    assert reject_unanswered(at=late) == 1
    propagate_decisions(at=late)
    stored = ingest.read_submission(record.id)
    assert stored is not None
    answer = {"attempt": 2, "status": SubmissionStatus.PENDING_REVIEW, "version": 9}
    mirror_stream_records([streamed(stored.model_copy(update=answer))], at=late)
    assert carry(late) == [MailKind.RECEIVED]
    assert Mail.objects.get(kind=MailKind.REJECTED).state == MailState.WITHDRAWN
