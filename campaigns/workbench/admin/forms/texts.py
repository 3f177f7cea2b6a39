"""Texts of a campaign: one input per language of the campaign, stored as a map."""

from collections.abc import Sequence
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

LANGUAGES = {"en": "English", "es": "Spanish", "de": "German", "fr": "French"}
"""Every language in which we have words of our own, in the order in which they are offered."""


class TextsWidget(forms.MultiWidget):
    """One input per language. Those that the campaign does not speak are hidden, not dropped:
    who takes a language off and puts it back finds its texts again.
    """

    template_name = "admin/widgets/texts.html"
    languages: Sequence[str] = ("en",)

    def __init__(self, *, rows: int = 1, most: int = 20_000) -> None:
        plain = UnfoldAdminTextareaWidget if rows > 1 else UnfoldAdminTextInputWidget
        size = {"rows": rows} if rows > 1 else {}
        super().__init__(
            {
                code: plain(attrs={"lang": code, "maxlength": most, **size, "spellcheck": "true"})
                for code in LANGUAGES
            }
        )

    def decompress(self, value: Any) -> list[str]:
        """Spread a map over the inputs."""
        return [(value or {}).get(code, "") for code in LANGUAGES]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Name each input's language for the template and for screen readers."""
        context = super().get_context(name, value, attrs)
        lines = context["widget"]["subwidgets"]
        for widget, (code, language) in zip(lines, LANGUAGES.items(), strict=True):
            widget["code"], widget["language"] = code, language
            widget["shown"] = code in self.languages
            widget["attrs"]["aria-label"] = f"{self.attrs.get('data-label', '')} {language}".strip()
        # The campaign's first language stands first: it is the one that is typed first.
        lines.sort(key=lambda widget: widget["code"] != self.languages[0])
        return context

    def id_for_label(self, id_: str) -> str:
        """Let the field's label lead to the first language's input."""
        return f"{id_}_{self.languages[0]}" if id_ else id_


class TextsField(forms.MultiValueField):
    """A map from language to text; empty languages are left out."""

    widget: TextsWidget

    def __init__(self, *, rows: int = 1, most: int = 20_000, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(
            fields=[forms.CharField(required=False, max_length=most) for _ in LANGUAGES],
            widget=TextsWidget(rows=rows, most=most),
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


def speak(form: forms.BaseForm, languages: Sequence[str]) -> None:
    """Show the inputs of ``languages`` in every text of a form, the first language first."""
    for field in form.fields.values():
        if isinstance(field, TextsField):
            field.widget.languages = list(languages) or ["en"]
            field.widget.attrs["data-label"] = str(field.label or "")
