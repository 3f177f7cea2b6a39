"""One mailbox is one person, however its address is spelled: what a mail program reads as the same counts as the same."""

from collections.abc import Iterator
from email.utils import getaddresses

import pytest
from django.core.mail.message import sanitize_address

from ingest_lambda.contract import ReasonCode, SubmissionStatus, Suspicion
from ingest_lambda.rules.people import normalise_email, normalise_mailbox
from tests.ingest_lambda.writing import limit
from tests.security.functions import Functions, deployed

SAME = [
    r'"\a\d\a"@example.com',
    r'"a\da"@example.com',
    '"ada"@example.com',
    "ADA@EXAMPLE.COM",
]
"""Spellings of ``ada@example.com`` that an address may have (RFC 5321, 4.1.2)."""
PASTED = [
    "x<ada@example.com>",
    '"x"<ada@example.com>',
    "<ada@example.com>",
    "ada@example.com;",
    "mailto:ada@example.com",
    "ada@exam\u200bple.com",
]
"""What people paste with it; only the address is kept."""
NO_ADDRESS = [
    "ada(1)@example.com",
    "(2)ada@example.com",
    "ada@(3)example.com",
    "ada@example.com(4)",
    "<ada@example.com> <b@example.com>",
    "ada@example.com;b@example.com",
    "m\u00fcller@example.com",
    "team:ada@example.com",
    "[ada]@example.com",
    r"a\da@example.com",
    '"a"da@example.com',
    'ada"@example.com',
    "=?utf-8?q?ada?=@example.com",
]
"""What a mail program may read as ``ada@example.com``, or as several, and is no address that we could write to."""
HONEST = [
    "ada.o'hara+tea@example.co.uk",
    "ada-lovelace_1815@sub.example.com",
    "!#$%&'*/?^`{|}~@example.com",
    "ada@exämple.com",
    '"ada.lovelace"@example.com',
    "a@b.cd",
    "x" * 64 + "@example.com",
]


@pytest.fixture
def functions(monkeypatch: pytest.MonkeyPatch) -> Iterator[Functions]:
    with deployed(monkeypatch, limits=(limit("person", 1),)) as functions:
        yield functions


def enter(functions: Functions, email: str) -> tuple[str, list[ReasonCode]]:
    """Enter with an address; return the status and the codes of its reasons."""
    begun = functions.begin()
    status = functions.submit(begun, answers={"email": email})
    return status, [reason.code for reason in functions.stored(begun).reasons]


@pytest.mark.parametrize("spelling", [*SAME, *PASTED])
def test_another_spelling_of_an_address_is_no_other_person(
    functions: Functions, spelling: str
) -> None:
    assert enter(functions, "ada@example.com") == (SubmissionStatus.APPROVED, [])
    assert enter(functions, spelling) == (SubmissionStatus.INVALID, [ReasonCode.LIMIT_REACHED])


@pytest.mark.parametrize("text", NO_ADDRESS)
def test_what_only_a_mail_program_would_read_as_an_address_is_none(
    functions: Functions, text: str
) -> None:
    assert enter(functions, text) == (SubmissionStatus.INVALID, [ReasonCode.ANSWER_NOT_UNDERSTOOD])


@pytest.mark.parametrize("email", HONEST)
def test_an_address_that_somebody_may_have_is_taken(functions: Functions, email: str) -> None:
    assert enter(functions, email)[0] == SubmissionStatus.APPROVED


@pytest.mark.parametrize("email", [*SAME, *HONEST])
def test_a_mail_goes_to_the_mailbox_that_was_counted(email: str) -> None:
    """Django's own reading and the standard library's: neither finds another address than we counted."""
    if email.isascii():
        ((_, read),) = getaddresses([email])
        for one in (read, sanitize_address(email, "utf-8")):
            assert normalise_email(one) == normalise_email(email)
            assert normalise_mailbox(one) == normalise_mailbox(email)


@pytest.mark.parametrize(
    "domain",
    [
        "mailinator.com",
        "MAILINATOR.com",
        "sub.mailinator.com",
        "\uff4dailinator.com",
        "mail\u200binator.com",
        "mail\u00adinator.com",
        "sub.mailinator\u3002com",
    ],
    ids=ascii,
)
def test_a_mailbox_to_throw_away_is_one_in_every_spelling_of_its_domain(
    functions: Functions, domain: str
) -> None:
    """The encoding for names of hosts undoes wide letters and takes out what cannot be seen (RFC 3490)."""
    begun = functions.begin()
    assert functions.submit(begun, answers={"email": f"ada@{domain}"}) == "pending_review"
    assert functions.stored(begun).suspicions == (Suspicion.DISPOSABLE_EMAIL,)
