"""The way in: the worker's drains, and what is read from the table by the clock."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "submissions.intake"
    verbose_name = "Intake"
