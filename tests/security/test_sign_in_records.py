"""What stays of a sign-in: the hash at its cost, lines in the log that name nothing typed, sessions."""

import os
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import get_hasher, make_password
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from campaignhub import passwords
from campaigns.accounts.models import AuditEntry, SignInCount
from campaigns.accounts.rules.roles import Role
from campaigns.accounts.services.throttle import forget_old_counts
from tests.campaigns.admin_pages import signed_in
from tests.campaigns.factories import make_client
from tests.security.signing_in import OURS, RIGHT, WRONG, is_in, make_account, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]


def test_a_password_costs_19_mebibytes_two_passes_and_one_lane(settings: Any) -> None:
    settings.PASSWORD_HASHERS = [OURS]
    encoded = make_password(RIGHT)
    assert encoded.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_where_too_many_wait_for_a_hash_nothing_is_looked_at_or_counted(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PASSWORD_HASHERS = [OURS]
    account = make_account()
    monkeypatch.setattr(passwords, "WAIT_SECONDS", 0.05)
    go_on = threading.Event()
    held = passwords._thread(os.getpid()).submit(go_on.wait, 30)
    try:
        for _ in range(6):
            answer = sign_in(account.username, RIGHT)
            assert answer.status_code == 429
            assert "Sign-in is busy" in answer.content.decode()
    finally:
        go_on.set()
    assert held.result(30)
    monkeypatch.undo()
    assert is_in(sign_in(account.username, RIGHT))


def test_a_hash_of_the_earlier_cost_is_replaced_at_the_next_sign_in(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    account = make_account()
    assert "m=102400" in account.password
    settings.PASSWORD_HASHERS = [OURS]
    assert not is_in(sign_in(account.username, WRONG))
    account.refresh_from_db()
    assert "m=102400" in account.password
    assert is_in(sign_in(account.username, RIGHT))
    account.refresh_from_db()
    assert "$m=19456,t=2,p=1$" in account.password
    assert get_hasher().must_update(account.password) is False


# ---------------------------------------------------------------- the log


def test_successes_failures_and_refusals_are_in_the_log_of_the_persons_clients() -> None:
    one, two = make_client("One"), make_client("Two")
    account = make_account((one, Role.MODERATOR), (two, Role.OWNER))
    for password in (RIGHT, *[WRONG] * 6):
        sign_in(account.username, password, address="203.0.113.77")
    for client in (one, two):
        lines = AuditEntry.objects.filter(client=client, code__startswith="sign_in.")
        codes = list(lines.order_by("id").values_list("code", flat=True))
        assert codes == ["sign_in.succeeded", *["sign_in.failed"] * 5, "sign_in.refused"]
        assert {line.target for line in lines} == {f"user:{account.pk}"}
        assert {line.actor for line in lines if line.code != "sign_in.succeeded"} == {None}
        assert {(line.after or {})["network"] for line in lines} == {"203.0.113.0/24"}
    page = signed_in(account).get(reverse("admin:accounts_auditentry_changelist"))
    assert "Failed to sign in" in page.content.decode()
    assert "203.0.113.77" not in page.content.decode()


def test_what_was_typed_as_a_name_is_nowhere_in_the_log_or_the_counts(
    caplog: pytest.LogCaptureFixture,
) -> None:
    slip = "my-actual-password-typed-too-early"
    sign_in(slip, "olivia")
    kept = [str(row) for model in (AuditEntry, SignInCount) for row in model.objects.values()]
    assert "unknown" in str(kept)
    assert slip not in str(kept)
    assert slip not in caplog.text


def test_a_failure_of_an_unknown_name_is_for_operators_only() -> None:
    sign_in("nothing-like-it", WRONG)
    line = AuditEntry.objects.get(code="sign_in.failed")
    assert (line.client, line.actor, line.target) == (None, None, "account:unknown")
    owner = make_account()
    page = signed_in(owner).get(reverse("admin:accounts_auditentry_changelist"))
    assert "Failed to sign in" not in page.content.decode()


def test_a_flood_grows_the_log_by_the_clock_and_not_by_its_requests() -> None:
    account = make_account()
    begun = AuditEntry.objects.count()
    for number in range(60):
        sign_in(account.username, WRONG, address=f"203.0.{number % 5}.{number}")
        sign_in(f"name-{number}", WRONG, address=f"198.51.{number}.1")
    assert AuditEntry.objects.count() - begun <= 20 + 1 + 2


def test_a_changed_password_is_in_the_log_and_ends_the_other_sessions() -> None:
    account = make_account()
    here, elsewhere = Browser(), Browser()
    for browser in (here, elsewhere):
        assert is_in(sign_in(account.username, RIGHT, browser))
    new = "a sentence of my own"
    here.post(
        reverse("admin:password_change"),
        {"old_password": RIGHT, "new_password1": new, "new_password2": new},
    )
    assert here.get(reverse("admin:index")).status_code == 200
    assert elsewhere.get(reverse("admin:index")).status_code == 302
    assert AuditEntry.objects.get(code="staff.password_changed").actor == account


@pytest.mark.parametrize("new", ["short", "Nordlicht2026!", "CampaignHub2026!", "password1234"])
def test_a_password_that_is_easy_to_guess_is_not_taken(new: str) -> None:
    account = make_account((make_client("Nordlicht Foods"), Role.OWNER))
    page = signed_in(account).post(
        reverse("admin:password_change"),
        {"old_password": RIGHT, "new_password1": new, "new_password2": new},
    )
    assert list(page.context["form"].errors) == ["new_password1"]
    account.refresh_from_db()
    assert account.check_password(RIGHT)


def test_counts_that_no_longer_count_are_removed() -> None:
    make_account(name="olivia")
    at = timezone.now()
    sign_in("made-up", WRONG, address="203.0.113.1")
    for _ in range(3):
        sign_in("olivia", WRONG, address="203.0.113.2")
    counted = SignInCount.objects.count()
    assert forget_old_counts(at=at) == 0
    # Of the made-up name after an hour, with what was noted of it; of the account after a day.
    assert forget_old_counts(at=at + timedelta(hours=1, minutes=1)) == counted - 3
    assert forget_old_counts(at=at + timedelta(days=1, minutes=1)) == 3
