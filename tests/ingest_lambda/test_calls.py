"""Each function may do what it does, and nothing else: its calls beside its role."""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any
from uuid import uuid4

import boto3
import pytest

from ingest_lambda.adapters.clients import sdk_session
from ingest_lambda.contract import PrizeOutcome
from ingest_lambda.contract.stock import Given, local_day
from tests.ingest_lambda.declared import listed, template, variables
from tests.ingest_lambda.functions.prizes.prizes import (
    STICKER,
    VOUCHER,
    load_stickers,
    load_vouchers,
    plan,
    vouchers,
)
from tests.ingest_lambda.writing import limit
from tests.security.functions import (
    PARTNER_KEY,
    Functions,
    asked,
    cool_down,
    deployed,
    envelope,
    photo,
)
from tests.support.receipts import receipt_bytes
from tests.support.recorded_calls import Call, recorded_calls
from tests.support.resolved import Resolved

DUE_AT = datetime.now(UTC) - timedelta(hours=1)
WITHOUT_A_CALL = {
    "Log": "Lambda itself writes what a function prints",
    "Trace": "Lambda itself sends the traces",
    "ReadQueue": "Lambda itself reads the queue of an event source mapping",
    "SignUploads": "the visitor's browser sends the form, and the test uploads what it says",
    "TellMissingFromForbidden": "S3 asks for it when it says which of the two an object is",
}
"""Statements that no request of ours needs, and why they are there."""


def allows(statement: dict[str, Any], call: Call) -> bool:
    keys = (
        statement.get("Condition", {})
        .get("ForAllValues:StringLike", {})
        .get("dynamodb:LeadingKeys", ["*"])
    )
    return (
        call.action in listed(statement["Action"])
        and any(fnmatchcase(call.resource, pattern) for pattern in listed(statement["Resource"]))
        and (call.leading_key is None or any(fnmatchcase(call.leading_key, k) for k in keys))
    )


def deployed_as(call: Call) -> Call:
    """Name the resource of a test as the template's."""
    resource = (
        re.sub("table/t(?=$|/)", "table/Table", call.resource)
        .replace("table/stock", "table/StockTable")
        .replace("arn:aws:s3:::receipts/", "arn:aws:s3:::bucket/")
        .replace(":quarantine", ":QuarantineQueue")
    )
    return Call(call.action, resource, call.leading_key)


class Recorder:
    """The calls of each function, by its role."""

    def __init__(self) -> None:
        self.calls: dict[str, set[Call]] = {}

    @contextmanager
    def of(self, role: str) -> Iterator[None]:
        """Take what is called meanwhile for the calls of one role."""
        known = variables(role.replace("Role", "Function"))
        with pytest.MonkeyPatch.context() as monkeypatch:
            for name in {variable_of(parameter) for parameter in GIVEN} - known:
                monkeypatch.delenv(name)
            cool_down()
            with recorded_calls(sdk_session()) as calls:
                yield
            cool_down()
        self.calls.setdefault(role, set()).update(map(deployed_as, calls))


GIVEN = {
    "TokenKeysArn": "token-keys",
    "PersonSecretArn": "person-secret",
    "ChallengeSecretsArn": "challenge-secrets",
}
"""Secrets are in Secrets Manager, as on AWS; moto finds one by its name as by its ARN."""


def variable_of(parameter: str) -> str:
    """Return the variable that a function finds a parameter in."""
    return re.sub("(?<!^)([A-Z])", r"_\1", parameter).upper()


def keep_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Move the secrets from the environment to Secrets Manager."""
    manager = boto3.client("secretsmanager")
    for name, arn in GIVEN.items():
        variable = variable_of(name)
        text = os.environ.get(variable.removesuffix("_ARN")) or " "
        manager.create_secret(Name=arn, SecretString=text)
        monkeypatch.setenv(variable, arn)
        monkeypatch.setenv(variable.removesuffix("_ARN"), "")


def put_prizes(functions: Functions) -> None:
    """Put a code for everyone, and moments that are due: the first of them a ghost, given already."""
    load_stickers(functions, 4, size=2, codes=True)
    due = vouchers(3, at=DUE_AT)
    load_vouchers(functions, due)
    given = Given(prize="voucher", unit=due[0].unit, submission_id=None)
    functions.stock.given.put_if_absent("c1", given)


def run_every_path(functions: Functions, recorder: Recorder) -> None:
    """Take an entry through all that the functions do with it, with what goes wrong beside it."""
    content = receipt_bytes()
    announced = photo(size=len(content))
    with recorder.of("StartRole"):
        begun, winner = functions.begin(announced), functions.begin()
        functions.begin(announced, key=PARTNER_KEY)
        assert functions.start(asked(announced, token=begun["token"]))[0] == 200
        another = photo("b" * 64, size=len(content))
        assert functions.start(asked(another, token=begun["token"]))[0] == 200
        assert functions.start(asked(), slug="unknown")[0] == 404
    (form,) = begun["uploads"]
    with recorder.of("ImagesRole"):
        assert functions.look_at(form["fields"]["key"], content) == []
        assert functions.look_at(form["fields"]["key"], b"no picture") == []
    with recorder.of("WriteRole"):
        functions.submit(begun)
        functions.submit(begun)
        functions.submit(winner)
        assert set(functions.stored(winner).prizes.values()) == {PrizeOutcome.GIVEN}
        functions.write(envelope(json.dumps({"submission_id": str(uuid4()), "token": "x" * 40})))
        withdrawal = {
            "submission_id": begun["submission_id"],
            "message_id": str(uuid4()),
            "token": begun["token"],
            "kind": "withdrawal",
        }
        functions.write(envelope(json.dumps(withdrawal), kind="message"))
    with recorder.of("StatusRole"):
        assert functions.status(begun)[0] == 200
        assert functions.status(begun, token="none")[0] == 401
        awards = functions.status(winner)[1]["awards"]
        assert [bool(award.get("code")) for award in awards] == [True, True]


@pytest.fixture(scope="module")
def recorder() -> Recorder:
    recorder = Recorder()
    with (
        pytest.MonkeyPatch.context() as monkeypatch,
        deployed(
            monkeypatch,
            limits=(limit("person", 1),),
            prize_plan=plan(VOUCHER, STICKER, moment_days=(local_day(DUE_AT, "Europe/London"),)),
        ) as functions,
    ):
        keep_secrets(monkeypatch)
        put_prizes(functions)
        run_every_path(functions, recorder)
    return recorder


ROLES = ("StartRole", "WriteRole", "StatusRole", "ImagesRole")


@pytest.mark.parametrize("role", ROLES)
def test_a_role_allows_every_call_of_its_function(recorder: Recorder, role: str) -> None:
    statements = Resolved(template(), **GIVEN).policies()[role]
    refused = {
        call
        for call in recorder.calls[role]
        if not any(allows(statement, call) for statement in statements)
    }
    assert refused == set()


@pytest.mark.parametrize("role", ROLES)
def test_a_role_allows_nothing_that_its_function_never_calls(recorder: Recorder, role: str) -> None:
    idle = {
        (statement["Sid"], action)
        for statement in Resolved(template(), **GIVEN).policies()[role]
        if statement["Sid"] not in WITHOUT_A_CALL
        for action in listed(statement["Action"])
        if not any(
            call.action == action and allows(statement, call) for call in recorder.calls[role]
        )
    }
    assert idle == set()
