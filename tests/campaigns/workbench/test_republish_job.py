"""Publishing everything again is a job: part by part, the same twice changes nothing, and what is behind is named."""

from collections.abc import Callable

import pytest

from campaigns.accounts.models import User
from campaigns.hosting.local import LocalHost
from campaigns.jobs.models import Job
from campaigns.jobs.services.asking import cancel
from campaigns.workbench.services.republish import start_republish
from ingest_lambda.adapters.table import Table
from tests.campaigns.conftest import make_table
from tests.campaigns.factories import NOON, make_draft, make_user, publish
from tests.campaigns.jobs.bad_luck import survives
from tests.campaigns.jobs.counting import deliver
from tests.support.jobs import run_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> User:
    user = make_user()
    user.is_superuser = True
    user.save()
    return user


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_table_that_lost_all_has_it_again_whoever_dies_in_between(
    table: Table, host: LocalHost, operator: User
) -> None:
    campaigns = [make_draft() for _ in range(2)]
    for campaign in campaigns:
        publish(campaign)
    empty = make_table()
    job = start_republish(operator, NOON)
    assert start_republish(operator, NOON) == job
    ended = survives(job, at=NOON)
    for campaign in campaigns:
        assert empty.published.current(campaign.slug) is not None
    assert ended.done == ended.total == 4, "names of keys, partners' keys, two campaigns"
    assert ended.outcome == "4 of 4 were written again."


def test_what_is_not_everywhere_is_named(
    table: Table, host: LocalHost, operator: User, table_down: Callable[[bool], None]
) -> None:
    campaign = make_draft()
    publish(campaign)
    table_down(True)
    start_republish(operator, NOON)
    (ended,) = run_jobs(at=NOON)
    table_down(False)
    assert "2 aren't everywhere yet" in ended.outcome
    assert any(note.startswith(campaign.slug) for note in ended.notes)


def test_a_cancelled_one_writes_no_more(table: Table, host: LocalHost, operator: User) -> None:
    publish(make_draft())
    job = start_republish(operator, NOON)
    deliver(job, steps=2)
    cancel(job.pk, actor=operator, at=NOON)
    assert Job.objects.get().done == 1
    assert not run_jobs(at=NOON)
