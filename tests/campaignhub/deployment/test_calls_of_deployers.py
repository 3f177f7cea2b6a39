"""Who deploys may do what the commands call, on what they call it, and nothing else: each call as it was signed."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path

import boto3
import pytest
from django.core.management import CommandError, call_command
from moto.acm.models import acm_backends

from campaignhub.deployment import plan
from campaignhub.deployment.archives import Archives
from campaignhub.deployment.target import Target
from campaignhub.deployment.template import ORDER, parse_template
from campaignhub.deployment.token_keys import KNOWN_EVERYWHERE_AFTER
from campaignhub.env import env
from campaignhub.management.commands import deploy
from tests.ingest_lambda.declared import listed
from tests.support.deployers_account import DeployersAccount, deployers_account
from tests.support.recorded_calls import Call
from tests.support.resolved import ACCOUNT, Resolved

ROLE = f"arn:aws:iam::{ACCOUNT}:role/CloudFormationRole"
FILE = f"""
stack = "demo"
account = "{ACCOUNT}"
region = "eu-central-1"
cloudformation_role = "{ROLE}"
[ingest]
AllowedOrigins = ["https://win.agency.test"]
StartConcurrency = 0
[edge]
[notices]
MailDomain = "mail.agency.test"
"""
WITHOUT_A_CALL = {
    "TellMissingFromForbidden": "S3 asks for it to say that an object is missing",
}
"""Statements that no command needs, and why they are there."""


def granted(*policies: str) -> set[tuple[str, str, str]]:
    """Return what policies of ``pipeline.yaml`` allow: statement, action, resource."""
    template = parse_template(ORDER["secrets"].with_name("pipeline.yaml").read_text())
    given = {"Installation": "demo", "Repository": "acme/campaigns", "DeployEnvironment": "staging"}
    statements = Resolved(template, **given).policies()
    return {
        (statement["Sid"], action, place)
        for policy in policies
        for statement in statements[policy]
        for action in listed(statement["Action"])
        for place in listed(statement["Resource"])
    }


def compare(calls: list[Call], *policies: str) -> None:
    """Fail where a call is not allowed, and where no call needs what is."""
    assert calls
    refused, idle = set(calls), granted(*policies)
    for call in set(calls):
        for grant in granted(*policies):
            if call.action == grant[1] and fnmatchcase(call.resource, grant[2]):
                refused.discard(call)
                idle.discard(grant)
    assert refused == set()
    assert {grant for grant in idle if grant[0] not in WITHOUT_A_CALL} == set()


@pytest.fixture
def no_database() -> Iterator[None]:
    """Name no database, whichever the tests run on: a deployment would start a process that writes to it."""
    named = env().model_fields_set
    was_named = "database_url" in named
    named.discard("database_url")
    yield
    if was_named:
        named.add("database_url")


@pytest.fixture
def account(
    no_database: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DeployersAccount]:
    """Give an account to deploy to, and the file of the installation ``demo``."""
    monkeypatch.setattr(plan, "ROOT", tmp_path)
    monkeypatch.setattr(deploy, "VAR", tmp_path)
    monkeypatch.setattr("campaignhub.management.commands.domain.VAR", tmp_path)
    monkeypatch.setattr(deploy, "build_for", lambda *_, **__: _archives(tmp_path))
    (tmp_path / "deployments").mkdir()
    write_file(tmp_path)
    with deployers_account() as account:
        yield account


def _archives(directory: Path) -> Archives:
    found = Archives(directory / "light-1.zip", directory / "images-1.zip", Target())
    for archive in (found.light, found.images):
        archive.write_bytes(archive.name.encode())
    return found


def write_file(directory: Path, *, starts: int = 0, edge: str = "") -> None:
    """Write what the installation is to be."""
    text = FILE.replace("StartConcurrency = 0", f"StartConcurrency = {starts}")
    (directory / "deployments" / "demo.toml").write_text(text.replace("[edge]", f"[edge]\n{edge}"))


def run(*command: str) -> None:
    """Run a command of ``manage.py``."""
    call_command(*command, stdout=io.StringIO())


def test_a_pull_request_s_run_may_do_what_a_check_calls_and_nothing_else(
    account: DeployersAccount, tmp_path: Path
) -> None:
    run("deploy", "demo", "--check")
    assert account.stacks.held == {}, "nothing stays of what was only shown"
    with account.uncounted():
        run("deploy", "demo")
    run("deploy", "demo", "--check")
    write_file(tmp_path, starts=5)
    account.stacks.is_refused = True
    with pytest.raises(CommandError, match="The name is taken"):
        run("deploy", "demo", "--check")
    compare(account.calls, "ShowAccess")


def test_a_run_may_do_what_a_deployment_calls_and_nothing_else(
    account: DeployersAccount, tmp_path: Path
) -> None:
    account.stacks.fails = {"demo-ingest": "ROLLBACK_COMPLETE"}
    with pytest.raises(CommandError, match="demo-ingest failed"):
        run("deploy", "demo")
    run("deploy", "demo")
    assert set(account.stacks.held) == {f"demo-{name}" for name in ORDER}
    with account.uncounted():
        put_origin_secret(account)
    account.stacks.fails = {"demo-edge": "UPDATE_ROLLBACK_FAILED"}
    with pytest.raises(CommandError, match="the next deployment settles it"):
        run("deploy", "demo")
    run("deploy", "demo")
    write_file(tmp_path, starts=5)
    account.stacks.is_refused = True
    with pytest.raises(CommandError, match="The name is taken"):
        run("deploy", "demo")
    compare(account.calls, "ShowAccess", "DeployAccess")


def put_origin_secret(account: DeployersAccount) -> None:
    """Put another value for the distribution to send, as a person does with AWS's own tool."""
    manager = boto3.client("secretsmanager", region_name="eu-central-1")
    arn = account.stacks.given["OriginSecretArn"]
    manager.put_secret_value(SecretId=arn, SecretString="44" * 32)


def test_a_person_may_do_what_a_change_of_keys_calls_and_nothing_else(
    account: DeployersAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = boto3.client("secretsmanager", region_name="eu-central-1")
    arns = account.stacks.given
    run("token_key", "add", arns["TokenKeysArn"])
    with account.uncounted():
        held = manager.get_secret_value(SecretId=arns["TokenKeysArn"])["SecretString"]
    monkeypatch.setattr(env(), "token_keys", held)
    later = datetime.now(UTC) + KNOWN_EVERYWHERE_AFTER + timedelta(seconds=1)
    clock = type("Later", (), {"now": lambda _zone: later})
    monkeypatch.setattr("campaignhub.management.commands.token_key.datetime", clock)
    run("token_key", "promote", arns["TokenKeysArn"], "--name", "k2")
    monkeypatch.setattr("sys.stdin", io.StringIO("hush\n"))
    run("challenge_key", "add", arns["ChallengeSecretsArn"], "0x4new")
    put_origin_secret(account)
    compare(account.calls, "KeysAccess")


def test_a_person_may_do_what_a_domain_calls_and_nothing_else(
    account: DeployersAccount, tmp_path: Path
) -> None:
    with account.uncounted():
        run("deploy", "demo")
        zones = boto3.client("route53", region_name="us-east-1")
        zones.create_hosted_zone(Name="agency.test", CallerReference="1")
    with pytest.raises(CommandError, match="not issued yet"):
        run("domain", "add", "win.agency.test", "demo", "--wait", "0")
    (certificate,) = acm_backends[ACCOUNT]["us-east-1"]._certificates.values()
    certificate.status = "ISSUED"
    names = f'DomainNames = ["win.agency.test"]\nCertificateArn = "{certificate.arn}"'
    write_file(tmp_path, edge=names)
    run("domain", "add", "win.agency.test", "demo", "--wait", "0")
    compare(account.calls, "DomainsAccess")


def test_a_run_changes_no_key_and_no_domain_by_itself() -> None:
    mine = {action for _, action, _ in granted("ShowAccess", "DeployAccess")}
    theirs = {action for _, action, _ in granted("KeysAccess", "DomainsAccess")}
    assert mine & theirs == {"sts:GetCallerIdentity", "secretsmanager:GetSecretValue"}
    read = {
        place for _, action, place in granted("DeployAccess") if action.endswith("GetSecretValue")
    }
    assert all(":secret:OriginSecret-" in place for place in read)
