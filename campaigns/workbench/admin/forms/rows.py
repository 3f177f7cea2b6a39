"""The rows of the form builder."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.http import QueryDict
from unfold.widgets import UnfoldAdminSelect2MultipleWidget

from campaignhub.staff_site.countries import COUNTRIES
from campaignhub.staff_site.widgets import Chips, Plain, Switch
from campaigns.publishing.services.consents import published_names
from campaigns.setup.models import Campaign, FormField
from campaigns.setup.models.form import CONSENT
from campaigns.setup.rules.answer_patterns import pattern_problem
from campaigns.setup.rules.meanings import MEANINGS
from campaigns.setup.rules.names import free_name, machine_name
from campaigns.workbench.admin.field_types import BY_VALUE, CONSENTS, KINDS, MEANING_LABELS, Kind
from campaigns.workbench.admin.forms.campaign import ROUTES
from campaigns.workbench.admin.forms.choices import ChoicesField
from campaigns.workbench.admin.forms.texts import LANGUAGES, TextsField, speak
from ingest_lambda.contract import FieldKind

_NUMBERS = ("min_length", "max_length", "minimum_age", "max_receipts", "images_per_receipt")


class FormRowForm(forms.ModelForm):  # type: ignore[type-arg]
    """One row. What its kind does not use is not shown, and keeps its default."""

    label = TextsField(most=500, label="What is asked")
    help_text = TextsField(most=300, label="Help below it")
    options = ChoicesField(label="Choices")
    meaning = forms.ChoiceField(
        required=False,
        choices=[("", "Custom question"), *MEANINGS.items()],
        widget=Plain,
        label="Meaning",
    )
    routes = forms.MultipleChoiceField(
        choices=list(ROUTES.items()), widget=Chips, required=False, label="For who enters"
    )
    countries = forms.MultipleChoiceField(
        choices=list(COUNTRIES.items()),
        required=False,
        widget=UnfoldAdminSelect2MultipleWidget(
            {"data-width": "100%", "data-placeholder": "The campaign's own"}
        ),
    )
    name = forms.CharField(required=False, max_length=40, label="Name in exports")

    class Meta:
        model = FormField
        exclude = ("version",)  # noqa: DJ006 - the row's template names what is shown
        widgets = {
            "kind": forms.HiddenInput,
            "position": forms.HiddenInput,
            "required": Switch,
            "purpose": Plain,
            "minimum": forms.TextInput,
            "maximum": forms.TextInput,
        }
        labels = {
            "min_length": "Shortest, in characters",
            "max_length": "Longest, in characters",
            "minimum": "From",
            "maximum": "To",
            "pattern": "Pattern",
            "minimum_age": "Minimum age",
            "max_receipts": "Receipts in one entry",
            "images_per_receipt": "Photos of each",
            "purpose": "Given for",
            "party": "Given to",
        }
        help_texts = {
            "pattern": "The whole answer has to match, for example [A-Z]{2}[0-9]{6}.",
            "purpose": "",
            "party": "A partner's name; leave it empty for the client. Shown beside the box.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in (*_NUMBERS, "minimum", "maximum", "pattern", "name", "party"):
            self.fields[name].widget.attrs["class"] = "plain-input"
        for name in ("max_receipts", "images_per_receipt", "purpose", "position"):
            self.fields[name].required = False

    @property
    def row_kind(self) -> Kind | None:
        """The row's kind; ``None`` for the empty row that new ones are made from."""
        return BY_VALUE.get(str(self["kind"].value() or ""))

    def clean(self) -> dict[str, Any]:
        """Fill in what the kind implies, and refuse what it cannot have."""
        cleaned: dict[str, Any] = super().clean() or {}
        kind = BY_VALUE.get(cleaned.get("kind", ""))
        if kind is None:
            return cleaned
        for name in ("max_receipts", "images_per_receipt"):
            cleaned[name] = cleaned.get(name) or getattr(FormField(), name)
        if not cleaned.get("label") and kind.value != FieldKind.HIDDEN:
            self.add_error("label", "Say in words what is asked.")
        if kind.sure and not cleaned.get("meaning"):
            cleaned["meaning"] = kind.meanings[0]
        cleaned["purpose"] = cleaned.get("purpose") or self.instance.purpose
        if kind.value == CONSENT:
            cleaned["meaning"] = ""
            cleaned["party"] = " ".join((cleaned.get("party") or "").split())
            is_new = self.instance.pk is None or "purpose" in self.changed_data
            if cleaned["purpose"] == "marketing" and is_new:
                # Free by default; one that is made required after all is refused at publish.
                cleaned["required"] = False
        if (
            "options" in kind.settings
            and not cleaned.get("options")
            and "options" not in self.errors
        ):
            self.add_error("options", "Add at least one choice.")
        self._bounds(cleaned, kind)
        cleaned["position"] = cleaned.get("position") or 0
        return cleaned

    def _bounds(self, cleaned: dict[str, Any], kind: Kind) -> None:
        """Refuse bounds that no answer could meet."""
        if "minimum" in kind.settings:
            read: Any = _day if kind.value == FieldKind.DATE else _number
            low, high = (read(cleaned.get(name, "")) for name in ("minimum", "maximum"))
            for name, value in (("minimum", low), ("maximum", high)):
                if value is None and cleaned.get(name):
                    self.add_error(name, "Give a day." if read is _day else "Give a number.")
            if low is not None and high is not None and low > high:
                self.add_error("maximum", "The end of the range lies before its beginning.")
        shortest, longest = cleaned.get("min_length"), cleaned.get("max_length")
        if shortest and longest and shortest > longest:
            self.add_error("max_length", "The longest answer is shorter than the shortest.")
        if "pattern" in kind.settings and (
            sentence := pattern_problem(cleaned.get("pattern") or "")
        ):
            self.add_error("pattern", sentence)


class FormRowFormSet(forms.models.BaseInlineFormSet):  # type: ignore[type-arg]
    """All rows together: their names, their routes, their order."""

    instance: Campaign

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.languages: list[str] = list(self.instance.languages)
        # Of a form without a single field Django makes a plain dict.
        chosen = self.data.getlist("languages") if isinstance(self.data, QueryDict) else []
        known = [code for code in chosen if code in LANGUAGES]
        if self.is_bound and known:
            self.languages = known

    def add_fields(self, form: Any, index: int | None) -> None:
        """Show each row, and the one that new ones are made from, in the campaign's languages."""
        super().add_fields(form, index)
        speak(form, self.languages)
        form.fields["options"].widget.languages = self.languages

    def _unname_reworded_consents(self, rows: Sequence[Any]) -> None:
        """Let the column of a consent follow its label and purpose, unless it was published or named by hand."""
        reworded = [
            form
            for form in rows
            if form.instance.pk
            and form.cleaned_data.get("kind") == CONSENT
            and "name" not in form.changed_data
            and {"label", "purpose"} & set(form.changed_data)
        ]
        published = published_names(self.instance) if reworded else set()
        for form in reworded:
            name = form.cleaned_data.get("name", "")
            by_itself = {
                _name_of(form.initial, ()),
                _name_of(form.initial, (BY_VALUE[CONSENT].name,)),
            }
            if name not in published and _NUMBERED.sub("", name) in by_itself:
                form.cleaned_data["name"] = ""

    @property
    def field_types(self) -> Iterable[Kind]:
        """The types that a row may have, for the template."""
        return KINDS

    @property
    def proposed_labels(self) -> dict[str, dict[str, str]]:
        """What a new row of each kind, meaning or purpose says in each language, for the page's script."""
        kinds = {str(kind.value): kind.label for kind in KINDS if kind.label}
        meanings = {f"meaning.{meaning}": label for meaning, label in MEANING_LABELS.items()}
        return kinds | meanings | {f"{CONSENT}.{what}": label for what, label in CONSENTS.items()}

    def validate_unique(self) -> None:
        """Leave one name twice to :meth:`clean`, which says it in words at the row."""

    def clean(self) -> None:
        """Keep rows to the campaign's routes; name those that nobody named; refuse one name twice."""
        super().clean()
        rows = [
            form for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]
        taken: dict[str, forms.ModelForm[Any]] = {}
        self._unname_reworded_consents(rows)
        for form in rows:
            kept = [r for r in self.instance.routes if r in form.cleaned_data.get("routes", ())]
            # A row that would be on none is on all.
            form.instance.routes = kept or list(self.instance.routes)
            name = form.cleaned_data.get("name", "")
            if name and name in taken:
                form.add_error(
                    "name", f"Another row is called “{name}” already. Give this one another name."
                )
            elif name:
                taken[name] = form
        for form in rows:
            if not form.cleaned_data.get("name"):
                form.instance.name = form.cleaned_data["name"] = _name_of(form.cleaned_data, taken)
                taken[form.instance.name] = form


_NUMBERED = re.compile(r"_\d+$")


def _name_of(row: Mapping[str, Any], taken: Collection[str]) -> str:
    """Return the name that a row gets from what it means, is, or says."""
    kind = BY_VALUE.get(row.get("kind", ""))
    said = machine_name(str(next(iter((row.get("label") or {}).values()), "")))
    usual = kind.name if kind else ""
    if kind and kind.value == CONSENT and row.get("purpose") != "rules":
        usual = ""
    wished = row.get("meaning") or usual or said
    base = wished if wished and wished not in taken else said or "field"
    return free_name(base, taken)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
