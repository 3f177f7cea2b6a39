"""The choices of a form field: rows with a label per language."""

from collections.abc import Sequence
from typing import Any

from django import forms

from campaigns.setup.rules.names import free_name, machine_name
from campaigns.workbench.admin.forms.texts import LANGUAGES

MOST = 200


class ChoicesWidget(forms.Widget):
    """Rows of a value (made from the first label, hidden) and a label per language."""

    template_name = "admin/widgets/choices.html"
    languages: Sequence[str] = ("en",)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Lay out a row per choice, and an empty one to add more from."""
        context = super().get_context(name, value, attrs)
        ordered = sorted(LANGUAGES, key=lambda code: code != self.languages[0])

        def row(option: dict[str, Any]) -> dict[str, Any]:
            labels = option.get("label", {})
            return {
                "value": option.get("value", ""),
                "labels": [
                    (code, LANGUAGES[code], labels.get(code, ""), code in self.languages)
                    for code in ordered
                ],
            }

        context["widget"]["rows"] = [row(option) for option in value or []]
        context["widget"]["empty"] = row({})
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, Any]]:
        """Gather the rows; those without any label are left out."""
        values = data.getlist(f"{name}-value")
        labels = {code: data.getlist(f"{name}-{code}") for code in LANGUAGES}
        rows = []
        for number, value in enumerate(values):
            label = {
                code: texts[number].strip()
                for code, texts in labels.items()
                if number < len(texts) and texts[number].strip()
            }
            if label:
                rows.append({"value": value.strip(), "label": label})
        return rows

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """No row at all is an answer too."""
        return False


class ChoicesField(forms.Field):
    """What can be chosen. A choice keeps its value for ever; its labels may change."""

    widget = ChoicesWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def clean(self, value: Any) -> list[dict[str, Any]]:
        """Give new choices a value, and refuse the same choice twice."""
        rows: list[dict[str, Any]] = value or []
        if len(rows) > MOST:
            raise forms.ValidationError(f"Offer at most {MOST} choices.")
        taken: set[str] = {row["value"] for row in rows if row["value"]}
        labels: set[str] = set()
        for row in rows:
            words = str(next(iter(row["label"].values())))
            if words.lower() in labels:
                raise forms.ValidationError(f"“{words}” is there twice. Take one of them off.")
            labels.add(words.lower())
            row["value"] = row["value"] or free_name(machine_name(words) or "choice", taken)
            taken.add(row["value"])
        return rows

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare what is stored with what was sent."""
        return bool((initial or []) != (data or []))
