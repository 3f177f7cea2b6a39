"""The key of tokens changes in two steps: added first, and promoted when everybody knows it."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import boto3
import pytest
from django.core.management import CommandError, call_command

from campaignhub.deployment.errors import CannotDeploy
from campaignhub.deployment.token_keys import (
    KNOWN_EVERYWHERE_AFTER,
    next_name,
    with_key_added,
    with_key_promoted,
)
from campaignhub.env import env
from ingest_lambda.adapters.secrets import REFRESH_SECONDS, RETRY_SECONDS
from ingest_lambda.contract import token_keys_of
from tests.support.simulated_aws import empty_account

ONE = "k1:" + "11" * 32
TWO = f"{ONE},k2:" + "22" * 32
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


def promote(text: str = TWO, **changes: Any) -> str:
    given = {
        "name": "k2",
        "changed_at": AT,
        "now": AT + KNOWN_EVERYWHERE_AFTER,
        "site": TWO,
        **changes,
    }
    return with_key_promoted(text, **given)


def test_an_added_key_verifies_and_does_not_sign():
    assert list(token_keys_of(with_key_added(ONE, name="k2", secret=b"\x22" * 32))) == ["k1", "k2"]
    assert with_key_added(ONE, name="k2", secret=b"\x22" * 32) == TWO


def test_a_key_that_secrets_manager_made_becomes_the_first_of_two():
    assert with_key_added("11" * 32, name="k2", secret=b"\x22" * 32) == TWO
    assert next_name("11" * 32) == next_name(ONE) == "k2"
    assert next_name("summer:" + "11" * 32) == "k1"


def test_a_promoted_key_signs_and_the_earlier_ones_stay_good():
    promoted = token_keys_of(promote())
    assert list(promoted) == ["k2", "k1"]
    assert promoted == token_keys_of(TWO)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"now": AT + KNOWN_EVERYWHERE_AFTER - timedelta(seconds=1)}, "may not know"),
        ({"name": "k9"}, "no key"),
        ({"name": "k1"}, "signs already"),
        ({"site": ONE}, "site does not know"),
        ({"site": f"{ONE},k2:" + "33" * 32}, "site does not know"),
    ],
)
def test_it_is_promoted_only_once_everybody_knows_it(changes, why):
    with pytest.raises(CannotDeploy) as refused:
        promote(**changes)
    assert why in refused.value.message


def test_a_name_is_taken_once():
    with pytest.raises(CannotDeploy):
        with_key_added(TWO, name="k2", secret=b"\x33" * 32)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "2026.11",
        "a:b",
        "x,y",
        "k2 ",
        " k2",
        "k2\n",
        "é",
        "k²",
        "k\0",
        "k" * 33,
        f"x:{'44' * 32},y",
    ],
)
def test_a_name_that_no_function_could_read_is_refused(name):
    """They stop at a secret that they can't read: all of them, at their next start."""
    with pytest.raises(CannotDeploy, match="letters, digits"):
        with_key_added(ONE, name=name, secret=b"\x33" * 32)


def test_functions_have_read_a_key_before_it_may_be_promoted():
    """Its age, an answer that failed, and the longest call that still goes by the earlier ones."""
    assert timedelta(seconds=REFRESH_SECONDS + RETRY_SECONDS + 60) < KNOWN_EVERYWHERE_AFTER


def test_the_command_takes_both_steps_and_refuses_them_in_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with empty_account():
        manager = boto3.client("secretsmanager", region_name=env().aws_region)
        arn = manager.create_secret(Name="keys", SecretString=ONE)["ARN"]
        told = StringIO()
        call_command("token_key", "add", arn, stdout=told)
        text = manager.get_secret_value(SecretId=arn)["SecretString"]
        assert list(token_keys_of(text)) == ["k1", "k2"]
        assert not any(secret.hex() in told.getvalue() for secret in token_keys_of(text).values())
        monkeypatch.setattr(env(), "token_keys", text)
        with pytest.raises(CommandError, match="may not know"):
            call_command("token_key", "promote", arn, "--name", "k2")
        monkeypatch.setattr(
            "campaignhub.management.commands.token_key.datetime",
            type("Later", (), {"now": lambda zone: datetime.now(zone) + timedelta(hours=1)}),
        )
        call_command("token_key", "promote", arn, "--name", "k2", stdout=told)
        promoted = manager.get_secret_value(SecretId=arn)["SecretString"]
        assert list(token_keys_of(promoted)) == ["k2", "k1"]
        with pytest.raises(CommandError, match="answer"):
            call_command("token_key", "add", "another")


def test_a_key_is_not_promoted_where_the_site_s_keys_are_not_known() -> None:
    with pytest.raises(CannotDeploy, match="run this with its TOKEN_KEYS"):
        promote(site="")
