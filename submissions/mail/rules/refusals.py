"""What the mail service refuses: one mail, the pace, or everything that the account sends.

The codes are those of SES's API v2
(https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_Errors).
The daily quota and the rate have one text each, whatever the code
(https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas-errors.html), and an identity
that is not verified shares its code with content that is refused
(https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-error-messages.html). So these
texts are read; nowhere else does a text decide.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from campaignhub.words import Worded


class Outcome(Enum):
    """What is known after an error."""

    REFUSED = "refused"
    """Certainly not sent, and another try would fare no better."""
    UNKNOWN = "unknown"
    """The request may have left us before the line broke, so it may have been sent."""
    TOO_FAST = "too fast"
    """Certainly not sent, because we send faster than the account may."""
    HELD = "held"
    """Certainly not sent, and no other mail of the account or the sender would be."""


class Hold(Worded):
    """Why the mail service takes no mails, of the whole account or of one sender."""

    DAILY_QUOTA = "daily_quota"
    SANDBOX = "sandbox"
    PAUSED = "paused"
    SUSPENDED = "suspended"
    SENDER = "sender"
    DENIED = "denied"
    CONFIGURATION = "configuration"
    CREDENTIALS = "credentials"
    THROTTLED = "throttled"
    UNREACHABLE = "unreachable"

    @property
    def is_of_one_sender(self) -> bool:
        """Whether mails from other addresses may go out all the same."""
        return self in (Hold.SENDER, Hold.DENIED)


@dataclass(frozen=True)
class Refusal:
    """What an error proves, and a word for it that holds no personal data."""

    outcome: Outcome
    trouble: str
    hold: Hold | None = None
    """Always given with :attr:`Outcome.HELD`. With :attr:`Outcome.UNKNOWN`, other mails are held and
    this one is not tried again."""


WHAT_TO_DO: Mapping[Hold, tuple[str, str]] = {
    Hold.DAILY_QUOTA: (
        "The daily quota of the e-mail service is used up.",
        "It frees up by the hour. Ask for a higher one in the SES console under Account dashboard.",
    ),
    Hold.SANDBOX: (
        "The e-mail service's account is in the sandbox, where only verified addresses get e-mails.",
        "Ask for production access in the SES console under Account dashboard.",
    ),
    Hold.PAUSED: (
        "Sending is paused for the e-mail service's account, or for the configuration set that "
        "e-mails are sent with.",
        "Look at both in the SES console, under Account dashboard and under Configuration sets. Find "
        "the reason under Reputation metrics, then switch sending on again.",
    ),
    Hold.SUSPENDED: (
        "The e-mail service has suspended the account.",
        "Answer the case that AWS opened in the Support Center.",
    ),
    Hold.SENDER: (
        "The e-mail service doesn't send for this address, because it isn't verified.",
        "Check the DNS records of its domain, and verify it in the SES console under Identities.",
    ),
    Hold.DENIED: (
        "The site's role may not send from this address.",
        "Attach the ingest stack's WorkerAccess policy to the worker's role.",
    ),
    Hold.CONFIGURATION: (
        "The configuration set that e-mails are sent with doesn't exist.",
        "Deploy the notices stack, or correct MAIL_CONFIGURATION_SET.",
    ),
    Hold.CREDENTIALS: (
        "The e-mail service doesn't accept the site's credentials.",
        "Check the credentials that the worker runs with: they have expired, or are of another account.",
    ),
    Hold.THROTTLED: (
        "The e-mail service takes e-mails more slowly than the slowest pace of this site.",
        "Compare MAILS_PER_SECOND with the account's rate in the SES console, and see what else sends by it.",
    ),
    Hold.UNREACHABLE: (
        "The e-mail service can't be reached, or doesn't answer properly.",
        "If the AWS Health Dashboard shows no outage, check the worker's network, DNS and AWS_REGION.",
    ),
}
"""For each reason what it means, and what a person does about it."""

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=15)

_BY_CODE: Mapping[str, Hold] = {
    "SendingPausedException": Hold.PAUSED,
    "AccountSuspendedException": Hold.SUSPENDED,
    "MailFromDomainNotVerifiedException": Hold.SENDER,
    "LimitExceededException": Hold.DAILY_QUOTA,
    # Of what a mail names, only the configuration set can be missing.
    "NotFoundException": Hold.CONFIGURATION,
    "AccessDenied": Hold.DENIED,
    "AccessDeniedException": Hold.DENIED,
    "ExpiredToken": Hold.CREDENTIALS,
    "ExpiredTokenException": Hold.CREDENTIALS,
    "IncompleteSignature": Hold.CREDENTIALS,
    "InvalidClientTokenId": Hold.CREDENTIALS,
    "InvalidSignatureException": Hold.CREDENTIALS,
    "MissingAuthenticationToken": Hold.CREDENTIALS,
    "OptInRequired": Hold.CREDENTIALS,
    "SignatureDoesNotMatch": Hold.CREDENTIALS,
    "UnrecognizedClientException": Hold.CREDENTIALS,
}
_TOO_FAST = frozenset(
    {"TooManyRequestsException", "Throttling", "ThrottlingException", "RequestLimitExceeded"}
)
_UNAVAILABLE = frozenset({"ServiceUnavailable", "ServiceUnavailableException"})
_BEFORE_THE_SERVICE = frozenset({403, 404, 407, 408})
"""What a proxy on the way answers with; SES gives every error of its own a code."""
_QUOTA_WORDS = re.compile(r"daily (message|sending) quota exceeded", re.IGNORECASE)
_RATE_WORDS = re.compile(r"maximum sending rate exceeded", re.IGNORECASE)
_STOPPED_WORDS = re.compile(r"sending (is )?(paused|suspended)", re.IGNORECASE)
_UNVERIFIED_WORDS = re.compile(r"identities failed the check in region [^:]{0,40}:(.*)", re.DOTALL)
_WORDS = re.compile(r"[^\s,;<>\"]+")
"""Addresses, domains, and the ARNs of either."""


def refusal_of(code: str, status: int, message: str, *, sender: str) -> Refusal:
    """Tell what a refusal of the mail service means for other mails.

    Args:
        code: SES's word for it.
        status: Of HTTP.
        message: SES's sentence, of which nothing is kept: it may repeat an address.
        sender: The address that the mail comes from.
    """
    # First, for what it quotes is a client's: a sender's name must not read as news of the account.
    if failed := _UNVERIFIED_WORDS.search(message):
        named = {found.lower().rpartition("identity/")[2] for found in _WORDS.findall(failed[1])}
        sender = sender.lower()
        is_sender = bool(named & {sender, sender.rpartition("@")[2]})
        return Refusal(Outcome.HELD, code, Hold.SENDER if is_sender else Hold.SANDBOX)
    if _QUOTA_WORDS.search(message):
        return Refusal(Outcome.HELD, code, Hold.DAILY_QUOTA)
    if code in _TOO_FAST or _RATE_WORDS.search(message):
        return Refusal(Outcome.TOO_FAST, code)
    if hold_by_code := _BY_CODE.get(code):
        return Refusal(Outcome.HELD, code, hold_by_code)
    if _STOPPED_WORDS.search(message):
        return Refusal(Outcome.HELD, code, Hold.PAUSED)
    if code in _UNAVAILABLE or status == 503:
        return Refusal(Outcome.HELD, code, Hold.UNREACHABLE)
    if status == 429:
        return Refusal(Outcome.TOO_FAST, code)
    if status >= 500:
        # It broke down somewhere: before it had sent this mail, or after.
        return Refusal(Outcome.UNKNOWN, code, Hold.UNREACHABLE)
    if status in _BEFORE_THE_SERVICE and (not code or code.isdigit()):
        return Refusal(Outcome.HELD, code, Hold.UNREACHABLE)
    return Refusal(Outcome.REFUSED, code)


def wait_before_attempt(attempts: int) -> timedelta:
    """Return how long a hold waits before its next try, after so many that were refused."""
    doublings: int = min(attempts, 10)
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << doublings))
