"""Many at the same moment, late copies and replays: each counts as the rules say, whatever the order."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.support import limits_kept
from tests.support.crowd import Crowd
from tests.support.installation import Installation, wait_until
from tests.support.visitor import Visitor

pytestmark = pytest.mark.flow

Scenery = dict[str, dict[str, Any]]

ONCE = [0]
TWENTY_TIMES = [pytest.param(number, marks=pytest.mark.soak) for number in range(1, 20)]


@pytest.mark.parametrize("_round", [*ONCE, *TWENTY_TIMES])
@pytest.mark.parametrize("holds", limits_kept.ALL, ids=lambda holds: holds.__name__)
def test_many_at_the_same_moment_count_as_the_limits_say(
    embedded: Installation,
    scenery: Scenery,
    holds: Callable[[Installation, dict[str, Any]], None],
    _round: int,
) -> None:
    holds(embedded, scenery["five-each"])


# ------------------------------------------------------------ the time of entry


def put_on_queue(visitor: Visitor, *, entered: datetime) -> None:
    """Put the visitor's submission on the queue as a replay does: with its own time of entry."""
    envelope = {
        "body": visitor.body(),
        "slug": visitor.slug,
        "kind": "submission",
        "schema": 1,
        "entered_at_ms": str(int(entered.timestamp() * 1000)),
    }
    visitor.installation.aws("sqs").send_message(
        QueueUrl=visitor.installation.environment["SUBMISSIONS_QUEUE_URL"],
        MessageBody=json.dumps(envelope),
    )


def late_visitor(installation: Installation, facts: dict[str, Any]) -> tuple[Visitor, datetime]:
    """Return somebody who entered a closed campaign in time, and when that was."""
    crowd = Crowd(installation, facts, begun_before=timedelta(hours=3))
    visitor = Visitor(installation, facts["slug"], campaign=facts)
    visitor.id = crowd.id_of(0)
    visitor.token = json.loads(crowd.submission(0).body)["token"]
    return visitor, datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)


def test_a_replay_after_the_closing_counts_as_entered_in_time(
    embedded: Installation, scenery: Scenery
) -> None:
    visitor, entered = late_visitor(embedded, scenery["long-gone"])
    put_on_queue(visitor, entered=entered)

    shown = visitor.status("approved")
    assert datetime.fromisoformat(shown["received_at"]) == entered
    assert visitor.row("status") == ("approved",)
    put_on_queue(visitor, entered=datetime.now(UTC))
    later, _ = late_visitor(embedded, scenery["long-gone"])
    put_on_queue(later, entered=datetime.now(UTC))
    later.status("invalid")
    assert visitor.call_status().json()["status"] == "approved"


def test_the_punctual_copy_counts_though_a_late_one_was_processed_first(
    embedded: Installation, scenery: Scenery
) -> None:
    visitor, entered = late_visitor(embedded, scenery["long-gone"])
    put_on_queue(visitor, entered=datetime.now(UTC))
    assert visitor.status("invalid")["reasons"][0]["code"] == "ENTERED_TOO_LATE"
    put_on_queue(visitor, entered=entered)

    shown = visitor.status("approved")
    assert datetime.fromisoformat(shown["received_at"]) == entered
    assert shown["reasons"] == []
    wait_until(lambda: visitor.row("status") == ("approved",), what="Django knows")


def test_a_partner_enters_for_a_customer_with_a_key_and_only_with_it(
    embedded: Installation,
) -> None:
    name = f"Kiosk {uuid4()}"
    made = embedded.python(
        "from campaigns.accounts.models import Client, User\n"
        "from campaigns.access.services.partners import make_partner_key\n"
        "client = Client.objects.get(campaigns__slug='quick-draw')\n"
        f"made = make_partner_key(client, name='{name}', actor=User.objects.get(username='olivia'),\n"
        "    at=timezone.now())\n"
        "print(made.value)\n"
    )
    visitor = Visitor(embedded, "quick-draw")
    inside = visitor.address.replace("/v1/campaigns/", "/v1/partner/campaigns/")
    wanted = {"release": visitor.campaign["release"], "route": "free", "locale": "en"}
    refused = visitor.post_to(f"{inside}/start", wanted)
    assert (refused.status_code, refused.json()["code"]) == (403, "invalid_key")
    answer = visitor.post_to(f"{inside}/start", wanted, x_api_key=made.splitlines()[-1].strip())
    assert answer.status_code == 200, answer.text

    visitor.id, visitor.token = UUID(answer.json()["submission_id"]), answer.json()["token"]
    assert visitor.submit().status_code == 202
    visitor.status("approved")
    assert visitor.row("channel") == ("partner",)
