"""What no consumer can read is put aside, and no queue waits for it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import uuid4

import pytest

from tests.flows.bad import fresh_receipt, held
from tests.support.installation import Installation, wait_until
from tests.support.visitor import Visitor

pytestmark = pytest.mark.flow


@contextmanager
def impatient(installation: Installation, queue: str) -> Iterator[str]:
    """Let a queue give up after two tries of three seconds each, as long as this lasts."""
    sqs, url = installation.aws("sqs"), installation.environment[queue]
    names = ["VisibilityTimeout", "RedrivePolicy"]
    before = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    policy = {**json.loads(before["RedrivePolicy"]), "maxReceiveCount": 2}
    sqs.set_queue_attributes(
        QueueUrl=url, Attributes={"VisibilityTimeout": "3", "RedrivePolicy": json.dumps(policy)}
    )
    try:
        yield url
    finally:
        sqs.set_queue_attributes(QueueUrl=url, Attributes=before)


WORKERS = {"MAIL_TASKS_QUEUE_URL": "mail", "JOBS_QUEUE_URL": "jobs"}


def end_the_poll(installation: Installation, queue: str) -> None:
    """Give a worker tasks until it has done one: the poll that took it is over.

    The poll of a worker that was killed may still take one, which is then hidden for minutes.
    """
    sqs, url = installation.aws("sqs"), installation.environment[queue]
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]

    def counted() -> int:
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return sum(int(found[name]) for name in names)

    def has_done_one() -> bool:
        before = counted()
        installation.python(
            "from celery import current_app\n"
            f"current_app.send_task('jobs.mail_ended', queue='{WORKERS[queue]}')\n"
        )
        with suppress(AssertionError):
            wait_until(lambda: counted() <= before, what="a task is done", seconds=15)
            return True
        return False

    wait_until(has_done_one, what="the worker has done a task", seconds=90)


@pytest.mark.parametrize(
    ("queue", "end"),
    [
        ("SUBMISSIONS_QUEUE_URL", "QUARANTINE_QUEUE_URL"),
        ("IMAGES_QUEUE_URL", "IMAGES_DEAD_LETTER_QUEUE_URL"),
        ("MIRROR_QUEUE_URL", "MIRROR_DEAD_LETTER_QUEUE_URL"),
        ("MAIL_TASKS_QUEUE_URL", "MAIL_TASKS_DEAD_LETTER_QUEUE_URL"),
        ("JOBS_QUEUE_URL", "JOBS_DEAD_LETTER_QUEUE_URL"),
    ],
)
def test_a_message_that_is_no_json_is_put_aside_and_the_others_go_on(
    embedded: Installation, queue: str, end: str
) -> None:
    poison = f"no JSON {uuid4()}"
    before, visitor = (Visitor(embedded, "summer-receipts") for _ in range(2))
    with impatient(embedded, queue) as url:
        # A long poll under way still waits with the patience it began with; what comes first ends it.
        if queue in WORKERS:
            end_the_poll(embedded, queue)
        before.enter(fresh_receipt())
        before.row("id")
        before.images(1)
        for body in (poison, f"[{poison}"):
            embedded.aws("sqs").send_message(QueueUrl=url, MessageBody=body)
        visitor.enter(fresh_receipt())
        visitor.row("id")
        visitor.images(1)
        wait_until(
            # Delivered again before it was put aside, one may be there twice.
            lambda: len({body for body in held(embedded, end) if poison in body}) == 2,
            what=f"both messages in {end}",
            # A worker takes them between its rounds, which others' mails may fill.
            seconds=120,
        )
    assert not any(poison in body for body in held(embedded, queue))
    logs = [embedded.directory / "log" / f"{name}.log" for name in ("mail", "jobs", "drain")]
    assert not any(poison in log.read_text() for log in logs)


def test_the_workers_know_no_queues_but_their_own(embedded: Installation) -> None:
    """Celery deletes what it cannot read: a queue of plain JSON among its own would be emptied."""
    printed = embedded.python(
        "from campaignhub.celery import app\n"
        "transport = app.conf.broker_transport_options\n"
        "named = sorted(app.amqp.queues), app.conf.task_create_missing_queues\n"
        "print(named, [q['url'] for q in transport['predefined_queues'].values()])\n"
    )

    urls = [embedded.environment[f"{name}_QUEUE_URL"] for name in ("MAIL_TASKS", "JOBS")]
    assert printed.splitlines()[-1] == f"(['jobs', 'mail'], False) {urls}"
