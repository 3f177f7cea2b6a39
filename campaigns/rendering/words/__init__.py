"""The page's own words: one catalogue per language, of which a page carries its own alone."""

from campaigns.rendering.words import english, french, german, spanish
from ingest_lambda.contract.dates import spoken

_CATALOGUES = {"en": english, "es": spanish, "de": german, "fr": french}

Words = dict[str, str]


def page_words(language: str) -> Words:
    """Return what the page's own HTML says."""
    return _CATALOGUES[spoken(language)].PAGE


def script_words(language: str) -> Words:
    """Return what the page's script says later; names in braces are filled in there."""
    return _CATALOGUES[spoken(language)].SCRIPT
