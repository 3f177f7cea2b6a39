"""Campaigns: one promotion each, with its page, dates and rules."""

import secrets
import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q

from campaigns.accounts.models.sender import check_sender_name
from campaigns.accounts.tenancy import TenantModel
from campaigns.setup.rules.slugs import TEST_PREFIX, slug_problem
from campaigns.setup.rules.states import CampaignState
from ingest_lambda.contract import CROCKFORD, NOTICES_AT_FIRST, ReviewMode, Route

COLOUR = RegexValidator(
    r"^#[0-9a-fA-F]{6}$", "Give a colour as # and six characters, like #1d4ed8."
)


def check_slug(slug: str) -> None:
    """Refuse what cannot be an address."""
    if sentence := slug_problem(slug):
        raise ValidationError(sentence)


def default_languages() -> list[str]:
    """English alone."""
    return ["en"]


def default_countries() -> list[str]:
    """The United Kingdom alone."""
    return ["GB"]


def default_routes() -> list[str]:
    """By purchase alone."""
    return [Route.PURCHASE.value]


def default_notices() -> list[str]:
    """Those of a status: an entrant whose status changes is told."""
    return [notice.value for notice in NOTICES_AT_FIRST]


def new_test_slug() -> str:
    """An address that nobody guesses: 60 random bits."""
    return TEST_PREFIX + "".join(secrets.choice(CROCKFORD) for _ in range(12)).lower()


class Campaign(TenantModel):
    """One promotion. Every text an entrant can see is a map from language to text.

    ``closes_at`` is exclusive: staff type the last minute that counts, stored
    is the instant after it. ``test_id`` and ``test_slug`` stand for the campaign
    wherever it is tried out, so that limits, stock and numbers of a test are
    its own; the prefix of test slugs keeps the two kinds of address apart.
    """

    belongs_to = "client"
    log_name = "campaign:{row.slug}"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(
        "accounts.Client", on_delete=models.PROTECT, related_name="campaigns"
    )
    name = models.CharField(max_length=120)
    slug = models.CharField(max_length=60, unique=True, validators=[check_slug])
    test_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    test_slug = models.CharField(max_length=60, unique=True, default=new_test_slug, editable=False)
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
    notices = models.JSONField(default=default_notices, blank=True)
    """The acts of which entrants are told by mail (``contract.Notice``)."""
    minimum_fill_seconds = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(60)]
    )
    challenge_provider = models.CharField(
        max_length=20, blank=True, choices=[("turnstile", "Cloudflare Turnstile")]
    )
    challenge_site_key = models.CharField(max_length=100, blank=True)
    challenge_on_trouble = models.CharField(
        max_length=10,
        choices=[("review", "Send the entry to review"), ("refuse", "Refuse the entry")],
        default="review",
        help_text="When the challenge fails or its provider cannot be reached.",
    )
    sender_name = models.CharField(
        max_length=100,
        blank=True,
        validators=[check_sender_name],
        help_text="Who mails come from. Empty: the client's own sender name.",
    )
    reason_texts = models.JSONField(
        default=dict,
        blank=True,
        help_text='Own sentences for reasons: {"en": {"ILLEGIBLE": "…"}}',
    )
    """What entrants read: published, so an entry keeps those of its release."""
    reason_labels = models.JSONField(
        default=dict,
        blank=True,
        help_text='Own labels of reasons for staff: {"en": {"ILLEGIBLE": "…"}}',
    )
    """What moderators choose by, as ``hidden_reasons``: tools of staff, in force as soon as saved."""
    hidden_reasons = models.JSONField(
        default=list, blank=True, help_text="Reasons that the desk does not offer, by code"
    )

    expected_submissions = models.PositiveIntegerField(null=True, blank=True)
    """How many staff expect, for the forecast of prizes; decides nothing."""
    prize_cap = models.CharField(
        max_length=12,
        blank=True,
        choices=[
            ("", "As many as they win"),
            ("one", "One"),
            ("one_per_tier", "One major and one minor"),
        ],
        default="one",
    )
    """How many prizes a person may win in the whole campaign."""

    reveal = models.CharField(
        max_length=8,
        choices=[("plain", "Plain"), ("scratch", "Scratch card"), ("wheel", "Wheel")],
        default="plain",
    )
    """How the page shows what was won; what it is has been decided by then."""

    mail_texts = models.JSONField(default=dict, blank=True)
    """What mails say otherwise than by default: by language, then by message and part."""

    headline = models.JSONField(default=dict, blank=True)
    supporting = models.JSONField(default=dict, blank=True)
    prizes = models.JSONField(default=dict, blank=True)
    rules = models.JSONField(default=dict, blank=True)
    privacy_url = models.URLField(blank=True)
    privacy_urls = models.JSONField(
        default=dict, blank=True, help_text="By language, where one has an address of its own."
    )
    brand_colour = models.CharField(max_length=7, default="#0f4c5c", validators=[COLOUR])
    accent_colour = models.CharField(max_length=7, default="#9a031e", validators=[COLOUR])
    surface_colour = models.CharField(max_length=7, default="#ffffff", validators=[COLOUR])
    text_colour = models.CharField(max_length=7, default="#1b1b1e", validators=[COLOUR])
    radius = models.PositiveSmallIntegerField(default=8, validators=[MaxValueValidator(16)])
    type_pair = models.CharField(
        max_length=10,
        choices=[("system", "Clear"), ("serif", "Classic"), ("rounded", "Friendly")],
        default="system",
    )
    logo = models.ImageField(upload_to="logos/", blank=True)
    logo_alt = models.JSONField(default=dict, blank=True)
    hero_image = models.ImageField(upload_to="heroes/", blank=True)
    hero_alt = models.JSONField(default=dict, blank=True)

    embed_origins = models.JSONField(default=list, blank=True, editable=False)
    """The sites that may show its page within their own, as it is and not as it was published."""

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
            models.CheckConstraint(
                condition=~Q(slug__startswith=TEST_PREFIX) & Q(test_slug__startswith=TEST_PREFIX),
                name="only_test_slugs_have_their_prefix",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save all but what pages of their own write, unless it is named: state, mails, who may embed it.

        The clock may open a campaign while somebody edits it; a form that was
        opened before must not take that back.
        """
        if not self._state.adding and kwargs.get("update_fields") is None:
            kept = {"id", "state", "embed_origins", "mail_texts"}
            fields = [field.name for field in self._meta.concrete_fields]
            kwargs["update_fields"] = [name for name in fields if name not in kept]
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Keep a published address as it is; the database does too, without a sentence."""
        super().clean()
        if not self._state.adding and self.first_published:
            stored = type(self).objects.filter(pk=self.pk).values_list("slug", flat=True).first()
            if stored != self.slug:
                raise ValidationError(
                    {"slug": f"The address stays {stored}: people know it since the first publish."}
                )

    @property
    def first_published(self) -> bool:
        """Whether the slug is frozen: it was published once, so its address is known."""
        return self.state != CampaignState.DRAFT

    def text(self, texts: dict[str, Any], language: str) -> str:
        """Return a text in ``language``, else in the campaign's first language."""
        return str(texts.get(language) or texts.get(self.languages[0]) or "")


class StateChange(TenantModel):
    """One move of a campaign, dated and signed; by nobody when the clock did it."""

    belongs_to = "campaign"

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="state_changes")
    before = models.CharField(max_length=10)
    after = models.CharField(max_length=10)
    at = models.DateTimeField()
    actor = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
