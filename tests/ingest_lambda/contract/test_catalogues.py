"""Catalogues as they are read: written in a checkout, compiled in an archive, the same words from both."""

import subprocess
import sys
from pathlib import Path

import pytest

from ingest_lambda.contract.catalogues import spoken, words_of
from ingest_lambda.contract.compiling import compiled

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
BODY = """msgid "send"
msgstr "Senden für {name}"

msgid "help"
msgstr ""

#, fuzzy
msgid "who"
msgstr "Wo"
"""


@pytest.fixture
def locale(tmp_path: Path) -> Path:
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "page.po").write_text(HEAD + BODY)
    return tmp_path


def test_what_is_not_translated_or_not_sure_yet_is_missing(locale: Path) -> None:
    assert words_of(locale, "page", "de") == {"send": "Senden für {name}"}


def test_what_is_compiled_says_the_same_and_is_the_same_bytes_each_time(locale: Path) -> None:
    written = locale / "de" / "LC_MESSAGES" / "page.po"
    content = compiled(written)
    assert compiled(written) == content
    written.with_suffix(".mo").write_bytes(content)
    as_written = words_of(locale, "page", "de")
    written.unlink()
    words_of.cache_clear()
    assert words_of(locale, "page", "de") == as_written


def test_a_compiled_file_that_was_forgotten_shows_no_old_word(locale: Path) -> None:
    written = locale / "de" / "LC_MESSAGES" / "page.po"
    written.with_suffix(".mo").write_bytes(compiled(written))
    written.write_text(HEAD + BODY.replace("Senden", "Schicken"))
    assert words_of(locale, "page", "de")["send"] == "Schicken für {name}"


def test_only_the_language_that_is_asked_for_is_read_and_once() -> None:
    program = (
        "import sys\n"
        "import ingest_lambda.contract.sentences as s\n"
        "from ingest_lambda.contract.catalogues import words_of\n"
        "assert 'babel' not in sys.modules and words_of.cache_info().misses == 0\n"
        "s.reason_words('fr-CA'); s.reason_words('fr')\n"
        "assert words_of.cache_info().misses == 1\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_language_that_we_do_not_speak_reads_the_first() -> None:
    assert [spoken(code) for code in ("es-MX", "de", "pt", "")] == ["es", "de", "en", "en"]
