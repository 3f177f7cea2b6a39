"""Errors of the staff side have one shape: a sentence saying when, and the code that their name spells."""

import importlib
import pkgutil
import re
from collections import Counter

import pytest

import campaignhub
import campaigns
import submissions
from campaignhub.errors import DomainError


def every_error() -> list[type[DomainError]]:
    """Return the errors of all rooms."""
    for room in (campaignhub, campaigns, submissions):
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            if not re.search(r"\.migrations|\.local_aws|settings|wsgi", module.name):
                importlib.import_module(module.name)
    found, todo = [], [DomainError]
    while todo:
        kinds = todo.pop().__subclasses__()
        found += [kind for kind in kinds if not kind.__module__.startswith("tests.")]
        todo += kinds
    return found


ERRORS = every_error()


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_an_error_says_in_a_sentence_when_it_is_raised(error: type[DomainError]) -> None:
    assert (error.__doc__ or "").strip().endswith(".")


def test_a_code_is_the_name_of_its_error_in_snake_case() -> None:
    codes = {error.__name__: error.code for error in ERRORS}
    assert codes["HashingBusy"] == "hashing_busy"
    assert codes["NotAPicture"] == "not_a_picture"
    assert codes["PartnerRateOutOfBounds"] == "partner_rate_out_of_bounds"


def test_no_two_errors_share_a_code() -> None:
    assert len(ERRORS) > 40
    assert Counter(error.code for error in ERRORS).most_common(1)[0][1] == 1
