"""The page's own words: one catalogue per language, of which a page carries its own alone."""

from campaigns.rendering.words import english, french, german, spanish
from ingest_lambda.contract.dates import spoken

Words = dict[str, str]

_PAGE: dict[str, Words] = {
    "en": english.PAGE,
    "es": spanish.PAGE,
    "de": german.PAGE,
    "fr": french.PAGE,
}
_SCRIPT: dict[str, Words] = {
    "en": english.SCRIPT,
    "es": spanish.SCRIPT,
    "de": german.SCRIPT,
    "fr": french.SCRIPT,
}


def page_words(language: str) -> Words:
    """Return what the page's own HTML says."""
    return _PAGE[spoken(language)]


def script_words(language: str) -> Words:
    """Return what the page's script says later; names in braces are filled in there."""
    return _SCRIPT[spoken(language)]
