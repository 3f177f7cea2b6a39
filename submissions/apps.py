"""What came in: the mirror of submissions, their review, mail."""

from importlib import import_module

from django.apps import AppConfig


class SubmissionsConfig(AppConfig):
    name = "submissions"
    verbose_name = "Submissions"

    def ready(self) -> None:
        """Register the admin's pages."""
        for page in ("submission", "mail"):
            import_module(f"submissions.admin.{page}")
