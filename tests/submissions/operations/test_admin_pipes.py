"""Operations: a Pipe that was switched off is seen, and switched on again."""

from collections.abc import Iterator
from typing import Any

import pytest
from moto.moto_api import state_manager
from moto.pipes.models import pipes_backends

from campaignhub import aws
from campaignhub.env import env
from campaigns.accounts.models import AuditEntry
from submissions.operations.services import readings
from tests.submissions.factories import make_campaign
from tests.submissions.operations.operators import OPERATIONS, manager, operator

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queues")]


@pytest.fixture
def pipes(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """Both Pipes at work, to be put into any state; the account's own would run on by themselves."""
    state_manager.set_transition("pipes::pipe", {"progression": "manual", "times": 10**9})
    for key in ("ingest", "mirror"):
        monkeypatch.setattr(env(), f"{key}_pipe_name", f"site-{key}")
        aws.pipes().create_pipe(
            Name=f"site-{key}",
            RoleArn="arn:aws:iam::123456789012:role/pipe",
            Source="arn:aws:sqs:us-east-1:123456789012:from",
            Target="arn:aws:sqs:us-east-1:123456789012:to",
        )
    held = pipes_backends["123456789012"][env().aws_region].pipes
    for pipe in held.values():
        pipe.status = "RUNNING"
    yield held
    state_manager.unset_transition("pipes::pipe")


def test_a_pipe_that_was_switched_off_is_seen_and_switched_on_again(pipes: dict[str, Any]):
    browser = operator()
    page = browser.get(OPERATIONS).content.decode()
    assert page.count("running") == 2
    assert "Switch on" not in page
    pipes["site-mirror"].status = "STOPPED"
    readings.forget()
    page = browser.get(OPERATIONS).content.decode()
    assert "kept there for 24 hours" in page
    assert "Pipes" not in manager(make_campaign()).get(OPERATIONS).content.decode()
    answer = browser.post(OPERATIONS, {"act": "switch_on", "pipe": "mirror"}, follow=True)
    assert "Mirror Pipe is being switched on" in answer.content.decode()
    assert pipes["site-mirror"].status == "STARTING"
    assert AuditEntry.objects.get(code="pipe.switched_on").target == "pipe:mirror"
    answer = browser.post(OPERATIONS, {"act": "switch_on", "pipe": "mirror"}, follow=True)
    assert "needs no switching on" in answer.content.decode()


def test_where_the_worker_takes_entries_its_pipe_stays_off(
    pipes: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(env(), "ingest_consumer", "celery")
    pipes["site-ingest"].status = "STOPPED"
    readings.forget()
    browser = operator()
    assert "off, as the worker does its work" in browser.get(OPERATIONS).content.decode()
    browser.post(OPERATIONS, {"act": "switch_on", "pipe": "ingest"})
    assert pipes["site-ingest"].status == "STOPPED"


def test_a_pipe_that_nobody_knows_of_is_no_error(pipes: dict[str, Any]):
    del pipes["site-mirror"]
    readings.forget()
    assert "no answer" in operator().get(OPERATIONS).content.decode()
