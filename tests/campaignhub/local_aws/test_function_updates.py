"""A function that is updated while it is called: the call ends on the version that it began on, as on AWS."""

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.campaignhub.local_aws.conftest import eventually
from tests.support.stack import Stack

pytestmark = pytest.mark.flow
WAITING = """
import os, time

def handler(event, context):
    open(os.environ["BEGUN"], "w").close()
    while os.environ["WAITS"] and not os.path.exists(os.environ["MAY_END"]):
        time.sleep(0.01)
    return os.environ["VERSION"]
"""


def test_a_call_ends_on_the_version_that_it_began_on_and_holds_up_no_update(
    stack: Stack, tmp_path: Path
) -> None:
    functions, name = stack.client("lambda"), uuid4().hex[:12]
    begun, may_end = tmp_path / "begun", tmp_path / "may-end"

    def variables(version: str, waits: str) -> dict[str, Any]:
        files = {"BEGUN": str(begun), "MAY_END": str(may_end)}
        return {"Variables": {"VERSION": version, "WAITS": waits, **files}}

    def call() -> Any:
        return json.load(functions.invoke(FunctionName=name, Payload=b"{}")["Payload"])

    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("waiting.py", WAITING)
    functions.create_function(
        FunctionName=name,
        Runtime="python3.11",
        Role="arn:aws:iam::000000000000:role/none",
        Handler="waiting.handler",
        Timeout=60,
        Code={"ZipFile": code.getvalue()},
        Environment=variables("old", "yes"),
    )
    with ThreadPoolExecutor(1) as beside:
        under_way = beside.submit(call)
        try:
            eventually(begun.exists)
            functions.update_function_configuration(
                FunctionName=name, Environment=variables("new", "")
            )
            assert call() == "new"
            assert not under_way.done()
        finally:
            may_end.touch()
        assert under_way.result(60) == "old"
    assert call() == "new"
