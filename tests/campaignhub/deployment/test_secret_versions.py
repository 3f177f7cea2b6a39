"""Two who change one secret at once: one is refused, and no key is lost."""

from collections.abc import Iterator
from io import StringIO
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from django.core.management import CommandError, call_command

from campaignhub.deployment.errors import CannotDeploy
from campaignhub.deployment.secret_versions import change_secret
from campaignhub.env import env
from tests.support.simulated_aws import empty_account


@pytest.fixture
def manager() -> Iterator[Any]:
    with empty_account():
        yield boto3.client("secretsmanager", region_name=env().aws_region)


@pytest.fixture
def arn(manager: Any) -> str:
    return str(manager.create_secret(Name="keys", SecretString="a")["ARN"])


def text_of(manager: Any, arn: str) -> str:
    return str(manager.get_secret_value(SecretId=arn)["SecretString"])


def add(manager: Any, arn: str, part: str) -> None:
    change_secret(manager, arn, lambda text, _changed_at: f"{text},{part}")


def test_one_change_builds_on_the_other(manager: Any, arn: str) -> None:
    add(manager, arn, "b")
    add(manager, arn, "c")
    assert text_of(manager, arn) == "a,b,c"


def test_of_two_who_read_the_same_the_second_is_refused(manager: Any, arn: str) -> None:
    def slowly(text: str, _changed_at: object) -> str:
        add(manager, arn, "quicker")
        return f"{text},slower"

    with pytest.raises(CannotDeploy, match=r"meanwhile\. Run this again"):
        change_secret(manager, arn, slowly)
    assert text_of(manager, arn) == "a,quicker"
    add(manager, arn, "slower")
    assert text_of(manager, arn) == "a,quicker,slower"


class Versions:
    """Secrets Manager as it is documented, where a person moves labels; moto's labels don't move."""

    def __init__(self) -> None:
        self.texts, self.current = {"v1": "a"}, "v1"

    def get_secret_value(self, **_: str) -> dict[str, Any]:
        return {
            "SecretString": self.texts[self.current],
            "VersionId": self.current,
            "CreatedDate": None,
        }

    def put_secret_value(self, **asked: str) -> None:
        name, text = asked["ClientRequestToken"], asked["SecretString"]
        assert 32 <= len(name) <= 64
        if self.texts.setdefault(name, text) != text:
            raise ClientError({"Error": {"Code": "ResourceExistsException"}}, "PutSecretValue")
        self.current = name


def test_a_version_that_a_person_put_back_in_force_can_be_changed_again() -> None:
    versions = Versions()
    for part in ("b", "c", "d"):
        add(versions, "arn", part)
        assert versions.texts[versions.current] == f"a,{part}"
        versions.current = "v1"


@pytest.mark.parametrize(
    "command", [["token_key", "add"], ["token_key", "promote"], ["challenge_key", "add"]]
)
def test_a_secret_that_no_function_could_read_is_said_and_left(
    manager: Any, arn: str, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("hunter2"))
    manager.put_secret_value(SecretId=arn, SecretString="k1:hunter2, x")
    more = ["site"] if command[0] == "challenge_key" else []
    with pytest.raises(CommandError, match="not as functions read it") as refused:
        call_command(*command, arn, *more, stdout=StringIO())
    assert "hunter2" not in str(refused.value)
    assert text_of(manager, arn) == "k1:hunter2, x"
