"""References as staff paste them from mails and messages."""

from uuid import UUID

import pytest

from ingest_lambda.contract import tidy_reference
from ingest_lambda.contract.reference import reference_of
from submissions.mirror.services.search import kind_of_search

ENTRY = UUID("01a2259c-0fee-7487-b8e2-c83c4a81be49")
REFERENCE = "ZH14-70VZ"


@pytest.mark.parametrize(
    "typed",
    [
        "zh14 - 70vz",
        "ZHI4-7OVZ",
        "ZH14\u201370VZ",
        "ZH14\u201170VZ",
        "\u202aZH14-70VZ\u202c",
        "ZH14-70VZ\u200b.",
        "\u201cZH14-70VZ\u201d",
        "#ZH14-70VZ",
        "*ZH14-70VZ*",
        "Reference: ZH14-70VZ",
        "R\u00e9f\u00e9rence : ZH14-70VZ,",
        "Re: [ZH14-70VZ]",
        "Ref. ZH14-70VZ",
        "\uff3a\uff28\uff11\uff14\uff0d\uff17\uff10\uff36\uff3a",
    ],
)
def test_a_reference_is_read_without_what_was_pasted_around_it(typed: str) -> None:
    assert reference_of(ENTRY) == REFERENCE
    assert tidy_reference(typed) == REFERENCE
    assert kind_of_search(typed) == "reference"


@pytest.mark.parametrize(
    "typed",
    [
        "ZH14-70V",
        "ZH14-70VZ-1",
        "zoe: ada@ex.com",
        "Reference:",
        "",
        "a" + "\u0301" * 40,
        "Ada 1 Love Lace",
    ],
)
def test_what_is_none_is_not_read_as_one(typed: str) -> None:
    assert tidy_reference(typed) is None


def test_an_id_is_known_with_what_is_not_seen_around_it() -> None:
    assert kind_of_search(f"\u200b{ENTRY}\u00a0") == "id"
    assert kind_of_search(str(ENTRY).upper()) == "id"
