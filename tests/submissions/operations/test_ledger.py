"""The ledger finds what is missing on this side, brings it here, and says what it cannot."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from hypothesis import given
from hypothesis import strategies as st

from campaignhub import ingest
from campaignhub.clock.models import RoundState
from campaigns.accounts.models import AuditEntry
from campaigns.accounts.rules.roles import Role
from campaigns.jobs.models import JobState
from campaigns.setup.models import Campaign
from ingest_lambda.contract import Decision, Mode, Reason, ReasonCode, SubmissionStatus
from submissions.intake.services.mirroring import mirror_records
from submissions.mail.models import Mail
from submissions.mail.rules.mails import MailKind, MailState
from submissions.mirror.models import ReceiptImage, Submission, SubmissionAnswers
from submissions.operations.models import LedgerCheck
from submissions.operations.rules.ledger import Tally, hours_between
from submissions.operations.services.backfill import backfill
from submissions.operations.services.ledger import reconcile
from submissions.operations.services.test_data import delete_test_data
from submissions.operations.tasks import reconcile as reconcile_task
from submissions.review.services.decisions import approve_submission
from submissions.review.services.outbox import propagate_decisions
from tests.campaigns.factories import make_release, make_user
from tests.submissions.factories import NOON, make_campaign, make_image, make_record, make_upload
from tests.support.jobs import run_jobs
from tests.support.simulated_aws import simulated_aws, take_table_away

pytestmark = pytest.mark.dialects

LATER = NOON + timedelta(hours=3)


@pytest.fixture
def account(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    with simulated_aws(monkeypatch) as queues:
        yield queues


def published(**overrides: Any) -> Campaign:
    campaign = make_campaign(
        opens_at=NOON - timedelta(hours=2), closes_at=datetime(2100, 1, 1, tzinfo=UTC), **overrides
    )
    for is_test in (False, True):
        make_release(campaign, is_test=is_test, at=NOON - timedelta(hours=2))
    return campaign


def stored(campaign: Campaign, *, mirrored: bool = False, **overrides: Any) -> Any:
    """Put a submission with a photo into the table, and here as well if it was mirrored."""
    record = make_record(campaign, **overrides)
    record = record.model_copy(update={"uploads": (make_upload(record.id),)})
    table = ingest.clients.submissions_table()
    table.submissions.create(record)
    table.photos.put_image(make_image(record.id, record.uploads[0]))
    if mirrored:
        mirror_records([record], at=NOON, notify=False)
    return record


@pytest.mark.usefixtures("account")
def test_what_agrees_is_counted_and_nothing_is_done():
    campaign = published()
    for minutes in (0, 20, 90):
        stored(campaign, mirrored=True, entered_at=NOON + timedelta(minutes=minutes))
    check = reconcile(at=LATER)
    assert (check.stored, check.mirrored, check.repaired, check.gaps) == (3, 3, 0, 0)
    assert check.hours == 10, "five hours of the campaign, and of its tests"
    assert check.rows == []


@pytest.mark.usefixtures("account")
def test_a_submission_that_never_came_here_is_brought_with_its_photos_and_its_mail():
    campaign = published()
    stored(campaign, mirrored=True)
    lost = stored(campaign)
    check = reconcile(at=LATER)
    assert (check.stored, check.mirrored, check.repaired, check.gaps) == (2, 2, 1, 0)
    assert check.rows[0]["stored"] == {"pending_review": 2}
    assert Submission.objects.filter(pk=lost.id).exists()
    assert ReceiptImage.objects.get().submission_id == lost.id
    assert Mail.objects.get(state=MailState.QUEUED).submission_id == lost.id
    assert reconcile(at=LATER).rows == []


@pytest.mark.usefixtures("account")
def test_an_older_version_here_is_brought_up_to_date():
    record = stored(published(), mirrored=True)
    decision = Decision(
        submission_id=record.id,
        decision_no=1,
        status=SubmissionStatus.REJECTED,
        reasons=(Reason(code=ReasonCode.ILLEGIBLE),),
        decided_at=NOON,
    )
    assert ingest.apply_decision(decision)
    check = reconcile(at=LATER)
    assert (check.repaired, check.gaps) == (1, 0)
    row = Submission.objects.get()
    assert (row.version, row.status, row.decision_no) == (2, "rejected", 1)


@pytest.mark.usefixtures("account")
def test_who_entered_days_ago_gets_no_mail_when_the_gap_is_closed():
    stored(published())
    assert reconcile(at=NOON + timedelta(days=3)).repaired == 1
    assert Mail.objects.get().state == MailState.WITHDRAWN


@pytest.mark.usefixtures("account")
def test_what_the_table_does_not_have_is_a_gap_that_stays():
    campaign = published()
    ghost = make_record(campaign)
    ahead = stored(campaign, mirrored=True)
    mirror_records([ghost, ahead.model_copy(update={"version": 9})], at=NOON, notify=False)
    check = reconcile(at=LATER)
    assert check.gaps == 1
    assert set(check.rows[0]["gaps"]) == {str(ghost.id), str(ahead.id)}
    assert Submission.objects.count() == 2, "nothing is ever deleted by a comparison"


@pytest.mark.usefixtures("account")
def test_tests_are_compared_under_their_own_id():
    campaign = published()
    lost = stored(campaign, mode=Mode.TEST, campaign_id=str(campaign.test_id))
    check = reconcile(at=LATER)
    assert (check.repaired, check.rows[0]["is_test"]) == (1, True)
    assert Submission.objects.get(pk=lost.id).is_test


@pytest.mark.usefixtures("account")
def test_a_campaign_that_was_never_published_costs_nothing():
    make_campaign()
    assert reconcile(at=LATER).hours == 0


@pytest.mark.usefixtures("account")
def test_a_closed_campaign_is_compared_for_two_more_days_and_no_longer():
    campaign = published()
    stored(campaign, mirrored=True)
    Campaign.objects.update(closes_at=NOON + timedelta(hours=1))
    in_a_year = NOON + timedelta(days=365)
    check = reconcile(at=in_a_year, since=NOON + timedelta(hours=49))
    assert (check.hours, check.stored) == (6, 0), "three hours of the campaign, and of its tests"


# ---------------------------------------------------------------- the commands


@pytest.mark.usefixtures("account")
def test_the_command_fails_where_a_gap_remains_and_names_it():
    campaign = published()
    now = datetime.now(UTC)
    ghost = make_record(campaign, entered_at=now)
    mirror_records([ghost], at=NOON, notify=False)
    told = StringIO()
    with pytest.raises(CommandError) as failed:
        call_command("reconcile", hours=2, campaign=campaign.slug, stdout=told)
    assert failed.value.returncode == 1
    assert str(ghost.id) in told.getvalue()
    assert "1 only in the site" in told.getvalue()
    assert "0 only in the table" in told.getvalue()
    assert "queues: submissions 0" in told.getvalue()
    assert told.getvalue().count("quarantine") == 1
    assert "quarantine 0" in told.getvalue()


@pytest.mark.usefixtures("account")
def test_a_dry_run_repairs_nothing_and_a_real_one_succeeds():
    campaign = published()
    stored(campaign, entered_at=datetime.now(UTC))
    with pytest.raises(CommandError):
        call_command("reconcile", hours=2, dry_run=True, stdout=StringIO())
    assert not Submission.objects.exists()
    told = StringIO()
    call_command("reconcile", hours=2, stdout=told)
    assert "1 repaired" in told.getvalue()
    assert "compared: entries from " in told.getvalue()
    assert Submission.objects.count() == 1


@pytest.mark.usefixtures("account")
def test_an_unknown_campaign_is_an_error_of_its_own():
    with pytest.raises(CommandError, match="no campaign") as failed:
        call_command("reconcile", campaign="nowhere")
    assert failed.value.returncode == 2


@pytest.mark.parametrize("odd", ["-5", "0", "x", "1.5", "", "\u0663", "1_0", "20000000", "9" * 30])
def test_hours_that_no_calendar_has_are_refused_in_a_sentence(odd: str) -> None:
    with pytest.raises(CommandError, match="whole number of hours"):
        call_command("reconcile", f"--hours={odd}")


@pytest.mark.django_db
def test_a_campaign_without_a_name_is_not_every_campaign() -> None:
    """As where a script's variable was empty."""
    with pytest.raises(CommandError, match="no campaign"):
        call_command("reconcile", "--campaign=")


@pytest.mark.parametrize("command", ["reconcile", "backfill"])
def test_a_table_that_does_not_answer_is_told_apart_from_a_gap(command, account, monkeypatch):
    stored(published(), entered_at=datetime.now(UTC))
    take_table_away(monkeypatch)
    with pytest.raises(CommandError, match="does not answer") as failed:
        call_command(command, stdout=StringIO())
    assert failed.value.returncode == 2
    assert not LedgerCheck.objects.exists()


@pytest.mark.usefixtures("account")
def test_the_hourly_comparison_keeps_its_result():
    record = stored(published(), entered_at=datetime.now(UTC) - timedelta(hours=1))
    for _ in range(2):
        reconcile_task()
    (job,) = run_jobs()
    check = LedgerCheck.objects.get()
    assert (check.mirrored, check.gaps) == (1, 0)
    assert Submission.objects.get().pk == record.id
    assert (job.actor, job.state) == (None, JobState.DONE)
    assert not AuditEntry.objects.filter(code__startswith="job.").exists(), "it is one an hour"


def test_while_the_table_is_away_the_hourly_round_says_so_in_a_line(account, monkeypatch, caplog):
    stored(published())
    take_table_away(monkeypatch)
    reconcile_task()
    away = "the submissions table is busy or away"
    assert RoundState.objects.get(name="operations.reconcile").last_error == away
    assert "unforeseen" not in caplog.text


@pytest.mark.usefixtures("account")
def test_an_empty_mirror_is_rebuilt_with_verdicts_and_photos_and_without_mails():
    campaign = published()
    records = [stored(campaign) for _ in range(3)]
    decision = Decision(
        submission_id=records[0].id,
        decision_no=2,
        status=SubmissionStatus.APPROVED,
        decided_at=NOON,
    )
    ingest.apply_decision(decision)
    told = StringIO()
    call_command("backfill", stdout=told)
    call_command("backfill", stdout=told)
    assert "6 records taken in" in told.getvalue()
    assert Submission.objects.get(pk=records[0].id).decision_no == 2
    assert (SubmissionAnswers.objects.count(), ReceiptImage.objects.count()) == (3, 3)
    assert not Mail.objects.exclude(state=MailState.WITHDRAWN).exists()
    assert reconcile(at=LATER).rows == []


@pytest.mark.usefixtures("account")
def test_after_a_rebuild_a_verdict_thanks_nobody_a_second_time():
    record = stored(published())
    weeks_later = NOON + timedelta(days=20)
    backfill(at=weeks_later)
    approve_submission(record.id, actor=make_user(), at=weeks_later)
    assert propagate_decisions(at=weeks_later) == 1
    heard = ingest.read_submission(record.id)
    assert heard is not None
    mirror_records([heard], at=weeks_later, notify=True)
    waiting = Mail.objects.filter(state=MailState.QUEUED)
    assert [mail.kind for mail in waiting] == [MailKind.APPROVED]


@pytest.mark.usefixtures("account")
def test_a_rebuild_leaves_the_mail_of_who_enters_this_minute_to_the_stream():
    record = stored(published())
    backfill(at=NOON + timedelta(minutes=1))
    assert not Mail.objects.exists()
    mirror_records([record], at=NOON + timedelta(minutes=2), notify=True)
    assert Mail.objects.get().state == MailState.QUEUED


@pytest.mark.usefixtures("account")
def test_a_deleted_test_that_the_queue_delivered_again_is_no_gap():
    campaign = published()
    record = make_record(
        campaign, mode=Mode.TEST, campaign_id=str(campaign.test_id), slug=campaign.test_slug
    )
    ingest.clients.submissions_table().submissions.create(record)
    mirror_records([record], at=NOON, notify=True)
    owner = make_user((campaign.client, Role.OWNER))
    delete_test_data(campaign, actor=owner, at=NOON)
    run_jobs(at=NOON)
    ingest.clients.submissions_table().submissions.create(record)
    assert reconcile(at=LATER).gaps == 0
    assert not Submission.objects.exists()


@pytest.mark.usefixtures("account")
def test_a_rebuild_says_what_it_could_not_take_in():
    record = make_record(published(), campaign_id=str(uuid4()))
    ingest.clients.submissions_table().submissions.create(record)
    assert backfill(at=NOON).refused == {"unknown_campaign": 1}
    with pytest.raises(CommandError, match="1 unknown_campaign"):
        call_command("backfill", stdout=StringIO())


# ---------------------------------------------------------------- the rules

LINES = st.lists(
    st.tuples(st.uuids(), st.integers(1, 2**40), st.sampled_from(["approved", "invalid"])),
    max_size=20,
)


def _tally(lines: list[tuple[UUID, int, str]]) -> Tally:
    tally = Tally()
    for line in lines:
        tally.add(*line)
    return tally


@given(LINES, st.randoms())
def test_two_tallies_agree_in_any_order(lines, random):
    shuffled = random.sample(lines, len(lines))
    assert _tally(lines).agrees_with(_tally(shuffled))
    assert str(_tally(lines)) == str(_tally(shuffled))


@given(LINES, st.uuids())
def test_a_line_more_or_another_version_is_seen(lines, extra):
    longer = [*lines, (extra, 1, "approved")]
    newer = [*lines, (extra, 2, "approved")]
    assert not _tally(lines).agrees_with(_tally(longer))
    assert not _tally(newer).agrees_with(_tally(longer))


def test_hours_are_whole_ones_in_utc():
    begins = datetime.fromisoformat("2026-06-01T23:50:00+05:30")
    hours = list(hours_between(begins, begins + timedelta(minutes=20)))
    assert [hour.isoformat() for hour in hours] == ["2026-06-01T18:00:00+00:00"]
    assert len(list(hours_between(begins, begins + timedelta(hours=2)))) == 3


@pytest.mark.parametrize("hours", ["-5", "0", "many"])
def test_hours_that_are_none_are_refused(hours: str) -> None:
    with pytest.raises(CommandError, match="--hours"):
        call_command("reconcile", "--hours", hours)
