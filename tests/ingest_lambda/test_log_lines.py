"""Every log line of the functions names its submission, and none holds a token or what people typed."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from ingest_lambda import handlers
from ingest_lambda.adapters.quick_client import QuickClient
from ingest_lambda.functions.images import LAST_DELIVERY
from tests.security.functions import (
    Context,
    Functions,
    asked,
    cool_down,
    deployed,
    envelope,
    photo,
)

TYPED = "ann.of.the.log@example.com"


@pytest.fixture
def functions(monkeypatch: pytest.MonkeyPatch) -> Iterator[Functions]:
    with deployed(monkeypatch) as functions:
        monkeypatch.setenv("WRITE_THREADS", "8")
        cool_down()
        yield functions


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the functions log, quiet lines included, as their one handler writes it."""
    stream = io.StringIO()
    handler: Any = handlers.logger.registered_handler
    said, ours = handler.setStream(stream), logging.getLogger("ingest_lambda")
    level = ours.level
    ours.setLevel(logging.INFO)
    yield stream
    ours.setLevel(level)
    handler.setStream(said)


def read(lines: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def submission(begun: dict[str, Any]) -> str:
    body = {key: begun[key] for key in ("submission_id", "token")}
    return envelope(json.dumps({**body, "answers": {"email": TYPED}}))


class Broken:
    """What happens to the calls of the table: a bug, or a table that is away."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.error: Exception | None = None
        real: Any = vars(QuickClient)["_call"]

        def called(client: Any, operation: str, **arguments: Any) -> Any:
            if self.error:
                raise self.error
            return real(client, operation, **arguments)

        monkeypatch.setattr(QuickClient, "_call", called)


def test_each_of_many_submissions_at_once_has_lines_of_its_own(
    functions: Functions, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = [functions.begin() for _ in range(24)]
    functions.write("not json")  # a line of its thread's next submission would name none
    broken = Broken(monkeypatch)
    broken.error = KeyError("a bug")
    again = functions.write(*(submission(one) for one in begun))
    assert len(again) == 24
    said = read(lines)
    assert sorted(line["submission_id"] for line in said) == sorted(
        one["submission_id"] for one in begun
    )
    assert {line["message"] for line in said} == {"unforeseen"}
    for one in begun:
        assert one["token"] not in lines.getvalue()
    assert TYPED not in lines.getvalue()


def test_a_message_that_nobody_could_read_names_no_submission_of_before(
    functions: Functions, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRITE_THREADS", "1")
    cool_down()
    begun = functions.begin()
    broken = Broken(monkeypatch)
    broken.error = KeyError("a bug")
    record = {"messageId": "m1", "body": submission(begun), "attributes": {"SentTimestamp": "1"}}
    handlers.write([record, {"messageId": "m2"}], Context())
    first, second = read(lines)
    assert first["submission_id"] == begun["submission_id"]
    assert "submission_id" not in second


def test_start_and_status_name_the_submission_that_they_are_asked_about(
    functions: Functions, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = functions.begin(photo())
    broken = Broken(monkeypatch)
    broken.error = KeyError("a bug")
    assert functions.status(begun)[0] == 500
    assert functions.start(asked(photo("b" * 64), token=begun["token"]))[0] == 500
    assert [line["submission_id"] for line in read(lines)] == [begun["submission_id"]] * 2
    assert begun["token"] not in lines.getvalue()
    assert functions.start(asked(), slug="other")[0] == 500
    assert "submission_id" not in read(lines)[-1]


def test_the_images_function_names_the_submission_of_a_photo(
    functions: Functions, lines: io.StringIO
) -> None:
    begun = functions.begin(photo())
    key = begun["uploads"][0]["fields"]["key"]
    boto3.client("s3").put_object(Bucket="receipts", Key=key, Body=b"\xff\xd8\xff and no more")
    notice = json.dumps({"Records": [{"s3": {"object": {"key": key}}}]})
    attributes = {"ApproximateReceiveCount": str(LAST_DELIVERY)}
    handlers.images([{"messageId": "m", "body": notice, "attributes": attributes}], Context())
    assert [line["submission_id"] for line in read(lines)] == [begun["submission_id"]]
