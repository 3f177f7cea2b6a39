"""Prizes: what is won, how many there are, and how it is given."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from campaigns.accounts.tenancy import TenantModel
from campaigns.prizes.rules.drawing import Pace
from campaigns.setup.models.form import NAME
from ingest_lambda.contract import AwardTiming, Mechanic

MOST_STOCK = 1_500_000
MOST_MINUTES = 60 * 24 * 92


class PrizeKind(models.TextChoices):
    """What a winner gets."""

    THING = "thing", "A thing"
    CODE = "code", "A code"


MECHANICS = {
    Mechanic.MOMENT.value: "Winning moments",
    Mechanic.EVERYONE.value: "Everyone who enters",
}
TIMINGS = {
    AwardTiming.AT_ONCE.value: "At once",
    AwardTiming.AFTER_APPROVAL.value: "After approval",
}


class Tier(models.TextChoices):
    """How big it is, where a person may win one of each."""

    MAJOR = "major", "Major prize"
    MINOR = "minor", "Minor prize"


class Unclaimed(models.TextChoices):
    """What becomes of a moment at which nobody enters."""

    ROLL_FORWARD = "roll_forward", "The next entry wins it"
    WINDOW = "window", "It expires after some minutes"
    VOID = "void", "It is lost"


class WhenEmpty(models.TextChoices):
    """What a code for everyone becomes once its stock has ended."""

    CLOSE = "close", "No more are given"
    FALLBACK = "fallback", "Everyone gets one shared code"


def every_weekday() -> list[int]:
    """All of them; Monday is 0."""
    return list(range(7))


class Prize(TenantModel):
    """One prize of a campaign. Texts are maps from language to text; the value is in minor units of the campaign's currency."""

    belongs_to = "campaign"
    log_name = "prize:{row.campaign_id}:{row.key}"

    campaign = models.ForeignKey(
        "campaigns.Campaign", on_delete=models.CASCADE, related_name="prize_rows"
    )
    position = models.PositiveSmallIntegerField(default=0)
    key = models.CharField(max_length=40, validators=[NAME])
    """Its name in the table, in messages and exports; never changes once it is published."""
    name = models.JSONField(default=dict)
    picture = models.ImageField(upload_to="prizes/", blank=True)
    picture_alt = models.JSONField(default=dict, blank=True)
    kind = models.CharField(max_length=5, choices=PrizeKind.choices, default=PrizeKind.THING.value)
    mechanic = models.CharField(
        max_length=8, choices=list(MECHANICS.items()), default=Mechanic.MOMENT.value
    )
    timing = models.CharField(
        max_length=14, choices=list(TIMINGS.items()), default=AwardTiming.AT_ONCE.value
    )
    tier = models.CharField(max_length=5, choices=Tier.choices, default=Tier.MINOR.value)
    value = models.PositiveBigIntegerField(null=True, blank=True)
    stock = models.PositiveIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_STOCK)]
    )

    pace = models.CharField(
        max_length=6, choices=[(pace.value, pace.value) for pace in Pace], default=Pace.RANDOM.value
    )
    from_hour = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(23)])
    until_hour = models.PositiveSmallIntegerField(
        default=24, validators=[MinValueValidator(1), MaxValueValidator(24)]
    )
    weekdays = models.JSONField(default=every_weekday)
    unclaimed = models.CharField(
        max_length=12, choices=Unclaimed.choices, default=Unclaimed.ROLL_FORWARD.value
    )
    window_minutes = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MOST_MINUTES)]
    )

    when_empty = models.CharField(
        max_length=8, choices=WhenEmpty.choices, default=WhenEmpty.CLOSE.value
    )
    fallback_code = models.CharField(max_length=64, blank=True)
    """The shared code, which is shown to winners only."""

    won_text = models.JSONField(default=dict, blank=True)
    """What a winner reads beside the prize: how to use it, until when."""

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("campaign", "key"), name="prize_key_is_unique_in_its_campaign"
            ),
            models.CheckConstraint(condition=Q(stock__gte=1), name="a_prize_has_stock"),
            models.CheckConstraint(
                condition=~Q(from_hour=F("until_hour")), name="a_prize_has_hours"
            ),
            models.CheckConstraint(
                condition=Q(unclaimed=Unclaimed.WINDOW.value, window_minutes__isnull=False)
                | (~Q(unclaimed=Unclaimed.WINDOW.value) & Q(window_minutes__isnull=True)),
                name="only_a_window_has_minutes",
            ),
        )

    @property
    def has_fallback(self) -> bool:
        """Whether who comes after the stock has ended gets the shared code."""
        return (
            self.when_empty == WhenEmpty.FALLBACK
            and self.kind == PrizeKind.CODE
            and self.mechanic == Mechanic.EVERYONE
        )

    def __str__(self) -> str:
        """Name it in English, as staff read it, or in another language that it has a name in."""
        named = (self.name.get("en", ""), *self.name.values())
        return str(next((text for text in named if text), self.key))
