"""The commands of whoever deploys: what is refused before anything is asked for, each in one sentence."""

import logging
from io import StringIO
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import SSOTokenLoadError
from django.core.management import CommandError, call_command

from campaignhub.deployment import plan
from campaignhub.env import ROOT, env
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
    text = more or '[ingest]\nAllowedOrigins = ["https://win.agency.test"]'
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
        ("x = 1", "x is no setting of an installation; there are stack, account"),
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


def test_everything_that_is_wrong_is_said_at_once_by_its_key_and_before_any_call(
    deployments: Path,
) -> None:
    (deployments / "demo.toml").write_text("""
stack = "Demo"
account = 111122223333
region = "eu-centrl-1"
python = "2.7"
[ingest]
AllowedOrigins = ["win.agency.test", "https://win.agency.test/path"]
PipeTarget = "apo"
ReceiptsKeptDays = 3
StartConcurrency = "many"
NoticeAddress = "nobody"
[edge]
DomainNames = ["https://win.agency.test"]
FrameAncestors = "*"
[notices]
MailDomain = "mail.example.com"
""")
    with pytest.raises(CommandError) as refused:
        call_command("deploy", "demo", "--check")
    said = str(refused.value).splitlines()
    for part in (
        "stack must be small letters",
        "account must be the twelve digits",
        "account still is the example's.",
        'region = "eu-centrl-1" must be a region of AWS',
        "python must be 3.12",
        '[ingest] AllowedOrigins = "win.agency.test,https://win.agency.test/path" must be origins',
        '[ingest] PipeTarget = "apo" must be one of lambda, api.',
        '[ingest] ReceiptsKeptDays = "3" must be 120 at least.',
        '[ingest] StartConcurrency = "many" must be a number.',
        '[ingest] NoticeAddress = "nobody" must be an e-mail address.',
        '[edge] DomainNames = "https://win.agency.test" must be names',
        """[edge] FrameAncestors = "*" must be 'self'""",
        "[notices] MailDomain still is the example's.",
    ):
        assert [line for line in said if part in line], part
    assert not [line for line in said if "should" in line or "Input" in line]


def test_the_example_as_it_is_builds_nothing(deployments: Path) -> None:
    example = (ROOT / "deployments" / "example.toml").read_text()
    (deployments / "demo.toml").write_text(example)
    with pytest.raises(CommandError, match=r"MailDomain still is the example's"):
        call_command("deploy", "demo", "--build")


def test_a_secret_of_the_environment_that_no_template_takes_is_refused_and_not_repeated(
    deployments: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    describe(deployments)
    monkeypatch.setenv("TOKEN_KEYS", "hunter2")
    monkeypatch.setenv("ORIGIN_SECRET", "hunter2")
    with pytest.raises(CommandError, match=r"\(TOKEN_KEYS\) must be name:hex") as refused:
        call_command("deploy", "demo", "--check")
    assert "(ORIGIN_SECRET) must have 32 characters at least" in str(refused.value)
    assert "hunter2" not in str(refused.value)


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


class _SignedOut:
    """A session of a person who never signed in, and an SDK that logs how it looked."""

    def __init__(self, *_: object, **__: object) -> None:
        self.region_name = ""

    def client(self, *_: object, **__: object) -> object:
        try:
            raise OSError("no token file")
        except OSError:
            for name in ("botocore.tokens", "botocore.credentials"):
                logging.getLogger(name).warning("refresh failed", exc_info=True)
        raise SSOTokenLoadError(error_msg="Token for staging does not exist")


@pytest.mark.parametrize(
    "command",
    [
        ["deploy", "demo", "--check"],
        ["domain", "add", "win.agency.test", "demo"],
        ["token_key", "add", "arn:aws:secretsmanager:eu-west-3:1:secret:x"],
        ["challenge_key", "add", "arn:aws:secretsmanager:eu-west-3:1:secret:x", "site"],
    ],
)
def test_who_is_not_signed_in_reads_one_sentence_and_no_traceback_of_the_sdk(
    deployments: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    command: list[str],
) -> None:
    describe(deployments)
    monkeypatch.setattr("campaignhub.management.commands.deploy.build_for", _built)
    monkeypatch.setattr(boto3, "Session", _SignedOut)
    monkeypatch.setattr(boto3, "client", _SignedOut().client)
    monkeypatch.setattr("sys.stdin", StringIO("secret"))
    with pytest.raises(CommandError, match=r"Token for staging does not exist\. Sign in\."):
        call_command(*command, stdout=StringIO())
    assert caplog.records == []
    logging.getLogger("botocore.tokens").warning("heard again")
    assert caplog.messages == ["heard again"]


def test_a_deployment_that_is_stopped_by_hand_says_what_goes_on(
    deployments: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    describe(deployments)

    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("campaignhub.management.commands.deploy.build_for", stopped)
    with pytest.raises(CommandError, match="What CloudFormation has begun goes on by itself"):
        call_command("deploy", "demo")
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("deploy", "demo", "--check")
