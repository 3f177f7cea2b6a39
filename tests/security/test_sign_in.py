"""Guessing passwords: throttled before a hash, alike for every name, in the log, and no lock-out of owners."""

import time
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import aauthenticate
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from campaignhub.env import env
from campaigns.accounts.models import AuditEntry, SignInCount, User
from campaigns.accounts.rules.roles import Role
from campaigns.accounts.services import sign_in as service
from campaigns.accounts.services.sign_in import Origin
from campaigns.accounts.services.throttle import TooManyAttempts
from tests.campaigns.admin_pages import signed_in
from tests.campaigns.factories import make_client
from tests.security.signing_in import (
    OURS,
    RIGHT,
    TOO_MANY,
    WRONG,
    CountingHasher,
    is_in,
    make_account,
    sign_in,
    words,
)
from tests.support.at_once import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]


@pytest.fixture
def hashes(settings: Any) -> type[CountingHasher]:
    """The hasher that counts, from zero."""
    settings.PASSWORD_HASHERS = [f"{CountingHasher.__module__}.CountingHasher"]
    CountingHasher.hashed = 0
    return CountingHasher


# ---------------------------------------------------------------- guessing


def test_after_sixty_wrong_passwords_the_right_one_is_refused_unseen(
    hashes: type[CountingHasher],
) -> None:
    account = make_account()
    answers = [sign_in(account.username, WRONG) for _ in range(60)]
    assert sum(answer.status_code == 429 for answer in answers) >= 50
    hashes.hashed = 0
    last = sign_in(account.username, RIGHT)
    assert last.status_code == 429
    assert words(last).startswith(TOO_MANY)
    assert int(last["Retry-After"]) > 0
    assert hashes.hashed == 0


def test_the_right_password_enters_when_the_wait_is_over() -> None:
    account = make_account()
    at, origin = timezone.now(), Origin("203.0.113.9")
    for _ in range(5):
        assert service.check_password(account.username, WRONG, origin=origin, at=at) is None
    with pytest.raises(TooManyAttempts) as refused:
        service.check_password(account.username, RIGHT, origin=origin, at=at)
    over = refused.value.until
    assert over > at
    early = over - timedelta(seconds=1)
    with pytest.raises(TooManyAttempts):
        service.check_password(account.username, RIGHT, origin=origin, at=early)
    assert service.check_password(account.username, RIGHT, origin=origin, at=over) == account
    # And what was counted of this person here begins again.
    for _ in range(4):
        assert service.check_password(account.username, WRONG, origin=origin, at=over) is None
    assert service.check_password(account.username, RIGHT, origin=origin, at=over) == account


def test_guesses_from_many_addresses_are_counted_for_the_account() -> None:
    account = make_account()
    answers = [
        sign_in(account.username, WRONG, address=f"203.0.113.{number}") for number in range(60)
    ]
    assert sum(answer.status_code != 429 for answer in answers) <= 20
    assert sign_in(account.username, RIGHT, address="198.51.100.1").status_code == 429


def test_a_list_of_names_from_one_address_is_counted_for_the_address() -> None:
    account = make_account()
    answers = [sign_in(f"name-{number}", WRONG) for number in range(60)]
    assert sum(answer.status_code != 429 for answer in answers) <= 20
    assert sign_in(account.username, RIGHT).status_code == 429
    assert is_in(sign_in(account.username, RIGHT, address="203.0.113.9"))


def test_an_account_of_ones_own_does_not_reset_what_is_counted_of_an_address() -> None:
    own = make_account()
    refused = 0
    for number in range(60):
        if number % 4 == 3:
            sign_in(own.username, RIGHT)
        else:
            refused += sign_in(f"name-{number}", WRONG).status_code == 429
    assert refused >= 20


def test_an_address_that_the_client_makes_up_is_not_believed() -> None:
    account = make_account()
    answers = [
        sign_in(account.username, WRONG, forwarded=f"203.0.113.{number}") for number in range(10)
    ]
    assert [answer.status_code for answer in answers[5:]] == [429] * 5


def test_behind_a_proxy_only_its_own_part_of_the_header_is_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(env(), "trusted_proxies", 1)
    account = make_account()
    answers = [
        sign_in(account.username, WRONG, forwarded=f"198.51.100.{number}, 203.0.113.9")
        for number in range(10)
    ]
    assert [answer.status_code for answer in answers[5:]] == [429] * 5


def test_who_has_a_64_of_ipv6_is_one_client() -> None:
    account = make_account()
    answers = [
        sign_in(account.username, WRONG, address=f"2001:db8:1:2::{number:x}")
        for number in range(10)
    ]
    assert [answer.status_code for answer in answers[5:]] == [429] * 5


def test_spellings_of_a_name_are_one_name() -> None:
    account = make_account(name="olivia")
    spelled = ["olivia", "OLIVIA", " olivia ", "Olivia", "olivia"]
    for name in spelled:
        assert not is_in(sign_in(name, WRONG))
    assert sign_in("oLIVIa", RIGHT).status_code == 429
    assert is_in(sign_in("OLIVIA", RIGHT, address="203.0.113.9"))
    assert account.username == "olivia"


def test_the_current_password_is_not_guessed_at_its_change(hashes: type[CountingHasher]) -> None:
    account = make_account()
    browser = signed_in(account)
    page = reverse("admin:password_change")
    new = {"new_password1": "a sentence of my own", "new_password2": "a sentence of my own"}
    answers = [browser.post(page, {"old_password": WRONG, **new}) for _ in range(10)]
    assert answers[0].status_code == 200
    assert answers[-1].status_code == 429
    hashes.hashed = 0
    last = browser.post(page, {"old_password": RIGHT, **new})
    assert last.status_code == 429
    assert TOO_MANY in last.content.decode()
    account.refresh_from_db()
    assert account.check_password(RIGHT)
    assert AuditEntry.objects.filter(code="sign_in.not_confirmed").count() == 5


def test_the_way_in_for_asynchronous_code_is_throttled_as_well(
    hashes: type[CountingHasher],
) -> None:
    account = make_account()
    for _ in range(5):
        assert (
            service.check_password(account.username, WRONG, origin=Origin(), at=timezone.now())
            is None
        )

    hashes.hashed = 0
    with pytest.raises(TooManyAttempts):
        async_to_sync(aauthenticate)(None, username=account.username, password=RIGHT)
    assert hashes.hashed == 0


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_forty_guesses_at_once_only_as_many_are_looked_at_as_are_allowed(
    hashes: type[CountingHasher],
) -> None:
    account = make_account()
    hashes.hashed = 0

    def guess() -> Any:
        return service.check_password(
            account.username, WRONG, origin=Origin("203.0.113.9"), at=timezone.now()
        )

    answers = at_once(*(guess for _ in range(40)))
    assert answers.count(None) == 5
    assert hashes.hashed == 5
    assert sum(isinstance(answer, TooManyAttempts) for answer in answers) == 35


# ---------------------------------------------------------------- who is locked out


def test_an_owner_on_a_device_of_theirs_gets_in_while_somebody_guesses() -> None:
    account = make_account()
    browser = Browser(REMOTE_ADDR="203.0.113.1")
    assert is_in(sign_in(account.username, RIGHT, browser))
    browser.post(reverse("admin:logout"))
    for number in range(60):
        sign_in(account.username, WRONG, address=f"203.0.113.{number}")
    # From the very address of the guesser, and with the account's count used up.
    assert is_in(sign_in(account.username, RIGHT, browser))
    assert sign_in(account.username, RIGHT, Browser()).status_code == 429


def test_a_known_device_has_a_count_of_its_own() -> None:
    account = make_account()
    browser = Browser()
    assert is_in(sign_in(account.username, RIGHT, browser))
    answers = [sign_in(account.username, WRONG, browser) for _ in range(12)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429] * 2
    assert is_in(sign_in(account.username, RIGHT, Browser()))


def test_a_device_is_known_to_the_accounts_that_signed_in_on_it_and_to_no_other() -> None:
    mine, theirs = make_account(), make_account((make_client("Another"), Role.OWNER))
    browser = Browser()
    assert is_in(sign_in(mine.username, RIGHT, browser))
    answers = [sign_in(theirs.username, WRONG, browser) for _ in range(8)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 3


def test_a_device_cookie_that_we_did_not_sign_is_none() -> None:
    account = make_account()
    browser = Browser()
    assert is_in(sign_in(account.username, RIGHT, browser))
    genuine = browser.cookies["device"].value
    for kept in ("", "device", genuine[:-3] + "abc", genuine.replace(":", "", 1)):
        SignInCount.objects.all().delete()
        forger = Browser()
        forger.cookies["device"] = kept
        answers = [sign_in(account.username, WRONG, forger) for _ in range(8)]
        assert [answer.status_code for answer in answers[5:]] == [429] * 3


def test_the_device_cookie_is_kept_from_scripts_and_names_nobody() -> None:
    account = make_account(name="olivia")
    browser = Browser()
    cookie = sign_in("olivia", RIGHT, browser).cookies["device"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert "olivia" not in cookie.value
    assert str(account.pk) not in cookie.value.split(":")


# ---------------------------------------------------------------- what an answer tells


def test_a_name_that_is_none_is_answered_and_throttled_like_one_that_is(
    hashes: type[CountingHasher],
) -> None:
    make_account(name="olivia")
    inactive, guest = make_account(name="inactive"), make_account(name="guest")
    User.objects.filter(pk=inactive.pk).update(is_active=False)
    User.objects.filter(pk=guest.pk).update(is_staff=False)
    seen = {}
    for number, name in enumerate(("olivia", "oliver", "inactive", "guest")):
        password = RIGHT if name in ("inactive", "guest") else WRONG
        told = []
        for _ in range(7):
            hashes.hashed = 0
            answer = sign_in(name, password, address=f"203.0.113.{number}")
            told.append((answer.status_code, words(answer), hashes.hashed))
        seen[name] = told
    assert seen["oliver"] == seen["olivia"] == seen["inactive"] == seen["guest"]
    assert [hashed for *_, hashed in seen["olivia"]] == [1] * 5 + [0] * 2


def test_with_the_real_hash_a_missing_name_takes_as_long_as_a_wrong_password(settings: Any) -> None:
    settings.PASSWORD_HASHERS = [OURS]
    account = make_account()

    def taken(name: str, place: str) -> float:
        SignInCount.objects.all().delete()
        start = time.process_time()
        assert service.check_password(name, WRONG, origin=Origin(place), at=timezone.now()) is None
        return time.process_time() - start

    # In turn and by the processor's clock: whatever else runs slows both.
    pairs = [
        (taken(account.username, f"10.2.{n}.1"), taken("nothing-like-it", f"10.3.{n}.1"))
        for n in range(13)
    ]
    known, unknown = map(min, zip(*pairs[1:], strict=True))
    assert abs(known - unknown) < 0.5 * max(known, unknown)
