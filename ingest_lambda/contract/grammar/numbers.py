"""Numbers as people of a language write them: with their comma, their thousands, a currency beside them."""

import re
from functools import cache

from ingest_lambda.contract.grammar.reading import Reading
from ingest_lambda.contract.grammar.text import clean_code, whatever_case

MOST_CHARS = 60
_CURRENCIES = (
    "euros?|eur|pounds?|dollars?|d[o\u00f3]lares|franken|francs?|gbp|usd|chf|s?frs?|mxn|pesos?"
    "|sek|nok|dkk|isk|kr|pln|z\u0142|czk|k\u010d|huf|ft|ron|lei|bgn|lev|hrk|kn|rsd|try|tl|jpy|cny|rmb|inr|rs|brl|ars|clp|cop"
    "|zar|sgd|hkd|aud|cad|nzd|ils|aed|krw|thb|uah|sar|myr|rm|php|kes|ksh|ngn|pkr|lkr|bdt|twd|reais|r"
    "|\u5186|\u5143|\uc6d0|\u0440\u0443\u0431|\u0440|\u0433\u0440\u043d|\u043b\u0432"
)
"""Not any letters: 12 Mio, 5 mil and 3 doz. are other numbers than 12, 5 and 3."""
PATTERNS = {
    "money": whatever_case(
        rf"^(?:[A-Za-z]{{0,3}}[$\u00a2-\u00a5\u09f3\u0e3f\u20a0-\u20cf\uffe1\uffe5]|(?:{_CURRENCIES})(?![a-z])\.?)\s*"
        rf"|\s*(?:[$\u00a2-\u00a5\u09f3\u0e3f\u20a0-\u20cf]|(?:{_CURRENCIES})\.?)$"
    ),
    "price_inside": r"^([0-9]+)\s*(?:['\u2019\u00b4$\u00a2-\u00a5\u20a0-\u20cf]|[Ee]uros?)\s*([0-9]{2})(?:\s*(?:\u20ac|EUR|[Ee]uros?))?$",
    "whole_price": r"(?:[.,:]-+|/-)$",
    "number": r"^[+-]?(?:[0-9][0-9.,]*|[.,][0-9]+)$",
    "groups": r"^(?:[0-9]{1,3}(?:[S][0-9]{3})+|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3})$",
    "spaced": r"^[+-]?(?:[0-9]{1,3}(?:[\s'\u2019][0-9]{3})+|[0-9]{1,2}(?:[\s'\u2019][0-9]{2})+[\s'\u2019][0-9]{3})(?:[.,][0-9]*)?$",
    "kept": r"^-?[0-9]{1,15}(?:[.][0-9]{1,6})?$",
}
"""Each in the syntax of Python and browsers, ``money`` whatever the case.

In ``groups``, S is the sign between them: 1,234,567 or, in India, 12,34,567. ``spaced`` is a number with spaces or apostrophes between its
thousands; with two digits behind an apostrophe it is a price as Spaniards write it. Elsewhere they say nothing: 12 50 may be a
price, 1 2 a slip.
"""
ARABIC = {"\u066b": ".", "\u066c": ","}
"""The signs of Arabic keyboards before decimals and between thousands: whatever the language, they say which is which."""
_COMMA = "bg ca cs da de el es et eu fi fr gl hr hu id is it lt lv nb nl nn no pl pt ro ru sk sl sr sv tr uk vi"
"""Languages that write 12,50."""
_POINT_GROUPS = "ca da de el es eu gl hr id is it nl pt ro sl sr tr vi"
"""Of these the ones that write 1.234 for a thousand and more."""
_POINT_IN = "es-MX es-US es-GT es-HN es-NI es-PA es-PE es-PR es-SV es-DO de-CH de-LI it-CH"
"""Where such a language is written with 12.50 all the same."""


def marks_of(language: str) -> tuple[str, str]:
    """Return the sign before the decimals and the one between thousands (a space: none but spaces)."""
    own = language.split("-", 1)[0]
    if own not in _COMMA.split() or language in _POINT_IN.split():
        return ".", ","
    return ",", "." if own in _POINT_GROUPS.split() else " "


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(PATTERNS[name], re.IGNORECASE if name == "money" else 0)


def read_number(typed: str, language: str) -> Reading:
    """Read a number as digits with a point before the decimals, such as ``1234.50``.

    A point and a comma together say themselves which is which. Of one alone the
    language says it: 1.234 is a thousand in German, and a little more than one in
    English; Arabic signs say it themselves. Currency signs (also between, as in 12€50), plus signs and what
    groups the thousands are dropped.
    """
    try:
        text = clean_code(typed)
    except ValueError:
        return Reading(wrong="bad_number")
    if len(text) > MOST_CHARS:
        return Reading(wrong="bad_number")
    marks = marks_of(language)
    for arabic, meant in ARABIC.items():
        if arabic in text:
            text, marks = text.replace(arabic, meant), (".", ",")
    if price := _pattern("price_inside").match(text):
        text, marks = f"{price[1]}.{price[2]}", (".", ",")
    sign = "-" if text.startswith("-") else ""
    text = _pattern("money").sub("", text.removeprefix(sign or "+").strip())
    text = _pattern("whole_price").sub("", text)
    if not sign and text.startswith("-"):
        sign, text = "-", text[1:].strip()
    if _pattern("spaced").match(text):
        text = re.sub(r"['\u2019\s]", "", text)
    if not _pattern("number").match(text):
        return Reading(wrong="bad_number")
    plain = _with_point(text.lstrip("+"), *marks)
    kept = f"{sign}{plain}"
    return Reading(kept=kept) if _pattern("kept").match(kept) else Reading(wrong="bad_number")


def _with_point(text: str, decimal: str, group: str) -> str:
    if "." in text and "," in text:
        decimal = max(".,", key=text.rfind)
        group = "." if decimal == "," else ","
    else:
        mark = "." if "." in text else ","
        if text.count(mark) > 1 or (mark == group and _are_groups(text, mark)):
            decimal, group = "", mark
        else:
            decimal, group = mark, ""
    whole, _, decimals = text.rpartition(decimal) if decimal and decimal in text else (text, "", "")
    if group and group in whole:
        whole = whole.replace(group, "") if _are_groups(whole, group) else "?"
    return (whole or "0") + (f".{decimals}" if decimals else "")


def _are_groups(text: str, mark: str) -> bool:
    is_grouped = re.match(PATTERNS["groups"].replace("S", mark), text) is not None
    return is_grouped and not text.startswith("0")
