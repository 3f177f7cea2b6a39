"""Each notice of the mail service has a rule of its own, and none makes a worse state better."""

import json
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from submissions.mail.rules.mails import MailState
from submissions.mail.rules.notices import (
    LARGEST_CHARS,
    MailNotice,
    NoNotice,
    attempt_tag,
    mail_of_attempt,
    read_message,
    rule_of,
    state_after,
)

NOON = datetime(2026, 6, 3, 12, tzinfo=UTC)
CANARY = "canary.7319@example.com"


def event(kind: str, **details: Any) -> dict[str, Any]:
    """Write an event as SES publishes it."""
    section = {"DeliveryDelay": "deliveryDelay", "Rendering Failure": "failure"}
    return {
        "eventType": kind,
        "mail": {
            "messageId": "0100-abc",
            "destination": [CANARY],
            "headers": [{"name": "To", "value": CANARY}],
            "tags": {"mail": ["7-1780488000000"], "ses:configuration-set": ["x"]},
        },
        section.get(kind, kind.lower()): {"timestamp": "2026-06-03T12:00:00.000Z", **details},
    }


def enveloped(content: Any, **more: Any) -> str:
    """Put it into SNS's envelope."""
    text = content if isinstance(content, str) else json.dumps(content)
    return json.dumps({"Type": "Notification", "MessageId": "m", "Message": text} | more)


def says(kind: str, **details: Any) -> str:
    """Return the state that follows from an event, or else what is noted beside the mail."""
    notice = read_message(json.dumps(event(kind, **details)))
    assert notice is not None
    rule = rule_of(notice)
    return rule.state or rule.trouble


BOUNCES = {
    ("Permanent", "General"): "bounced",
    ("Permanent", "NoEmail"): "bounced",
    ("Permanent", "Suppressed"): "bounced",
    ("Permanent", "OnAccountSuppressionList"): "bounced",
    ("Permanent", "UnsubscribedRecipient"): "bounced",
    ("Transient", "General"): "an absence note, or passing trouble",
    ("Transient", "MailboxFull"): "the mailbox is full",
    ("Transient", "MessageTooLarge"): "it is too large for the mailbox",
    ("Transient", "CustomTimeoutExceeded"): "the mailbox didn't take it in time",
    ("Transient", "ContentRejected"): "its content was refused",
    ("Transient", "AttachmentRejected"): "its picture was refused",
    ("Undetermined", "Undetermined"): "an absence note, or passing trouble",
    ("OfTheFuture", ""): "an absence note, or passing trouble",
}


@pytest.mark.parametrize(("types", "follows"), BOUNCES.items(), ids=str)
def test_only_a_permanent_bounce_ends_an_address(types, follows):
    assert says("Bounce", bounceType=types[0], bounceSubType=types[1]) == follows


@pytest.mark.parametrize(
    ("kind", "details", "follows"),
    [
        ("Delivery", {}, "delivered"),
        ("Complaint", {"complaintFeedbackType": "abuse"}, "complained"),
        ("Complaint", {"complaintFeedbackType": "fraud"}, "complained"),
        ("Complaint", {"complaintSubType": "OnAccountSuppressionList"}, "complained"),
        ("Complaint", {}, "complained"),
        ("Complaint", {"complaintFeedbackType": "not-spam"}, ""),
        ("Complaint", {"complaintFeedbackType": "auth-failure"}, ""),
        ("Reject", {"reason": "Bad content"}, "failed"),
        ("Rendering Failure", {}, "failed"),
        (
            "DeliveryDelay",
            {"delayType": "MailboxFull"},
            "the mailbox is full; it is tried again",
        ),
        ("DeliveryDelay", {"delayType": "New"}, "it is delayed on its way, and tried again"),
        ("Send", {}, ""),
        ("Open", {}, ""),
        ("Click", {}, ""),
        ("Subscription", {}, ""),
        ("OfTheFuture", {}, ""),
    ],
)
def test_every_type_has_its_rule(kind, details, follows):
    assert says(kind, **details) == follows


@pytest.mark.parametrize("written", [json.dumps, enveloped], ids=["raw", "in SNS's envelope"])
def test_a_notice_reads_the_same_raw_and_in_an_envelope(written):
    read = read_message(written(event("Bounce", bounceType="Permanent", bounceSubType="NoEmail")))
    assert read == MailNotice("Bounce", "0100-abc", "7-1780488000000", "Permanent", "NoEmail", NOON)
    assert CANARY not in repr(read)


@pytest.mark.parametrize(
    "body",
    [
        "Successfully validated SNS topic for Amazon SES event publishing.",
        enveloped("Successfully validated SNS topic for Amazon SES event publishing."),
        enveloped("x", Type="SubscriptionConfirmation"),
        enveloped("x", Type="UnsubscribeConfirmation"),
    ],
)
def test_what_tells_of_the_subscription_is_no_news(body):
    assert read_message(body) is None


WHOLE = event("Bounce", bounceType="Permanent")
HOSTILE = {
    "empty": "",
    "no JSON": CANARY,
    "deep": "[" * 100_000,
    "a list": json.dumps([CANARY]),
    "nothing": "null",
    "no type": json.dumps({"mail": {"messageId": CANARY}}),
    "a type of no shape": json.dumps({**WHOLE, "eventType": [CANARY]}),
    "a type with an address": json.dumps({**WHOLE, "eventType": CANARY}),
    "no mail": json.dumps({"eventType": "Bounce"}),
    "a mail of no shape": json.dumps({**WHOLE, "mail": [CANARY]}),
    "no id": json.dumps({**WHOLE, "mail": {"destination": [CANARY]}}),
    "an id of no shape": json.dumps({**WHOLE, "mail": {"messageId": {"S": CANARY}}}),
    "details of no shape": json.dumps({**WHOLE, "bounce": CANARY}),
    "an envelope around none": enveloped(CANARY),
    "an envelope of no shape": json.dumps({"Type": "Notification", "Message": [CANARY]}),
    "an envelope in an envelope": enveloped(enveloped(WHOLE)),
    "too large": json.dumps({**WHOLE, "more": "x" * LARGEST_CHARS}),
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_notice_is_refused_and_not_quoted(body):
    with pytest.raises(NoNotice) as refused:
        read_message(body)
    assert CANARY not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    "odd",
    [
        {"bounce": {"bounceType": [CANARY], "timestamp": 7}},
        {"bounce": {"bounceType": CANARY, "timestamp": CANARY}},
        {"mail": {**WHOLE["mail"], "tags": CANARY}},
        {"mail": {**WHOLE["mail"], "tags": {"mail": [[CANARY]]}}},
    ],
)
def test_details_of_another_shape_are_as_if_they_were_missing(odd):
    notice = read_message(json.dumps({**WHOLE, **odd}))
    assert CANARY not in repr(notice)


NOTICES = {
    "delivered": MailNotice("Delivery", "x"),
    "bounced": MailNotice("Bounce", "x", part="Permanent"),
    "complained": MailNotice("Complaint", "x"),
    "passing": MailNotice("Bounce", "x", part="Transient"),
    "delayed": MailNotice("DeliveryDelay", "x"),
    "opened": MailNotice("Open", "x"),
}
WORSE = [MailState.SENT, MailState.DELIVERED, MailState.BOUNCED, MailState.COMPLAINED]


@given(st.lists(st.sampled_from(list(NOTICES)), max_size=8))
def test_the_worst_that_was_told_stays_whatever_comes_later(told):
    state = MailState.SENT
    for name in told:
        state = state_after(state, rule_of(NOTICES[name]))
    known = [WORSE.index(MailState(name)) for name in told if name in set(WORSE)]
    assert state is WORSE[max(known, default=0)]


@pytest.mark.parametrize("order", list(permutations(["delivered", "bounced", "complained"])))
def test_every_order_ends_alike(order):
    state = MailState.UNKNOWN
    for name in order:
        state = state_after(state, rule_of(NOTICES[name]))
    assert state is MailState.COMPLAINED


@pytest.mark.parametrize(
    "state",
    [
        MailState.QUEUED,
        MailState.SUPPRESSED,
        MailState.NOT_SENT,
        MailState.WITHDRAWN,
        MailState.FAILED,
    ],
)
def test_a_notice_says_nothing_of_a_mail_that_is_not_on_its_way(state):
    for notice in NOTICES.values():
        assert state_after(state, rule_of(notice)) is state


def test_an_attempt_names_its_mail_and_nothing_else_does():
    assert mail_of_attempt(attempt_tag(7, NOON)) == 7
    for other in ("", "7", "7-", "-1-2", "7-1-2", "٧-1", "9" * 40 + "-1", CANARY):
        assert mail_of_attempt(other) is None


@pytest.mark.parametrize("name", ["", "\x00", "\ud800", "0100\n", "é", "a" * 121])
def test_a_name_that_no_database_finds_or_the_service_gives_is_no_notice(name):
    """PostgreSQL breaks off at the first two, and with them the batch: notices of other mails would wait."""
    content = event("Bounce", bounceType="Permanent")
    content["mail"]["messageId"] = name
    for body in (json.dumps(content), enveloped(content)):
        with pytest.raises(NoNotice):
            read_message(body)


@pytest.mark.parametrize("ends", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_at_the_ends_of_the_calendar_is_none(ends):
    content = event("Bounce", bounceType="Permanent")
    content["bounce"]["timestamp"] = ends
    notice = read_message(json.dumps(content))
    assert notice is not None
    assert notice.at is None
