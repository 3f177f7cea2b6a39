"""Words for entrants: the facts box in four languages, and catalogues without a gap."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from campaigns.rendering.words import page_words, script_words
from campaigns.setup.rules.words import (
    countries_in_words,
    last_minute,
    limit_in_words,
    who_in_words,
)
from ingest_lambda.contract import AwardState, ImageRefusal, LimitScope, WindowKind
from ingest_lambda.contract.catalogues import LANGUAGES

SCRIPTS = Path("templates/campaign_page/script")
END = datetime(2026, 6, 30, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "30 June 2026, 11:59 pm (London)"),
        ("en-US", "June 30, 2026, 11:59 pm (London)"),
        ("es", "30 de junio de 2026, 23:59 h (Londres)"),
        ("de", "30. Juni 2026, 23:59 Uhr (London)"),
        ("fr", "30 juin 2026, 23:59 (Londres)"),
    ],
)
def test_the_end_is_the_last_minute_that_counts(language: str, words: str) -> None:
    assert last_minute(END, timezone="Europe/London", language=language) == words


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "1 entry per person a day"),
        ("es", "1 participación por persona al día"),
        ("de", "1 Teilnahme pro Person am Tag"),
        ("fr", "1 participation par personne par jour"),
        ("pt", "1 entry per person a day"),
    ],
)
def test_a_limit_is_said_as_people_say_it(language: str, words: str) -> None:
    said = limit_in_words(scope="person", count=1, window="day", hours=None, language=language)
    assert said == words


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "3 receipts per person and store a day"),
        ("es", "3 tickets por persona y tienda al día"),
        ("de", "3 Bons pro Person und Geschäft am Tag"),
        ("fr", "3 tickets par personne et magasin par jour"),
    ],
)
def test_a_limit_by_store_is_one_of_receipts(language: str, words: str) -> None:
    said = limit_in_words(scope="store", count=3, window="day", hours=None, language=language)
    assert said == words


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_scope_and_window_has_words_in_every_language(language: str) -> None:
    said = {
        limit_in_words(scope=scope, count=3, window=window, hours=24, language=language)
        for scope in LimitScope
        for window in WindowKind
    }
    assert len(said) == len(LimitScope) * len(WindowKind)
    assert not any("{" in words for words in said)


def test_who_may_enter_is_said_in_one_line() -> None:
    assert who_in_words(["GB"], 18, language="en") == "United Kingdom · 18+"
    assert who_in_words(["DE", "AT", "CH"], 16, language="de") == (
        "Deutschland, Österreich und Schweiz · ab 16"
    )
    assert countries_in_words(["ES"], language="es") == "España"
    assert countries_in_words(["GB", "IE"], language="es") == "Reino Unido e Irlanda"


def test_every_country_has_its_name_in_the_language_and_what_is_none_keeps_its_code() -> None:
    assert countries_in_words(["JP"], language="fr") == "Japon"
    assert countries_in_words(["XX"], language="fr") == "XX"


def test_the_script_says_no_word_that_no_catalogue_has_and_no_catalogue_has_one_too_many() -> None:
    source = "".join(path.read_text() for path in SCRIPTS.glob("*.js"))
    said = set(re.findall(r'\bt\("(\w+)"', source))
    missing = said - script_words("en").keys()
    assert not missing
    unsaid = {key for key in script_words("en") if not re.search(rf'["`]{key}["`]', source)}
    by_code = {
        "unknown_campaign",
        "unknown_route",
        "upload_refused",
        "challenge_failed",
        "opens",
        "closed",
        *(refusal.value for refusal in ImageRefusal),
        *(f"prize_{state}" for state in (AwardState.RELEASED, AwardState.REVOKED)),
    }
    by_status = {key for key in unsaid if key.startswith("is_")}
    assert unsaid - by_code - by_status <= {"not_open"}


def test_a_photo_that_was_refused_is_told_in_words_of_its_own_or_of_all_others() -> None:
    for language in LANGUAGES:
        words = script_words(language)
        assert words["refused"]
        assert {"encrypted", "too_many_pages", "same_photo"} <= words.keys()
    assert "more than five pages" in script_words("en")["too_many_pages"]


def test_a_variant_of_a_language_reads_that_language() -> None:
    assert script_words("es-MX") == script_words("es")
    assert page_words("pt") is page_words("en")
