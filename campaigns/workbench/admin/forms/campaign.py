"""The form of a campaign's basics, page and rules: what staff type becomes what is stored."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone as django_timezone
from django.utils.text import slugify
from unfold.widgets import (
    UnfoldAdminSelect2MultipleWidget,
    UnfoldAdminSelect2Widget,
)

from campaignhub.staff_site.countries import COUNTRIES, CURRENCIES
from campaignhub.staff_site.widgets import (
    Chips,
    Colour,
    DateAndTime,
    Picture,
    Plain,
    RadioCards,
    Slider,
)
from campaigns.setup.models import Campaign
from campaigns.setup.rules.reasons import HIDEABLE, LABELS, LONGEST_LABEL, LONGEST_SENTENCE
from campaigns.setup.rules.slugs import TEST_PREFIX
from campaigns.setup.rules.zones import ZONES
from campaigns.setup.services.campaign import is_taken
from campaigns.setup.services.pictures import HERO, LOGO, NotAPicture, Use, tidy_picture
from campaigns.workbench.admin.forms.reasons import (
    LABEL_WORDINGS,
    SENTENCE_WORDINGS,
    ReasonRow,
    rows_of,
)
from campaigns.workbench.admin.forms.texts import LANGUAGES, TextsField, speak
from campaigns.workbench.admin.forms.wordings import WordingsField
from ingest_lambda.contract import Notice, ReviewMode, Route

ROUTES = {Route.PURCHASE.value: "By purchase", Route.FREE.value: "Free"}
_YEARS = range(2000, 2100)
"""Campaigns are of our time; beyond it no clock can be reckoned with."""
_REVIEW = {
    ReviewMode.EVERY.value: "A person looks at each before it counts.",
    ReviewMode.NONE.value: "Every valid entry counts at once.",
}
_NOTICES = {
    Notice.REFUSED.value: "is refused by the rules",
    Notice.REOPENED.value: "goes back to review",
    Notice.REVOKED.value: "no longer counts",
    Notice.NO_PRIZE.value: "wins no prize",
}
_TYPE_PAIRS = {
    "system": "As the phone's own apps",
    "serif": "Headlines with serifs",
    "rounded": "Round and light-hearted",
}
_REVEALS = {
    "plain": "At once, in words and with the prize's picture.",
    "scratch": "Visitors scratch a card, with a finger or a key.",
    "wheel": "A wheel turns and stops.",
}
_DATES_NEEDED = {
    "opens_at": "Say when it opens. A published campaign can't be without it.",
    "closes_at": "Say when it closes. A published campaign can't be without it.",
}
"""What the constraint ``published_campaign_has_dates`` says, at the field."""
_ON_SURFACE = ("brand_colour", "accent_colour", "text_colour")


class CampaignForm(forms.ModelForm):  # type: ignore[type-arg]
    """A campaign's basics and page; times are typed in the campaign's own zone."""

    changed_meanwhile = ""
    """Who saved the campaign after this form was shown, in words; nothing is saved over it unseen."""

    languages = forms.MultipleChoiceField(
        choices=list(LANGUAGES.items()),
        widget=Chips,
        help_text="Every text of the page can then be typed in each of them.",
        error_messages={"required": "Choose at least one language."},
    )
    default_language = forms.ChoiceField(
        choices=list(LANGUAGES.items()),
        widget=Plain,
        required=False,
        label="First language",
        help_text="What a visitor sees whose browser speaks none of the others.",
    )
    countries = forms.MultipleChoiceField(
        choices=list(COUNTRIES.items()),
        widget=UnfoldAdminSelect2MultipleWidget(
            {"data-width": "100%", "data-placeholder": "Type a country"}
        ),
        label="Open to residents of",
        error_messages={"required": "Choose at least one country."},
    )
    routes = forms.MultipleChoiceField(
        choices=list(ROUTES.items()),
        widget=Chips,
        label="Ways to enter",
        help_text="With both, the form asks which; rows can be for one of them only.",
        error_messages={"required": "Choose at least one way to enter."},
    )
    notices = forms.MultipleChoiceField(
        choices=list(_NOTICES.items()),
        widget=Chips,
        required=False,
        label="E-mail the entrant when an entry",
        help_text="Approved, rejected and asked again are always told.",
    )
    opens_at = forms.DateTimeField(required=False, widget=DateAndTime, label="Opens")
    closes_at = forms.DateTimeField(
        required=False, widget=DateAndTime, label="Closes (last minute for entries)"
    )
    headline = TextsField(most=120, help_text="One line. What can be won, or what to do.")
    supporting = TextsField(rows=2, most=300, label="Supporting sentence")
    prizes = TextsField(
        rows=2, most=500, label="Prize summary", help_text="Shown in the key-facts box."
    )
    rules = TextsField(
        rows=16,
        label="Official rules",
        help_text="An empty line starts a paragraph, “# ” a heading, “- ” or “1. ” a list. "
        "Links: [privacy notice](privacy) or [words](https://…).",
    )
    hero_alt = TextsField(
        most=300,
        label="Alt text of the hero image",
        help_text="For people who can't see the image.",
    )
    logo_alt = TextsField(most=120, label="What the logo says")
    privacy_urls = TextsField(
        most=200,
        label="Privacy notice by language",
        help_text="Where a language has an address of its own. The others use the one above.",
    )

    reason_texts = WordingsField(
        SENTENCE_WORDINGS, rows=2, most=LONGEST_SENTENCE, label="Sentences"
    )
    reason_labels = WordingsField(LABEL_WORDINGS, most=LONGEST_LABEL, label="Labels")
    hidden_reasons = forms.MultipleChoiceField(
        choices=[(code.value, LABELS[code]) for code in HIDEABLE], required=False
    )

    class Meta:
        model = Campaign
        exclude = ("state", "excluded_regions", "mail_texts")  # noqa: DJ006 - the tabs name what is shown
        labels = {
            "name": "Name",
            "slug": "Address",
            "timezone": "Time zone",
            "review_mode": "Review",
            "decide_within_days": "Decide within, in working days",
            "resubmit_within_hours": "Time to send a better photo, in hours",
            "minimum_fill_seconds": "Shortest time to fill the form in, in seconds",
            "brand_colour": "Brand",
            "accent_colour": "Accent",
            "surface_colour": "Background",
            "text_colour": "Text",
            "radius": "Corners",
            "type_pair": "Type",
            "hero_image": "Hero image",
            "privacy_url": "Privacy notice",
            "challenge_provider": "Provider",
            "challenge_site_key": "Site key",
            "challenge_on_trouble": "When it fails or can't be reached",
            "sender_name": "Sender's name",
            "prize_cap": "Prizes that one person can win",
            "expected_submissions": "Expected entries",
            "reveal": "How the page shows the result",
        }
        help_texts = {
            "name": "For staff and in e-mails; visitors see the headline.",
            "slug": "The end of the page's address. Can't be changed after publishing.",
            "decide_within_days": "Promised on the page, in e-mails and in the review queue.",
            "resubmit_within_hours": "From 72 to 336; 168 is a week.",
            "minimum_fill_seconds": "Faster entries go to review. 0 turns it off.",
            "privacy_url": "Where the client explains what it does with personal data.",
            "hero_image": "JPG, PNG or WebP, best 1600 px wide or more.",
            "challenge_on_trouble": "",
            "sender_name": "Used with a sender address of the client's own. Leave empty for the client's sender name. "
            "Replies go to the client's help contact.",
            "prize_cap": "Of those won by chance. A prize for everyone is given once to each person.",
            "expected_submissions": "For the forecast of how many prizes will be won; it limits nothing.",
            "logo": "Shown at the top of the page and of every e-mail.",
        }
        widgets = {
            "challenge_provider": Plain,
            "prize_cap": Plain,
            "reveal": RadioCards(words=_REVEALS),
            "challenge_on_trouble": Plain,
            "timezone": UnfoldAdminSelect2Widget(
                {"data-width": "100%"}, choices=[(name, name.replace("_", " ")) for name in ZONES]
            ),
            "currency": UnfoldAdminSelect2Widget(
                {"data-width": "100%"},
                choices=[(code, f"{code} · {name}") for code, name in CURRENCIES.items()],
            ),
            "review_mode": RadioCards(words=_REVIEW),
            "type_pair": RadioCards(words=_TYPE_PAIRS),
            "radius": Slider({"min": 0, "max": 16, "step": 1}),
            "surface_colour": Colour(),
            **{name: Colour(against="surface_colour") for name in _ON_SURFACE},
            "hero_image": Picture,
            "logo": Picture,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        campaign: Campaign = self.instance
        if campaign._state.adding:
            for name in ("languages", "countries", "routes", "notices"):
                self.initial.setdefault(name, getattr(campaign, name))
        if "challenge_provider" in self.fields:
            provider: Any = self.fields["challenge_provider"]
            provider.choices = [("", "None"), *(c for c in provider.choices if c[0])]
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].disabled = campaign.first_published
        if "client" in self.fields:
            self._settle_client(campaign)
        if "default_language" in self.fields:
            self.initial["default_language"] = campaign.languages[0]
        speak(self, self._languages())
        for name in ("reason_texts", "reason_labels"):
            self.fields[name].widget.languages = self._languages()
        zone = ZoneInfo(campaign.timezone)
        for name, shift in (("opens_at", 0), ("closes_at", -1)):
            moment = getattr(campaign, name)
            if moment and name in self.fields:
                local = (moment + timedelta(minutes=shift)).astimezone(zone)
                self.initial[name] = local.replace(tzinfo=None)

    def _settle_client(self, campaign: Campaign) -> None:
        field: Any = self.fields["client"]
        # No pen and no plus beside the select: clients are a page of their own.
        field.widget = getattr(field.widget, "widget", field.widget)
        field.disabled = campaign.first_published
        own = list(field.queryset[:2])
        if campaign._state.adding and len(own) == 1:
            self.initial["client"] = own[0].pk

    @property
    def reason_rows(self) -> list[ReasonRow]:
        """The reasons of verdicts, each with its inputs."""
        return rows_of(self)

    def _languages(self) -> list[str]:
        """Return the languages as they are typed now: an unsaved one shows its inputs too."""
        if self.is_bound:
            data: Any = self.data
            chosen = [code for code in data.getlist("languages") if code in LANGUAGES]
            first = data.get("default_language", "")
            return sorted(chosen, key=lambda code: code != first) or ["en"]
        return list(self.instance.languages)

    def clean_slug(self) -> str:
        """Make an address out of the name where none was typed."""
        slug: str = self.cleaned_data.get("slug", "")
        if slug.startswith(TEST_PREFIX):
            raise forms.ValidationError(
                f"Addresses that begin with “{TEST_PREFIX}” are kept for tests. Choose another."
            )
        return slug or _free_slug(self.cleaned_data.get("name", ""))

    def clean_timezone(self) -> str:
        """Take a zone of the list only: every time of the campaign is read in it."""
        name: str = self.cleaned_data["timezone"]
        if name not in ZONES:
            raise forms.ValidationError("Choose a time zone from the list.")
        return name

    def clean_privacy_urls(self) -> dict[str, str]:
        """Take addresses of the web only: each becomes a link of the page."""
        address = forms.URLField(assume_scheme="https", max_length=200)
        urls: dict[str, str] = self.cleaned_data["privacy_urls"]
        return {language: address.clean(url) for language, url in urls.items()}

    def clean_logo(self) -> Any:
        """Store the logo as the page shows it."""
        return _tidied(self.cleaned_data.get("logo"), LOGO)

    def clean_hero_image(self) -> Any:
        """Store the hero image as the page shows it."""
        return _tidied(self.cleaned_data.get("hero_image"), HERO)

    def clean(self) -> dict[str, Any]:
        """Read the typed times in the campaign's zone; the end is stored as the instant after it."""
        cleaned: dict[str, Any] = super().clean() or {}
        if languages := cleaned.get("languages"):
            first = cleaned.get("default_language") or languages[0]
            cleaned["languages"] = [
                *(code for code in languages if code == first),
                *(code for code in languages if code != first),
            ]
        zone = ZoneInfo(cleaned.get("timezone") or self.instance.timezone)
        for name, shift in (("opens_at", 0), ("closes_at", 1)):
            if moment := cleaned.get(name):
                if moment.year not in _YEARS:
                    self.add_error(name, f"Give a date between {_YEARS[0]} and {_YEARS[-1]}.")
                    continue
                typed = django_timezone.make_naive(moment, django_timezone.get_current_timezone())
                local = typed.replace(tzinfo=zone)
                if not _exists(local):
                    self.add_error(
                        name,
                        "The clocks go forward that night, so this time never comes. "
                        "Choose one an hour later.",
                    )
                cleaned[name] = local + timedelta(minutes=shift)
            elif self.instance.first_published and name in self.fields and name not in self.errors:
                self.add_error(name, _DATES_NEEDED[name])
        opens, closes = cleaned.get("opens_at"), cleaned.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", "The end has to come after the opening.")
        if self.changed_meanwhile:
            self.add_error(None, self.changed_meanwhile)
        return cleaned


def _tidied(picture: Any, use: Use) -> Any:
    """Make an uploaded picture afresh; what is stored already, or taken off, stays as it is."""
    if not isinstance(picture, UploadedFile):
        return picture
    try:
        return tidy_picture(picture, use=use)
    except NotAPicture as error:
        raise forms.ValidationError(error.message) from error


def _exists(local: datetime) -> bool:
    """Tell whether a wall-clock time happens: on the night of the change an hour does not."""
    there_and_back = local.astimezone(ZoneInfo("UTC")).astimezone(local.tzinfo)
    return there_and_back.replace(tzinfo=None) == local.replace(tzinfo=None)


def _free_slug(name: str) -> str:
    slug = slugify(name)[:55].strip("-") or "campaign"
    number, free = 2, slug
    while is_taken(free):
        free, number = f"{slug}-{number}", number + 1
    return free
