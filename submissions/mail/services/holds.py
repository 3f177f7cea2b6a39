"""When the mail service takes nothing: no mail loses a try, and one is tried now and then until it is taken.

A hold is of the whole account, or of one sender whose address is not verified any
more. While it stands, mails stay queued. Its next try is taken by one worker, in
one statement; a worker that dies with it leaves the hold with a later try.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from campaignhub.errors import DomainError
from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services import audit
from campaigns.setup.services.scope import campaigns_of
from submissions.mail.models import SendingHold
from submissions.mail.rules.refusals import Hold, wait_before_attempt

logger = logging.getLogger(__name__)
ACCOUNT = ""
"""The scope of a hold that stands for every sender."""
UNTRIED = timedelta(days=1)
"""A hold whose try nobody took for so long has no mail behind it, and is forgotten."""


class NothingHeld(DomainError):
    """E-mails are sent: there is no hold to end."""


class Gate:
    """Which mails a round may send, by the holds that stood when it began, and what it learns of them."""

    def __init__(self, *, at: datetime) -> None:
        found = list(SendingHold.objects.all())
        if any(hold.next_attempt_at < at - UNTRIED for hold in found):
            SendingHold.objects.filter(next_attempt_at__lt=at - UNTRIED).delete()
            found = list(SendingHold.objects.all())
        self._holds = {hold.scope: hold for hold in found}
        self._attempted: tuple[str, ...] = ()

    def is_shut(self, *, at: datetime) -> bool:
        """Tell whether no mail at all may go out now."""
        hold = self._holds.get(ACCOUNT)
        return hold is not None and hold.next_attempt_at > at

    def is_open_for(self, sender: str, *, at: datetime) -> bool:
        """Tell whether mails from ``sender`` may be tried: nothing holds them, or a try is due."""
        return all(self._holds[scope].next_attempt_at <= at for scope in self._scopes(sender))

    def admits(self, sender: str, *, at: datetime) -> bool:
        """Admit one mail from ``sender``; where they are held, this takes the try that is due."""
        self._attempted = self._scopes(sender)
        return self.is_open_for(sender, at=at) and all(
            self._take_attempt(scope, at) for scope in self._attempted
        )

    def _scopes(self, sender: str) -> tuple[str, ...]:
        """Return the scopes of the holds that stand before a mail from ``sender``."""
        return tuple(scope for scope in (ACCOUNT, sender.lower()) if scope in self._holds)

    def _take_attempt(self, scope: str, at: datetime) -> bool:
        """Take the next try of a hold; two workers that see it due get it once."""
        hold = self._holds[scope]
        hold.next_attempt_at = at + wait_before_attempt(hold.attempts + 1)
        due = SendingHold.objects.filter(
            pk=hold.pk, attempts=hold.attempts, next_attempt_at__lte=at
        )
        hold.attempts += 1
        return bool(due.update(attempts=F("attempts") + 1, next_attempt_at=hold.next_attempt_at))

    def taken(self) -> None:
        """Note that the service took the mail: the holds that it was to try are over."""
        if not self._attempted:
            return
        SendingHold.objects.filter(scope__in=self._attempted).delete()
        for scope in self._attempted:
            logger.warning("mails: %s are sent again", _named(scope))
            del self._holds[scope]
        self._attempted = ()

    def refused(self, hold: Hold, sender: str, *, at: datetime) -> None:
        """Note that the service takes none of the account, or of this sender."""
        scope = sender.lower() if hold.is_of_one_sender else ACCOUNT
        found, is_new = SendingHold.objects.get_or_create(
            scope=scope,
            defaults={
                "reason": hold,
                "since": at,
                "attempts": 0,
                "next_attempt_at": at + wait_before_attempt(0),
            },
        )
        if is_new:
            logger.warning("mails: %s are held (%s)", _named(scope), hold)
        elif found.reason != hold:
            SendingHold.objects.filter(pk=found.pk).update(reason=hold)
        self._holds[scope] = found


def _named(scope: str) -> str:
    return "those of one sender" if scope else "all"


@transaction.atomic
def try_now(*, actor: User, at: datetime) -> None:
    """Have the next round try a mail for every hold, on behalf of ``actor``.

    Raises:
        NothingHeld: nothing is held (any more).
    """
    if not SendingHold.objects.update(next_attempt_at=at):
        raise NothingHeld("E-mails are being sent again. There is nothing to try.")
    audit.record_line("mail.tried_now", actor=actor, client=None, target="mails", at=at)


def holds_seen_by(user: User) -> list[SendingHold]:
    """Return the holds that concern this person, the account's first: an operator all of them, staff their senders'."""
    found = list(SendingHold.objects.order_by("scope"))
    if not found or user.is_superuser:
        return found
    mine = campaigns_of(user, Capability.OPERATIONS).order_by()
    senders = set(mine.values_list("client__sender_email", flat=True).distinct())
    scopes = {ACCOUNT, *(sender.lower() for sender in senders)}
    return [hold for hold in found if hold.scope in scopes]
