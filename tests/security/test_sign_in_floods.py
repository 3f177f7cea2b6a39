"""A flood of sign-ins from everywhere holds up neither the desk nor who has proved who they are."""

import os
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from campaignhub import passwords
from campaignhub.passwords import MOST_AT_ONCE, Argon2Hasher, HashingBusy
from campaigns.accounts.models import SignInCount, User
from campaigns.accounts.rules.roles import Role
from campaigns.accounts.rules.sign_in import ADDRESS, NETWORK
from tests.campaigns.admin_pages import manager_of, signed_in
from tests.campaigns.factories import make_client
from tests.security.inviting import ADA, accept, invite, mailed_link, open_link
from tests.security.signing_in import OURS, RIGHT, TOO_MANY, WRONG, make_account, sign_in

NEW = "another sentence of mine"
WEB_THREADS = 4
"""Of one web process (``campaignhub.local_aws.services``)."""


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Let so many hashes begin and not end that the next one finds no place."""
    end, begun = threading.Event(), threading.Semaphore(0)

    def work() -> None:
        begun.release()
        end.wait(60)

    # On a busy machine the holders would give up before the last of them has come.
    monkeypatch.setattr(passwords, "WAIT_SECONDS", 60.0)
    holders = [
        threading.Thread(target=passwords._in_turn, args=(work,)) for _ in range(MOST_AT_ONCE)
    ]
    for holder in holders:
        holder.start()
    assert begun.acquire(timeout=30)
    places = passwords._slots(os.getpid())
    while places.acquire(blocking=False):  # a holder has not come to it yet
        places.release()
    yield end
    end.set()
    for holder in holders:
        holder.join(30)


@pytest.mark.usefixtures("busy")
def test_a_thread_of_every_process_is_left_to_the_desk() -> None:
    assert MOST_AT_ONCE < WEB_THREADS
    refused = threading.Event()

    def one_more() -> None:
        try:
            Argon2Hasher().encode(WRONG, "salt-of-many-signs")
        except HashingBusy:
            refused.set()

    late = threading.Thread(target=one_more)
    late.start()
    # It waits for no turn: less than a wait in the queue takes, on any machine.
    assert refused.wait(passwords.WAIT_SECONDS / 2)
    late.join(30)


def test_a_hash_that_ended_leaves_its_place_to_the_next() -> None:
    for _ in range(MOST_AT_ONCE + 1):
        assert Argon2Hasher().verify(RIGHT, Argon2Hasher().encode(RIGHT, "salt-of-many-signs"))


@pytest.mark.django_db
def test_who_joins_while_sign_in_is_busy_is_asked_to_press_again(
    settings: Any, busy: threading.Event
) -> None:
    client = make_client()
    invite(manager_of(client, Role.OWNER), client)
    guest = Browser()
    open_link(mailed_link(), guest)
    settings.PASSWORD_HASHERS = [OURS]
    page = accept(guest)
    assert (page.status_code, page["Retry-After"]) == (429, "5")
    assert "Sign-in is busy" in page.content.decode()
    assert not User.objects.filter(email=ADA).exists()
    busy.set()
    while accept(guest).status_code == 429:
        pass
    assert User.objects.get(email=ADA).is_staff


class BusyWithNew(MD5PasswordHasher):
    """A hasher that has time for the current password, and none by the time the new one comes."""

    def encode(self, password: str, salt: str) -> str:
        """Hash what is known already."""
        if password == NEW:
            raise HashingBusy("Sign-in is busy.")
        encoded: str = super().encode(password, salt)
        return encoded


@pytest.mark.django_db
def test_a_new_password_that_cannot_be_kept_now_is_asked_for_again(settings: Any) -> None:
    account = make_account()
    browser = signed_in(account)
    settings.PASSWORD_HASHERS = [f"{__name__}.BusyWithNew"]
    typed = {"old_password": RIGHT, "new_password1": NEW, "new_password2": NEW}
    page = browser.post(reverse("admin:password_change"), typed)
    assert (page.status_code, page["Retry-After"]) == (429, "5")
    account.refresh_from_db()
    assert account.check_password(RIGHT)
    assert browser.get(reverse("admin:index")).status_code == 200


@pytest.mark.django_db
def test_who_has_a_48_of_ipv6_is_one_guesser_in_the_end() -> None:
    answers = [
        sign_in(f"name-{number}", WRONG, address=f"2001:db8:7:{number:x}::1").status_code
        for number in range(NETWORK.free + 5)
    ]
    assert answers.count(200) == NETWORK.free
    assert set(answers[-5:]) == {429}
    assert sign_in("name-a", WRONG, address="2001:db8:8::1").status_code == 200
    for number in range(ADDRESS.free + 1):
        answer = sign_in(f"other-{number}", WRONG, address=f"198.51.100.{number}")
    assert answer.status_code == 200


@pytest.mark.django_db
def test_a_refused_sign_in_is_a_small_page_that_keeps_the_name_and_says_when_to_come_back(
    django_assert_max_num_queries: Any,
) -> None:
    browser = Browser()
    sign_in("ada", WRONG, browser)
    SignInCount.objects.update(blocked_until=timezone.now() + timedelta(minutes=10))
    sign_in("ada", WRONG, browser)
    # The session, the counts, the account, and whether the log has had its line.
    with django_assert_max_num_queries(4):
        answer = sign_in("ada", WRONG, browser)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 600
    assert {template.name for template in answer.templates} == {"admin/login.html", "alone.html"}
    page = answer.content.decode()
    assert TOO_MANY in page
    assert 'value="ada"' in page
    assert "<script" not in page
    assert len(page) < 3_000
