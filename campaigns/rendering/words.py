"""The page's own words: gettext catalogues per language, of which a page carries its own alone.

``page.po`` is for the HTML, ``script.po`` for what the script says later.
"""

from pathlib import Path

from ingest_lambda.contract.catalogues import Words, spoken, words_of

LOCALE = Path(__file__).parent / "locale"


def page_words(language: str) -> Words:
    """Return what the page's own HTML says, by key."""
    return words_of(LOCALE, "page", spoken(language))


def script_words(language: str) -> dict[str, str]:
    """Return what the page's script says later, by key; names in braces are filled in there."""
    return {
        key: unbroken(said) for key, said in words_of(LOCALE, "script", spoken(language)).items()
    }


def unbroken(text: str) -> str:
    """Return a text whose "E-Mail" no narrow screen breaks behind the E (U+2011, which browsers draw as a hyphen)."""
    return text.replace("E-Mail", "E\u2011Mail")
