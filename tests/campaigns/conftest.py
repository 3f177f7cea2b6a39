"""What tests of campaigns may ask for: a table of moto's and a site host in a directory of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError

from campaignhub import aws, ingest
from campaignhub.env import env
from campaigns.hosting.local import LocalHost
from campaigns.publishing.services import propagate
from campaigns.rendering import render_page
from ingest_lambda.adapters.table import Table
from tests.ingest_lambda.declared import create_stock_table
from tests.support.simulated_aws import empty_account


def make_table() -> Table:
    """Make the tables of the settings, empty and without indexes; those before are gone."""
    client = aws.dynamodb()
    for name in (env().table_name, env().stock_table_name):
        if name in client.list_tables()["TableNames"]:
            client.delete_table(TableName=name)
        create_stock_table(client, name)
    return Table(client, env().table_name)


@pytest.fixture
def table() -> Iterator[Table]:
    """The submissions table, empty, and an AWS account around it."""
    clients = (aws.dynamodb, aws.ses, ingest.clients.submissions_table, ingest.clients.stock_table)
    with empty_account():
        for made in clients:
            made.cache_clear()
        yield make_table()
    for made in clients:
        made.cache_clear()


class Away:
    """A client of a service that does not answer."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        def call(**_arguments: object) -> None:
            raise ReadTimeoutError(endpoint_url="http://away")

        return call


@pytest.fixture
def table_down(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Take the table away and give it back."""

    def switch(down: bool) -> None:
        client = Away() if down else aws.dynamodb()
        monkeypatch.setattr(
            ingest.clients, "submissions_table", lambda: Table(client, "campaignhub")
        )

    return switch


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LocalHost:
    """The local site host, in an empty directory."""
    monkeypatch.setattr(env(), "site_root", tmp_path / "site")
    return LocalHost(tmp_path / "site")


@pytest.fixture
def account() -> Iterator[None]:
    """An AWS account without anything in it."""
    with empty_account():
        boto3.setup_default_session()
        yield


@pytest.fixture
def templates(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Change the templates of a page: its foot says which."""

    def change(foot: str) -> None:
        def rendered(*given: object, **more: object) -> dict[str, bytes]:
            files = render_page(*given, **more)  # type: ignore[arg-type]
            return {
                path: content + f"<!-- {foot} -->".encode() if path.endswith(".html") else content
                for path, content in files.items()
            }

        monkeypatch.setattr(propagate, "render_page", rendered)

    return change
