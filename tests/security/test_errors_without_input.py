"""What our programs say of a bad message never holds what was sent: logs and answers are read by others."""

import json
import logging
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from ingest_lambda import handlers
from ingest_lambda.batch import UnknownEvent
from submissions.intake.services.mirroring import mirror_stream_records
from tests.ingest_lambda.writing import EMAIL_FIELD
from tests.security.functions import Context, Functions, asked, deployed, envelope, photo
from tests.submissions.factories import NOON

pytestmark = pytest.mark.django_db

CANARY = "canary.7319@example.com"
BROKEN: list[Any] = [
    CANARY,
    [CANARY],
    {CANARY: CANARY},
    {CANARY: [{CANARY: CANARY}]},
    [[[[[[[[[[[[CANARY]]]]]]]]]]]],
    f"{CANARY}\x00\uffff",
    f"{CANARY}\ud800",
    CANARY * 3000,
]


@pytest.fixture
def functions(monkeypatch: pytest.MonkeyPatch) -> Iterator[Functions]:
    number = {"name": "number", "kind": "number", "required": False}
    with deployed(monkeypatch, fields=(EMAIL_FIELD, number)) as functions:
        yield functions


class Said(logging.Handler):
    """Keeps each line whole: its message, what stands beside it, and the traceback."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        self.lines.append(f"{logging.Formatter().format(record)} {vars(record)}")


@pytest.fixture
def is_silent() -> Iterator[list[str]]:
    """Fail at the end where the canary is in a log line, or in an answer that was added here."""
    said, answers = Said(), list[str]()
    loggers = [logging.getLogger(name) for name in ("ingest_lambda", "submissions", "campaignhub")]
    loggers.append(handlers.logger._logger)
    for logger in loggers:
        logger.addHandler(said)
    yield answers
    for logger in loggers:
        logger.removeHandler(said)
    for text in (*answers, *said.lines):
        assert CANARY not in text


def test_of_a_submission_or_message(functions: Functions, is_silent: list[str]) -> None:
    begun = functions.begin()
    good = {"submission_id": begun["submission_id"], "token": begun["token"], "answers": {}}
    said = {**good, "message_id": str(uuid4()), "kind": "appeal", "body": {}}
    said.pop("answers")
    for kind, whole in (("submission", good), ("message", said)):
        for name in (*whole, CANARY):
            for broken in BROKEN:
                body = json.dumps({**whole, name: broken})
                functions.write(envelope(body, kind=kind), receives=9)
        functions.write(envelope(f'{{"answers":{{"a":"{CANARY}"', kind=kind))
        functions.write(envelope("{}", kind=kind).replace('"schema":1', f'"schema":"{CANARY}"'))
    assert functions.quarantined()


def test_of_what_a_page_asks(functions: Functions, is_silent: list[str]) -> None:
    begun = functions.begin()
    for broken in BROKEN:
        for name in ("release", "route", "locale", "source", "uploads", "token", CANARY):
            status, answer = functions.start(asked(**{name: broken}))
            assert status < 500
            is_silent.append(json.dumps(answer))
        for name in (*photo(), CANARY):
            status, answer = functions.start(asked({**photo(), name: broken}))
            assert status < 500
            is_silent.append(json.dumps(answer))
        if isinstance(broken, str):
            is_silent.append(str(functions.status(begun, token=broken)))
            is_silent.append(str(functions.status(begun, id=broken)))
            is_silent.append(str(functions.start(asked(), slug=broken)))


def test_of_an_event_that_is_wired_wrongly(functions: Functions, is_silent: list[str]) -> None:
    context = Context()
    for record in (
        {"messageId": "m", "body": CANARY},
        {"messageId": "m", "body": [CANARY]},
        {"messageId": "m", "body": "{}", "attributes": {"SentTimestamp": CANARY}},
        {
            "messageId": "m",
            "body": envelope(json.dumps({})),
            "attributes": {"ApproximateReceiveCount": CANARY},
        },
    ):
        handlers.write([record], context)
        handlers.images([record], context)
        handlers.write_one({"body": json.dumps(record)}, context)
    for event in ({CANARY: CANARY}, [CANARY], CANARY, [{"messageId": [CANARY]}]):
        with pytest.raises(UnknownEvent) as caught:
            handlers.write(event, context)
        is_silent.append(str(caught.value))


def test_of_an_untimed_entry(functions: Functions, is_silent: list[str]) -> None:
    """The gateway always writes a time; a record past it may hold anything in its place."""
    begun = functions.begin()
    said = json.dumps({"submission_id": begun["submission_id"], "token": begun["token"]})
    untimed = f'{{"body":{said},"slug":"summer","kind":"submission","schema":1}}'
    record = {"messageId": "m", "body": untimed, "attributes": {"SentTimestamp": CANARY}}
    assert handlers.write([record], Context())["batchItemFailures"]


def test_of_a_record_of_the_table_s_stream(is_silent: list[str]) -> None:
    text = {"S": CANARY}
    for image in (
        {"sk": {"S": "SUBMISSION"}, "id": text},
        {"sk": {"S": "IMAGE#1"}, "pages": text},
        {"sk": {"S": f"MESSAGE#{CANARY}"}, "body": {"N": CANARY}},
        {"sk": CANARY},
        {CANARY: text},
    ):
        result = mirror_stream_records([{"dynamodb": {"NewImage": image}}], at=NOON)
        is_silent += [why for _, why in result.refused]
        assert result.refused
