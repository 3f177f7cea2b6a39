"""Names of countries in the languages of the page."""

from babel import Locale


def country_name(code: str, language: str) -> str:
    """Return Unicode's name of the country with an ISO 3166 code; the code itself where it has none."""
    name: str = Locale.parse(language).territories.get(code, code)
    return name
