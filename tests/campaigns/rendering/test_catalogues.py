"""The check of the page's words: it finds what is missing, empty or filled in otherwise."""

from pathlib import Path

import pytest

from campaigns.rendering import words
from tests.checks.catalogues import named_in_scripts, named_in_templates, problems

WHOLE = {"en": {"send_by": "by {day}"}, "de": {"send_by": "bis {day}"}}


@pytest.mark.parametrize(
    ("german", "named", "said"),
    [
        ({"send_by": "bis {day}"}, {"send_by"}, []),
        ({}, {"send_by"}, ["page: “send_by” is not in every language (de)"]),
        (
            {"send_by": " "},
            set(),
            ["page: “send_by” is empty in de", "page: “send_by” is filled in otherwise in de"],
        ),
        ({"send_by": "bis {tag}"}, set(), ["page: “send_by” is filled in otherwise in de"]),
        ({"send_by": "bis {day}"}, {"sent_by"}, ["page: nothing says “sent_by”"]),
    ],
)
def test_a_word_that_an_entrant_would_miss_is_named(
    german: dict[str, str], named: set[str], said: list[str]
) -> None:
    assert list(problems(WHOLE | {"de": german}, named, what="page")) == said


def test_it_reads_the_words_that_scripts_and_templates_name() -> None:
    assert {"offline", "elsewhere", "photo_gone", "approved_receipt"} <= named_in_scripts()
    assert {"no_form", "rules", "help"} <= named_in_templates()


def test_what_is_not_translated_or_not_sure_yet_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    body = 'msgid "send"\nmsgstr "Senden"\n\nmsgid "help"\nmsgstr ""\n\n#, fuzzy\nmsgid "who"\nmsgstr "Wo"\n'
    (folder / "page.po").write_text(head + body)
    monkeypatch.setattr(words, "LOCALE", tmp_path)
    words._catalogue.cache_clear()
    try:
        assert words.page_words("de") == {"send": "Senden"}
    finally:
        words._catalogue.cache_clear()
