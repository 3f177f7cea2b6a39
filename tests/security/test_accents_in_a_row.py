"""Accents in a row take the square of their number to put in order: no text is, before its length is bounded.

A request may have five megabytes; a million accents would hold a process for an hour,
and every thread of it with it.
"""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from campaigns.accounts.rules.roles import Role
from campaigns.setup.rules.names import machine_name
from ingest_lambda.contract.grammar.text import clean, clean_prose
from submissions.mirror.rules.names import fold
from tests.security.two_clients import MARK, make_side

ACCENTS = "\u0301\u0327" * 30_000
TIBETAN = "\u0f73" * 25_000
"""Of the combining class 0, and taken apart into marks that have another."""
MOST_SECONDS = 0.5
"""In order, each of these would take more than two."""


def seconds(act: Callable[[], Any]) -> float:
    """Return the CPU time that something takes."""
    begun = time.process_time()
    act()
    return time.process_time() - begun


@pytest.mark.parametrize("flood", [ACCENTS, TIBETAN], ids=["accents", "tibetan"])
@pytest.mark.parametrize("reader", [fold, machine_name, clean, clean_prose])
def test_no_reader_of_text_puts_them_in_order(reader: Callable[[str], str], flood: str) -> None:
    def read() -> None:
        try:
            reader(f"a{flood}")
        except ValueError:
            assert reader in (clean, clean_prose)

    assert seconds(read) < MOST_SECONDS


@pytest.mark.django_db
def test_nobody_holds_up_the_sign_in_with_a_long_name() -> None:
    form = {"username": f"a{ACCENTS}", "password": "a password of somebody"}
    page = reverse("admin:login")
    assert seconds(lambda: Browser().post(page, form)) < MOST_SECONDS


_CHOSEN = {"old_password": "x", "new_password1": f"a{ACCENTS}", "new_password2": f"a{ACCENTS}"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("page", "form"),
    [
        ("admin:password_change", _CHOSEN),
        ("admin:submissions_submission_changelist", {"q": f"a{ACCENTS}"}),
    ],
)
def test_nor_a_member_of_staff_any_page(page: str, form: dict[str, str]) -> None:
    browser = make_side(MARK).browser(Role.OWNER)
    begun = time.process_time()
    answer = browser.post(reverse(page), form)
    assert time.process_time() - begun < MOST_SECONDS
    assert answer.status_code == 200
