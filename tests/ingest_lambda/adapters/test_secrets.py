"""Secrets in Secrets Manager: read at the start, looked at every five minutes, never worse than the last good ones."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from campaignhub.deployment.challenge_keys import with_challenge_added
from ingest_lambda import handlers
from ingest_lambda.adapters.challenge import Outcome, Turnstile
from ingest_lambda.adapters.secrets import (
    REFRESH_SECONDS,
    RETRY_SECONDS,
    SecretReader,
    Secrets,
)
from ingest_lambda.config import Config
from ingest_lambda.contract import MalformedSecret
from tests.security.functions import (
    Functions,
    Json,
    asked,
    cool_down,
    deployed,
    manifest,
    put,
)

OLD = "k1:" + "11" * 32
NEW = "k2:" + "22" * 32
PERSON = "ef" * 32


class Manager:
    """Secrets Manager's one call, with values that a test changes."""

    def __init__(self, **held: str) -> None:
        self.held = held
        self.calls = 0
        self.away = False

    def get_secret_value(self, **asked: str) -> dict[str, str]:
        self.calls += 1
        if self.away:
            raise EndpointConnectionError(endpoint_url="https://secretsmanager")
        return {"SecretString": self.held[asked["SecretId"]]}


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def manager() -> Manager:
    return Manager(keys=OLD, person=PERSON)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def reader(manager: Manager, clock: Clock) -> SecretReader:
    settings = Config(token_keys_arn="keys", person_secret_arn="person")
    return SecretReader(settings, lambda: manager, clock)


def test_without_an_arn_nothing_is_asked_and_the_environment_counts():
    def no_client() -> Any:
        raise AssertionError("nobody asked for a client")

    settings = Config(token_keys=OLD, person_secret=PERSON, challenge_secrets="a:b")
    assert SecretReader(settings, no_client).current() == Secrets(OLD, PERSON, "a:b")


def test_a_key_that_was_added_is_known_after_five_minutes(reader, manager, clock):
    assert reader.current() == Secrets(OLD, PERSON)
    manager.held["keys"] = f"{OLD},{NEW}"
    clock.now += REFRESH_SECONDS - 1
    assert reader.current().token_keys == OLD
    assert manager.calls == 2, "one a secret"
    clock.now += 1
    assert reader.current().token_keys == f"{OLD},{NEW}"


@pytest.mark.parametrize("wrong", ["", "k1:zz", "k1:" + "ab" * 31, "nonsense"])
def test_a_malformed_secret_stops_the_start(manager, clock, wrong):
    manager.held["keys"] = wrong
    with pytest.raises(MalformedSecret):
        SecretReader(Config(token_keys_arn="keys"), lambda: manager, clock).current()


def test_so_does_a_service_that_is_away(reader, manager):
    manager.away = True
    with pytest.raises(EndpointConnectionError):
        reader.current()
    manager.away = False
    assert reader.current().token_keys == OLD


@pytest.mark.parametrize("fault", ["away", "malformed"])
def test_later_the_last_good_ones_stay_in_force_and_are_asked_for_soon(
    reader, manager, clock, fault
):
    reader.current()
    manager.away = fault == "away"
    manager.held["keys"] = "k1:zz"
    clock.now += REFRESH_SECONDS
    assert reader.current().token_keys == OLD
    asked = manager.calls
    assert reader.current().token_keys == OLD
    assert manager.calls == asked, "not at every call"
    manager.away, manager.held["keys"] = False, f"{OLD},{NEW}"
    clock.now += RETRY_SECONDS
    assert reader.current().token_keys == f"{OLD},{NEW}"


def test_a_key_as_secrets_manager_makes_one_stands_alone(reader, manager):
    manager.held["keys"] = "5c" * 32
    assert reader.current().token_keys == "5c" * 32


def test_a_blank_means_that_no_campaign_asks_for_a_challenge(manager):
    manager.held["challenge"] = " "
    settings = Config(challenge_secrets_arn="challenge")
    assert SecretReader(settings, lambda: manager).current().challenge_secrets == ""


@pytest.fixture
def functions(monkeypatch: pytest.MonkeyPatch) -> Iterator[Functions]:
    with deployed(monkeypatch) as functions:
        manager = boto3.client("secretsmanager")
        manager.create_secret(Name="keys", SecretString=OLD)
        monkeypatch.setenv("TOKEN_KEYS", "")
        monkeypatch.setenv("TOKEN_KEYS_ARN", "keys")
        cool_down()
        yield functions


def test_a_warm_function_goes_by_the_key_that_was_promoted(functions: Functions) -> None:
    begun = functions.begin()
    assert begun["token"].startswith("k1.")
    reader = handlers._secret_reader()
    boto3.client("secretsmanager").put_secret_value(SecretId="keys", SecretString=f"{NEW},{OLD}")
    assert functions.begin()["token"].startswith("k1.")
    reader._read_again_at = 0
    renewed = functions.begin()
    assert renewed["token"].startswith("k2.")
    assert functions.submit(begun) == functions.submit(renewed) == "approved"


def by_secret(_provider: Turnstile, answer: str, *, secret: str, address: str | None) -> Outcome:
    """Pass the answer that a page with a site key got, where the secret behind that key asks."""
    return "passed" if secret == f"secret-of-{answer}" else "unreachable"


def test_while_a_challenge_s_key_is_changed_nobody_is_turned_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Turnstile, "verify", by_secret)
    spec = {"provider": "turnstile", "on_trouble": "refuse"}
    with deployed(monkeypatch, challenge={**spec, "site_key": "old"}) as functions:
        manager = boto3.client("secretsmanager")
        manager.create_secret(Name="challenges", SecretString="old:secret-of-old")
        monkeypatch.setenv("CHALLENGE_SECRETS_ARN", "challenges")
        cool_down()

        def starts(release: int, answer: str, **more: str) -> Json:
            asked_for = asked(challenge=answer, **more) | {"release": release}
            status, answered = functions.start(asked_for)
            assert status == 200, answered
            return answered

        begun = starts(1, "old")
        held = manager.get_secret_value(SecretId="challenges")["SecretString"]
        added = with_challenge_added(held, site_key="new", secret="secret-of-new")
        manager.put_secret_value(SecretId="challenges", SecretString=added)
        starts(1, "old")  # by a function that has not read it yet
        handlers._secret_reader()._read_again_at = 0
        starts(1, "old")
        put(functions.table, manifest(release=2, challenge={**spec, "site_key": "new"}))
        handlers._visitors_releases()._currents.clear()
        new = starts(2, "new")
        # Who has begun under the key of before goes on with it.
        renewed = starts(1, "old", token=begun["token"])
        assert functions.submit(renewed) == functions.submit(new) == "approved"


def test_a_secret_that_is_not_there_ends_the_call(
    functions: Functions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN_KEYS_ARN", "another")
    cool_down()
    with pytest.raises(ClientError):
        functions.begin()
