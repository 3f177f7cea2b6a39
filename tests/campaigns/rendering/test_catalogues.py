"""The check of the catalogues: it finds what is missing, empty or filled in otherwise."""

import pytest

from tests.checks.catalogues import (
    IN_PYTHON,
    found,
    named_in_scripts,
    named_in_templates,
    problems,
    unsaid,
)

WHOLE = {"en": {"send_by": "by {day}"}, "de": {"send_by": "bis {day}"}}


@pytest.mark.parametrize(
    ("german", "named", "said"),
    [
        ({"send_by": "bis {day}"}, {"send_by"}, []),
        ({}, {"send_by"}, ["page: “send_by” is not in every language (de)"]),
        (
            {"send_by": ""},
            set(),
            ["page: “send_by” is empty in de", "page: “send_by” is filled in otherwise in de"],
        ),
        ({"send_by": "bis {tag}"}, set(), ["page: “send_by” is filled in otherwise in de"]),
        ({"send_by": "bis {day}"}, {"sent_by"}, ["page: nothing says “sent_by”"]),
        ({"send_by": "bis {day} "}, set(), ["page: “send_by” has other spaces at its ends in de"]),
    ],
)
def test_a_word_that_an_entrant_would_miss_is_named(
    german: dict[str, str], named: set[str], said: list[str]
) -> None:
    assert list(problems(WHOLE | {"de": german}, named, what="page")) == said


def test_it_reads_the_words_that_scripts_and_templates_name() -> None:
    assert {"offline", "elsewhere", "photo_gone", "approved_receipt"} <= named_in_scripts()
    assert {"no_form", "rules", "help"} <= named_in_templates()


def test_french_signs_do_not_stand_alone_on_a_line() -> None:
    words = {"en": {"why": "Why?"}, "fr": {"why": "Pourquoi ?"}}
    assert list(problems(words, set(), what="page")) == [
        "page: “why” has a space before a sign that must not break in fr"
    ]


def test_a_word_that_nobody_asks_for_is_named() -> None:
    assert list(unsaid({"send": "Send", "old": "Old"}, {"send"}, what="page")) == [
        "page: nobody asks for “old”"
    ]


def test_it_reads_the_words_that_python_names() -> None:
    source = 'words["one"] + page_words(language)["two" if number == 1 else "three"], w.get("x", 4)'
    assert IN_PYTHON.findall(source) == [("one", ""), ("two", "three")]


def test_no_catalogue_has_a_fault() -> None:
    assert list(found()) == []
