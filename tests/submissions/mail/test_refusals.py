"""A refusal is of one mail, of the pace, of one sender, or of everything that the account sends."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from submissions.mail.rules.refusals import (
    FIRST_WAIT,
    LONGEST_WAIT,
    WHAT_TO_DO,
    Hold,
    Outcome,
    refusal_of,
    wait_before_attempt,
)

SENDER = "Hello@Brand.example"
UNVERIFIED = (
    "Email address is not verified. The following identities failed the check in region EU-WEST-1: "
)


@pytest.mark.parametrize(
    ("code", "status", "message", "hold"),
    [
        ("TooManyRequestsException", 429, "Daily message quota exceeded.", Hold.DAILY_QUOTA),
        ("ThrottlingException", 400, "Daily message quota exceeded", Hold.DAILY_QUOTA),
        ("Throttling", 400, "Daily sending quota exceeded.", Hold.DAILY_QUOTA),
        (
            "454",
            454,
            "454 Throttling failure: Daily message quota exceeded.",
            Hold.DAILY_QUOTA,
        ),
        ("LimitExceededException", 400, "", Hold.DAILY_QUOTA),
        ("MessageRejected", 400, UNVERIFIED + "ada@example.com", Hold.SANDBOX),
        ("MessageRejected", 400, UNVERIFIED + "Ada <ada@example.com>, b@x.com", Hold.SANDBOX),
        ("MessageRejected", 400, UNVERIFIED + "hello@brand.example", Hold.SENDER),
        (
            "MessageRejected",
            400,
            UNVERIFIED + "ada@example.com, Brand <hello@brand.example>",
            Hold.SENDER,
        ),
        (
            "MessageRejected",
            400,
            UNVERIFIED + "arn:aws:ses:eu-west-1:1:identity/brand.example",
            Hold.SENDER,
        ),
        ("MessageRejected", 400, UNVERIFIED + "ada@brand.example", Hold.SANDBOX),
        ("554", 554, "554 Message rejected: " + UNVERIFIED + "ada@example.com", Hold.SANDBOX),
        ("MailFromDomainNotVerifiedException", 400, "", Hold.SENDER),
        ("SendingPausedException", 400, "", Hold.PAUSED),
        ("MessageRejected", 400, "Sending suspended for this account.", Hold.PAUSED),
        ("AccountSuspendedException", 400, "", Hold.SUSPENDED),
        ("NotFoundException", 404, "Configuration set <x> does not exist.", Hold.CONFIGURATION),
        ("AccessDeniedException", 403, "not authorized to perform ses:SendEmail", Hold.DENIED),
        ("ExpiredTokenException", 403, "", Hold.CREDENTIALS),
        ("UnrecognizedClientException", 403, "", Hold.CREDENTIALS),
        ("ServiceUnavailable", 503, "", Hold.UNREACHABLE),
        ("ServiceUnavailableException", 400, "", Hold.UNREACHABLE),
        ("503", 503, "Service Temporarily Unavailable", Hold.UNREACHABLE),
        ("", 403, "<html>our proxy says no</html>", Hold.UNREACHABLE),
        ("407", 407, "", Hold.UNREACHABLE),
    ],
)
def test_what_no_other_mail_would_fare_better_with_is_held(code, status, message, hold):
    refusal = refusal_of(code, status, message, sender=SENDER)
    assert (refusal.outcome, refusal.hold) == (Outcome.HELD, hold)
    assert refusal.trouble == code, "no word of the service's sentence is kept"


@pytest.mark.parametrize(
    "name",
    ["Daily sending quota exceeded", "Maximum sending rate exceeded", "Sending is paused"],
)
def test_no_name_that_a_client_gives_itself_holds_the_mails_of_others(name):
    """The service's sentence quotes the sender whole, and the name before the address is the client's."""
    message = f"{UNVERIFIED}{name} <{SENDER}>"
    refusal = refusal_of("MessageRejected", 400, message, sender=SENDER)
    assert refusal.hold is Hold.SENDER
    assert refusal.hold.is_of_one_sender


@pytest.mark.parametrize(
    ("code", "status", "message", "outcome"),
    [
        ("TooManyRequestsException", 429, "Maximum sending rate exceeded.", Outcome.TOO_FAST),
        ("TooManyRequestsException", 429, "", Outcome.TOO_FAST),
        ("454", 454, "454 Throttling failure: Maximum sending rate exceeded.", Outcome.TOO_FAST),
        ("MessageRejected", 400, "Illegal address", Outcome.REFUSED),
        ("BadRequestException", 400, "Missing final '@domain'", Outcome.REFUSED),
        ("429", 429, "", Outcome.TOO_FAST),
        ("413", 413, "Request Entity Too Large", Outcome.REFUSED),
        ("400", 400, "", Outcome.REFUSED),
    ],
)
def test_what_says_nothing_of_other_mails_holds_none(code, status, message, outcome):
    refusal = refusal_of(code, status, message, sender=SENDER)
    assert (refusal.outcome, refusal.hold) == (outcome, None)


@pytest.mark.parametrize(("code", "status"), [("InternalFailure", 500), ("502", 502), ("504", 504)])
def test_a_service_that_breaks_down_may_have_sent_this_mail_and_gets_no_others(code, status):
    refusal = refusal_of(code, status, "", sender=SENDER)
    assert (refusal.outcome, refusal.hold) == (Outcome.UNKNOWN, Hold.UNREACHABLE)


def test_every_hold_says_what_it_means_and_what_to_do():
    assert set(WHAT_TO_DO) == set(Hold)


@given(st.text(), st.integers(100, 599), st.text())
def test_every_refusal_means_something(code, status, message):
    refusal = refusal_of(code, status, message, sender=SENDER)
    assert (refusal.hold is not None) == (refusal.outcome in (Outcome.HELD, Outcome.UNKNOWN))


def test_tries_lie_further_and_further_apart_up_to_a_quarter_of_an_hour():
    waits = [wait_before_attempt(tries) for tries in range(30)]
    assert waits[0] == FIRST_WAIT
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT == timedelta(minutes=15)
