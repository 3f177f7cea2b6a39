"""The app of campaigns."""

from django.apps import AppConfig


class SetupConfig(AppConfig):
    """Campaigns with their forms and limits, under the label that their addresses have."""

    name = "campaigns.setup"
    label = "campaigns"
    verbose_name = "Campaigns"

    def ready(self) -> None:
        """Let no password lean on the name of a campaign."""
        from campaigns.accounts.services import passwords
        from campaigns.setup.services.campaign import campaign_names

        passwords.refuse_also(campaign_names)
