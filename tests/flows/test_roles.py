"""Web and worker may do what they call, and nothing else: what each signed while it worked, beside its policies."""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from random import randrange
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.flows.bad import fresh_receipt
from tests.support.granted import POLICIES, allows, calls_of, granted, refused
from tests.support.installation import Installation, wait_until
from tests.support.ledger import items
from tests.support.receipts import receipt_bytes
from tests.support.recorded_calls import Call
from tests.support.staff import Staff
from tests.support.visitor import Visitor, announced
from tests.support.ways_in import BY_FUNCTION, chosen_way_in

pytestmark = pytest.mark.flow

WITHOUT_A_CALL = {
    (
        "web",
        "ConfirmTopic",
    ): "notices come by the queue here (tests/security/test_forged_notices.py)",
    ("worker", "GiveTasksBack"): "Celery gives back what it did not begin, where it is stopped",
    ("web", "StopMoving"): "the embedded queues move nothing by themselves",
    ("worker", "MoveDeadLetters"): "the embedded queues move nothing by themselves",
    ("worker", "ReplayTasks"): "a task that failed is in no state to be sent again by a test",
}
"""Statements that nothing here needs, and why they are there."""


TASKS = ("mail_tasks", "jobs")
"""Queues of Celery's."""


def run_every_path(installation: Installation) -> None:
    """Do what staff do with the public path, and have the worker do all of its own."""
    entrant = enter(installation)
    with Staff(installation) as staff:
        publish_a_test_and_delete_it(installation, staff)
        publish_prizes(installation, staff)
        give_a_key_and_block_somebody(staff)
        upload_an_image(installation, staff)
        look_after_queues(installation, staff, entrant)
        decide_and_compare(installation, staff, entrant)
    take_a_win_back_and_give_another(installation)
    for command in ("update", "back", "down", "up"):
        installation.manage("pages", command, "on-a-break")


def enter(installation: Installation, slug: str = "summer-receipts", **campaign: Any) -> Visitor:
    """Enter with a photo, and wait until the site knows of both."""
    facts = {**installation.campaign("summer-receipts"), **campaign}
    visitor = Visitor(installation, slug, campaign=facts)
    visitor.enter(fresh_receipt())
    visitor.row("id")
    visitor.images(1)
    return visitor


def publish_a_test_and_delete_it(installation: Installation, staff: Staff) -> None:
    """Publish a campaign as a test, enter it, and delete what came."""
    ((pk, slug),) = installation.rows(
        "SELECT id, test_slug FROM campaigns_campaign WHERE slug = 'summer-receipts'"
    )
    assert "Test" in staff.post(f"campaigns/campaign/{UUID(pk)}/publish-test/")
    query = "SELECT max(number) FROM publishing_release WHERE is_test = 1 AND campaign_id = ?"
    ((number,),) = installation.rows(query, (pk,))
    enter(installation, slug, release=number)
    staff.post(f"operations/tests/{UUID(pk)}/", typed="summer-receipts")
    jobs_end(installation)
    staff.post(f"mail/mail/samples/{UUID(pk)}/", act="test", message="approved")


def publish_prizes(installation: Installation, staff: Staff) -> None:
    """Publish a campaign with winning moments, codes and things as a test, and delete it."""
    ((pk,),) = installation.rows("SELECT id FROM campaigns_campaign WHERE slug = 'instant-win'")
    assert "Test" in staff.post(f"campaigns/campaign/{UUID(pk)}/publish-test/")
    staff.post(f"operations/tests/{UUID(pk)}/", typed="instant-win")
    jobs_end(installation)
    installation.python(LOAD)


LOAD = """
from campaignhub import ingest
from ingest_lambda.contract import Moment
moment = Moment(prize="voucher", unit="u1", at=timezone.now())
ingest.load_moments("of-no-campaign", "named-by-nothing", [moment], timezone="UTC")
assert ingest.withdraw_units("of-no-campaign", "voucher", ["u1"]) == ["u1"]
"""
"""What the clock goes on with where stock is too large for the press that publishes it, or that lowers it."""
TAKE_BACK = """
from submissions.review.services.decisions import reject_submission
from ingest_lambda.contract import Reason
reject_submission("{entry}", reasons=[Reason(code="WRONG_VARIANT")], actor=None, at=timezone.now())
"""
GIVE_ANOTHER = """
from uuid import uuid4
from campaignhub import ingest
from campaigns.accounts.models import User
from ingest_lambda.contract import Given
from submissions.mirror.models import Award, Submission
from submissions.review.services.decisions import reopen_submission
entry = Submission.objects.get(pk="{entry}")
won = Award.objects.get(submission_id=entry.pk, prize="voucher")
ghost = Given(prize=won.prize, unit=won.unit, submission_id=uuid4())
assert ingest.restore_given(str(entry.campaign_id), [ghost]) == 1
someone = User.objects.filter(is_superuser=True).first()
reopen_submission(entry.pk, actor=someone, note="A second look.", at=timezone.now())
"""


def take_a_win_back_and_give_another(installation: Installation) -> None:
    """Reject a winner, whose units go back; reopen it, while the voucher that went back is somebody's by now."""
    facts = installation.campaign("instant-win")
    entrant = Visitor(installation, "instant-win", campaign=facts)
    entrant.enter(fresh_receipt())
    entrant.row("id")
    entrant.images(1)
    for script, status, states in (
        (TAKE_BACK, "rejected", {"released"}),
        (GIVE_ANOTHER, "pending_review", {"provisional"}),
    ):
        installation.python(script.format(entry=entrant.id))
        shown = entrant.status(status)
        assert {award["state"] for award in shown["awards"]} == states
        query = "SELECT DISTINCT state FROM submissions_award WHERE submission_id = ?"
        wait_until(
            partial(awards_are, installation, query, entrant, states),
            what=f"the awards on the site are {states}",
        )


def awards_are(installation: Installation, query: str, entrant: Visitor, states: set[str]) -> bool:
    """Tell whether the site has an entrant's awards in these states."""
    assert entrant.id
    return {state for (state,) in installation.rows(query, (entrant.id.hex,))} == states


def give_a_key_and_block_somebody(staff: Staff) -> None:
    """Make a key for a partner and revoke it; put an address on a block list; add a sender."""
    client, name = "1", f"kiosk-{uuid4().hex[:6]}"
    pace = {"rate_per_second": "7"}
    assert "Copy it now" in staff.post("access/partnerkey/add/", client=client, name=name, **pace)
    listed = re.search(r"access/partnerkey/\d+/change/", staff.open(f"access/partnerkey/?q={name}"))
    assert listed
    assert "is revoked" in staff.post(listed[0])
    address = {"kind": "device_address", "value": f"203.0.113.{randrange(256)}"}
    assert "is on the" in staff.post("access/blockentry/add/", client=client, **address)
    sender = {"client": client, "identity": f"{name}.example"}
    assert "is added" in staff.post("accounts/senderidentity/add/", **sender)


def upload_an_image(installation: Installation, staff: Staff) -> None:
    """Clone a campaign and give the draft another logo."""
    ((pk,),) = installation.rows("SELECT id FROM campaigns_campaign WHERE slug = 'summer-receipts'")
    cloned = staff.post(f"campaigns/campaign/{UUID(pk)}/clone/")
    draft = re.search(r"campaigns/campaign/[0-9a-f-]{36}/", cloned)
    assert draft
    logo = {"logo": ("logo.png", receipt_bytes(1, "PNG", width=120, height=80), "image/png")}
    assert "Saved" in staff.save(f"{draft[0]}change/", logo)


def look_after_queues(installation: Installation, staff: Staff, entrant: Visitor) -> None:
    """Look into every queue of what failed, and send through again what does no harm a second time."""
    (key,) = (form["fields"]["key"] for form in entrant.forms)
    notified = {"Records": [{"s3": {"bucket": {"name": "any"}, "object": {"key": key}}}]}
    item = next(items(installation, f"SUBMISSION#{entrant.id}"))
    sent = {"kind": "submission", "schema": 1, "slug": entrant.slug, "body": entrant.body()}
    again: dict[str, dict[str, Any]] = {
        "submissions": sent,
        "quarantine": sent,
        "images": notified,
        "mirror": {"eventName": "MODIFY", "dynamodb": {"NewImage": item}},
        "notices": {"eventType": "Delivery", "mail": {"messageId": "none"}},
        "pipe": {"context": {}, "DDBStreamBatchInfo": {"batchSize": 1}},
        **{queue: {"none": "of ours"} for queue in TASKS},
    }
    # Two of each: what is not meant is put back.
    others = {queue: put_dead(installation, queue, {"none": "of ours"}) for queue in again}
    sent_ids = {queue: put_dead(installation, queue, body) for queue, body in again.items()}
    sweep_an_unsent_photo(installation)
    staff.open("operations/")
    for queue, message_id in sent_ids.items():
        staff.open(f"operations/{queue}/")
        if queue not in TASKS:
            staff.post(f"operations/{queue}/", act="replay", id=message_id)
    jobs_end(installation)
    for queue, message_id in others.items():
        if queue != "quarantine":
            staff.post(f"operations/{queue}/", act="discard", id=message_id, reason="A test's.")
    # Where the worker is in its place, the first Pipe is to stand.
    by_worker = installation.environment_too.get("INGEST_CONSUMER") == "celery"
    for key in ("mirror",) if by_worker else ("mirror", "ingest"):
        pipe = installation.environment[f"{key.upper()}_PIPE_NAME"]
        installation.aws("pipes").stop_pipe(Name=pipe)
        wait_until(
            partial(switched_on, staff, key), what=f"the page knows that the {key} Pipe stands"
        )


def switched_on(staff: Staff, key: str) -> bool:
    """Switch a Pipe on, where the page has seen by now that it stands."""
    return "is being switched on" in staff.post("operations/", act="switch_on", pipe=key)


DEAD = {
    "submissions": "SUBMISSIONS_DEAD_LETTER_QUEUE_URL",
    "quarantine": "QUARANTINE_QUEUE_URL",
    "images": "IMAGES_DEAD_LETTER_QUEUE_URL",
    "mirror": "MIRROR_DEAD_LETTER_QUEUE_URL",
    "notices": "MAIL_NOTICES_DEAD_LETTER_QUEUE_URL",
    "pipe": "MIRROR_PIPE_DEAD_LETTER_QUEUE_URL",
    "mail_tasks": "MAIL_TASKS_DEAD_LETTER_QUEUE_URL",
    "jobs": "JOBS_DEAD_LETTER_QUEUE_URL",
}
"""By name on the page of operations, where the queue's address stands in the settings."""


def put_dead(installation: Installation, queue: str, body: dict[str, Any]) -> str:
    """Put a message where what failed ends; return its id."""
    url = installation.environment[DEAD[queue]]
    made = installation.aws("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(body))
    return str(made["MessageId"])


def jobs_end(installation: Installation) -> None:
    """Wait until the worker has done what staff started."""
    query = "SELECT 1 FROM jobs_job WHERE state IN ('waiting', 'running')"
    wait_until(lambda: not installation.rows(query), what="the jobs end", seconds=60)


def sweep_an_unsent_photo(installation: Installation) -> None:
    """Upload a photo without an entry, and let the sweep come when its time is over."""
    idle = Visitor(installation, "summer-receipts")
    photo = fresh_receipt()
    idle.start(announced(photo))
    idle.upload(photo)
    idle.images(1)
    installation.python(
        "from submissions.operations.services.unsent_photos import sweep_unsent\n"
        "sweep_unsent(at=timezone.now() + timedelta(days=9), enough=lambda: False)\n"
    )


def decide_and_compare(installation: Installation, staff: Staff, entrant: Visitor) -> None:
    """Look at an entry, reject it, and have the table compared with the site."""
    staff.open(f"submissions/submission/{entrant.id}/change/")
    installation.python(
        "from submissions.review.services.decisions import reject_submission\n"
        "from ingest_lambda.contract import Reason\n"
        f"reject_submission('{entrant.id}', reasons=[Reason(code='WRONG_VARIANT')], "
        "actor=None, at=timezone.now())\n"
    )
    entrant.mail("rejected")
    staff.post("operations/", act="compare")
    staff.post("operations/", act="compare_all")
    jobs_end(installation)
    installation.manage("republish")
    with suppress(AssertionError):  # what other tests left in the table may differ
        installation.manage("reconcile")


@pytest.fixture(scope="module")
def calls(embedded: Installation, scenery: Mapping[str, Any]) -> Mapping[str, set[Call]]:
    """What each process called from the start of the installation on."""
    run_every_path(embedded)
    wait_until(
        lambda: any(
            call.action == "dynamodb:BatchGetItem" for call in calls_of(embedded)["worker"]
        ),
        what="a comparison of all items",
    )
    return calls_of(embedded)


@pytest.mark.parametrize("process", POLICIES)
def test_a_process_calls_nothing_that_its_role_does_not_allow(
    embedded: Installation, calls: Mapping[str, set[Call]], process: str
) -> None:
    assert calls[process]
    assert refused(embedded)[process] == set()


@pytest.mark.parametrize("process", POLICIES)
def test_a_role_allows_nothing_that_its_process_never_calls(
    embedded: Installation, calls: Mapping[str, set[Call]], process: str
) -> None:
    if chosen_way_in() != BY_FUNCTION:
        pytest.skip("What another way in needs is allowed as well.")
    idle = {
        (sid, action, place)
        for sid, action, place in granted(embedded, process)
        if (process, sid) not in WITHOUT_A_CALL
        and not any(allows(action, place, call) for call in calls[process])
    }
    assert idle == set()
