"""The page's own words: gettext catalogues per language, of which a page carries its own alone.

They lie in ``locale/{language}/LC_MESSAGES``: ``page.po`` for the HTML, ``script.po`` for what the
script says later. Babel compiles them as they are first asked for, since a bare machine has no msgfmt and a
compiled file that is forgotten would show old words. A message that is marked fuzzy counts as missing, and
``tests.checks.catalogues`` fails for it.
"""

from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from types import MappingProxyType

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from ingest_lambda.contract.dates import spoken

Words = MappingProxyType[str, str]
LOCALE = Path(__file__).parent / "locale"


def page_words(language: str) -> Words:
    """Return what the page's own HTML says, by key."""
    return _catalogue(spoken(language), "page")


def script_words(language: str) -> Words:
    """Return what the page's script says later, by key; names in braces are filled in there."""
    return _catalogue(spoken(language), "script")


@cache
def _catalogue(language: str, domain: str) -> Words:
    with (LOCALE / language / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
        written = read_po(file, locale=language, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, written)
    compiled.seek(0)
    translations = GNUTranslations(compiled)
    keys = [
        str(message.id)
        for message in written
        if message.id and message.string and not message.fuzzy
    ]
    return MappingProxyType({key: translations.gettext(key) for key in keys})
