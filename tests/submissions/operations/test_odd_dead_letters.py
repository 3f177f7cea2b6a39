"""Dead letters of any shape: the page of their queue opens for those whose it is, and all are sent again."""

import base64
import json
from typing import Any

import pytest
from django.urls import reverse

from campaignhub import aws
from campaigns.jobs.models import Job
from ingest_lambda.adapters.quarantine import quarantine_body
from submissions.operations.rules.dead_letters import judge
from submissions.operations.services.dead_letters import pairs, replay
from tests.campaigns.factories import make_user
from tests.submissions.factories import NOON, make_campaign
from tests.submissions.operations.operators import manager, operator

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queues")]

HALF = "Ada \ud800 \u202e<b>"
DEEP = "[" * 20_000 + "]" * 20_000


def upload(key: Any) -> str:
    return json.dumps({"Records": [{"s3": {"object": {"key": key}}}]})


def task(name: Any) -> str:
    return base64.b64encode(json.dumps({"headers": {"task": name}}).encode()).decode()


ODD = [
    ("images", upload(HALF)),
    ("images", upload({"of": HALF})),
    ("quarantine", json.dumps({"why": HALF, "message": ""})),
    ("quarantine", json.dumps({"why": [HALF], "message": 5})),
    ("quarantine", DEEP),
    ("mirror", DEEP),
    *(
        (queue, body)
        for queue in ("jobs", "mail_tasks")
        for body in (
            task(HALF),
            task([HALF]),
            task("a" * 5_000),
            base64.b64encode(DEEP.encode()).decode(),
        )
    ),
]


def put(queue: str, body: str) -> None:
    aws.sqs().send_message(QueueUrl=pairs()[queue].dead_url, MessageBody=body)


@pytest.mark.parametrize(("queue", "body"), ODD)
def test_the_page_opens_and_says_nothing_of_a_stranger(queue: str, body: str) -> None:
    put(queue, body)
    page = operator().get(reverse("admin:dead_letters", args=[queue]))
    assert page.status_code == 200
    assert "Ada" not in page.content.decode()
    verdict = judge(queue, body)
    assert len(verdict.subject) + len(verdict.reason) < 500


def test_one_that_cannot_be_read_keeps_no_other_in_quarantine() -> None:
    good = json.dumps({"kind": "submission", "body": {}})
    put("quarantine", DEEP)
    put("quarantine", quarantine_body(good, why="unknown_key", sent_timestamp_ms="1"))
    assert replay("quarantine", message_ids=None, actor=make_user(), at=NOON) == 2


@pytest.mark.parametrize("field", ["slug", "campaign_id"])
def test_a_field_with_a_name_of_ours_hides_a_letter_from_nobody(field: str) -> None:
    campaign = make_campaign()
    body = {"answers": {field: "Ada", "deep": [{field: "another-campaign"}]}}
    put("submissions", json.dumps({"kind": "submission", "slug": campaign.slug, "body": body}))
    page = manager(campaign).get(reverse("admin:dead_letters", args=["submissions"]))
    assert len(page.context["letters"]) == 1
    assert "Ada" not in page.content.decode()


@pytest.mark.parametrize("queue", ["pipe", "notices"])
def test_what_says_a_campaign_where_none_is_named_is_for_operators(queue: str) -> None:
    """The job of another would compare the whole table."""
    campaign = make_campaign()
    put(queue, json.dumps({"slug": campaign.slug}))
    page, address = manager(campaign), reverse("admin:dead_letters", args=[queue])
    assert page.get(address).context["letters"] == []
    page.post(address, {"act": "replay_all"})
    assert not Job.objects.exists()
    assert len(operator().get(address).context["letters"]) == 1
