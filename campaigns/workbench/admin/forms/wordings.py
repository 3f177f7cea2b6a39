"""Wordings of a campaign: texts that we have words for, each of which it may replace, per language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from campaigns.workbench.admin.forms.texts import LANGUAGES
from ingest_lambda.contract.grammar.text import clean_prose

Wordings = dict[str, dict[str, str]]
"""From language to key to text, as it is stored and published; what is not there is said in our words."""


@dataclass(frozen=True)
class Wording:
    """One text that may be replaced, with what we say ourselves in each language."""

    key: str
    heading: str
    defaults: Mapping[str, str]
    hint: str = ""


@dataclass(frozen=True)
class Line:
    """The input for one wording in one language."""

    code: str
    language: str
    name: str
    text: str
    default: str
    is_shown: bool

    @property
    def shown(self) -> str:
        """What stands in the input: the campaign's own words, else ours, to be changed where it needs it."""
        return self.text or self.default


@dataclass(frozen=True)
class Row:
    """The inputs for one wording."""

    wording: Wording
    lines: tuple[Line, ...]
    rows: int
    most: int

    @property
    def is_custom(self) -> bool:
        """Whether the campaign says something of its own."""
        return any(line.text for line in self.lines if line.is_shown)


def _one_line(text: str) -> str:
    """Return a text as it is stored.

    Raises:
        ValueError: it can't be read as text.
    """
    return " ".join(clean_prose(text).split())


class WordingsWidget(forms.Widget):
    """An input per text and language, named ``{field}-{key}-{language}``; it holds our words until it has others."""

    template_name = "admin/widgets/wordings.html"
    languages: Sequence[str] = ("en",)

    def __init__(self, wordings: Sequence[Wording], *, rows: int, most: int) -> None:
        super().__init__()
        self.wordings, self.rows, self.most = wordings, rows, most

    def inputs(self, name: str, value: Any) -> list[Row]:
        """Return the inputs of each wording; those of languages that the campaign does not speak are hidden, not dropped."""
        stored = value if isinstance(value, dict) else {}
        codes = sorted(LANGUAGES, key=lambda code: code != self.languages[0])
        return [
            Row(
                wording,
                tuple(
                    Line(
                        code=code,
                        language=LANGUAGES[code],
                        name=f"{name}-{wording.key}-{code}",
                        text=str((stored.get(code) or {}).get(wording.key, "")),
                        default=wording.defaults.get(code, ""),
                        is_shown=code in self.languages,
                    )
                    for code in codes
                ),
                self.rows,
                self.most,
            )
            for wording in self.wordings
        ]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Hand the template the inputs."""
        context = super().get_context(name, value, attrs)
        context["wordings"] = self.inputs(name, value)
        return context

    def value_from_datadict(self, data: Any, _files: Any, name: str) -> Wordings:
        """Gather what was typed; a key that is none of ours is not looked for."""
        return {
            code: {
                wording.key: data.get(f"{name}-{wording.key}-{code}", "")
                for wording in self.wordings
            }
            for code in LANGUAGES
        }

    def value_omitted_from_data(self, data: Any, _files: Any, name: str) -> bool:
        """Tell a page that does not have these inputs from one on which all were emptied."""
        return not any(key.startswith(f"{name}-") for key in data)

    def id_for_label(self, _id: str) -> str:
        """Return none: each input has a name of its own."""
        return ""


class WordingsField(forms.Field):
    """A campaign's own texts by language and key; an empty one, or one that says what we say, is none."""

    widget: WordingsWidget

    def __init__(
        self, wordings: Sequence[Wording], *, rows: int = 1, most: int = 400, **kwargs: Any
    ) -> None:
        self.most = most
        super().__init__(
            required=False, widget=WordingsWidget(wordings, rows=rows, most=most), **kwargs
        )

    def clean(self, value: Any) -> Wordings:
        """Keep what differs from our words, as one clean line of at most ``most`` characters each."""
        kept: Wordings = {}
        for code in LANGUAGES:
            for wording in self.widget.wordings:
                text = self._one(wording, code, str(value.get(code, {}).get(wording.key, "")))
                if text and text != _one_line(wording.defaults.get(code, "")):
                    kept.setdefault(code, {})[wording.key] = text
        return kept

    def _one(self, wording: Wording, code: str, typed: str) -> str:
        where = f"{wording.heading} ({LANGUAGES[code]})"
        if len(typed) > self.most:
            raise forms.ValidationError(f"{where}: use {self.most} characters at most.")
        try:
            return _one_line(typed)
        except ValueError as exc:
            raise forms.ValidationError(f"{where}: this can't be read as text.") from exc

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare what would be stored."""
        try:
            return self.clean(data) != (initial or {})
        except forms.ValidationError:
            return True
