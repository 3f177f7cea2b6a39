"""Comparing the last day, rebuilding this site and repairing a table are jobs: once done, whoever dies in between."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.urls import reverse

from campaignhub import ingest
from campaigns.accounts.rules.roles import Role
from campaigns.jobs.models import Job, JobState
from campaigns.jobs.services.asking import cancel
from campaigns.jobs.services.running import LEASE
from campaigns.setup.models import Campaign
from submissions.intake.services.mirroring import mirror_records
from submissions.mail.models import Mail
from submissions.mail.rules.mails import MailState
from submissions.mirror.models import Submission
from submissions.operations.models import LedgerCheck
from submissions.operations.services.backfill import start_backfill
from submissions.operations.services.comparisons import start_comparison, start_repair
from tests.campaigns.factories import make_user
from tests.campaigns.jobs.counting import deliver, told
from tests.submissions.factories import NOON, make_campaign, make_record
from tests.submissions.operations.operators import make_operator, operator, signed_in
from tests.support.jobs import run_jobs
from tests.support.simulated_aws import simulated_aws, take_table_away

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=6)
DONE_ONCE = ["job.started", "job.done"]


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    with simulated_aws(monkeypatch) as queues:
        yield queues


def lost(campaign: Campaign, count: int) -> None:
    """Put entries into the table that the mirror never brought here."""
    for _ in range(count):
        ingest.clients.submissions_table().submissions.create(make_record(campaign))


def kill(job: Job, at: Any = LATER) -> None:
    """Leave a job as a slice leaves it that was killed."""
    Job.objects.filter(pk=job.pk).update(lease=uuid4(), leased_until=at + LEASE)


def test_the_last_day_is_compared_hour_by_hour_and_kept_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("submissions.operations.services.comparisons._HOURS_A_STEP", 1)
    lost(make_campaign(), 3)
    job = start_comparison(make_operator(), LATER)
    for slice_no in (0, 0, 1, 1):
        deliver(job, steps=1, at=LATER, slice_no=slice_no)
    assert not LedgerCheck.objects.exists()
    kill(job)
    (ended,) = run_jobs(at=LATER + LEASE)
    check = LedgerCheck.objects.get()
    assert (check.repaired, check.gaps, check.mirrored) == (3, 0, 3)
    assert ended.outcome.endswith("3 were missing here or older, and are repaired. None differs.")
    assert ended.done == ended.total == check.hours
    assert told(job) == DONE_ONCE


def test_a_step_compares_some_hours_and_ends_after_one_with_many_entries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lost(make_campaign(), 3)
    job = start_comparison(make_operator(), LATER)
    deliver(job, steps=2, at=LATER)
    assert Job.objects.get().state == JobState.DONE
    monkeypatch.setattr("submissions.operations.services.comparisons._ENTRIES_A_STEP", 1)
    job = start_comparison(make_operator(), LATER)
    deliver(job, steps=2, at=LATER)
    assert Job.objects.get(pk=job.pk).done == 1


def test_of_many_that_are_missing_a_step_repairs_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("submissions.operations.services.ledger.MOST_REPAIRED", 2)
    lost(make_campaign(), 5)
    start_comparison(make_operator(), LATER)
    run_jobs(at=LATER)
    check = LedgerCheck.objects.get()
    assert (check.repaired, check.gaps, check.mirrored) == (5, 0, 5)


def test_while_the_table_is_away_a_comparison_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    lost(make_campaign(), 1)
    job = start_comparison(make_operator(), LATER)
    deliver(job, steps=1, at=LATER)
    with monkeypatch.context() as away:
        take_table_away(away)
        deliver(job, at=LATER)
        assert Job.objects.get().is_put_off(LATER)
    run_jobs(at=LATER + timedelta(minutes=1))
    assert LedgerCheck.objects.get().repaired == 1


def test_a_comparison_that_is_cancelled_is_kept_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("submissions.operations.services.comparisons._HOURS_A_STEP", 1)
    lost(make_campaign(), 1)
    job = start_comparison(make_operator(), LATER)
    deliver(job, steps=2, at=LATER)
    cancel(job.pk, actor=job.person, at=LATER)
    assert not LedgerCheck.objects.exists()


def test_the_mirror_is_rebuilt_page_by_page_without_a_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("submissions.operations.services.backfill._WRITTEN_AT_ONCE", 2)
    lost(make_campaign(), 5)
    job = start_backfill(make_operator(), LATER)
    assert start_backfill(make_operator(), LATER) == job
    for _ in range(2):
        deliver(job, steps=1, at=LATER, slice_no=0)
    kill(job)
    (ended,) = run_jobs(at=LATER + LEASE)
    assert Submission.objects.count() == 5
    assert not Mail.objects.filter(state=MailState.QUEUED).exists()
    assert ended.outcome == "5 records of the table were gone through; 5 were taken in."
    assert told(job) == DONE_ONCE


def test_a_table_is_repaired_by_a_job_bit_by_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("submissions.operations.services.table_repair._AT_ONCE", 1)
    campaign = make_campaign()
    mirror_records([make_record(campaign) for _ in range(3)], at=NOON, notify=False)
    job = start_repair(make_operator(), LATER)
    for _ in range(2):
        deliver(job, steps=1, at=LATER, slice_no=0)
    kill(job)
    (ended,) = run_jobs(at=LATER + LEASE)
    assert "3 entries, photos, messages and awards were looked at" in ended.outcome
    assert told(job) == DONE_ONCE


def test_operators_start_the_platform_s_jobs_from_the_list_and_nobody_else_does() -> None:
    listed = reverse("admin:jobs_job_changelist")
    browser = operator()
    page = browser.get(listed).content.decode()
    for words in ("Rebuild this site from the table", "Compare everything", "Publish everything"):
        assert words in page
    browser.post(listed, {"start": "operations.backfill"})
    assert browser.post(listed, {"start": "review.bulk_verdict"}).status_code == 404
    assert [job.kind for job in run_jobs()] == ["operations.backfill"]
    assert Job.objects.get().state == JobState.DONE
    owner = _owner()
    assert "Start a job" not in owner.get(listed).content.decode()
    assert owner.post(listed, {"start": "operations.backfill"}).status_code == 404


def _owner() -> Browser:
    return signed_in(make_user((make_campaign().client, Role.OWNER)))
