"""Releases: what was published, immutable and numbered."""

from django.db import models


class Release(models.Model):
    """A campaign as published; what a visitor agreed to."""

    campaign = models.ForeignKey(
        "campaigns.Campaign", on_delete=models.PROTECT, related_name="releases"
    )
    number = models.PositiveIntegerField()
    manifest = models.JSONField()
    page = models.JSONField(help_text="The texts and tokens that the page was made from.")
    published_at = models.DateTimeField()
    published_by = models.ForeignKey("campaigns.User", null=True, on_delete=models.PROTECT)

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(
                fields=("campaign", "number"), name="release_number_is_unique_in_its_campaign"
            ),
        )

    def __str__(self) -> str:
        return f"{self.campaign} · release {self.number}"
