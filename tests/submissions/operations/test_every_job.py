"""Every kind of job of these rooms on a bad day: delivered twice, killed inside a step, run by two, cancelled."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from campaignhub import aws, ingest
from campaigns.accounts.rules.roles import Role
from campaigns.jobs.models import Job
from campaigns.jobs.services.registry import registered
from campaigns.setup.models import Campaign
from ingest_lambda.adapters.table.ledger import LedgerItems
from ingest_lambda.contract import Mode
from submissions.intake.services.mirroring import mirror_records
from submissions.mirror.models import Submission
from submissions.operations.models import LedgerCheck, LedgerRound
from submissions.operations.services import backfill, comparisons, replays, test_data
from submissions.operations.services.dead_letters import pairs
from submissions.operations.services.ledger_rounds import ask_for_round
from submissions.review.models import OutboxDecision, Review
from submissions.review.services.bulk_verdicts import decide_many
from tests.campaigns.factories import make_user
from tests.campaigns.jobs.bad_luck import stops, survives
from tests.submissions.factories import NOON, make_campaign, make_record
from tests.submissions.operations.operators import make_operator
from tests.submissions.operations.released import published
from tests.support.simulated_aws import depth, simulated_aws

LATER = NOON + timedelta(hours=6)
COUNT = 5
ELSEWHERE = {
    "prizes.import_codes": "tests/campaigns/prizes/test_code_jobs.py",
    "prizes.make_codes": "tests/campaigns/prizes/test_code_jobs.py",
    "workbench.republish": "tests/campaigns/workbench/test_republish_job.py",
}
"""The kinds of other rooms, and where the same is tried with them."""


@dataclass(frozen=True)
class Scene:
    """A job that was started, what it has done so far, and what that has to be in the end."""

    job: Job
    effects: Callable[[], Any]
    wanted: Any
    at: datetime = LATER


def stored(campaign: Campaign, *, is_here: bool = True, **more: Any) -> list[Any]:
    """Put entries into the table, and here."""
    records = [make_record(campaign, **more) for _ in range(COUNT)]
    for record in records:
        ingest.clients.submissions_table().submissions.create(record)
    if is_here:
        mirror_records(records, at=NOON, notify=False)
    return records


def entries_here() -> int:
    return Submission.objects.count()


def bulk_verdict() -> Scene:
    campaign = make_campaign()
    records = stored(campaign)
    job = decide_many(
        [(record.id, 0) for record in records],
        "approve",
        client=campaign.client,
        title="Approve some",
        actor=make_user((campaign.client, Role.CAMPAIGN_MANAGER)),
        at=LATER,
    )
    return Scene(
        job,
        lambda: (Review.objects.count(), OutboxDecision.objects.count()),
        (COUNT, COUNT),
    )


def replay() -> Scene:
    pair = pairs()["images"]
    for number in range(COUNT):
        aws.sqs().send_message(QueueUrl=pair.dead_url, MessageBody=f'"{number}"')
    now = timezone.now()  # as the queue tells when each was sent
    job = replays.start_replay(
        "images", message_ids=None, client=None, actor=make_operator(), at=now
    )
    urls = (pair.dead_url, pair.source_url)
    return Scene(job, lambda: [depth(aws.sqs(), url) for url in urls], [0, COUNT], at=now)


def compare_day() -> Scene:
    stored(make_campaign(), is_here=False)
    job = comparisons.start_comparison(make_operator(), LATER)
    return Scene(job, lambda: (entries_here(), LedgerCheck.objects.count()), (COUNT, 1))


def compare_everything() -> Scene:
    stored(make_campaign(), is_here=False)
    job = ask_for_round(actor=make_operator(), at=LATER)
    rounds = LedgerRound.objects.filter(ended_at__isnull=False)
    return Scene(job, lambda: (entries_here(), rounds.count()), (COUNT, 1))


def rebuild() -> Scene:
    stored(make_campaign(), is_here=False)
    return Scene(backfill.start_backfill(make_operator(), LATER), entries_here, COUNT)


def repair_table() -> Scene:
    records = stored(published())
    for record in records:
        ingest.delete_submission(record.id)
    job = comparisons.start_repair(make_operator(), LATER)
    ids = [record.id for record in records]
    return Scene(job, lambda: sum(ingest.read_submission(pk) is not None for pk in ids), COUNT)


def delete_test_data() -> Scene:
    campaign = make_campaign()
    stored(campaign)
    stored(campaign, mode=Mode.TEST, campaign_id=str(campaign.test_id), slug=campaign.test_slug)
    owner = make_user((campaign.client, Role.OWNER))
    job = test_data.delete_test_data(campaign, actor=owner, at=LATER)
    return Scene(job, entries_here, COUNT)


SCENES: dict[str, Callable[[], Scene]] = {
    "operations.backfill": rebuild,
    "operations.compare_day": compare_day,
    "operations.compare_everything": compare_everything,
    "operations.delete_test_data": delete_test_data,
    "operations.repair_table": repair_table,
    "operations.replay": replay,
    "review.bulk_verdict": bulk_verdict,
}


@pytest.fixture(autouse=True)
def _account_and_short_steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    services = "submissions.operations.services"
    for name in (
        "backfill._WRITTEN_AT_ONCE",
        "comparisons._HOURS_A_STEP",
        "replays._A_STEP",
        "table_repair._AT_ONCE",
        "test_data._AT_ONCE",
    ):
        monkeypatch.setattr(f"{services}.{name}", 1)
    whole = LedgerItems.items_after
    monkeypatch.setattr(
        LedgerItems,
        "items_after",
        lambda self, position="", *, most=0: whole(self, position, most=2),
    )
    with simulated_aws(monkeypatch):
        yield


def test_every_kind_is_tried_somewhere() -> None:
    kinds = {name for name in registered() if not name.startswith("test.")}
    assert kinds == {*SCENES, *ELSEWHERE}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", sorted(SCENES))
def test_it_is_done_once_and_told_of_once_whoever_dies_in_between(kind: str) -> None:
    scene = SCENES[kind]()
    assert scene.job.kind == kind
    survives(scene.job, at=scene.at)
    assert scene.effects() == scene.wanted


@pytest.mark.django_db
@pytest.mark.parametrize("kind", sorted(SCENES))
def test_it_is_cancelled_between_two_steps(kind: str) -> None:
    scene = SCENES[kind]()
    stops(scene.job, at=scene.at, effects=scene.effects)
    assert scene.effects() != scene.wanted
