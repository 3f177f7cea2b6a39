"""The form of a campaign: rows in the order in which a visitor meets them."""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models

from campaignhub.words import in_words
from campaigns.accounts.tenancy import TenantModel
from campaigns.setup.models.campaign import default_routes
from ingest_lambda.contract import FieldKind, Meaning

CONSENT = "consent"
KINDS = [(kind.value, in_words(kind.value)) for kind in FieldKind]
PURPOSES = [
    ("rules", "Accepting the official rules"),
    ("age", "Confirming age or residence"),
    ("privacy", "Processing personal data"),
    ("marketing", "Marketing"),
    ("other", "Something else"),
]
NAME = RegexValidator(r"^[a-z][a-z0-9_]{0,39}$", "Use small letters, digits and underscores.")


class FormField(TenantModel):
    """One row of the form: a question, a consent, or a place for photos."""

    belongs_to = "campaign"

    campaign = models.ForeignKey(
        "campaigns.Campaign", on_delete=models.CASCADE, related_name="form_fields"
    )
    position = models.PositiveSmallIntegerField(default=0, db_index=True)
    name = models.CharField(max_length=40, validators=[NAME])
    kind = models.CharField(max_length=20, choices=[*KINDS, (CONSENT, "Consent")])
    meaning = models.CharField(
        max_length=20, blank=True, choices=[(m.value, m.value.replace("_", " ")) for m in Meaning]
    )
    purpose = models.CharField(
        max_length=10,
        choices=PURPOSES,
        default="rules",
        help_text="Of a consent: what it is given for, one purpose each.",
    )
    party = models.CharField(
        max_length=120,
        blank=True,
        help_text="Of a consent: the partner it is given to; empty: the client.",
    )
    routes = models.JSONField(default=default_routes)
    label = models.JSONField(default=dict)
    help_text = models.JSONField(default=dict, blank=True)
    options = models.JSONField(
        default=list,
        blank=True,
        help_text='For choices: [{"value": "red", "label": {"en": "Red"}}]',
    )
    required = models.BooleanField(default=True)
    min_length = models.PositiveSmallIntegerField(null=True, blank=True)
    max_length = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(5000)]
    )
    minimum = models.CharField(max_length=20, blank=True)
    maximum = models.CharField(max_length=20, blank=True)
    pattern = models.CharField(max_length=200, blank=True)
    minimum_age = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(120)]
    )
    countries = models.JSONField(
        default=list,
        blank=True,
        help_text="Of a postal code or phone number; the campaign's where empty.",
    )
    max_receipts = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    images_per_receipt = models.PositiveSmallIntegerField(
        default=3, validators=[MinValueValidator(1), MaxValueValidator(6)]
    )
    version = models.PositiveSmallIntegerField(default=1)
    """Of a consent's wording; set at publish (``publishing.services.consents``)."""

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("campaign", "name"), name="field_name_is_unique_in_its_form"
            ),
        )

    def __str__(self) -> str:
        return str(next(iter(self.label.values()), self.name))
