"""Postal codes, per country; a country that is not here is not judged.

A form is what is left of a code in capitals without spaces and punctuation, in two
groups, and what its post writes between them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from ingest_lambda.contract.grammar.reading import Reading
from ingest_lambda.contract.grammar.text import clean_code

MOST_CHARS = 60
PUNCTUATION = r"[\s.,;:/'\u0022\u2018-\u201f()\[\]<>#_+\u00b7\u30fc\uff70-]"
"""What means nothing in a code; with the long marks that Japanese keyboards have where ours have a hyphen."""
LOOK_ALIKES = {"O": "0", "0": "O", "I": "1", "L": "1", "1": "IL"}
MOST_SLIPS, MOST_SLIPPED = 2, 10
"""Look-alikes in one code for which another is proposed, and the length of code up to which they are looked for."""


@dataclass(frozen=True)
class PostalForm:
    """How codes of one country look."""

    pattern: str
    """Of the bare code, in one or two groups; in the syntax of Python and browsers."""
    between: str
    """What stands between the groups."""
    example: str
    before: str = ""
    """A pattern of what people put before the code: the country on a letter or on a car, a state."""
    begins: str = ""
    """What every code of the country begins with."""
    after: str = ""
    """A pattern of what people put behind the code."""


_LABELS = (
    "POSTCODE|POSTALCODE|ZIPCODE|ZIP|EIRCODE|PLZ|POSTLEITZAHL|CODEPOSTAL|C[O\u00d3]DIGOPOSTAL|CP"
)
"""What a form asks for, copied with its answer."""


def _before(*spellings: str) -> str:
    return f"(?:(?:{_LABELS})?(?:{'|'.join(spellings)})?)"


_BRITISH = (
    "(?:([A-PR-UWYZ](?:[0-9]{1,2}|[A-Z][0-9]{1,2}|[0-9][A-Z]|[A-Z][0-9][A-Z])|GIR)"
    "([0-9][ABD-HJLNP-UW-Z]{2})|(BFPO)(?:CO)?([0-9]{1,4}))"
)
"""With the offices of the British forces abroad, whose numbers are codes too."""
_STATES = "NSW|VIC|QLD|SA|WA|TAS|ACT|NT"
POSTAL_FORMS: dict[str, PostalForm] = {
    "AD": PostalForm("([0-9]{3})", "", "AD500", _before("AD"), "AD"),
    "AT": PostalForm("([0-9]{4})", "", "1010", _before("AT", "A")),
    "AU": PostalForm(
        "([0-9]{4})",
        "",
        "2000",
        _before("AUS", "AU", _STATES),
        after=f"(?:{_STATES})",
    ),
    "BE": PostalForm("([0-9]{4})", "", "1000", _before("BE", "B")),
    "BG": PostalForm("([0-9]{4})", "", "1000", _before("BG")),
    "BR": PostalForm("([0-9]{5})([0-9]{3})", "-", "01310-100", _before("BR", "CEP")),
    "CA": PostalForm(
        "([ABCEGHJ-NPR-TVXY][0-9][ABCEGHJ-NPR-TV-Z])([0-9][ABCEGHJ-NPR-TV-Z][0-9])",
        " ",
        "K1A 0B1",
        _before("CDN", "[A-Z]{2}"),
    ),
    "CH": PostalForm("([0-9]{4})", "", "8001", _before("CH", "NPA")),
    "CZ": PostalForm("([0-9]{3})([0-9]{2})", " ", "110 00", _before("CZ")),
    "DE": PostalForm("([0-9]{5})", "", "10115", _before("DE", "D")),
    "DK": PostalForm("([0-9]{4})", "", "1050", _before("DK"), after="[A-Z\u00d8]{1,2}"),
    "EE": PostalForm("([0-9]{5})", "", "10111", _before("EE", "EST")),
    "ES": PostalForm("([0-9]{5})", "", "28013", _before("ES", "E")),
    "FI": PostalForm("([0-9]{5})", "", "00100", _before("FIN", "FI")),
    "FR": PostalForm("([0-9]{5})", "", "75001", _before("FR", "F"), after="CEDEX[0-9]{0,2}"),
    "GB": PostalForm(_BRITISH, " ", "SW1A 1AA", _before("UK", "GB"), after="(?:UK|GB)"),
    "GG": PostalForm(_BRITISH, " ", "GY1 1AA", _before("GG")),
    "GR": PostalForm(
        "([0-9]{3})([0-9]{2})", " ", "104 31", _before("GR", "EL", "TK", "\u03a4\u039a")
    ),
    "HR": PostalForm("([0-9]{5})", "", "10000", _before("HR")),
    "HU": PostalForm("([0-9]{4})", "", "1051", _before("HU", "H")),
    "IE": PostalForm(
        "([AC-FHKNPRTV-Y][0-9]{2}|D6W)([0-9A-HJKMNP-Z]{4})", " ", "D02 X285", _before("IRL", "IE")
    ),
    "IM": PostalForm(_BRITISH, " ", "IM1 1AA", _before("IM")),
    "IN": PostalForm("([0-9]{6})", "", "110001", _before("IND", "IN", "PIN")),
    "IT": PostalForm("([0-9]{5})", "", "00184", _before("IT", "I", "CAP")),
    "JE": PostalForm(_BRITISH, " ", "JE2 3AB", _before("JE")),
    "JP": PostalForm("([0-9]{3})([0-9]{4})", "-", "100-0001", _before("JP", "\u3012")),
    "LI": PostalForm("([0-9]{4})", "", "9490", _before("FL", "LI")),
    "LT": PostalForm("([0-9]{5})", "", "LT-01100", _before("LT"), "LT-"),
    "LU": PostalForm("([0-9]{4})", "", "1111", _before("LU", "L")),
    "LV": PostalForm("([0-9]{4})", "", "LV-1010", _before("LV"), "LV-"),
    "MX": PostalForm("([0-9]{5})", "", "06000", _before("MEX", "MX")),
    "NL": PostalForm("([1-9][0-9]{3})([A-Z]{2})", " ", "1012 AB", _before("NL")),
    "NO": PostalForm("([0-9]{4})", "", "0150", _before("NO", "N")),
    "NZ": PostalForm("([0-9]{4})", "", "6011", _before("NZ")),
    "PL": PostalForm("([0-9]{2})([0-9]{3})", "-", "00-950", _before("PL")),
    "PT": PostalForm("([0-9]{4})([0-9]{3})", "-", "1000-205", _before("PT", "P")),
    "RO": PostalForm("([0-9]{6})", "", "010011", _before("RO")),
    "SE": PostalForm("([0-9]{3})([0-9]{2})", " ", "111 22", _before("SE", "S")),
    "SG": PostalForm("([0-9]{6})", "", "018956", _before("SG", "SINGAPORE", "S")),
    "SI": PostalForm("([0-9]{4})", "", "1000", _before("SI", "SLO")),
    "SK": PostalForm("([0-9]{3})([0-9]{2})", " ", "811 01", _before("SK")),
    "US": PostalForm(
        "([0-9]{5})([0-9]{4})?", "-", "02108", _before("USA", "[A-Z]{2}"), after="USA|[A-Z]{2}"
    ),
    "ZA": PostalForm("([0-9]{4})", "", "8001", _before("ZA")),
}


def forms_of(countries: Sequence[str]) -> list[PostalForm]:
    """Return the forms that are known of the codes of ``countries``."""
    return [POSTAL_FORMS[country] for country in countries if country in POSTAL_FORMS]


def example_of(countries: Sequence[str]) -> str | None:
    """Return a code as people in the first of ``countries`` whose form is known write it."""
    return next((form.example for form in forms_of(countries)), None)


@cache
def _compiled(form: PostalForm) -> re.Pattern[str]:
    before = f"{form.before}?" if form.before else ""
    after = f"(?:{form.after})?" if form.after else ""
    return re.compile(f"^{before}{form.pattern}{after}$")


def _read(bare: str, forms: Sequence[PostalForm]) -> str:
    for form in forms:
        if found := _compiled(form).match(bare):
            return form.begins + form.between.join(filter(None, found.groups()))
    return ""


def _meant(bare: str, forms: Sequence[PostalForm]) -> str:
    """Return the code with the fewest letters in place of digits that look like them, or digits of letters.

    Nothing where there are several, or more than two are wrong.
    """
    spelled = {bare}
    for _wrong in range(MOST_SLIPS if len(bare) <= MOST_SLIPPED else 0):
        spelled = {
            f"{one[:place]}{other}{one[place + 1 :]}"
            for one in spelled
            for place, sign in enumerate(one)
            for other in LOOK_ALIKES.get(sign, "")
        }
        if meant := {kept for one in spelled if (kept := _read(one, forms))}:
            return meant.pop() if len(meant) == 1 else ""
    return ""


def read_postal_code(typed: str, countries: Sequence[str]) -> Reading:
    """Read a code as the post of the first of ``countries`` whose form it has writes it.

    Punctuation, case and the country's letters before it don't matter. Where the
    form of one of the countries is not known, every code is good as it is.
    """
    try:
        text = clean_code(typed).upper()
    except ValueError:
        return Reading(wrong="bad_postal")
    forms = forms_of(countries)
    bare = re.sub(PUNCTUATION, "", text) if len(text) <= MOST_CHARS else ""
    if kept := _read(bare, forms):
        return Reading(kept=kept)
    if len(forms) < len(countries):
        return Reading(kept=text)
    return Reading(wrong="bad_postal", proposal=_meant(bare, forms))
