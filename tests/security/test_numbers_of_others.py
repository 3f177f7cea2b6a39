"""What is counted over all clients is for operators: one client learns nothing of how busy another is."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaignhub import aws
from campaigns.accounts.rules.roles import Role
from campaigns.setup.models import Campaign
from submissions.mail.models import Mail
from submissions.mirror.models import Submission
from submissions.operations.models import LedgerCheck, LedgerRound
from submissions.operations.services.dead_letters import pairs
from tests.security.two_clients import Side, make_operator, make_side, signed_in
from tests.support.simulated_aws import simulated_aws

pytestmark = pytest.mark.django_db
OPERATIONS = reverse("admin:operations")
HOME = reverse("admin:index")
DEPTH = 4_321
"""How much of the other client waits or is counted; nobody else's page says so."""


@pytest.fixture
def _queues(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with simulated_aws(monkeypatch):
        yield


@pytest.fixture
def ours() -> Side:
    """The client that looks."""
    return make_side("Bystander")


@pytest.fixture
def theirs() -> Side:
    """The client that is busy."""
    return make_side("Quillmark")


def flood(theirs: Side) -> None:
    """Let messages of the other client wait and fail."""
    for pair in pairs().values():
        for url in filter(None, (pair.source_url, pair.dead_url)):
            for number in range(7):
                body = json.dumps({"slug": theirs[Campaign].slug, "n": number})
                aws.sqs().send_message(QueueUrl=url, MessageBody=body)


@pytest.mark.usefixtures("_queues")
@pytest.mark.parametrize("role", [Role.OWNER, Role.CAMPAIGN_MANAGER])
def test_who_runs_no_installation_sees_no_queue_s_depth(
    role: Role, ours: Side, theirs: Side
) -> None:
    flood(theirs)
    browser: Any = ours.browser(role)
    page = browser.get(OPERATIONS)
    assert page.status_code == 200
    for name in ("queues", "pipes", "beats", "whole", "under_way"):
        assert name not in page.context, name
    text = page.content.decode()
    assert ">7<" not in text
    assert "Waiting" not in text
    for name in pairs():
        found = browser.get(reverse("admin:dead_letters", args=[name]))
        assert not found.context["letters"]
        assert "The oldest" not in found.content.decode()
    queues: Any = signed_in(make_operator()).get(OPERATIONS).context["queues"]
    assert {queue["dead"]["count"] for queue in queues} == {7}


@pytest.mark.usefixtures("_queues")
def test_what_was_compared_is_counted_for_operators_only(ours: Side) -> None:
    now = timezone.now()
    LedgerCheck.objects.create(
        begun_at=now, ended_at=now, hours=3, stored=DEPTH, mirrored=DEPTH, repaired=DEPTH, gaps=0
    )
    LedgerRound.objects.create(begun_at=now, ended_at=now, items=DEPTH, repaired=1)
    for number in (str(DEPTH), f"{DEPTH:,}"):
        for path in (OPERATIONS, HOME):
            assert number not in ours.browser(Role.OWNER).get(path).content.decode()
    assert f"{DEPTH:,}" in signed_in(make_operator()).get(OPERATIONS).content.decode()


def mails_of(side: Side, count: int) -> None:
    """Let so many mails of a client have failed."""
    now = timezone.now()
    Mail.objects.bulk_create(
        Mail(
            submission=side[Submission],
            campaign=side[Campaign],
            kind="approved",
            event=f"event-{number}",
            state="failed",
            queued_at=now,
            not_before=now,
        )
        for number in range(count)
    )


def test_the_trouble_of_another_client_neither_shows_nor_hides_one_s_own(
    ours: Side, theirs: Side
) -> None:
    mails_of(theirs, 10_001)
    Mail.objects.filter(submission=ours[Submission], state="failed").delete()
    mails_of(ours, 2)
    for role in (Role.OWNER, Role.CAMPAIGN_MANAGER):
        page = ours.browser(role).get(HOME).content.decode()
        assert "2 mails need a look" in page or "2 e-mails need" in page


@pytest.mark.sqlite
def test_the_trouble_of_a_client_is_counted_from_its_own_few(ours: Side) -> None:
    browser = ours.browser(Role.CAMPAIGN_MANAGER)
    with CaptureQueriesContext(connection) as queries:
        browser.get(HOME)
    asked = [q["sql"] for q in queries if "mail_mail" in q["sql"]]
    assert asked
    for sql in asked:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            steps = [row[3] for row in cursor.fetchall()]
        assert any(
            re.search(r"mail_(failed|unknown)_of_campaign \(campaign_id=\?", step) for step in steps
        ), steps


@pytest.mark.usefixtures("_queues")
def test_whoever_asks_whether_we_are_ready_learns_no_more_than_that() -> None:
    answer = Browser().get("/readyz")
    assert answer.json() == {"status": "ok", "missing": []}
