"""The machinery: comparison with the table, dead letters, queues, Pipes, test data."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "submissions.operations"
    verbose_name = "Operations"
