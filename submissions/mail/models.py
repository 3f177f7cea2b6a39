"""Mails: each is a row with its outcome, and a copy of what was sent."""

from django.db import models
from django.db.models import Q

from campaigns.accounts.tenancy import TenantModel
from submissions.mail.rules.mails import MailKind, MailState
from submissions.mail.rules.refusals import Hold


class Mail(TenantModel):
    """One mail to an entrant; at most one per event.

    ``not_before`` holds a verdict's mail back while it can still be undone,
    and a reminder until it is due; what has become untrue by then is withdrawn.
    """

    belongs_to = "campaign"

    submission = models.ForeignKey(
        "submissions.Submission", on_delete=models.CASCADE, related_name="mails"
    )
    campaign = models.ForeignKey(
        "campaigns.Campaign", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    """The submission's, beside it for the index by which campaigns take turns."""
    kind = models.CharField(max_length=20, choices=[(k.value, k.label) for k in MailKind])
    event = models.CharField(max_length=60)
    decision_no = models.PositiveIntegerField(null=True)
    """The verdict that it tells of; it goes out only while that is the last one."""
    attempt = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(
        max_length=12,
        choices=[(s.value, s.label) for s in MailState],
        default=MailState.QUEUED.value,
    )
    queued_at = models.DateTimeField()
    not_before = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    attempted_at = models.DateTimeField(null=True)
    """When it was last taken up for sending; of what went out, the limits count from here."""
    sent_at = models.DateTimeField(null=True)
    outcome_at = models.DateTimeField(null=True)
    """When the mail service told what became of it."""
    address_hash = models.CharField(max_length=64, blank=True)
    """Keyed hash of the mailbox it goes to: for the limits, not for reading."""
    message_id = models.CharField(max_length=120, blank=True)
    trouble = models.CharField(max_length=200, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    suppressed_hash = models.CharField(max_length=64, blank=True)
    """Keyed hash of a mailbox that an earlier attempt went to, and that refused it later: it gets no more."""

    class Meta:
        ordering = ("-queued_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("submission", "event"), name="at_most_one_mail_per_event"
            ),
            models.UniqueConstraint(
                fields=("address_hash",),
                condition=Q(state=MailState.SENDING.value) & ~Q(address_hash=""),
                name="one_mail_at_a_time_to_a_mailbox",
            ),
        )
        indexes = (
            models.Index(
                fields=("campaign", "not_before", "id"),
                name="mail_in_turn",
                condition=Q(state=MailState.QUEUED.value),
            ),
            models.Index(
                fields=("leased_until",),
                name="mail_being_sent",
                condition=Q(state=MailState.SENDING.value),
            ),
            models.Index(
                # By state too: of what was held back a flood leaves any number for one mailbox.
                fields=("address_hash", "state"),
                name="mail_to_a_mailbox",
                condition=~Q(address_hash=""),
            ),
            models.Index(
                fields=("suppressed_hash",),
                name="mail_suppressed",
                condition=~Q(suppressed_hash=""),
            ),
            models.Index(fields=("message_id",), name="mail_message", condition=~Q(message_id="")),
            models.Index(fields=("-queued_at", "-id"), name="mail_newest_first"),
            models.Index(
                fields=("state", "-queued_at", "-id"),
                name="mail_needs_somebody",
                condition=Q(state__in=(MailState.FAILED.value, MailState.UNKNOWN.value)),
            ),
            # One for each: of both in one index, a count of the few unknown would read the many that failed.
            models.Index(
                fields=("campaign", "state"),
                name="mail_failed_of_campaign",
                condition=Q(state=MailState.FAILED.value),
            ),
            models.Index(
                fields=("campaign", "state"),
                name="mail_unknown_of_campaign",
                condition=Q(state=MailState.UNKNOWN.value),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.get_state_display()}"


class MailCopy(TenantModel):
    """A mail as it was sent, or may have been: one row for each time.

    It hangs on the entrant's answers, so that erasing these erases it, in one act.
    """

    belongs_to = "mail"

    mail = models.ForeignKey(Mail, on_delete=models.CASCADE, related_name="copies", db_index=False)
    answers = models.ForeignKey(
        "submissions.SubmissionAnswers", on_delete=models.CASCADE, related_name="+"
    )
    number = models.PositiveSmallIntegerField()
    """Which try of the mail it was."""
    release = models.PositiveIntegerField()
    """Whose words it said."""
    sent_at = models.DateTimeField()
    content = models.BinaryField()
    """Subject, addresses and both bodies (``rules.sent_copy``)."""

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=("mail", "number"), name="a_try_is_kept_once"),
        )

    def __str__(self) -> str:
        return f"{self.mail_id} · {self.number}"


class SendingHold(models.Model):
    """The mail service takes no mails, of the account or of one sender (``services.holds``).

    It is of the platform's account, which is every client's.
    """

    scope = models.CharField(max_length=254, unique=True, blank=True)
    """The sender's address in lower case; empty for the whole account."""
    reason = models.CharField(max_length=20, choices=[(h.value, h.label) for h in Hold])
    since = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    """How many mails were tried since then, each of them refused or not answered for."""
    next_attempt_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.scope or 'all senders'}"
