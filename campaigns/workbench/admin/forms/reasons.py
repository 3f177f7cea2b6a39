"""The reasons of verdicts on a campaign's page: label, sentence, and whether the desk offers it."""

from dataclasses import dataclass
from typing import Any

from django import forms

from campaigns.setup.rules.reasons import HIDEABLE, LABELS, WORDED
from campaigns.workbench.admin.forms.texts import LANGUAGES
from campaigns.workbench.admin.forms.wordings import Row, Wording
from ingest_lambda.contract import RETRYABLE, ReasonCode
from ingest_lambda.contract.sentences import compares, reason_words

_COMPARED = "What was found and what counts is added to it where the moderator types both."

SENTENCE_WORDINGS = tuple(
    Wording(
        code.value,
        LABELS[code],
        {language: reason_words(language)[code] for language in LANGUAGES},
        _COMPARED if compares(code) else "",
    )
    for code in WORDED
)
LABEL_WORDINGS = tuple(
    Wording(code.value, LABELS[code], dict.fromkeys(LANGUAGES, LABELS[code])) for code in WORDED
)


@dataclass(frozen=True)
class ReasonRow:
    """One reason with its inputs."""

    code: ReasonCode
    label: Row
    sentence: Row
    may_hide: bool
    is_hidden: bool

    @property
    def name(self) -> str:
        """How the row is called."""
        return LABELS[self.code]

    @property
    def verdict(self) -> str:
        """The verdict that it belongs to."""
        return "Ask again" if self.code in RETRYABLE else "Reject"

    @property
    def is_custom(self) -> bool:
        """Whether anything here is not as we say it."""
        return self.label.is_custom or self.sentence.is_custom


def rows_of(form: forms.BaseForm) -> list[ReasonRow]:
    """Return the reasons in the order of the catalogue, with what the form holds now."""

    def inputs(name: str) -> list[Row]:
        bound, widget = form[name], form.fields[name].widget
        rows: list[Row] = widget.inputs(bound.html_name, bound.value())
        return rows

    chosen: Any = form["hidden_reasons"].value()
    hidden = set(chosen or ())
    return [
        ReasonRow(code, label, sentence, code in HIDEABLE, code.value in hidden)
        for code, label, sentence in zip(
            WORDED, inputs("reason_labels"), inputs("reason_texts"), strict=True
        )
    ]
