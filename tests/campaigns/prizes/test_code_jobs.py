"""Jobs that add codes on a bad day: delivered twice, killed inside a step, run by two, cancelled."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from campaigns.accounts.models import Membership, User
from campaigns.accounts.rules.roles import Role
from campaigns.jobs.models import Job, JobState
from campaigns.jobs.services.asking import retry
from campaigns.prizes.models import CodeBatch, CodeBlock, CodeUpload, Prize
from campaigns.prizes.services import codes, uploads
from campaigns.prizes.services.codes import import_codes, make_codes
from campaigns.prizes.services.facts import count_codes
from campaigns.prizes.services.pool import codes_between
from campaigns.prizes.services.uploads import receive_codes
from tests.campaigns.admin_pages import signed_in
from tests.campaigns.factories import NOON, make_draft, make_prize, make_user
from tests.campaigns.jobs.bad_luck import stops, survives
from tests.campaigns.jobs.counting import deliver

COUNT = 300


@pytest.fixture(autouse=True)
def short_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each job have several steps."""
    monkeypatch.setattr(uploads, "PART_BYTES", 1024)
    monkeypatch.setattr(codes, "MADE_AT_ONCE", 70)


def importing(prize: Prize, actor: User) -> Job:
    content = b"".join(b"CODE-%05d\n" % at for at in range(COUNT))
    upload = receive_codes(prize, name="codes.csv", chunks=[content], actor=actor, at=NOON)
    return import_codes(upload, actor=actor, at=NOON)


def making(prize: Prize, actor: User) -> Job:
    return make_codes(prize, COUNT, actor=actor, at=NOON)


JOBS: dict[str, Callable[[Prize, User], Job]] = {
    "prizes.import_codes": importing,
    "prizes.make_codes": making,
}


def started(kind: str) -> tuple[Job, Prize]:
    """Start a job of a kind for a prize without codes."""
    prize = make_prize(make_draft(), key="voucher", kind="code", stock=COUNT)
    job = JOBS[kind](prize, make_user((prize.campaign.client, Role.CAMPAIGN_MANAGER)))
    assert job.kind == kind
    return job, prize


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", sorted(JOBS))
def test_each_code_is_in_the_pool_once_whoever_dies_in_between(kind: str) -> None:
    job, prize = started(kind)
    ended = survives(job, at=NOON)
    pool = list(codes_between(prize, 0, 2 * COUNT))
    assert len(pool) == len(set(pool)) == COUNT
    assert count_codes(prize) == (COUNT, False)
    assert ended.outcome == f"{COUNT} codes were added."


@pytest.mark.django_db
@pytest.mark.parametrize("kind", sorted(JOBS))
def test_a_cancelled_job_never_counted_a_code_and_leaves_none(kind: str) -> None:
    job, prize = started(kind)
    stops(job, at=NOON, effects=lambda: count_codes(prize)[0])
    ended = Job.objects.get(pk=job.pk)
    assert (
        ended.outcome
        == f"The {ended.counts['taken away again']} codes that it had added were taken away again."
    )
    assert "codes added" not in ended.counts
    assert count_codes(prize) == (0, False)
    for model in (CodeBatch, CodeBlock, CodeUpload):
        assert not model._default_manager.exists(), model.__name__


@pytest.mark.django_db
@pytest.mark.parametrize("kind", sorted(JOBS))
def test_one_that_failed_says_why_it_cannot_go_on_once_others_took_its_place(kind: str) -> None:
    """The codes of a job that failed are taken away where another adds some."""
    first, prize = started(kind)
    Membership.objects.filter(user=first.actor).delete()
    deliver(first)
    other = make_user((prize.campaign.client, Role.CAMPAIGN_MANAGER))
    second = making(prize, other)
    deliver(second)
    retry(first.pk, actor=other, at=NOON)
    deliver(first)
    ended = Job.objects.get(pk=first.pk)
    assert (ended.state, count_codes(prize)) == (JobState.FAILED, (COUNT, False))
    assert "have been removed since" in ended.outcome


@pytest.mark.django_db
@pytest.mark.parametrize("kind", sorted(JOBS))
def test_who_cancels_reads_before_and_after_that_the_codes_go(kind: str) -> None:
    job, _ = started(kind)
    assert job.actor
    browser, address = signed_in(job.actor), reverse("admin:jobs_job_read", args=[job.pk])
    before = browser.get(address).content.decode()
    after = browser.post(address, {"act": "cancel"}, follow=True).content.decode()
    for page in (before, after):
        assert "The codes that it has added are taken away again." in page
        assert "stays done" not in page
