"""Campaigns: one promotion each, with its page, dates and rules."""

import uuid
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q

from campaigns.rules.states import CampaignState
from ingest_lambda.contract import ReviewMode, Route

COLOUR = RegexValidator(
    r"^#[0-9a-fA-F]{6}$", "Give a colour as # and six characters, like #1d4ed8."
)
SLUG = RegexValidator(
    r"^[a-z0-9]+(-[a-z0-9]+)*$",
    "Use small letters, digits and single dashes, like summer-receipts.",
)


def default_languages() -> list[str]:
    """English alone."""
    return ["en"]


def default_countries() -> list[str]:
    """The United Kingdom alone."""
    return ["GB"]


def default_routes() -> list[str]:
    """By purchase alone."""
    return [Route.PURCHASE.value]


class Campaign(models.Model):
    """One promotion. Every text an entrant can see is a map from language to text.

    ``closes_at`` is exclusive: staff type the last minute that counts, stored
    is the instant after it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(
        "campaigns.Client", on_delete=models.PROTECT, related_name="campaigns"
    )
    name = models.CharField(max_length=120)
    slug = models.CharField(max_length=60, unique=True, validators=[SLUG])
    state = models.CharField(
        max_length=10,
        choices=[(state.value, state.label) for state in CampaignState],
        default=CampaignState.DRAFT.value,
        editable=False,
    )
    timezone = models.CharField(max_length=60, default="Europe/London")
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    languages = models.JSONField(default=default_languages)
    countries = models.JSONField(default=default_countries)
    excluded_regions = models.JSONField(default=list, blank=True)
    currency = models.CharField(max_length=3, default="GBP")
    routes = models.JSONField(default=default_routes)
    review_mode = models.CharField(
        max_length=10,
        choices=[
            (ReviewMode.EVERY.value, "Every submission"),
            (ReviewMode.WINNERS.value, "Only winners"),
            (ReviewMode.NONE.value, "None"),
        ],
        default=ReviewMode.EVERY.value,
    )
    decide_within_days = models.PositiveSmallIntegerField(
        default=3, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    resubmit_within_hours = models.PositiveSmallIntegerField(
        default=168, validators=[MinValueValidator(72), MaxValueValidator(336)]
    )
    minimum_fill_seconds = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(60)]
    )

    headline = models.JSONField(default=dict, blank=True)
    supporting = models.JSONField(default=dict, blank=True)
    prizes = models.JSONField(default=dict, blank=True)
    rules = models.JSONField(default=dict, blank=True)
    privacy_url = models.URLField(blank=True)
    brand_colour = models.CharField(max_length=7, default="#0f4c5c", validators=[COLOUR])
    accent_colour = models.CharField(max_length=7, default="#9a031e", validators=[COLOUR])
    surface_colour = models.CharField(max_length=7, default="#ffffff", validators=[COLOUR])
    text_colour = models.CharField(max_length=7, default="#1b1b1e", validators=[COLOUR])
    radius = models.PositiveSmallIntegerField(default=8, validators=[MaxValueValidator(16)])
    hero_image = models.ImageField(upload_to="heroes/", blank=True)
    hero_alt = models.JSONField(default=dict, blank=True)

    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True)
                | Q(closes_at__isnull=True)
                | Q(closes_at__gt=F("opens_at")),
                name="campaign_closes_after_it_opens",
            ),
            models.CheckConstraint(
                condition=Q(state=CampaignState.DRAFT.value)
                | Q(opens_at__isnull=False, closes_at__isnull=False),
                name="published_campaign_has_dates",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def first_published(self) -> bool:
        """Whether the slug is frozen: it was published once, so its address is known."""
        return not self._state.adding and self.releases.exists()

    def text(self, texts: dict[str, Any], language: str) -> str:
        """Return a text in ``language``, else in the campaign's first language."""
        return str(texts.get(language) or texts.get(self.languages[0]) or "")


class StateChange(models.Model):
    """One move of a campaign, dated and signed; by nobody when the clock did it."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="state_changes")
    before = models.CharField(max_length=10)
    after = models.CharField(max_length=10)
    at = models.DateTimeField()
    actor = models.ForeignKey("campaigns.User", null=True, on_delete=models.PROTECT)

    class Meta:
        ordering = ("at",)

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
