"""The way in: the worker's drains, and what is read from the table by the clock."""

from functools import partial

from django.apps import AppConfig

from campaignhub.startup import beside_requests


class IntakeConfig(AppConfig):
    name = "submissions.intake"
    verbose_name = "Intake"

    def ready(self) -> None:
        """Have every web process report that it is alive."""
        from submissions.intake.services.heartbeats import beat_until_the_end

        beside_requests(partial(beat_until_the_end, "web"))
