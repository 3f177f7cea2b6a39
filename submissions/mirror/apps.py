"""What the table says, as the site knows it."""

from django.apps import AppConfig


class MirrorConfig(AppConfig):
    name = "submissions.mirror"
    label = "submissions"
    verbose_name = "Submissions"
