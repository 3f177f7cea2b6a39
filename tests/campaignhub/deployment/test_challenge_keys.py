"""The secret behind a challenge's site key is added, and those before it stay."""

import io
import re

import boto3
import pytest
from django.core.management import CommandError, call_command

from campaignhub.deployment.challenge_keys import with_challenge_added
from campaignhub.deployment.errors import CannotDeploy
from ingest_lambda.contract import challenge_secrets_of
from tests.support.simulated_aws import empty_account


@pytest.mark.parametrize("before", [" ", "", "0x4old:first", "0x4old:first,0x4older:zeroth"])
def test_each_site_key_keeps_its_secret_and_one_more_has_one(before):
    added = with_challenge_added(before, site_key="0x4new", secret="a:b")
    assert challenge_secrets_of(added) == {**challenge_secrets_of(before), "0x4new": "a:b"}


@pytest.mark.parametrize(
    ("site_key", "secret", "why"),
    [
        ("0x4old", "other", "has a secret"),
        ("", "secret", "Neither may be empty"),
        ("0x4new", "", "Neither may be empty"),
        ("0x4new", "two,0x4evil:words", "Neither|has no colon"),
        ("0x4 new", "secret", "Neither"),
        ("0x4:new", "secret", "has no colon"),
    ],
)
def test_what_would_be_read_as_something_else_is_refused(site_key, secret, why):
    with pytest.raises(CannotDeploy) as refused:
        with_challenge_added("0x4old:first", site_key=site_key, secret=secret)
    assert re.search(why, refused.value.message)


def test_the_command_reads_the_secret_and_shows_it_nowhere(monkeypatch):
    told = io.StringIO()
    with empty_account():
        manager = boto3.client("secretsmanager", region_name="eu-west-3")
        arn = manager.create_secret(Name="challenges", SecretString=" ")["ARN"]
        monkeypatch.setattr("sys.stdin", io.StringIO("hush\n"))
        call_command("challenge_key", "add", arn, "0x4new", stdout=told)
        assert manager.get_secret_value(SecretId=arn)["SecretString"] == "0x4new:hush"
        monkeypatch.setattr("sys.stdin", io.StringIO("hush\n"))
        with pytest.raises(CommandError, match="has a secret"):
            call_command("challenge_key", "add", arn, "0x4new")
    assert "hush" not in told.getvalue()
