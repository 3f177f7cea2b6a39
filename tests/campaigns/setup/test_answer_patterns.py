"""The pattern of a field: refused with a sentence, published in the form that all engines share."""

import unicodedata

import pytest

from campaigns.setup.rules.answer_patterns import _SENTENCES, pattern_problem, published_pattern
from ingest_lambda.contract.patterns import Fault
from tests.contract.reading import sample


@pytest.mark.parametrize("golden", sample("patterns")["refused"], ids=lambda one: one["typed"])
def test_what_cannot_be_used_is_refused_with_a_sentence_that_says_what_to_do(golden):
    sentence = pattern_problem(golden["typed"])
    assert sentence.endswith(".")
    assert "{part}" not in sentence
    assert sentence.count(". ") >= 1, "what is wrong, and what to do"
    assert published_pattern(golden["typed"]) == ""


def test_every_fault_has_its_sentence():
    assert set(_SENTENCES) == set(Fault)


def test_the_sentence_names_the_piece():
    assert "“(?=”" in pattern_problem(r"(?=.*\d).{8,}")
    assert "“\\b”" in pattern_problem(r"\bfoo")
    assert "“{”" in pattern_problem("a{3")


def test_an_accent_is_published_as_one_letter():
    typed = unicodedata.normalize("NFD", "[éü]+")
    assert published_pattern(typed) == unicodedata.normalize("NFC", "[éü]+")


@pytest.mark.parametrize("golden", sample("patterns")["read"], ids=lambda one: one["typed"])
def test_what_passes_is_published_written_out(golden):
    assert pattern_problem(golden["typed"]) == ""
    assert published_pattern(golden["typed"]) == golden["form"]
