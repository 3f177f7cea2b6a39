"""What came in: the mirror of submissions, their review, mail."""

from importlib import import_module

from django.apps import AppConfig


class SubmissionsConfig(AppConfig):
    name = "submissions"
    verbose_name = "Submissions"

    def ready(self) -> None:
        """Register the admin's pages; listen to what the mail service tells."""
        for page in ("submission", "mail", "review_home", "mail_home"):
            import_module(f"submissions.admin.{page}")
        from anymail.signals import tracking

        from submissions.services.mail_fates import hear

        tracking.connect(hear, dispatch_uid="submissions.mail_fates")
