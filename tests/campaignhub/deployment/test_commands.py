"""The commands of whoever deploys: what is refused before anything is asked for, each in one sentence."""

from io import StringIO
from pathlib import Path

import boto3
import pytest
from django.core.management import CommandError, call_command

from campaignhub.deployment import plan
from campaignhub.env import env
from tests.support.simulated_aws import empty_account

SIMULATED = "123456789012"


@pytest.fixture
def deployments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the files of installations in a directory of the test's own."""
    monkeypatch.setattr(plan, "ROOT", tmp_path)
    (tmp_path / "deployments").mkdir()
    return tmp_path / "deployments"


def describe(deployments: Path, account: str = SIMULATED, more: str = "") -> None:
    """Write the file of the installation ``demo``."""
    where = f'stack = "demo"\naccount = "{account}"\nregion = "eu-central-1"\n'
    text = more or '[ingest]\nAllowedOrigins = ["https://win.example.com"]'
    text = where + text
    (deployments / "demo.toml").write_text(text)


@pytest.mark.parametrize("name", ["../demo", "demo.toml", "a/b", "", "-x", "a b", "demo\n", "é"])
@pytest.mark.usefixtures("deployments")
def test_what_is_no_name_of_an_installation_is_no_path_either(name: str) -> None:
    for command in (["deploy", "--", name], ["domain", "add", "win.example.com", "--", name]):
        with pytest.raises(CommandError, match="names no installation"):
            call_command(*command)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ('[secrets]\nTokenKeys = "x"', r"\[secrets\] TokenKeys is no parameter"),
        ("[ingest", "deployments/demo.toml: "),
        ("x = 1", "x: Extra inputs"),
        ("[edge]", r"demo\.toml: \[ingest\] AllowedOrigins is to be set\."),
        ('[edge]\nDomainNames = ["a.b"]\n[notices]', r"\[notices\] MailDomain is to be set"),
    ],
)
def test_a_file_that_says_something_else_is_refused_by_what_is_wrong(
    deployments: Path, more: str, why: str
) -> None:
    describe(deployments, more=more)
    with pytest.raises(CommandError, match=why):
        call_command("deploy", "demo", "--build")


def test_a_file_that_is_no_text_is_refused(deployments: Path) -> None:
    (deployments / "demo.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(CommandError, match=r"demo\.toml: "):
        call_command("deploy", "demo", "--build")


def test_a_profile_that_is_not_there_is_said_and_no_traceback(
    deployments: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    describe(deployments)
    monkeypatch.setattr("campaignhub.management.commands.deploy.build_for", _built)
    monkeypatch.setenv("AWS_PROFILE", "nobody-s")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    for command in (
        ["deploy", "demo", "--check"],
        ["domain", "add", "win.example.com", "demo"],
        ["token_key", "add", "arn"],
    ):
        with pytest.raises(CommandError, match=r"profile \(nobody-s\) could not be found"):
            call_command(*command, stdout=StringIO())


def _built(target: object, *_: object, **__: object) -> object:
    from campaignhub.deployment.archives import Archives
    from campaignhub.deployment.target import Target

    here = Path(__file__)
    assert isinstance(target, Target)
    return Archives(here, here, target)


def test_a_domain_is_asked_for_in_the_installation_s_account_only(deployments: Path) -> None:
    describe(deployments, account="999999999999")
    with empty_account():
        with pytest.raises(CommandError, match=f"of account {SIMULATED}; the file names 9999"):
            call_command("domain", "add", "win.example.com", "demo")
        certificates = boto3.client("acm", region_name="us-east-1")
        assert not certificates.list_certificates()["CertificateSummaryList"]


@pytest.mark.parametrize(
    "domain",
    ["win.example.com;rm", "*.example.com", "example", "a..b", "-a.com", "a" * 64 + ".com", "a b.com", "", "10.0.0.1", "https://a.com", "win.example.com/x"],
)  # fmt: skip
def test_what_is_no_domain_is_asked_for_nowhere(deployments: Path, domain: str) -> None:
    describe(deployments)
    with pytest.raises(CommandError, match="is no domain name"):
        call_command("domain", "add", "--", domain, "demo")


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("WIN.Example.com.", "win.example.com"),
        ("gewinn.münchen.example", "gewinn.xn--mnchen-3ya.example"),
    ],
)
def test_a_domain_is_certified_as_records_spell_it(
    deployments: Path, typed: str, asked: str
) -> None:
    describe(deployments)
    with empty_account():
        with pytest.raises(CommandError, match="not issued yet"):
            call_command("domain", "add", typed, "demo", "--wait", "0", stdout=StringIO())
        found = boto3.client("acm", region_name="us-east-1").list_certificates()
    assert [one["DomainName"] for one in found["CertificateSummaryList"]] == [asked]


def test_a_key_is_added_where_its_secret_is_whatever_region_this_machine_is_set_to() -> None:
    assert env().aws_region != "eu-west-3"
    with empty_account():
        manager = boto3.client("secretsmanager", region_name="eu-west-3")
        arn = manager.create_secret(Name="keys", SecretString="k1:" + "11" * 32)["ARN"]
        call_command("token_key", "add", arn, stdout=StringIO())
        assert ",k2:" in manager.get_secret_value(SecretId=arn)["SecretString"]
