"""The admin's forms: what staff type becomes what is stored."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.utils import timezone as django_timezone
from unfold.widgets import UnfoldAdminColorInputWidget, UnfoldAdminSelectWidget

from campaigns.admin.texts import LANGUAGES, ListField, TextsField
from campaigns.models import Campaign, FormField
from ingest_lambda.contract import Route

COUNTRIES = {
    "GB": "United Kingdom",
    "IE": "Ireland",
    "US": "United States",
    "AU": "Australia",
    "ES": "Spain",
    "DE": "Germany",
    "FR": "France",
}
ROUTES = {Route.PURCHASE.value: "By purchase", Route.FREE.value: "Free"}


class CampaignForm(forms.ModelForm):  # type: ignore[type-arg]
    """A campaign's basics and page; times are typed in the campaign's own zone."""

    languages = ListField(LANGUAGES.items(), help_text="The first that is ticked is the default.")
    countries = ListField(COUNTRIES.items())
    routes = ListField(ROUTES.items(), label="Ways to enter")
    headline = TextsField()
    supporting = TextsField(rows=2, label="Supporting sentence")
    prizes = TextsField(rows=2, label="Prizes in words")
    rules = TextsField(rows=8, label="Official rules")
    hero_alt = TextsField(label="What the image shows")

    class Meta:
        model = Campaign
        exclude = ("state", "excluded_regions")  # noqa: DJ006 - the fieldsets name what is shown
        help_texts = {
            "opens_at": "In the campaign's own time zone.",
            "closes_at": "The last minute that counts, in the campaign's own time zone.",
            "decide_within_days": "Working days; page, mails and the review queue promise this.",
        }
        widgets = {
            "timezone": UnfoldAdminSelectWidget(
                choices=[(name, name) for name in sorted(available_timezones()) if "/" in name]
            ),
            **dict.fromkeys(
                ("brand_colour", "accent_colour", "surface_colour", "text_colour"),
                UnfoldAdminColorInputWidget,
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.first_published and "slug" in self.fields:
            self.fields["slug"].disabled = True
        zone = ZoneInfo(self.instance.timezone)
        for name, shift in (("opens_at", 0), ("closes_at", -1)):
            moment = getattr(self.instance, name)
            if moment and name in self.fields:
                local = (moment + timedelta(minutes=shift)).astimezone(zone)
                self.initial[name] = local.replace(tzinfo=None)

    def clean(self) -> dict[str, Any]:
        """Read the typed times in the campaign's zone; the end is stored as the instant after it."""
        cleaned: dict[str, Any] = super().clean() or {}
        zone = ZoneInfo(cleaned.get("timezone") or self.instance.timezone)
        for name, shift in (("opens_at", 0), ("closes_at", 1)):
            if moment := cleaned.get(name):
                typed = django_timezone.make_naive(moment, django_timezone.get_current_timezone())
                cleaned[name] = typed.replace(tzinfo=zone) + timedelta(minutes=shift)
        opens, closes = cleaned.get("opens_at"), cleaned.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", "The end has to come after the opening.")
        return cleaned


class FormFieldForm(forms.ModelForm):  # type: ignore[type-arg]
    """One row of the form builder."""

    label = TextsField(required=True)
    help_text = TextsField(label="Help")
    routes = ListField(ROUTES.items(), label="Shown to who enters")
    options_text = forms.CharField(
        required=False,
        label="Choices",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One a line: value = label. The value is stored, the label is shown.",
    )

    class Meta:
        model = FormField
        exclude = ("options", "version")  # noqa: DJ006 - the inline names what is shown

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["options_text"] = "\n".join(
            f"{option['value']} = {next(iter(option['label'].values()), '')}"
            for option in self.instance.options
        )

    def save(self, commit: bool = True) -> FormField:
        """Store the choices, and a new version where a consent's wording changed."""
        options = []
        for line in self.cleaned_data["options_text"].splitlines():
            value, _, label = line.partition("=")
            if value.strip():
                options.append(
                    {"value": value.strip(), "label": {"en": label.strip() or value.strip()}}
                )
        self.instance.options = options
        if self.instance.pk and "label" in self.changed_data:
            self.instance.version += 1
        saved: FormField = super().save(commit)
        return saved
