"""Texts that people read, from gettext catalogues: of the language that is asked for, once it is.

They lie in ``locale/{language}/LC_MESSAGES`` beside the code that says them. A checkout reads
them as they are written and compiles them in memory, since a bare machine has no msgfmt and a
compiled file that is forgotten would show old words. The archives of the functions carry
compiled ones alone and no Babel. A message that is marked fuzzy counts as missing.
"""

from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from types import MappingProxyType

LANGUAGES = ("en", "es", "de", "fr")
"""The languages that have all our texts; any other language gets the first."""

Words = MappingProxyType[str, str]


def spoken(language: str) -> str:
    """Return which of our languages is shown for ``language``, such as ``es`` or ``es-MX``."""
    plain = language.split("-", 1)[0]
    return plain if plain in LANGUAGES else LANGUAGES[0]


@cache
def words_of(locale: Path, domain: str, language: str) -> Words:
    """Return the texts of one catalogue, by key; ``tests.checks.catalogues`` holds that none is missing.

    ``language`` is the name of a folder in ``locale``: one of :data:`LANGUAGES`,
    or a region's where that writes differently, such as ``en_US``.
    """
    folder = locale / language / "LC_MESSAGES"
    written = folder / f"{domain}.po"
    if written.exists():
        # Here, because the functions have neither of both.
        from ingest_lambda.contract.compiling import compiled

        content = compiled(written)
    else:
        content = written.with_suffix(".mo").read_bytes()
    # No public method lists the messages; Django's JavaScriptCatalog reads this one, too.
    messages = vars(GNUTranslations(BytesIO(content)))["_catalog"]
    return MappingProxyType({key: text for key, text in messages.items() if key})
