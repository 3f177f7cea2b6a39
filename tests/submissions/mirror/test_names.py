"""Names as staff search for them and see them: one spelling for what is one name, and no turned neighbours."""

import pytest

from ingest_lambda.contract.grammar.text import isolated
from submissions.mirror.rules.masking import shown_name
from submissions.mirror.rules.names import fold

HEBREW = "\u05e9\u05dc\u05d5\u05dd"


@pytest.mark.parametrize(
    "spellings",
    [
        (
            "O'Brien",
            "O\u2019Brien",
            "o\u02bcBRIEN",
            "O\u00b4Brien",
            "O\uff07Brien",
            "O'Bri\u200ben",
        ),
        ("M\u00fcller", "Mu\u0308ller", "MULLER", " muller "),
        ("Anne-Marie", "Anne\u2010Marie", "Anne\u2013Marie", "Anne\u2011Marie"),
        ("Anna Maria", "Anna\u00a0Maria", "Anna\tMaria"),
        ("\u0141ukasz", "lukasz"),
        ("S\u00f8ren", "Soren"),
        ("Gu\u00f0r\u00fan", "GUDRUN"),
        ("\u0110or\u0111e", "\u00d0or\u0111e", "dorde"),
        ("\u0645\u06cc\u200c\u062e\u0648", "\u0645\u06cc\u062e\u0648"),
        ("\u8fbb\U000e0100", "\u8fbb"),
        ("Stra\u00dfe", "strasse"),
    ],
)
def test_the_spellings_of_one_name_are_found_alike(spellings: tuple[str, ...]) -> None:
    assert len({fold(one) for one in spellings}) == 1
    assert fold(fold(spellings[0])) == fold(spellings[0])


def test_names_of_two_people_stay_two() -> None:
    names = ["O'Brien", "Obrien", "\u674e\u4f1f", HEBREW, "\u0410\u043d\u043d\u0430", "Anna"]
    assert len({fold(name) for name in names}) == len(names)
    assert all(fold(name) for name in names)


def test_a_name_that_reads_from_the_right_turns_nothing_around_it() -> None:
    assert isolated(HEBREW) == f"\u2068{HEBREW}\u2069"
    assert shown_name(HEBREW, "Cohen", masked=True) == f"\u2068{HEBREW} C.\u2069"
    assert shown_name("Ada", "Lovelace", masked=False) == "Ada Lovelace"
    assert shown_name("", "", masked=False) == "No name"
