"""Forged notices of mails: no address in them is opened, no other's topic subscribes us, and a replay changes nothing."""

import socket
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from campaignhub.mail_notices import MailNotices
from tests.security.test_junk_notices import SECRET, basic, notice, post
from tests.support.simulated_aws import empty_account

TOPIC = "arn:aws:sns:us-east-1:123456789012:mails"
ELSEWHERE = "https://sns.us-east-1.amazonaws.com.evil.example/cert.pem"


@pytest.fixture(autouse=True)
def opened(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """An account with SNS in this process; what would be connected to is noted, and refused."""
    settings.ANYMAIL = {
        **settings.ANYMAIL,
        "WEBHOOK_SECRET": SECRET,
        "AMAZON_SES_AUTO_CONFIRM_SNS_SUBSCRIPTIONS": True,
    }
    addresses: list[Any] = []

    def refuse(_socket: socket.socket, address: Any) -> None:
        addresses.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", refuse)
    with empty_account():
        yield addresses


def confirmation(topic: Any = TOPIC, **more: Any) -> bytes:
    return notice(
        Type="SubscriptionConfirmation",
        TopicArn=topic,
        Token="t" * 64,
        SubscribeURL="https://evil.example/subscribe",
        SigningCertURL=ELSEWHERE,
        Signature="forged",
        **more,
    )


@pytest.fixture
def confirmed(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Note which subscriptions are confirmed, and in which region; the role may confirm its own topic's only."""
    calls: list[dict[str, Any]] = []

    def make(_view: MailNotices, service: Any, **params: Any) -> Any:
        client: Any = boto3.client(service, **params)

        def note(params: dict[str, Any], **_context: Any) -> None:
            calls.append({**params, "region": client.meta.region_name})
            if params["TopicArn"] != TOPIC:
                refused: Any = {"Error": {"Code": "AuthorizationError", "Message": "canary"}}
                raise ClientError(refused, "ConfirmSubscription")

        client.meta.events.register("provide-client-params.sns.ConfirmSubscription", note)
        return client

    monkeypatch.setattr(MailNotices, "get_boto_client", make)
    return calls


def test_without_the_secret_nothing_is_confirmed(
    confirmed: list[dict[str, Any]], opened: list[Any]
) -> None:
    assert post(confirmation(), "SubscriptionConfirmation") == 401
    guessed = {"authorization": basic("somebody:guessing")}
    assert post(confirmation(), "SubscriptionConfirmation", **guessed) == 400
    assert confirmed == opened == []


def test_what_is_confirmed_is_the_topic_by_the_sdk_and_no_address_of_the_message(
    confirmed: list[dict[str, Any]], opened: list[Any]
) -> None:
    signed = {"authorization": basic(SECRET)}
    for _ in range(2):
        post(confirmation(), "SubscriptionConfirmation", **signed)
    assert [(call["TopicArn"], call["region"]) for call in confirmed] == [(TOPIC, "us-east-1")] * 2
    assert opened == []


@pytest.mark.parametrize(
    "topic",
    [
        "arn:aws:sns:us-east-1:999999999999:mails",
        "arn:aws:sns:evil.example/?:123456789012:mails",
        "arn:aws:sns:us-east-1#@evil.example:123456789012:mails",
        "arn:aws:sns::123456789012:mails",
        "mails",
        ["arn:aws:sns:us-east-1:123456789012:mails"],
        None,
    ],
    ids=str,
)
def test_a_topic_of_another_s_and_one_that_is_none_are_answered_as_no_notice(
    topic: Any,
    confirmed: list[dict[str, Any]],
    opened: list[Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    signed = {"authorization": basic(SECRET)}
    assert post(confirmation(topic), "SubscriptionConfirmation", **signed) == 400
    assert opened == []
    assert "canary" not in caplog.text


def test_the_certificate_of_a_notice_is_not_fetched(opened: list[Any]) -> None:
    signed = {"authorization": basic(SECRET)}
    message = '{"eventType": "Open", "mail": {"messageId": "x", "destination": []}}'
    forged = notice(message, SigningCertURL=ELSEWHERE, UnsubscribeURL="https://evil.example/")
    assert post(forged, **signed) == 200
    assert opened == []
