"""The address for notices of the mail service is anybody's to post to: each post ends as an answer, quoted nowhere."""

import base64
import json
import logging
from typing import Any

import pytest
from django.core.handlers.exception import convert_exception_to_response
from django.test import RequestFactory

from campaignhub.mail_notices import MailNotices

SECRET = "somebody:with-a-secret"
CANARY = "canary.7319@example.com"


def basic(secret: str) -> str:
    return "Basic " + base64.b64encode(secret.encode("latin-1")).decode()


def notice(message: Any = "", **more: Any) -> bytes:
    """Write a notice as SNS does, its message of any shape."""
    return json.dumps(
        {"Type": "Notification", "MessageId": "m", "Message": message} | more
    ).encode()


WHOLE = {"eventType": "Bounce", "mail": {"messageId": "x", "destination": [CANARY]}}
BODIES = {
    "empty": b"",
    "no UTF-8": b"\xff\xfe" + CANARY.encode(),
    "deep": b"[" * 100_000,
    "no JSON": CANARY.encode(),
    "a list": json.dumps([CANARY]).encode(),
    "no number": b"NaN",
    "nothing": b"null",
    "another type": notice(Type=CANARY),
    "a type of no shape": notice(Type=[CANARY]),
    "another id": notice(MessageId=CANARY),
    "no message": notice(None),
    "a message of no JSON": notice(CANARY),
    "a message of a list": notice(json.dumps([CANARY])),
    "a message of a text": notice(json.dumps(CANARY)),
    "deep in a message": notice("[" * 100_000),
    "an event of no shape": notice(json.dumps({"eventType": [CANARY]})),
    "an event of nothing": notice(json.dumps(WHOLE)),
    "recipients of no shape": notice(
        json.dumps({**WHOLE, "bounce": {"bouncedRecipients": CANARY}})
    ),
    "headers of no shape": notice(json.dumps({**WHOLE, "mail": {"headers": [CANARY]}})),
}


def post(body: bytes, kind: str = "Notification", **headers: str) -> int:
    """Post to the address as Django does; return the status of the answer."""
    request = RequestFactory().post(
        "/anymail/amazon_ses/tracking/",
        data=body,
        content_type="text/plain; charset=utf-8",
        headers={"x-amz-sns-message-type": kind, "x-amz-sns-message-id": "m", **headers},
    )
    answer: Any = convert_exception_to_response(MailNotices.as_view())(request)
    return int(answer.status_code)


@pytest.fixture(autouse=True)
def _secret(settings: Any) -> None:
    settings.ANYMAIL = {**settings.ANYMAIL, "WEBHOOK_SECRET": SECRET}
    settings.DEBUG = False


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize(
    "secret", ["", "Basic zzz", basic("\xff:\xff"), basic("somebody:guessing"), basic(SECRET)]
)
def test_whatever_is_posted_is_answered_and_quoted_nowhere(
    body: bytes, secret: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for kind in ("Notification", "SubscriptionConfirmation", CANARY):
        headers = {"authorization": secret} if secret else {}
        assert post(body, kind, **headers) == (400 if secret else 401)
    assert CANARY not in caplog.text


def test_a_notice_of_nothing_that_we_know_is_taken() -> None:
    opened = {"eventType": "Open", "mail": {"messageId": "x", "destination": []}}
    assert post(notice(json.dumps(opened)), authorization=basic(SECRET)) == 200


@pytest.mark.django_db
def test_a_fault_of_ours_stays_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The service sends a notice again that was answered with 500, and none that was answered with 400."""

    def fails(**_: Any) -> None:
        raise ValueError("ours")

    MailNotices.signal.connect(fails)
    delivered = {
        "eventType": "Delivery",
        "mail": {"messageId": "x", "destination": ["ada@example.com"]},
        "delivery": {"recipients": ["ada@example.com"]},
    }
    try:
        with pytest.raises(ValueError, match="ours"):
            MailNotices.as_view()(
                RequestFactory().post(
                    "/",
                    data=notice(json.dumps(delivered)),
                    content_type="text/plain",
                    headers={
                        "x-amz-sns-message-type": "Notification",
                        "x-amz-sns-message-id": "m",
                        "authorization": basic(SECRET),
                    },
                )
            )
    finally:
        MailNotices.signal.disconnect(fails)
