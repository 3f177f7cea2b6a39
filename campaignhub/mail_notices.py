"""Notices of deliveries, bounces and complaints, from SES by way of SNS: an address that anybody may post to."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from anymail.exceptions import AnymailAPIError
from anymail.webhooks.amazon_ses import AmazonSESTrackingWebhookView
from anymail.webhooks.base import AnymailBasicAuthMixin
from botocore.exceptions import ClientError
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest

logger = logging.getLogger(__name__)

_NO_NOTICE = (
    AnymailAPIError,
    AttributeError,
    LookupError,
    RecursionError,
    SuspiciousOperation,
    TypeError,
    ValueError,
)
Read = TypeVar("Read")


class MailNotices(AmazonSESTrackingWebhookView):  # type: ignore[misc]
    """Anymail's own, but for what it does before it knows who asks.

    It reads the body first, and says of one that is no notice what stood in it:
    anybody could have our log quote two megabytes of theirs, and be answered
    that the fault is ours.
    """

    def run_validators(self, request: HttpRequest) -> None:
        """Ask for the secret, and only then whether this is a notice.

        Raises:
            SuspiciousOperation: the secret is another; answered with 400.
            BadRequest: this is no notice; answered with 400 as well.
        """
        AnymailBasicAuthMixin.validate_request(self, request)
        _understood(lambda: super(MailNotices, self).run_validators(request))

    def parse_events(self, request: HttpRequest) -> list[Any]:
        """Read the events of a notice.

        Raises:
            BadRequest: they are of no shape that SES sends.
        """
        return _understood(lambda: super(MailNotices, self).parse_events(request))

    def auto_confirm_sns_subscription(self, sns_message: Any) -> None:
        """Subscribe to the topic that asks, as the web's role may: to that of the notices stack.

        No address of the message is ever opened: the SDK asks SNS of the topic's region.

        Raises:
            BadRequest: SNS refuses; the topic is another's, or the token is none.
        """
        try:
            super().auto_confirm_sns_subscription(sns_message)
        except ClientError as error:
            logger.warning("a subscription was refused: %s", error.response["Error"]["Code"])
            raise BadRequest("this topic is not confirmed") from None


def _understood(read: Callable[[], Read]) -> Read:
    try:
        return read()
    except _NO_NOTICE:
        # Without its cause, whose text is what was sent.
        raise BadRequest("this is no notice of the mail service") from None
