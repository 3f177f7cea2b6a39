"""One verdict on many entries is a job: each entry is decided once and told once, whoever dies in between."""

from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from campaigns.accounts.models import Membership, User
from campaigns.accounts.rules.roles import Role
from campaigns.jobs.models import Job, JobState
from campaigns.jobs.services.asking import cancel
from campaigns.jobs.services.running import LEASE
from campaigns.setup.models import Campaign
from ingest_lambda.contract import Reason, ReasonCode, SubmissionStatus
from submissions.intake.services.mirroring import mirror_records
from submissions.mail.models import Mail
from submissions.mirror.models import Submission
from submissions.review.models import OutboxDecision, Review
from submissions.review.services.bulk_verdicts import AT_ONCE, decide_many
from submissions.review.services.decisions import reject_submission
from tests.campaigns.factories import make_client, make_user
from tests.campaigns.jobs.counting import deliver, told
from tests.submissions.factories import NOON, make_campaign, make_record
from tests.support.at_once import at_once
from tests.support.jobs import run_jobs
from tests.support.killed import kill_once

pytestmark = pytest.mark.django_db
LIST = reverse("admin:submissions_submission_changelist")
BECAUSE = Reason(code=ReasonCode.STORE_NOT_ELIGIBLE)


def make_entries(count: int, campaign: Campaign | None = None) -> list[Submission]:
    campaign = campaign or make_campaign()
    records = [make_record(campaign) for _ in range(count)]
    mirror_records(records, at=NOON, notify=False)
    rows = Submission.objects.filter(campaign=campaign).order_by("pk")
    return list(rows.select_related("campaign__client"))


def make_lead(campaign: Campaign) -> User:
    return make_user((campaign.client, Role.CAMPAIGN_MANAGER))


def started(rows: list[Submission], verdict: str = "approve", **more: Any) -> Job:
    campaign = rows[0].campaign
    return decide_many(
        [(row.pk, row.decision_no) for row in rows],
        verdict,
        client=campaign.client,
        title="Decide on some",
        actor=more.pop("actor", None) or make_lead(campaign),
        at=NOON,
        **more,
    )


def verdicts() -> list[Any]:
    return [row.submission_id for row in Review.objects.order_by("id")]


def test_each_entry_is_decided_and_told_once_through_kills_and_second_deliveries() -> None:
    rows = make_entries(6)
    job = started(rows)
    for _ in range(2):
        deliver(job, steps=2, slice_no=0)
    assert len(verdicts()) == 2
    # Killed in its second slice, after one more entry.
    deliver(job, steps=1, slice_no=1)
    Job.objects.update(lease=uuid4(), leased_until=NOON + LEASE)
    assert deliver(job, steps=1) is None
    (ended,) = run_jobs(at=NOON + LEASE)
    assert sorted(verdicts()) == sorted(row.pk for row in rows)
    assert OutboxDecision.objects.count() == 6
    assert (ended.done, ended.counts) == (6, {"approved": 6})
    assert ended.outcome == "6 approved."
    assert told(job) == ["job.started", "job.done"]


def test_what_somebody_else_decided_meanwhile_stays_and_is_named() -> None:
    rows = make_entries(3)
    job = started(rows, "reject", reasons=[BECAUSE], note="Wrong store.")
    colleague = make_user()
    colleague.first_name = "Olivia"
    colleague.save()
    reject_submission(rows[1].pk, reasons=[BECAUSE], actor=colleague, at=NOON)
    (ended,) = run_jobs(at=NOON)
    assert ended.counts == {"rejected": 2, "decided meanwhile": 1}
    assert f"Olivia already rejected {rows[1].reference}." in ended.notes[0]
    assert "1 had been decided on meanwhile" in ended.outcome
    assert Review.objects.filter(submission=rows[1]).count() == 1
    assert job.parameters["note"] == "Wrong store."
    assert ended.parameters == {}, "a note for staff is kept where the verdict is"


def test_a_cancelled_one_keeps_what_was_decided_and_leaves_the_rest() -> None:
    rows = make_entries(4)
    job = started(rows)
    deliver(job, steps=3)
    cancel(job.pk, actor=job.person, at=NOON)
    run_jobs(at=NOON)
    assert len(verdicts()) == 3
    assert Job.objects.get().outcome == "3 approved."
    assert Submission.objects.filter(status=SubmissionStatus.PENDING_REVIEW).count() == 1


def test_it_ends_with_the_role_of_who_started_it() -> None:
    rows = make_entries(4)
    job = started(rows)
    deliver(job, steps=1)
    Membership.objects.filter(user=job.person).delete()
    run_jobs(at=NOON)
    assert len(verdicts()) == 1
    assert Job.objects.get().state == JobState.FAILED


def test_the_same_entries_twice_are_one_job_while_it_goes_on() -> None:
    rows = make_entries(2)
    lead = make_lead(rows[0].campaign)
    assert started(rows, actor=lead) == started(list(reversed(rows)), actor=lead)
    assert started(rows, "ask_again", actor=lead, reasons=[BECAUSE]) != Job.objects.earliest("pk")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_with_the_same_messages_decide_on_each_entry_once() -> None:
    rows = make_entries(12)
    job = started(rows)
    for slice_no in range(3):
        at_once(*[partial(deliver, job, steps=4, slice_no=slice_no)] * 3)
    run_jobs(at=NOON)
    assert sorted(verdicts()) == sorted(row.pk for row in rows)
    assert told(job) == ["job.started", "job.done"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_kill_9_in_the_middle_of_a_slice_decides_on_nothing_twice_and_leaves_nothing_out() -> None:
    rows = make_entries(40)
    job, at = started(rows), NOON
    killed = 0
    for goal in (3, 11, 19, 30):
        killed += kill_once(partial(is_at, goal), partial(deliver, job, at=at))
        at += LEASE
    assert killed, "it was always quicker"
    (ended,) = run_jobs(at=at)
    assert sorted(verdicts()) == sorted(row.pk for row in rows)
    assert (ended.done, ended.counts) == (40, {"approved": 40})
    assert told(job) == ["job.started", "job.done"]


# ---------------------------------------------------------------- the form


def is_at(goal: int) -> bool:
    return Job.objects.get().done >= goal


def browser_of(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def form(rows: list[Submission], act: str = "approve", **more: Any) -> dict[str, Any]:
    return {"act": act, "id": [f"{row.pk}.{row.decision_no}" for row in rows]} | more


def test_more_than_a_few_are_a_job_and_the_page_leads_to_it() -> None:
    rows = make_entries(AT_ONCE + 1)
    browser = browser_of(make_lead(rows[0].campaign))
    answer = browser.post(LIST, form(rows, confirmed="1"))
    job = Job.objects.get()
    assert answer["Location"] == reverse("admin:jobs_job_read", args=[job.pk])
    assert job.title == f"Approve {AT_ONCE + 1} entries of Summer"
    assert verdicts() == []
    run_jobs(at=timezone.now())
    assert len(verdicts()) == AT_ONCE + 1
    assert f"{AT_ONCE + 1} approved." in browser.get(answer["Location"]).content.decode()


def test_a_few_are_decided_on_while_the_page_waits() -> None:
    rows = make_entries(AT_ONCE)
    browser_of(make_lead(rows[0].campaign)).post(LIST, form(rows, confirmed="1"))
    assert len(verdicts()) == AT_ONCE
    assert not Job.objects.exists()


def test_what_the_form_lacks_is_said_before_a_job_is_started_and_all_is_kept() -> None:
    rows = make_entries(AT_ONCE + 1)
    browser = browser_of(make_lead(rows[0].campaign))
    kept = form(rows, "reject", confirmed="1", note="Seen <twice>")
    for reasons, words in (
        ([], "Choose one to three reasons"),
        (["ILLEGIBLE"], "doesn&#x27;t fit this verdict"),
        (["OTHER"], "needs a message"),
        (["MADE_UP"], "Choose the reasons from the list"),
    ):
        page = browser.post(LIST, kept | {"reason": reasons}).content.decode()
        assert words in page
        assert ">Seen &lt;twice&gt;</textarea>" in page
        assert page.count('name="id"') == AT_ONCE + 1
    assert not Job.objects.exists()


def test_entries_of_two_clients_are_two_jobs() -> None:
    first = make_entries(AT_ONCE)
    other = make_campaign(client=make_client("Quillmark"))
    rows = [*first, *make_entries(2, other)]
    both = make_user(
        (first[0].campaign.client, Role.CAMPAIGN_MANAGER), (other.client, Role.CAMPAIGN_MANAGER)
    )
    answer = browser_of(both).post(LIST, form(rows, confirmed="1"))
    assert answer["Location"] == reverse("admin:jobs_job_changelist")
    assert list(Job.objects.order_by("total").values_list("total", flat=True)) == [2, AT_ONCE]
    run_jobs(at=timezone.now())
    assert len(verdicts()) == AT_ONCE + 2


def test_a_stranger_s_entries_get_into_no_job() -> None:
    rows = make_entries(AT_ONCE + 1)
    stranger = make_lead(make_campaign())
    browser_of(stranger).post(LIST, form(rows, confirmed="1"))
    assert not Job.objects.exists()


def test_mails_about_a_bulk_rejection_wait_for_the_undo_minute_as_others_do() -> None:
    rows = make_entries(2)
    started(rows, "reject", reasons=[BECAUSE])
    run_jobs(at=NOON)
    assert all(one.not_before > NOON for one in OutboxDecision.objects.all())
    assert not Mail.objects.filter(sent_at__isnull=False).exists()
