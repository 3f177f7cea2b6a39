"""Phone numbers as they are pasted: which text is one, and by which countries' rules.

Whether a text can be a number is decided here and on the page alike, from the plans
of the campaign's countries; which number it is, by the library that knows all plans.
What is possible counts, not what is in use, for numbering plans change more often
than we are deployed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from ingest_lambda.contract.grammar.reading import Reading
from ingest_lambda.contract.grammar.text import clean_code, whatever_case

MOST_READINGS = 40
"""Countries by whose rules one phone number is read."""
MOST_CHARS = 60
"""With spaces, brackets and an extension; E.164 has 15 digits."""
LEAST_DIGITS, MOST_DIGITS = 8, 15
_SEVERAL = r"(?:[,;/|&]|(?:or|and|oder|und|ou|et|o|y)\s)\s*"
PATTERNS = {
    "two": rf"(?:[0-9][\s().-]*){{6}}{_SEVERAL}\(?[+0](?:[\s().-]*[0-9]){{5}}"
    rf"|(?:[0-9][\s().-]*){{9}}{_SEVERAL}\(?[0-9](?:[\s().-]*[0-9]){{8}}"
    r"|(?:[0-9][\s().-]*){6}\+"
    r"|^[^0-9/]*(?:[0-9][^0-9/]*){8,}/\s?[0-9]{1,2}$",
    "label": r"^[A-Za-z\u00c0-\u00ff][A-Za-z\u00c0-\u00ff .#\u00b0\u00ba-]{0,29}:\s*"
    r"|^(?:telefono?|telephone|t[e\u00e9]l[e\u00e9]phone|tel|t[e\u00e9]l|phone|home|work|mobile?|mob|m[o\u00f3]vil|handy|cell|cel|portable|port"
    r"|fon|festnetz|whatsapp|tlfn?o?|tfno?|(?:handy|mobil|telefon|ruf)(?:nummer|nr|telefon)|(?:phone |mobile )?number|num[e\u00e9]ro|nummer|nr|m)\b\.?\s*#?\s*"
    r"|^n\s?[\u00b0\u00ba]\s*"
    r"|^[A-Za-z]{2}\s*(?=\+)"
    r"|^[\u2600-\u27bf\ufe0f"
    f"{chr(0x1F1E6)}-{chr(0x1F1FF)}{chr(0x1F4DE)}-{chr(0x1F4F2)}]+"
    r"\s*",
    "parameters": r"\s*;(?!ext=).*$",
    "direct": r"(?:\s*-\s*0)?[\s,;(]*(?:durchwahl|klappe|dw|kl)[\s.:-]*([0-9]{1,5})\)?$",
    "extension": r"[\s,;(]*(?:(?:ext(?:ensi[o\u00f3]n|n)?\.?|poste|app(?:arat)?\.?|interno|int\.|anexo|ramal|x|#)[\s.:=]*[0-9]{1,7}\)?|\([A-Za-z\u00c0-\u00ff .]+\))$",
    "carrier": r"^([\s(\[]*(?:\+55[\s(\[]*)?0)[\s-]?xx[\s-]?",
    "trunk": r"\(\s*0\s*\)",
    "international": r"^[\s(\[<\u0022'\u2018-\u201f]*\+",
    "number": r"^[\s(\[<\u0022'\u2018-\u201f]*\+?[0-9\s()\[\]<>./\u00b7\u2022*~\u0022'\u2018-\u201f_:,-]+$",
}
"""Each in the syntax of Python and browsers; those of ``_WHATEVER_CASE`` whatever the case.

``two`` finds two numbers, also where the second is short for one (030 1234567/68).
``direct`` is the end of a German number, in place of the switchboard's 0; an
``extension`` is no part of a number. ``carrier`` is how Brazilians write "any carrier's code".
"""
_WHATEVER_CASE = ("two", "label", "direct", "extension", "carrier")
PATTERNS |= {name: whatever_case(PATTERNS[name]) for name in _WHATEVER_CASE}
_STILL_DIALLED = {"MX": (r"(?:01|04[45]|1)([0-9]{10})$", r"\1")}
"""What numbers began with until a country's plan changed (Mexico, August 2019), and which people still write."""
_COMPLETED = ("AR",)
"""Where digits are put in that are written inside of the country as others: 15 as a 9 elsewhere.

Not where a local number would be given the code of its place: nobody knows the place.
"""
_ONLY_A_PART = {"AR": "15", "BR": r"9[0-9]{8}$", "MX": "[01]"}
"""Mobiles without the code of their place, and numbers that lack a digit behind what was dialled first."""


@dataclass(frozen=True)
class Plan:
    """How people of one country write numbers: what they dial first, and how many digits follow."""

    country: str
    code: str
    """The country's calling code, such as ``44``."""
    trunk: str
    """Dialled before a number inside of the country, such as ``0``; empty where there is none."""
    abroad: str
    """A pattern of what is dialled before a calling code, such as ``00``."""
    lengths: tuple[int, ...]
    """How many digits a number has without any of these."""
    inland: str
    """A pattern of all that is dialled before a number inside of the country, such as a carrier's code."""
    becomes: str
    """What is left of what ``inland`` finds, where its group is there: such as ``9\\1``; otherwise nothing."""
    part: str
    """A pattern of what has the length of a number, and is a part of one; empty where there is none."""


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(PATTERNS[name], re.IGNORECASE if name in _WHATEVER_CASE else 0)


@cache
def plan_of(country: str) -> Plan | None:
    """Return a country's plan, or nothing for one without phones of its own."""
    # Here, for most campaigns ask for none and a function's first answer waits for every import.
    from phonenumbers import PhoneMetadata

    known = PhoneMetadata.metadata_for_region(country, None)
    if known is None or known.country_code is None or known.general_desc is None:
        return None
    inland = known.national_prefix_for_parsing or ""
    becomes = known.national_prefix_transform_rule or ""
    if not becomes.startswith("\\") and country not in _COMPLETED:
        becomes = ""
    inland, becomes = _STILL_DIALLED.get(country, (inland, becomes))
    return Plan(
        country=country,
        code=str(known.country_code),
        trunk=known.national_prefix or "",
        abroad=known.international_prefix or "00",
        lengths=tuple(n for n in known.general_desc.possible_length if n > 0),
        inland=inland if becomes or "$" not in inland else "",
        becomes=becomes,
        part=_ONLY_A_PART.get(country, ""),
    )


def plans_of(countries: Sequence[str]) -> list[Plan]:
    """Return the plans by which numbers of a campaign in ``countries`` are read."""
    return [plan for one in countries[:MOST_READINGS] if (plan := plan_of(one))]


def read_phone(typed: str, countries: Sequence[str]) -> Reading:
    """Read a number as ``+`` and 8 to 15 digits (E.164).

    What is written without a country's code is read as people there write it: of
    ``countries`` (ISO 3166) in the first where it is a number that is in use, else in
    the first where it could be one. A number with its country's code is read
    whatever they are.
    """
    try:
        text = clean_code(typed)
    except ValueError:
        return Reading(wrong="bad_phone")
    if len(text) > MOST_CHARS:
        return Reading(wrong="bad_phone")
    if _pattern("two").search(text):
        return Reading(wrong="phone_two")
    digits = _digits(text)
    if digits is None:
        return Reading(wrong="bad_phone")
    plans = plans_of(countries)
    candidates = _candidates(digits, plans)
    return (
        Reading(kept=_likely(digits, plans, candidates))
        if candidates
        else Reading(wrong="bad_phone")
    )


def _digits(text: str) -> str | None:
    """Return the digits that were typed, after a ``+`` where one was; nothing for what is no number."""
    text = _pattern("label").sub("", text)
    text = _pattern("carrier").sub(r"\1", _pattern("direct").sub(r"\1", text))
    text = _pattern("extension").sub("", _pattern("parameters").sub("", text))
    if not _pattern("number").match(text):
        return None
    plus = _pattern("international").match(text) is not None
    digits = re.sub("[^0-9]", "", _pattern("trunk").sub("", text))
    return f"+{digits}" if plus else digits


def _candidates(digits: str, plans: Sequence[Plan]) -> list[str]:
    """Return the international numbers that this can be, the likeliest first."""
    if digits.startswith("+"):
        return _abroad(digits[1:], plans)
    found = []
    for plan in plans:
        inland = (digits.removeprefix(plan.trunk), digits, _without_inland(digits, plan))
        found += [f"{plan.code}{one}" for one in inland if _fits(one, plan)]
        if digits.startswith(plan.code):
            found += _abroad(digits, [plan])
    for plan in plans:
        if dialled := re.match(plan.abroad, digits):
            found += _abroad(digits[dialled.end() :], plans)
    # Two zeros are dialled for another country nearly everywhere, and known even where they are not.
    if digits.startswith("00"):
        found += _abroad(digits[2:], plans)
    return [one for one in found if LEAST_DIGITS <= len(one) <= MOST_DIGITS]


def _abroad(digits: str, plans: Sequence[Plan]) -> list[str]:
    """Return a number that begins with a calling code; one of the campaign's is as long as its plan says."""
    known = [plan for plan in plans if digits.startswith(plan.code)]
    for plan in known:
        rest = digits.removeprefix(plan.code)
        for one in (rest, rest.removeprefix(plan.trunk), _without_inland(rest, plan)):
            if _fits(one, plan):
                return [f"{plan.code}{one}"] if _is_long_enough(plan.code + one) else []
    if known or not _is_long_enough(digits) or digits.startswith("0"):
        return []
    return [digits]


def _without_inland(digits: str, plan: Plan) -> str:
    """Return a number without what is dialled before it at home, or with what is written for that abroad."""
    found = re.match(plan.inland, digits)
    if not found:
        return digits
    group = plan.becomes[-1:]
    kept = plan.becomes[:-2] + found[int(group)] if group and found[int(group)] else ""
    return kept + digits[found.end() :]


def _as_now_dialled(digits: str) -> str:
    """Return an international number without what its country's plan has dropped: another campaign's rules keep it."""
    for plan in plans_of(list(_STILL_DIALLED)):
        if digits.startswith(plan.code):
            return plan.code + _without_inland(digits.removeprefix(plan.code), plan)
    return digits


def _fits(digits: str, plan: Plan) -> bool:
    is_part = plan.part and re.match(plan.part, digits)
    return len(digits) in plan.lengths and not is_part


def _is_long_enough(digits: str) -> bool:
    return LEAST_DIGITS <= len(digits) <= MOST_DIGITS


def _is_mobile_with_code(digits: str, plan: Plan) -> bool:
    """Whether these are a mobile's digits behind its country's code, as messengers show them.

    Where numbers have many lengths, as in Germany, they are a number at home too, but
    there one without what is dialled first.
    """
    import phonenumbers

    if not plan.trunk or digits.startswith(plan.trunk) or not digits.startswith(plan.code):
        return False
    try:
        read = phonenumbers.parse(f"+{digits}", None)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.number_type(read) == phonenumbers.PhoneNumberType.MOBILE


def _likely(digits: str, plans: Sequence[Plan], candidates: Sequence[str]) -> str:
    """Return the number that is meant, by all countries' plans; the likeliest candidate where they know none."""
    import phonenumbers

    countries: list[str | None] = [plan.country for plan in plans]
    texts = [digits, f"+{digits[2:]}"] if digits.startswith("00") else [digits]
    if any(_is_mobile_with_code(digits, plan) for plan in plans):
        texts.insert(0, f"+{digits}")
    possible = []
    for text in texts:
        for country in countries or [None]:
            try:
                read = phonenumbers.parse(text, country)
            except phonenumbers.NumberParseException:
                continue
            if phonenumbers.is_possible_number(read):
                possible.append(read)
    likely = next(filter(phonenumbers.is_valid_number, possible), possible[0] if possible else None)
    if likely is None:
        return f"+{_as_now_dialled(candidates[0])}"
    found = phonenumbers.format_number(likely, phonenumbers.PhoneNumberFormat.E164)
    return found if re.fullmatch(r"\+[1-9][0-9]{7,14}", found) else f"+{candidates[0]}"
