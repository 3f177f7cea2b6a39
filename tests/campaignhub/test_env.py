"""What a deployment decides, and what is right without it."""

import json
from pathlib import Path

import boto3
import pytest
from pydantic import ValidationError

from campaignhub import aws
from campaignhub.env import Env, WrongSettings, env


@pytest.fixture
def written_by_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "env.json"
    path.write_text(json.dumps({"SECRET_KEY": "from the file", "BUCKET_NAME": "from-the-file"}))
    monkeypatch.setenv("CAMPAIGNHUB_ENV_FILE", str(path))
    monkeypatch.delenv("SECRET_KEY")
    return path


def test_what_up_wrote_is_read(written_by_up):
    assert Env().secret_key == "from the file"


def test_the_environment_wins_over_what_up_wrote(written_by_up, monkeypatch):
    monkeypatch.setenv("BUCKET_NAME", "from-the-environment")
    assert Env().bucket_name == "from-the-environment"


def test_a_machine_without_the_file_has_its_defaults(tmp_path, monkeypatch):
    monkeypatch.delenv("CAMPAIGNHUB_ENV_FILE")
    monkeypatch.setattr("campaignhub.env.VAR", tmp_path)
    assert Env().public_site_url == "http://127.0.0.1:8000"


def test_a_file_that_is_named_and_not_there_is_said(tmp_path, monkeypatch):
    """With the defaults in its place the site would go to this machine's emulator."""
    missing = tmp_path / "missing.json"
    monkeypatch.setenv("CAMPAIGNHUB_ENV_FILE", str(missing))
    with pytest.raises(WrongSettings, match=f"names {missing}, and there is no such file"):
        Env()


@pytest.mark.parametrize(("text", "why"), [("{", "can't be read"), ("[]", "one JSON object")])
def test_a_file_that_is_no_settings_file_is_said(written_by_up, text, why):
    written_by_up.write_text(text)
    with pytest.raises(WrongSettings, match=why):
        Env()


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("MAILS_PER_SECOND", "hunter2", "MAILS_PER_SECOND must be a number"),
        ("MAILS_PER_SECOND", "0", "MAILS_PER_SECOND must be above 0"),
        ("WEB_PORT", "hunter2", "WEB_PORT must be a whole number"),
        ("UNDO_SECONDS", "601", "UNDO_SECONDS must be 600 at most"),
        ("TRUSTED_PROXIES", "-1", "TRUSTED_PROXIES must be 0 at least"),
        ("DEBUG", "hunter2", "DEBUG must be true or false"),
        ("SITE_HOST", "hunter2", "SITE_HOST must be one of 'local', 's3' or 'amplify'"),
        ("TOKEN_KEYS", "hunter2", "TOKEN_KEYS is name:hex"),
    ],
)
def test_a_wrong_value_is_said_in_words_and_never_shown(monkeypatch, name, value, why):
    monkeypatch.setenv(name, value)
    with pytest.raises(WrongSettings, match=why) as refused:
        env.__wrapped__()
    assert "hunter2" not in refused.value.message


@pytest.mark.parametrize("hosts", ["127.0.0.1,localhost", "localhost", " [::1] , 127.0.0.1,"])
def test_a_site_that_answers_to_this_machine_only_is_no_production(hosts):
    assert Env(allowed_hosts=hosts).production is False


@pytest.mark.parametrize("hosts", ["win.example", "localhost,win.example", "*"])
def test_a_site_that_answers_to_a_public_name_is_production_by_itself(hosts):
    assert Env(allowed_hosts=hosts).production is True


def test_production_can_be_said_either_way():
    assert Env(allowed_hosts="phone.local", production=False).production is False
    assert Env(production=True).production is True


def test_a_wrong_value_is_named_but_never_shown(monkeypatch):
    monkeypatch.setenv("MAILS_PER_SECOND", "hunter2")
    with pytest.raises(ValidationError) as caught:
        Env()
    assert "mails_per_second" in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("SECRET_KEY", "hidden"),
        ("TOKEN_KEYS", f"k1:{'5e' * 32}"),
        ("PERSON_SECRET", "5e" * 32),
        ("AWS_SECRET_ACCESS_KEY", "hidden"),
        ("DATABASE_URL", "hidden"),
        ("MAIL_WEBHOOK_SECRET", "hidden"),
    ],
)
def test_a_secret_is_not_in_the_printed_environment(name, secret, monkeypatch):
    monkeypatch.setenv(name, secret)
    assert secret not in repr(Env())


def test_an_empty_endpoint_is_none():
    """An empty one in ``var/env.json`` or a shell would be taken for an address by the SDK."""
    assert Env(aws_endpoint_url="").aws_endpoint_url is None


def test_temporary_keys_reach_the_sdk_with_their_token(monkeypatch):
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, f"temporary {name}")
    # The SDK remembers the keys that it found first.
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    settings = Env()
    assert settings.aws_access_key_id is None
    monkeypatch.setattr(aws, "env", lambda: settings)

    keys = aws._client("sqs")._request_signer._credentials

    assert (keys.access_key, keys.token) == (
        "temporary AWS_ACCESS_KEY_ID",
        "temporary AWS_SESSION_TOKEN",
    )


def test_the_endpoint_s_own_keys_go_to_the_endpoint(monkeypatch):
    monkeypatch.setenv("AWS_SESSION_TOKEN", "somebody's")
    settings = Env(
        aws_endpoint_url="http://127.0.0.1:1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    assert (settings.aws_access_key_id, settings.aws_secret_access_key) == ("a", "b")
