"""The code of a function is unpacked once for all its processes, and for the next start."""

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.support.stack import Stack

pytestmark = pytest.mark.flow
WHERE = """
import os, time

def handler(event, context):
    name = os.path.join(os.environ["BEGUN"], str(os.getpid()))
    open(name, "w").close()
    while len(os.listdir(os.environ["BEGUN"])) < 2:
        time.sleep(0.01)
    return [os.getpid(), os.path.realpath(__file__), "VERSION"]
"""


def archive(version: str) -> bytes:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as made:
        made.writestr("where.py", WHERE.replace("VERSION", version))
    return code.getvalue()


def test_processes_of_one_archive_share_its_files_and_another_archive_has_its_own(
    stack: Stack, tmp_path: Path
) -> None:
    functions, name = stack.client("lambda"), uuid4().hex[:12]
    begun = tmp_path / "begun"
    begun.mkdir()
    functions.create_function(
        FunctionName=name,
        Runtime="python3.11",
        Role="arn:aws:iam::000000000000:role/none",
        Handler="where.handler",
        Timeout=60,
        Code={"ZipFile": archive(f"first {name}")},
        Environment={"Variables": {"BEGUN": str(begun)}},
    )

    def call() -> Any:
        return json.load(functions.invoke(FunctionName=name, Payload=b"{}")["Payload"])

    with ThreadPoolExecutor(2) as both:
        (one, file, version), (other, same, _) = both.map(lambda _: call(), range(2))
    functions.update_function_code(FunctionName=name, ZipFile=archive(f"second {name}"))
    _, newer, updated = call()

    assert one != other, "two calls at once are two processes"
    assert file == same != newer
    assert (version, updated) == (f"first {name}", f"second {name}")
    kept = stack.ministack.directory / "code"
    assert Path(file).is_relative_to(kept)
    assert len(list(kept.iterdir())) <= 4
    assert not list((stack.ministack.directory / "tmp").rglob("code.zip"))
