"""What a winner is told by mail: once, never before it is certain, and the code in the mailbox alone."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.core import mail as outbox
from django.core.mail import EmailMultiAlternatives

from campaignhub import ingest
from campaigns.setup.models import Campaign
from ingest_lambda.adapters.stock import Stock
from ingest_lambda.contract import AwardState, Given, Notice, PrizeOutcome, SubmissionStatus
from submissions.intake.services.mirroring import mirror_records, mirror_stream_records
from submissions.intake.services.repair import bring_here
from submissions.mail.models import Mail
from submissions.mail.rules.mail_text import INERT_CODE
from submissions.mail.rules.mails import MailKind, MailState
from submissions.mail.services.composing import compose
from submissions.mail.services.copies import read_copy
from submissions.mail.services.delivery import deliver_mails
from submissions.mirror.models import Submission
from submissions.review.services.decisions import revoke_submission
from tests.campaigns.conftest import Away
from tests.campaigns.conftest import table as table
from tests.campaigns.factories import make_user
from tests.submissions.awards.prizes import award, enter, make_prize_campaign
from tests.submissions.factories import NOON, make_award, make_record, streamed

pytestmark = pytest.mark.django_db
APPROVED = {"status": SubmissionStatus.APPROVED, "prizes": {"voucher": PrizeOutcome.GIVEN}}
CODE = "SUMMER-4711"
HOUR = timedelta(hours=1)


def give(campaign: Campaign, submission_id: UUID) -> None:
    """Let the stock know who has the unit, and its code."""
    unit = Given(prize="voucher", unit="b1.0.0", submission_id=submission_id, code=CODE)
    ingest.restore_given(str(campaign.pk), [unit])


def kinds(entry_id: UUID) -> dict[str, str]:
    return dict(Mail.objects.filter(submission=entry_id).values_list("kind", "state"))


@pytest.mark.dialects
def test_a_winner_gets_one_mail_with_the_code_whichever_of_award_and_entry_comes_first(table):
    campaign = make_prize_campaign()
    entry = make_record(campaign, **APPROVED)
    give(campaign, entry.id)
    won = award(campaign, entry)
    assert not Mail.objects.exists()
    mirror_stream_records([streamed(entry), streamed(won), streamed(entry)], at=NOON)
    deliver_mails(at=NOON, most=10)
    assert kinds(entry.id) == {"received": MailState.WITHDRAWN, "prize_won": MailState.SENT}
    (letter,) = outbox.outbox
    assert isinstance(letter, EmailMultiAlternatives)
    assert "Voucher" in letter.subject
    assert CODE in str(letter.body) + str(letter.alternatives[0][0])
    assert "Valid until July." in str(letter.body)


@pytest.mark.parametrize("is_here", [False, True])
def test_that_it_counts_is_told_with_the_win_where_that_is_confirmed_a_moment_later(table, is_here):
    campaign = make_prize_campaign()
    entry = enter(campaign, **APPROVED)
    give(campaign, entry.id)
    if is_here:
        award(campaign, entry, state=AwardState.PROVISIONAL)
    assert deliver_mails(at=NOON, most=10) == 0
    assert kinds(entry.id) == {"received": MailState.QUEUED}
    award(campaign, entry, version=2)
    later = NOON + timedelta(seconds=2)
    deliver_mails(at=later, most=10)
    assert kinds(entry.id) == {"received": MailState.WITHDRAWN, "prize_won": MailState.SENT}


def test_where_no_win_comes_it_is_told_that_the_entry_counts(table):
    campaign = make_prize_campaign()
    entry = enter(campaign, **APPROVED)
    for seconds in (0, 599):
        assert deliver_mails(at=NOON + timedelta(seconds=seconds), most=10) == 0
    assert deliver_mails(at=NOON + timedelta(seconds=601), most=10) == 1
    assert kinds(entry.id) == {"received": MailState.SENT}


def test_who_reads_the_copy_or_a_mail_that_waits_sees_no_code(table):
    campaign = make_prize_campaign()
    entry = enter(campaign, **APPROVED)
    give(campaign, entry.id)
    award(campaign, entry)
    waiting = Mail.objects.get(kind=MailKind.PRIZE_WON)
    shown = compose(waiting, at=NOON)
    deliver_mails(at=NOON, most=10)
    copy = read_copy(waiting.copies.get())
    for text in (str(shown.body), str(shown.alternatives[0][0]), copy.text, copy.html):
        assert CODE not in text
        assert INERT_CODE.replace("'", "&#x27;") in text or INERT_CODE in text


def test_before_the_review_nothing_says_won(table):
    campaign = make_prize_campaign()
    given = {"prizes": {"voucher": PrizeOutcome.GIVEN}}
    entry = enter(campaign, decide_by=NOON + timedelta(days=3), **given)
    award(campaign, entry, state=AwardState.PROVISIONAL)
    award(campaign, entry, "sticker", state=AwardState.PROVISIONAL)
    deliver_mails(at=NOON, most=10)
    (letter,) = outbox.outbox
    assert "subject to validation: Sticker, Voucher" in letter.subject
    assert "won" not in str(letter.body).lower()
    assert kinds(entry.id)["received"] == MailState.WITHDRAWN


@pytest.mark.parametrize("then", [AwardState.RELEASED, AwardState.REVOKED])
def test_what_is_no_longer_theirs_is_not_told(table, then):
    campaign = make_prize_campaign()
    entry = enter(campaign, **APPROVED)
    won = award(campaign, entry)
    mirror_stream_records([streamed(won.model_copy(update={"version": 2, "state": then}))], at=NOON)
    deliver_mails(at=NOON, most=10)
    assert kinds(entry.id)["prize_won"] == MailState.WITHDRAWN


def test_what_staff_have_revoked_is_not_told_although_the_table_does_not_know_yet(table):
    campaign = make_prize_campaign()
    entry = enter(campaign, **APPROVED)
    give(campaign, entry.id)
    award(campaign, entry)
    revoke_submission(
        entry.id, note="Forged.", message="It was forged.", actor=make_user(), at=NOON
    )
    deliver_mails(at=NOON, most=10)
    assert kinds(entry.id)["prize_won"] == MailState.WITHDRAWN
    assert CODE not in "".join(str(letter.body) for letter in outbox.outbox)


def decided(entry_id: UUID, status: SubmissionStatus, number: int) -> None:
    """Let staff have decided so."""
    Submission.objects.filter(pk=entry_id).update(
        status=status, decision_status=status, decision_no=number, decided_attempt=1
    )


def verdict_mail(entry_id: UUID, kind: MailKind, number: int) -> None:
    """Queue the mail of a verdict, so many hours after noon as its number is."""
    at = NOON + number * HOUR
    entry = Submission.objects.get(pk=entry_id)
    Mail.objects.create(
        submission=entry,
        campaign=entry.campaign,
        kind=kind,
        event=f"decision:{number}",
        decision_no=number,
        queued_at=at,
        not_before=at,
    )


def test_that_it_counts_again_is_told_who_heard_of_the_win_before_it_was_rejected(table):
    campaign = make_prize_campaign()
    entry = enter(campaign, **APPROVED)
    give(campaign, entry.id)
    award(campaign, entry)
    deliver_mails(at=NOON, most=10)
    decided(entry.id, SubmissionStatus.REJECTED, 1)
    verdict_mail(entry.id, MailKind.REJECTED, 1)
    deliver_mails(at=NOON + HOUR, most=10)
    assert kinds(entry.id)["rejected"] == MailState.SENT
    decided(entry.id, SubmissionStatus.APPROVED, 3)
    verdict_mail(entry.id, MailKind.APPROVED, 3)
    deliver_mails(at=NOON + 3 * HOUR, most=10)
    assert kinds(entry.id)["approved"] == MailState.SENT
    assert len(outbox.outbox) == 3


def test_a_win_that_was_rejected_before_its_mail_went_is_told_once_it_is_theirs_again(table):
    campaign = make_prize_campaign()
    entry = enter(campaign, **APPROVED)
    give(campaign, entry.id)
    award(campaign, entry)
    decided(entry.id, SubmissionStatus.REJECTED, 1)
    deliver_mails(at=NOON, most=10)
    award(campaign, entry, version=2, state=AwardState.REVOKED)
    assert kinds(entry.id)["prize_won"] == MailState.WITHDRAWN
    decided(entry.id, SubmissionStatus.APPROVED, 3)
    verdict_mail(entry.id, MailKind.APPROVED, 3)
    award(campaign, entry, version=3)
    for _ in range(2):
        deliver_mails(at=NOON + 3 * HOUR, most=10)
        mirror_stream_records([streamed(entry)], at=NOON + 3 * HOUR)
    assert kinds(entry.id)["prize_won"] == MailState.SENT
    assert kinds(entry.id)["approved"] == MailState.WITHDRAWN
    assert sum(CODE in str(letter.body) for letter in outbox.outbox) == 1


def test_the_code_of_another_is_never_mailed(table):
    campaign = make_prize_campaign()
    entry, other = enter(campaign, **APPROVED), make_record(campaign)
    give(campaign, other.id)
    award(campaign, entry)
    deliver_mails(at=NOON, most=10)
    assert CODE not in "".join(str(letter.body) for letter in outbox.outbox)


def test_a_stock_that_cannot_be_read_delays_the_mail_and_no_other(table, monkeypatch):
    monkeypatch.setattr(ingest.clients, "stock_table", lambda: Stock(Away(), "stock"))
    campaign = make_prize_campaign()
    entry = enter(campaign, **APPROVED)
    award(campaign, entry)
    enter(campaign, answers={"email": "grace@example.com"})
    deliver_mails(at=NOON, most=10)
    assert kinds(entry.id)["prize_won"] == MailState.QUEUED
    assert Mail.objects.get(kind=MailKind.PRIZE_WON).tries == 0
    assert len(outbox.outbox) == 1


@pytest.mark.parametrize("brought", ["award and entry", "award"])
def test_a_win_that_a_late_repair_brings_is_mailed_once(table, brought):
    campaign = make_prize_campaign()
    long_ago = NOON - timedelta(days=9)
    entry = make_record(campaign, entered_at=long_ago, started_at=long_ago, **APPROVED)
    ingest.clients.submissions_table().submissions.create(entry)
    give(campaign, entry.id)
    won = make_award(
        entry.id,
        slug=campaign.slug,
        prize="voucher",
        unit="b1.0.0",
        state=AwardState.CONFIRMED,
        entered_at=long_ago,
        awarded_at=long_ago,
    )
    ingest.restore_item(won)
    if brought == "award":
        mirror_records([entry], at=NOON, notify=False)
    for _ in range(2):
        bring_here([entry.id], at=NOON)
    mirror_stream_records([streamed(entry), streamed(won)], at=NOON)
    deliver_mails(at=NOON, most=10)
    assert kinds(entry.id) == {"received": MailState.WITHDRAWN, "prize_won": MailState.SENT}
    (letter,) = outbox.outbox
    assert CODE in str(letter.body)


def test_a_mirror_that_is_rebuilt_tells_no_win_again(table):
    campaign = make_prize_campaign()
    long_ago = NOON - timedelta(days=9)
    entry = make_record(campaign, entered_at=long_ago, started_at=long_ago, **APPROVED)
    won = make_award(entry.id, slug=campaign.slug, prize="voucher", state=AwardState.CONFIRMED)
    mirror_records([entry, won], at=NOON, notify=False)
    assert kinds(entry.id)["prize_won"] == MailState.WITHDRAWN


def test_an_award_of_a_campaign_that_is_not_known_here_is_left_to_the_queue():
    campaign = make_prize_campaign()
    entry = enter(campaign, **APPROVED)
    stray = make_award(entry.id, slug="elsewhere", prize="voucher")
    assert mirror_stream_records([streamed(stray)], at=NOON).refused == [(0, "unknown_campaign")]


@pytest.mark.parametrize(
    ("outcome", "status", "is_told"),
    [
        (PrizeOutcome.NOT_THIS_TIME, SubmissionStatus.APPROVED, True),
        (PrizeOutcome.NONE_LEFT, SubmissionStatus.PENDING_REVIEW, True),
        (PrizeOutcome.AFTER_APPROVAL, SubmissionStatus.PENDING_REVIEW, False),
        (PrizeOutcome.HELD, SubmissionStatus.APPROVED, False),
        (PrizeOutcome.NOT_THIS_TIME, SubmissionStatus.INVALID, False),
    ],
)
def test_who_won_nothing_is_told_where_the_campaign_wants_it(outcome, status, is_told):
    for notices in ([], [Notice.NO_PRIZE.value]):
        campaign = make_prize_campaign(notices=notices)
        entry = enter(campaign, status=status, prizes={"voucher": outcome})
        assert ("no_prize" in kinds(entry.id)) is (is_told and bool(notices))
