"""What postal codes look like, per country; a country that is not here is not judged."""

POSTAL_CODES: dict[str, str] = {
    "GB": r"[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}",
    "US": r"[0-9]{5}(-?[0-9]{4})?",
    "CA": r"[A-Z][0-9][A-Z] ?[0-9][A-Z][0-9]",
    "AU": r"[0-9]{4}",
    "NZ": r"[0-9]{4}",
    "IE": r"[A-Z][0-9]{2}W? ?[A-Z0-9]{4}",
    "NL": r"[0-9]{4} ?[A-Z]{2}",
    "DE": r"[0-9]{5}",
    "FR": r"[0-9]{5}",
    "ES": r"[0-9]{5}",
    "IT": r"[0-9]{5}",
    "AT": r"[0-9]{4}",
    "CH": r"[0-9]{4}",
    "BE": r"[0-9]{4}",
    "PT": r"[0-9]{4}-?[0-9]{3}",
}
"""Of the whole code in capitals with single spaces; in the syntax that browsers and Python share."""
