"""Awards of prizes."""

from django.apps import AppConfig


class AwardsConfig(AppConfig):
    name = "submissions.awards"
    label = "awards"
    verbose_name = "Awards"

    def ready(self) -> None:
        """Let mails ask what they tell of a prize, and a republish which units are given."""
        from campaigns.prizes.services.loading import know_given
        from campaigns.prizes.services.withdrawing import know_taken
        from submissions.awards.services.given import given_units, units_taken
        from submissions.awards.services.told import MAILED_PRIZES
        from submissions.mail.services.prizes import register

        register(MAILED_PRIZES)
        know_given(given_units)
        know_taken(units_taken)
