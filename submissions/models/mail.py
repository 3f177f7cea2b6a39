"""Mails: each is a row with its fate."""

from django.db import models

from submissions.rules.mails import MailKind, MailState


class Mail(models.Model):
    """One mail to an entrant; at most one per event."""

    submission = models.ForeignKey(
        "submissions.Submission", on_delete=models.CASCADE, related_name="mails"
    )
    kind = models.CharField(max_length=20, choices=[(k.value, k.label) for k in MailKind])
    event = models.CharField(max_length=40)
    state = models.CharField(
        max_length=12,
        choices=[(s.value, s.label) for s in MailState],
        default=MailState.QUEUED.value,
    )
    queued_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    message_id = models.CharField(max_length=120, blank=True)
    trouble = models.CharField(max_length=200, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("-queued_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("submission", "event"), name="at_most_one_mail_per_event"
            ),
        )
        indexes = (models.Index(fields=("state", "id"), name="mail_waiting"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.get_state_display()}"
