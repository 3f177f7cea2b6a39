"""Names of countries in the languages of the page."""

_NAMES: dict[str, tuple[str, str, str, str]] = {
    "AT": ("Austria", "Austria", "Österreich", "Autriche"),
    "AU": ("Australia", "Australia", "Australien", "Australie"),
    "BE": ("Belgium", "Bélgica", "Belgien", "Belgique"),
    "CA": ("Canada", "Canadá", "Kanada", "Canada"),
    "CH": ("Switzerland", "Suiza", "Schweiz", "Suisse"),
    "CZ": ("Czechia", "Chequia", "Tschechien", "Tchéquie"),
    "DE": ("Germany", "Alemania", "Deutschland", "Allemagne"),
    "DK": ("Denmark", "Dinamarca", "Dänemark", "Danemark"),
    "ES": ("Spain", "España", "Spanien", "Espagne"),
    "FI": ("Finland", "Finlandia", "Finnland", "Finlande"),
    "FR": ("France", "Francia", "Frankreich", "France"),
    "GB": ("United Kingdom", "Reino Unido", "Vereinigtes Königreich", "Royaume-Uni"),
    "GR": ("Greece", "Grecia", "Griechenland", "Grèce"),
    "IE": ("Ireland", "Irlanda", "Irland", "Irlande"),
    "IT": ("Italy", "Italia", "Italien", "Italie"),
    "LU": ("Luxembourg", "Luxemburgo", "Luxemburg", "Luxembourg"),
    "MX": ("Mexico", "México", "Mexiko", "Mexique"),
    "NL": ("Netherlands", "Países Bajos", "Niederlande", "Pays-Bas"),
    "NO": ("Norway", "Noruega", "Norwegen", "Norvège"),
    "NZ": ("New Zealand", "Nueva Zelanda", "Neuseeland", "Nouvelle-Zélande"),
    "PL": ("Poland", "Polonia", "Polen", "Pologne"),
    "PT": ("Portugal", "Portugal", "Portugal", "Portugal"),
    "SE": ("Sweden", "Suecia", "Schweden", "Suède"),
    "US": ("United States", "Estados Unidos", "Vereinigte Staaten", "États-Unis"),
}
_PLACES = {"en": 0, "es": 1, "de": 2, "fr": 3}


def country_name(code: str, language: str) -> str:
    """Return the name of the country with an ISO 3166 code; the code itself where we have no name."""
    names = _NAMES.get(code)
    return names[_PLACES[language]] if names else code
