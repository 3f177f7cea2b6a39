"""Limits as sentences: at most so many entries, of whom, in what time."""

from typing import Any

from django import forms

from campaignhub.staff_site.widgets import Plain, Switch
from campaigns.setup.models import Limit
from campaigns.setup.rules.limit_presets import PRESETS
from ingest_lambda.contract import LimitScope, WindowKind

_SCOPES = {
    LimitScope.PERSON.value: "person",
    LimitScope.PHONE.value: "phone number",
    LimitScope.RECEIPT.value: "receipt",
    LimitScope.STORE.value: "store",
    LimitScope.HOUSEHOLD.value: "household",
    LimitScope.DEVICE.value: "device",
}
_WINDOWS = {
    WindowKind.CAMPAIGN.value: "in the whole campaign",
    WindowKind.DAY.value: "a day",
    WindowKind.WEEK.value: "a week",
    WindowKind.ROLLING.value: "in so many hours",
}


class LimitForm(forms.ModelForm):  # type: ignore[type-arg]
    """One limit."""

    scope = forms.ChoiceField(choices=list(_SCOPES.items()), widget=Plain)
    window = forms.ChoiceField(choices=list(_WINDOWS.items()), widget=Plain)

    class Meta:
        model = Limit
        fields = ("count", "scope", "window", "hours", "gives_back_when_rejected")
        widgets = {"gives_back_when_rejected": Switch}
        labels = {"gives_back_when_rejected": "A rejected entry doesn't count"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in (("count", "How many"), ("hours", "Hours")):
            self.fields[name].widget.attrs.update({"class": "plain-input", "aria-label": words})
        self.fields["scope"].widget.attrs["aria-label"] = "Of whom"
        self.fields["window"].widget.attrs["aria-label"] = "In what time"

    def clean(self) -> dict[str, Any]:
        """Keep hours to the windows that have them."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("window") != WindowKind.ROLLING:
            cleaned["hours"] = None
        elif not cleaned.get("hours") and "hours" not in self.errors:
            self.add_error("hours", "Say in how many hours.")
        return cleaned


class LimitFormSet(forms.models.BaseInlineFormSet):  # type: ignore[type-arg]
    """All limits together."""

    presets = [
        {
            "words": preset.words,
            # For the page's script: ``person,1,day;person,10,campaign``.
            "encoded": ";".join(
                f"{limit.scope.value},{limit.count},{limit.window.value}" for limit in preset.limits
            ),
        }
        for preset in PRESETS
    ]

    def clean(self) -> None:
        """Refuse the same limit twice."""
        super().clean()
        seen = set()
        for form in self.forms:
            if not form.cleaned_data or form.cleaned_data.get("DELETE"):
                continue
            same = tuple(form.cleaned_data.get(name) for name in ("scope", "window", "hours"))
            if same in seen:
                form.add_error(
                    None, "There is a limit for the same people and the same time already."
                )
            seen.add(same)
