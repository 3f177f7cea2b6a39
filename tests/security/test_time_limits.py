"""Every call over a network ends: no client without a limit on connecting and on each read."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import get_connection
from storages.backends.s3 import S3Storage

from campaignhub import aws, settings
from campaignhub.local_aws import deploy
from ingest_lambda.adapters import bucket, quarantine, table
from ingest_lambda.config import Config

ROOT = Path(settings.__file__).parents[1]
ROOMS = ("campaignhub", "campaigns", "submissions", "ingest_lambda")
CALLS = {"urlopen", "HTTPConnection", "HTTPSConnection", "create_connection", "SMTP", "SMTP_SSL"}
CLIENTS = {"client", "resource", "create_client"}
LIMITS = {"connect_timeout", "read_timeout"}
MOST_CONNECT_SECONDS, MOST_READ_SECONDS = 5, 60


def modules() -> Iterator[tuple[str, ast.Module]]:
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            if "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def name_of(call: ast.Call) -> str:
    called = call.func
    return (
        called.attr
        if isinstance(called, ast.Attribute)
        else called.id
        if isinstance(called, ast.Name)
        else ""
    )


def owner_of(call: ast.Call) -> str:
    called = call.func
    return ast.unparse(called.value) if isinstance(called, ast.Attribute) else ""


def words_of(call: ast.Call) -> set[str]:
    """Return the keywords of a call, also of dictionaries that are written out in it."""
    words = {keyword.arg for keyword in call.keywords if keyword.arg}
    for keyword in call.keywords:
        if keyword.arg is None and isinstance(keyword.value, ast.Dict):
            words |= {
                key.value
                for key in keyword.value.keys
                if isinstance(key, ast.Constant) and isinstance(key.value, str)
            }
    return words


def limits_of_client(call: ast.Call) -> set[str]:
    config = next((k.value for k in call.keywords if k.arg == "config"), None)
    return words_of(config) & LIMITS if isinstance(config, ast.Call) else set()


def test_every_call_and_every_client_in_the_product_says_how_long_it_waits() -> None:
    seen, faults = 0, []
    for path, tree in modules():
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = name_of(call)
            if name in CALLS:
                limited = "timeout" in words_of(call)
            elif name in CLIENTS and (owner_of(call) == "boto3" or name == "create_client"):
                limited = limits_of_client(call) == LIMITS
            elif owner_of(call) in ("requests", "httpx"):
                limited = "timeout" in words_of(call)
            else:
                continue
            seen += 1
            if not limited:
                faults.append(f"{path}:{call.lineno} {ast.unparse(call)[:80]}")
    assert seen >= 7, "the walk finds what there is"
    assert faults == []


def clients() -> list[Any]:
    """Return one of every client that a process of ours makes, each by its own maker."""
    made = [
        make()
        for make in vars(aws).values()
        if hasattr(make, "cache_info") and make.__module__ == aws.__name__
    ]
    assert len(made) >= 8
    config = Config(aws_endpoint_url="http://127.0.0.1:9")
    made += [
        table.open_table(config).store.client,
        bucket.open_bucket(config)._client,
        quarantine.open_quarantine(config).client(),
        deploy.client("sqs", "http://127.0.0.1:9"),
    ]
    stores: Any = settings.STORAGES
    for store in ("default", "receipts"):
        storage = S3Storage(**stores[store]["OPTIONS"])
        made.append(storage.connection.meta.client)
    mail: Any = get_connection("campaignhub.mail_backend.EmailBackend")
    mail.open()
    return [*made, mail.client]


@pytest.fixture
def _an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")


@pytest.mark.usefixtures("_an_account")
def test_no_client_waits_longer_than_what_it_is_for() -> None:
    for client in clients():
        config = client.meta.config
        what = client.meta.service_model.service_name
        assert config.connect_timeout <= MOST_CONNECT_SECONDS, what
        assert config.read_timeout <= MOST_READ_SECONDS, what
        tries = (config.retries or {}).get("total_max_attempts", 5)
        assert config.connect_timeout * tries <= 10, what


@pytest.fixture(scope="module")
def deployed() -> Any:
    """Return what the settings say where there is a broker and PostgreSQL."""
    asked = (
        "import json, campaignhub.settings as s;"
        "print(json.dumps([s.CELERY_BROKER_TRANSPORT_OPTIONS, s.DATABASES['default']['OPTIONS']]))"
    )
    said = subprocess.run(
        [sys.executable, "-c", asked],
        env={
            **os.environ,
            "MAIL_TASKS_QUEUE_URL": "http://127.0.0.1:9/000000000000/mail-tasks",
            "JOBS_QUEUE_URL": "http://127.0.0.1:9/000000000000/jobs",
            "DATABASE_URL": "postgres://nobody@127.0.0.1:9/nothing",
        },
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        cwd=ROOT,
    )
    return json.loads(said.stdout)


def test_the_broker_s_client_has_limits_that_outlast_its_long_poll(deployed: Any) -> None:
    options = deployed[0]
    limits = options["client-config"]
    assert limits["connect_timeout"] <= MOST_CONNECT_SECONDS
    assert options["wait_time_seconds"] < limits["read_timeout"] <= MOST_READ_SECONDS


def test_no_statement_of_the_database_waits_for_ever(deployed: Any) -> None:
    options = deployed[1]
    assert options["connect_timeout"] <= MOST_CONNECT_SECONDS
    for limit in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
        assert f"-c {limit}=" in options["options"]
        assert f"-c {limit}=0 " not in f"{options['options']} "
