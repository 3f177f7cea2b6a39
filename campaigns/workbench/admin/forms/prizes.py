"""The rows of prizes: what is won, how many, how and when."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import RegexValidator
from django.http import QueryDict

from campaignhub.staff_site.widgets import Chips, Picture, Plain
from campaigns.prizes.models import Prize
from campaigns.prizes.models.prize import MECHANICS, TIMINGS, PrizeKind, Tier, Unclaimed, WhenEmpty
from campaigns.prizes.rules.drawing import Pace
from campaigns.prizes.rules.presets import PRESETS
from campaigns.prizes.services.facts import facts_of, sentence_for
from campaigns.prizes.services.stock import published_stock
from campaigns.setup.models import Campaign
from campaigns.setup.rules.names import free_name, machine_name
from campaigns.setup.services.pictures import PRIZE, NotAPicture, tidy_picture
from campaigns.workbench.admin.forms.texts import LANGUAGES, TextsField, speak

MOST_VALUE = 10**9
_PACES = {
    Pace.RANDOM.value: "At random over the whole time",
    Pace.HOUR.value: "The same number every hour",
    Pace.DAY.value: "The same number every day",
    Pace.WEEK.value: "The same number every week",
    Pace.LIST.value: "At times from a list of ours",
}
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WITH_DEFAULT = (
    "position",
    "from_hour",
    "until_hour",
    "tier",
    "pace",
    "unclaimed",
    "when_empty",
)
_NUMBERS = ("stock", "from_hour", "until_hour", "window_minutes")


class PrizeForm(forms.ModelForm):  # type: ignore[type-arg]
    """One prize."""

    currency = "GBP"
    name = TextsField(most=80, label="Name")
    won_text = TextsField(
        rows=2,
        most=500,
        label="What a winner reads",
        help_text="How to use it and until when. Shown with the prize and in the e-mail.",
    )
    picture_alt = TextsField(most=200, label="Alt text of the picture")
    mechanic = forms.ChoiceField(choices=list(MECHANICS.items()), widget=Plain, label="Won by")
    timing = forms.ChoiceField(choices=list(TIMINGS.items()), widget=Plain, label="Given")
    kind = forms.ChoiceField(choices=PrizeKind.choices, widget=Plain, label="What it is")
    tier = forms.ChoiceField(
        choices=Tier.choices,
        widget=Plain,
        label="Size",
        initial=Tier.MINOR.value,
        help_text="Matters where one person can win one major and one minor prize.",
    )
    pace = forms.ChoiceField(choices=list(_PACES.items()), widget=Plain, label="Winning moments")
    unclaimed = forms.ChoiceField(
        choices=Unclaimed.choices, widget=Plain, label="If nobody enters at a moment"
    )
    when_empty = forms.ChoiceField(
        choices=WhenEmpty.choices, widget=Plain, label="When all are given"
    )
    fallback_code = forms.CharField(
        required=False,
        max_length=64,
        # Not a field for passwords, which browsers fill in by themselves.
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "plain-input"}),
        label="The shared code",
        help_text="Shown to winners only, never here again. Leave it empty to keep the one that is set.",
        validators=[
            RegexValidator(
                r"\A[!-<>-~]{4,64}\Z",
                "Use 4 to 64 letters, digits and signs, without spaces and without “=”.",
            )
        ],
    )
    weekdays = forms.TypedMultipleChoiceField(
        choices=list(enumerate(_WEEKDAYS)),
        coerce=int,
        widget=Chips,
        label="On",
        initial=list(range(len(_WEEKDAYS))),
        error_messages={"required": "Choose at least one weekday."},
    )
    worth = forms.DecimalField(
        required=False, min_value=0, max_value=MOST_VALUE, label="Retail value of one"
    )

    class Meta:
        model = Prize
        fields = (
            *("position", "name", "kind", "mechanic", "timing", "tier", "stock"),
            *("pace", "from_hour", "until_hour", "weekdays", "unclaimed", "window_minutes"),
            *("when_empty", "fallback_code", "picture", "picture_alt", "won_text"),
        )
        widgets = {"position": forms.HiddenInput, "picture": Picture}
        labels = {
            "stock": "How many",
            "from_hour": "From, hour of the day",
            "until_hour": "Until, hour of the day",
            "window_minutes": "Minutes until it expires",
            "picture": "Picture",
        }
        help_texts = {
            "from_hour": "0 to 23, in the campaign's time zone.",
            "until_hour": "1 to 24. An earlier hour than “from” means overnight.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in (*_NUMBERS, "worth"):
            self.fields[name].widget.attrs["class"] = "plain-input"
        for name in _WITH_DEFAULT:
            self.fields[name].required = False
        self.initial["fallback_code"] = ""  # never shown again
        self.fields["mechanic"].widget.attrs["aria-label"] = "Won by"
        self.is_published = bool(self.instance.pk) and published_stock(self.instance) > 0
        for name in ("kind", "mechanic", "timing"):
            self.fields[name].disabled = self.is_published

    def use_currency(self, currency: str) -> None:
        """Read and show the value in a currency."""
        self.currency = currency
        worth: Any = self.fields["worth"]
        worth.label = f"Retail value of one, in {currency}"
        worth.decimal_places = get_currency_precision(currency)
        if self.instance.value is not None:
            self.initial["worth"] = Decimal(self.instance.value).scaleb(-worth.decimal_places)

    @property
    def sentence(self) -> str:
        """What is set up, as it was last saved."""
        if not self.instance.pk:
            return ""
        return sentence_for(self.instance.campaign, facts_of(self.instance))

    def clean_picture(self) -> Any:
        """Store the picture as the page shows it."""
        picture = self.cleaned_data.get("picture")
        if not isinstance(picture, UploadedFile):
            return picture
        try:
            return tidy_picture(picture, use=PRIZE)
        except NotAPicture as error:
            raise forms.ValidationError(error.message) from error

    def clean_fallback_code(self) -> str:
        """Keep the code that is set where none is typed: the page never shows it."""
        typed: str = self.cleaned_data.get("fallback_code", "")
        return typed or self.instance.fallback_code

    def clean(self) -> dict[str, Any]:
        """Fill in what a mechanic implies, and refuse what it cannot have."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name in _WITH_DEFAULT:
            if name not in self.errors and cleaned.get(name) in (None, ""):
                cleaned[name] = getattr(Prize(), name)
        if not any((cleaned.get("name") or {}).values()):
            self.add_error("name", "Say what can be won.")
        if cleaned.get("from_hour") == cleaned.get("until_hour"):
            self.add_error("until_hour", "Choose another hour: nothing lies between the two.")
        if cleaned.get("unclaimed") != Unclaimed.WINDOW:
            cleaned["window_minutes"] = None
        elif not cleaned.get("window_minutes") and "window_minutes" not in self.errors:
            self.add_error("window_minutes", "Say after how many minutes it expires.")
        worth = cleaned.get("worth")
        digits = get_currency_precision(self.currency)
        self.instance.value = None if worth is None else int(worth.scaleb(digits))
        return cleaned

    def has_changed(self) -> bool:
        """A new row is saved also where everything is as proposed."""
        return super().has_changed() or not self.instance.pk


class PrizeFormSet(forms.models.BaseInlineFormSet):  # type: ignore[type-arg]
    """All prizes together."""

    instance: Campaign
    presets = [
        {"words": preset.words, "values": json.dumps(dict(preset.values))} for preset in PRESETS
    ]

    def add_fields(self, form: Any, index: int | None) -> None:
        """Show each row in the campaign's languages and currency."""
        super().add_fields(form, index)
        speak(form, self._languages())
        form.use_currency(self.instance.currency)

    def _languages(self) -> Sequence[str]:
        chosen = self.data.getlist("languages") if isinstance(self.data, QueryDict) else []
        known = [code for code in chosen if code in LANGUAGES]
        return known if self.is_bound and known else list(self.instance.languages)

    def clean(self) -> None:
        """Give new prizes a key that stays; keep those that were published."""
        super().clean()
        rows: list[Any] = [form for form in self.forms if form.cleaned_data]
        taken = {form.instance.key for form in rows if form.instance.key}
        for form in rows:
            if form.cleaned_data.get("DELETE"):
                if form.is_published:
                    # Of a row that is to go, Django would not show an error.
                    raise forms.ValidationError(
                        f"{form.instance} has been published, so it stays. Its stock can be lowered to what is won."
                    )
                continue
            if not form.instance.key:
                said = str(next(iter((form.cleaned_data.get("name") or {}).values()), ""))
                form.instance.key = free_name(machine_name(said) or "prize", taken)
                taken.add(form.instance.key)
