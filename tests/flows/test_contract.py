"""The public contract by plain HTTP: a receipt from ``start`` into Django, and back to its sender."""

import base64
import json
import re
import statistics
import time
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from tests.support.installation import Installation, wait_until
from tests.support.receipts import receipt_bytes
from tests.support.visitor import Visitor, announced

pytestmark = pytest.mark.flow

STEP_SECONDS = 3
"""From the 202 until the site has it."""


def request_resubmission(installation: Installation, visitor: Visitor) -> None:
    """Let a moderator ask for a better photo, and the time for a change of mind go by."""
    installation.python(
        "from campaigns.accounts.models import User\n"
        "from ingest_lambda.contract import Reason, ReasonCode\n"
        "from submissions.review.services.decisions import request_resubmission\n"
        "from submissions.mail.services.delivery import deliver_mails\n"
        "from submissions.review.services.outbox import propagate_decisions\n"
        f"request_resubmission('{visitor.id}', reasons=[Reason(code=ReasonCode.ILLEGIBLE)],\n"
        "    actor=User.objects.get(username='mo'), at=timezone.now())\n"
        "propagate_decisions(at=timezone.now() + timedelta(minutes=5))\n"
        "deliver_mails(at=timezone.now() + timedelta(minutes=5), most=1000)\n"
    )


def token_in(mail: str) -> str:
    """Return the token of the link in a mail."""
    found = re.search(r"/status/#(\S+)", mail)
    assert found, mail
    return found[1]


def test_a_receipt_is_sent_and_shown_to_its_sender(embedded: Installation) -> None:
    visitor, photo = Visitor(embedded, "summer-receipts"), receipt_bytes(uuid4().int % 10_000_000)
    answer = visitor.call_start(announced(photo))
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["access-control-allow-origin"] == embedded.facts["web"]
    assert set(answer.json()) == {
        *("submission_id", "reference", "attempt", "token", "expires_at", "uploads"),
    }

    started = visitor.start(announced(photo))
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", started["reference"])
    assert started["attempt"] == 1
    (form,) = started["uploads"]
    assert (form["field"], form["receipt"], form["part"]) == ("receipt", 1, 1)
    policy = json.loads(base64.b64decode(form["fields"]["policy"]))
    lives = datetime.fromisoformat(policy["expiration"]) - datetime.now().astimezone()
    assert timedelta(minutes=29) < lives <= timedelta(minutes=30)
    assert ["content-length-range", len(photo), len(photo)] in policy["conditions"]

    assert visitor.upload(photo).status_code == 201
    queued = visitor.call_status().json()
    assert (queued["status"], queued["poll_after_seconds"]) == ("queued", 1)
    answer = visitor.submit()
    assert (answer.status_code, answer.json()) == (202, {"status": "received"})

    shown = visitor.status("pending_review")
    assert shown["reference"] == started["reference"]
    assert shown["decide_by"] > shown["received_at"]
    assert not set(json.dumps(shown)) & {"@"}, "a status holds no personal data"
    assert visitor.row("status, reference, attempt") == ("pending_review", visitor.reference, 1)
    ((sha256, refusal, content_type, attempt),) = visitor.images(1)
    assert (sha256, refusal) == (announced(photo)["sha256"], "")
    assert (content_type, attempt) == ("image/jpeg", 1)
    assert visitor.reference in visitor.mail("received")


def test_a_submission_is_in_django_within_seconds_of_its_202(embedded: Installation) -> None:
    waits = []
    for _ in range(5):
        visitor = Visitor(embedded, "quick-draw")
        visitor.start()
        assert visitor.submit().status_code == 202
        begun = time.monotonic()
        visitor.row("id")
        waits.append(time.monotonic() - begun)

    assert statistics.median(waits) < STEP_SECONDS, waits


def test_a_photo_is_replaced_and_forms_are_renewed_before_sending(embedded: Installation) -> None:
    visitor = Visitor(embedded, "summer-receipts")
    dark, sharp, second = (receipt_bytes(uuid4().int % 10_000_000) for _ in range(3))
    visitor.send_photo(dark)
    first_id, first_token = visitor.id, visitor.token
    (dark_form,) = visitor.forms

    visitor.start(announced(dark))
    (renewed,) = visitor.forms
    assert visitor.id == first_id
    assert renewed["fields"]["key"] == dark_form["fields"]["key"], (
        "an unchanged photo keeps its place"
    )

    visitor.start(announced(sharp), announced(second, part=2))
    assert (visitor.id, visitor.attempt) == (first_id, 1)
    assert visitor.token != first_token
    for form, photo in zip(visitor.forms, (sharp, second), strict=True):
        assert form["fields"]["key"] != dark_form["fields"]["key"]
        assert visitor.upload(photo, form).status_code == 201
    assert visitor.submit().status_code == 202

    visitor.status("pending_review")
    (uploads,) = visitor.row("uploads")
    assert [upload["sha256"] for upload in json.loads(uploads)] == [
        announced(sharp)["sha256"],
        announced(second)["sha256"],
    ]
    visitor.images(3)


def test_who_is_asked_again_sends_a_better_photo_through_the_link_in_the_mail(
    embedded: Installation,
) -> None:
    visitor = Visitor(embedded, "summer-receipts")
    visitor.enter(receipt_bytes(uuid4().int % 10_000_000))
    first = visitor.status("pending_review")
    visitor.row("id")
    request_resubmission(embedded, visitor)
    asked = visitor.status("needs_resubmission")
    assert [reason["code"] for reason in asked["reasons"]] == ["ILLEGIBLE"]
    assert asked["reasons"][0]["message"]
    assert [action["kind"] for action in asked["actions"]] == ["resubmit"]

    visitor.token = token_in(visitor.mail("asked_again"))
    better = receipt_bytes(uuid4().int % 10_000_000)
    started = visitor.start(announced(better))
    assert (started["submission_id"], started["attempt"]) == (str(visitor.id), 2)
    assert visitor.upload(better).status_code == 201
    assert visitor.submit().status_code == 202

    again = visitor.status("pending_review")
    assert again["received_at"] == first["received_at"], "the original time counts"
    wait_until(lambda: visitor.row("attempt, status") == (2, "pending_review"), what="attempt 2")
    assert [attempt for *_, attempt in visitor.images(2)] == [1, 2]
    used = visitor.call_start(announced(better), token=visitor.token)
    assert (used.status_code, used.json()["code"]) == (410, "link_used")


def test_a_message_is_kept_once_however_often_it_is_sent(embedded: Installation) -> None:
    visitor, message_id = Visitor(embedded, "quick-draw"), uuid4()
    visitor.enter()
    visitor.status("approved")
    for _ in range(3):
        answer = visitor.say("withdrawal", {}, message_id)
        assert (answer.status_code, answer.json()) == (202, {"status": "received"})
    other = uuid4()
    assert visitor.say("withdrawal", {}, other).status_code == 202

    def kept() -> list[str]:
        items = embedded.aws("dynamodb").query(
            TableName=embedded.environment["TABLE_NAME"],
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues={
                ":pk": {"S": f"SUBMISSION#{visitor.id}"},
                ":sk": {"S": "MESSAGE#"},
            },
        )["Items"]
        return sorted(item["sk"]["S"] for item in items)

    wanted = sorted(f"MESSAGE#{held}" for held in (message_id, other))
    wait_until(lambda: kept() == wanted, what="both messages in the table")


@pytest.mark.parametrize("state", ["summer-receipts", "quick-draw"])
def test_a_page_tells_its_state_beside_itself(embedded: Installation, state: str) -> None:
    page = embedded.campaign(state)["page"]
    told = httpx.get(f"{page}state.json")

    assert "max-age=10" in told.headers["cache-control"]
    assert told.json()["state"] == "live"
    assert told.json()["release"] == embedded.campaign(state)["release"]
    assert UUID(Visitor(embedded, state).call_start().json()["submission_id"]).version == 7
