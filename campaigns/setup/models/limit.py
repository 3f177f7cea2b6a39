"""Limits: how often one person, phone or receipt may enter."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from campaigns.accounts.tenancy import TenantModel
from campaigns.setup.rules.words import limit_in_words
from ingest_lambda.contract import LimitScope, WindowKind


class Limit(TenantModel):
    """At most ``count`` submissions of one scope in one window."""

    belongs_to = "campaign"

    campaign = models.ForeignKey(
        "campaigns.Campaign", on_delete=models.CASCADE, related_name="limits"
    )
    scope = models.CharField(
        max_length=10,
        choices=[(s.value, s.value.capitalize()) for s in LimitScope],
        default=LimitScope.PERSON.value,
    )
    count = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    window = models.CharField(
        max_length=10,
        choices=[
            (WindowKind.CAMPAIGN.value, "In the whole campaign"),
            (WindowKind.DAY.value, "A day"),
            (WindowKind.WEEK.value, "A week"),
            (WindowKind.ROLLING.value, "In so many hours"),
        ],
        default=WindowKind.CAMPAIGN.value,
    )
    hours = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(24 * 92)]
    )
    gives_back_when_rejected = models.BooleanField(default=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(window=WindowKind.ROLLING.value, hours__isnull=False)
                | (~Q(window=WindowKind.ROLLING.value) & Q(hours__isnull=True)),
                name="only_a_rolling_limit_has_hours",
            ),
        )

    def __str__(self) -> str:
        return f"{self.count} per {self.scope}, {self.get_window_display().lower()}"

    def in_words(self, language: str) -> str:
        """Return it as people say it; see :func:`limit_in_words`."""
        values = {name: getattr(self, name) for name in ("scope", "count", "window", "hours")}
        return limit_in_words(**values, language=language)

    @property
    def name(self) -> str:
        """What the table counts under: scope and window, so that an amendment goes on counting.

        But for a receipt in the whole campaign: once is guarded, more often is counted, and a
        publish refuses to change the one into the other (``services.checks``).
        """
        hours = f"_{self.hours}" if self.hours else ""
        return f"{self.scope}_{self.window}{hours}"
