"""Mails to entrants: what they say, their delivery and its outcome."""

from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "submissions.mail"
    verbose_name = "Mails"

    def ready(self) -> None:
        """Listen to what the mail service reports."""
        from anymail.signals import tracking

        from submissions.mail.services.outcomes import on_tracking_event

        tracking.connect(on_tracking_event, dispatch_uid="mail.outcomes")
