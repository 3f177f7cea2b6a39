"""Form fields for what campaigns are made of: one input per language, lists as check boxes."""

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

LANGUAGES = {"en": "English", "es": "Spanish", "de": "German", "fr": "French"}


class TextsWidget(forms.MultiWidget):
    """One input per language, each with its name as placeholder and accessible label."""

    template_name = "admin/widgets/texts.html"

    def __init__(self, *, rows: int = 1) -> None:
        plain = UnfoldAdminTextareaWidget if rows > 1 else UnfoldAdminTextInputWidget
        super().__init__(
            {
                code: plain(attrs={"aria-label": name, **({"rows": rows} if rows > 1 else {})})
                for code, name in LANGUAGES.items()
            }
        )

    def decompress(self, value: Any) -> list[str]:
        """Spread a map over the inputs."""
        return [(value or {}).get(code, "") for code in LANGUAGES]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Name each input's language for the template."""
        context = super().get_context(name, value, attrs)
        for widget, label in zip(context["widget"]["subwidgets"], LANGUAGES.values(), strict=True):
            widget["language"] = label
        return context


class TextsField(forms.MultiValueField):
    """A map from language to text; empty languages are left out."""

    def __init__(self, *, rows: int = 1, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(
            fields=[forms.CharField(required=False, max_length=20_000) for _ in LANGUAGES],
            widget=TextsWidget(rows=rows),
            require_all_fields=False,
            **kwargs,
        )

    def compress(self, data_list: list[str]) -> dict[str, str]:
        """Gather the inputs into a map."""
        return {
            code: text
            for code, text in zip(LANGUAGES, data_list or [""] * len(LANGUAGES), strict=True)
            if text
        }


class ListField(forms.MultipleChoiceField):
    """Several of a few, stored as a list."""

    def __init__(self, choices: Any, **kwargs: Any) -> None:
        super().__init__(choices=choices, widget=forms.CheckboxSelectMultiple, **kwargs)
