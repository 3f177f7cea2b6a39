"""Invitations: only the mailbox gets the link, and membership starts when its owner accepts."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from campaigns.accounts.models import AuditEntry, Client, Invitation, Membership, User
from campaigns.accounts.rules.roles import Role
from campaigns.accounts.services.invitations import account_of
from campaigns.accounts.services.staff import change_role, withdraw_role
from tests.campaigns.admin_pages import manager_of, signed_in
from tests.campaigns.factories import make_client, make_user
from tests.security.hostile import MARK, hostile, raw_in
from tests.security.inviting import (
    ADA,
    PASSWORD,
    accept,
    invite,
    mailed_link,
    open_link,
    step,
    waiting,
)
from tests.security.signing_in import RIGHT, is_in, make_account, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _mails_in_memory(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def make_ada(**changes: Any) -> User:
    """Make an account of Ada's, who works for a client of her own."""
    account = make_account((make_client("Ada's own"), Role.OWNER), name=ADA)
    User.objects.filter(pk=account.pk).update(
        **{"email": ADA, "first_name": "Ada", "last_name": "Byron", **changes}
    )
    account.refresh_from_db()
    return account


# ---------------------------------------------------------------- a new account


def test_an_invitation_makes_no_account_and_no_member_until_its_mailbox_accepts() -> None:
    client = make_client()
    owner = manager_of(client, Role.OWNER)
    before = User.objects.count()
    invite(owner, client, "Ada@Example.com", given_name="Augusta")
    link = mailed_link()
    assert (User.objects.count(), Membership.objects.count()) == (before, 1)

    browser = Browser()
    page = open_link(link, browser)
    assert step(page) == "join"
    assert page.context["form"].initial["given_name"] == "Augusta"
    home = accept(browser)
    assert home.request["PATH_INFO"] == reverse("admin:index")
    account = User.objects.get(username=ADA)
    assert (account.email, account.get_full_name()) == (ADA, "Ada Lovelace")
    assert account.memberships.get().role == Role.MODERATOR
    assert is_in(sign_in(ADA, PASSWORD))
    line = AuditEntry.objects.get(code="staff.joined")
    assert (line.actor, line.client, line.after) == (account, client, {"role": "moderator"})


def test_neither_the_inviter_nor_a_second_tenant_ever_sees_a_link() -> None:
    """The attack: invite whom another has just invited, read the link, set the password, sign in."""
    first, second = make_client("First"), make_client("Second")
    honest, attacker = manager_of(first, Role.OWNER), manager_of(second, Role.OWNER)
    pages = [invite(honest, first, role=Role.OWNER), invite(attacker, second)]
    invitation = waiting(second)
    detail = reverse("admin:accounts_membership_invitation", args=[invitation.pk])
    pages += [attacker.get(detail), attacker.post(detail, {"act": "send_again"}, follow=True)]
    link = mailed_link()
    shown = "".join(page.content.decode() for page in pages)
    assert "/welcome/" not in shown
    assert link.partition("#")[2] not in shown
    assert User.objects.filter(email=ADA).count() == 0
    assert Invitation.objects.not_ended().filter(client=first).count() == 1


def test_an_address_that_somebody_registered_first_gives_them_nothing_later() -> None:
    """The attack: have the address before its owner is invited, and be given ownership then."""
    theirs, client = make_client("Attacker's"), make_client()
    attacker = manager_of(theirs, Role.OWNER)
    invite(attacker, theirs)
    # What they know of their own invitation is no token, and opens none.
    invitation = waiting(theirs)
    for guess in (invitation.pk, invitation.token_hash, ADA):
        assert open_link(f"#{guess}", attacker).status_code == 410
    assert accept(attacker).status_code == 410
    assert account_of(ADA) is None

    invite(manager_of(client, Role.OWNER), client, role=Role.OWNER)
    browser = Browser()
    assert step(open_link(mailed_link(), browser)) == "join"
    accept(browser)
    account = User.objects.get(email=ADA)
    assert list(account.memberships.values_list("client", flat=True)) == [client.pk]


def test_an_account_of_the_address_made_by_somebody_else_does_not_get_the_role() -> None:
    client = make_client()
    squatter = make_ada()
    browser = signed_in(squatter)
    invite(manager_of(client, Role.OWNER), client, role=Role.OWNER)
    mailed_link()
    # Signed in as the account of the address, but without what only its mailbox has.
    for address in ("welcome_accept", "welcome_decline"):
        browser.post(reverse(address))
    assert not Membership.objects.filter(client=client, user=squatter).exists()
    assert waiting(client)


# ---------------------------------------------------------------- an existing account


def test_an_existing_account_accepts_signed_in_and_keeps_its_own_names() -> None:
    client = make_client()
    ada = make_ada()
    inviter = make_user((client, Role.OWNER))
    User.objects.filter(pk=inviter.pk).update(first_name="Olivia", last_name="Owner")
    invite(signed_in(inviter), client, given_name="Mallory", family_name="Pwned")
    browser = Browser()
    page = open_link(mailed_link(), browser)
    assert step(page) == "sign_in"
    for words in ("Olivia Owner", "Nordlicht Foods", "moderator"):
        assert words in page.content.decode()
    refused = accept(browser)
    assert step(refused) == "sign_in"
    assert not Membership.objects.filter(client=client, user=ada).exists()

    assert is_in(sign_in(ADA, RIGHT, browser))
    assert step(browser.get(reverse("welcome"))) == "accept"
    assert accept(browser).request["PATH_INFO"] == reverse("admin:index")
    ada.refresh_from_db()
    assert ada.get_full_name() == "Ada Byron"
    assert ada.check_password(RIGHT)
    assert ada.memberships.get(client=client).role == Role.MODERATOR


def test_who_is_signed_in_as_another_account_is_told_and_may_switch() -> None:
    client = make_client()
    other = make_account((make_client("Other"), Role.OWNER), name="olivia")
    invite(manager_of(client, Role.OWNER), client)
    browser = signed_in(other)
    page = open_link(mailed_link(), browser)
    assert step(page) == "other"
    assert "olivia" in page.content.decode()
    assert step(accept(browser)) == "other"
    assert not Membership.objects.filter(client=client, user=other).exists()
    switched = browser.post(reverse("welcome_switch"), follow=True)
    assert step(switched) == "join"
    accept(browser)
    assert Membership.objects.get(client=client, user__email=ADA)


def test_an_invitation_is_declined_without_an_account_and_works_no_more() -> None:
    client = make_client()
    invite(manager_of(client, Role.OWNER), client)
    link, browser = mailed_link(), Browser()
    open_link(link, browser)
    assert "declined" in browser.post(reverse("welcome_decline")).content.decode()
    again = open_link(link)
    assert again.status_code == 410
    assert Invitation.objects.get(client=client).declined_at
    assert AuditEntry.objects.get(code="staff.invitation_declined").actor is None


def test_somebody_who_was_let_go_signs_in_once_more_to_accept() -> None:
    client, again = make_client(), make_client("Again")
    account = make_account((client, Role.MODERATOR), name=ADA)
    make_user((client, Role.OWNER))
    withdraw_role(account.memberships.get(), actor=None, at=timezone.now())
    assert not is_in(sign_in(ADA, RIGHT))
    invite(manager_of(again, Role.OWNER), again)
    browser = Browser()
    assert step(open_link(mailed_link(), browser)) == "sign_in"
    assert is_in(sign_in(ADA, RIGHT, browser))
    assert browser.get(reverse("admin:index")).status_code == 302
    accept(browser)
    assert browser.get(reverse("admin:index")).status_code == 200
    assert list(account.memberships.values_list("client", flat=True)) == [again.pk]


# ---------------------------------------------------------------- what nobody learns


def test_the_page_the_list_the_mail_and_the_work_are_alike_with_and_without_an_account(
    django_assert_max_num_queries: Any, mailoutbox: Any
) -> None:
    make_ada()
    client = make_client()
    browser = manager_of(client, Role.OWNER)
    seen = []
    for address in (ADA, "bob@example.com"):
        browser.get(reverse("admin:accounts_membership_changelist"))
        with django_assert_max_num_queries(100) as asked:
            answer = browser.post(
                reverse("admin:accounts_membership_add"),
                {"client": client.pk, "email": address, "role": "moderator"},
            )
        page = browser.get(answer["Location"]).content.decode()
        link = mailed_link(address)
        mail = next(message for message in mailoutbox if message.to == [address])
        body = str(mail.body).replace(link, "LINK")
        row = page[page.index("Open invitations") :].replace(address, "ADDRESS")
        seen.append((answer.status_code, len(asked), mail.subject, body, row.count("ADDRESS")))
        Invitation.objects.all().delete()
    assert seen[0] == seen[1]


@pytest.mark.parametrize("address", ["аda@example.com", "ada@exаmple.com", "ａda@example.com"])
def test_an_address_that_only_looks_like_another_is_refused(address: str) -> None:
    client = make_client()
    page = invite(manager_of(client, Role.OWNER), client, address)
    assert "e-mail address" in page.content.decode()
    assert not Invitation.objects.exists()


def test_the_databases_idea_of_equal_letters_finds_no_account() -> None:
    make_ada(username="kelvin", email="ada@\u212aelvin.example")
    assert account_of("ada@kelvin.example") is None
    User.objects.filter(username="kelvin").update(email="ADA@Kelvin.example")
    assert account_of("ada@kelvin.example") == User.objects.get(username="kelvin")


def test_the_token_is_in_the_mail_and_nowhere_else(caplog: pytest.LogCaptureFixture) -> None:
    client = make_client()
    invite(manager_of(client, Role.OWNER), client)
    link = mailed_link()
    address, _, token = link.partition("#")
    assert len(token) >= 40
    assert "?" not in address
    kept = str([list(model.objects.values()) for model in (Invitation, AuditEntry)])
    assert token not in kept
    assert token not in caplog.text
    browser = Browser()
    page = open_link(link, browser)
    assert token not in page.content.decode()
    assert token not in str(dict(browser.session))
    assert all(token not in where for where, _ in page.redirect_chain)


def test_the_page_lets_browsers_say_where_a_form_comes_from() -> None:
    """``no-referrer`` made Chromium send ``Origin: null``, and every honest acceptance was refused."""
    client = make_client()
    invite(manager_of(client, Role.OWNER), client)
    browser = Browser(enforce_csrf_checks=True)
    page = browser.get(reverse("welcome"))
    assert page["Referrer-Policy"] == "same-origin"
    assert "referrer" not in page.content.decode()
    sent = {"link": mailed_link(), "csrfmiddlewaretoken": str(page.context["csrf_token"])}
    assert browser.post(reverse("welcome"), sent, headers={"Origin": "null"}).status_code == 403
    assert browser.post(reverse("welcome"), {"link": sent["link"]}).status_code == 403
    ours = {"Origin": "http://testserver"}
    assert browser.post(reverse("welcome"), sent, headers=ours).status_code == 302


def test_the_earlier_way_to_set_a_password_is_gone() -> None:
    assert Browser().get("/welcome/MQ/abc-def/").status_code == 404
    for name in ("set_password", "admin_password_reset", "password_reset"):
        with pytest.raises(NoReverseMatch):
            reverse(name, args=["MQ", "abc"] if name == "set_password" else [])


def test_hostile_names_are_text_on_every_page_behind_the_link() -> None:
    client = make_client(hostile(120))
    inviter = make_user((client, Role.OWNER))
    User.objects.filter(pk=inviter.pk).update(first_name=hostile(150), last_name=hostile(150))
    invite(signed_in(inviter), client, given_name=hostile(150), family_name=hostile(150, turn=1))
    browser = Browser()
    other = make_account((make_client("Other"), Role.OWNER))
    link, pages = mailed_link(), []
    pages.append(open_link(link, signed_in(other)))
    pages.append(open_link(link, browser))
    pages.append(accept(browser, given_name=hostile(150), family_name="", password="x"))
    pages.append(accept(browser, given_name=hostile(150), family_name=hostile(150)))
    pages.append(open_link(link))
    assert [raw_in(page.content.decode()) for page in pages] == [[]] * 5
    assert all(MARK in unescape(page.content.decode()) for page in pages[:4])


# ---------------------------------------------------------------- links that have ended


def test_a_link_works_once() -> None:
    client = make_client()
    invite(manager_of(client, Role.OWNER), client)
    link, browser = mailed_link(), Browser()
    open_link(link, browser)
    accept(browser)
    thief = Browser()
    page = open_link(link, thief)
    assert page.status_code == 410
    assert "has been accepted" in page.content.decode()
    taken = accept(thief, password="another sentence", password_again="another sentence")
    assert taken.status_code == 410
    assert User.objects.get(email=ADA).check_password(PASSWORD)


def test_a_later_invitation_withdraws_the_earlier() -> None:
    client = make_client()
    owner = manager_of(client, Role.OWNER)
    invite(owner, client, role=Role.OWNER)
    earlier, opened = mailed_link(), Browser()
    open_link(earlier, opened)
    invite(owner, client, role=Role.MODERATOR)
    later = mailed_link()
    assert later != earlier
    assert open_link(earlier).status_code == 410
    assert accept(opened).status_code == 410
    browser = Browser()
    open_link(later, browser)
    accept(browser)
    assert Membership.objects.get(user__email=ADA).role == Role.MODERATOR


@pytest.mark.parametrize("end", ["withdrawn", "expired"])
def test_an_invitation_that_has_ended_is_not_accepted_even_when_it_was_open_on_the_screen(
    end: str,
) -> None:
    client = make_client()
    owner = manager_of(client, Role.OWNER)
    invite(owner, client)
    link, opened = mailed_link(), Browser()
    open_link(link, opened)
    invitation = waiting(client)
    if end == "withdrawn":
        address = reverse("admin:accounts_membership_invitation", args=[invitation.pk])
        owner.post(address, {"act": "withdraw"})
    else:
        assert invitation.expires_at - invitation.created_at == timedelta(days=7)
        past = timezone.now() - timedelta(days=8)
        Invitation.objects.update(created_at=past, expires_at=past + timedelta(days=7))
    for page in (accept(opened), open_link(link), opened.post(reverse("welcome_decline"))):
        assert page.status_code in (302, 410)
    assert account_of(ADA) is None
    assert not Membership.objects.filter(user__email=ADA).exists()


@pytest.mark.parametrize("guess", ["", "x", "1", "null", "\x00", "ä" * 50, "a" * 100_000])
def test_what_is_no_token_opens_nothing(guess: str) -> None:
    client = make_client()
    invite(manager_of(client, Role.OWNER), client)  # not sent yet: it has no token
    assert open_link(f"#{guess}").status_code == 410


def test_an_invitation_ends_with_its_inviters_right_to_invite() -> None:
    client = make_client()
    make_user((client, Role.OWNER))
    leaver = make_user((client, Role.OWNER))
    browser = signed_in(leaver)
    invite(browser, client, role=Role.OWNER)
    link = mailed_link()
    change_role(leaver.memberships.get(), Role.MODERATOR, actor=None, at=timezone.now())
    assert open_link(link).status_code == 410
    # Nor does it come back with the role.
    change_role(leaver.memberships.get(), Role.OWNER, actor=None, at=timezone.now())
    assert open_link(link).status_code == 410
    invite(browser, client, role=Role.OWNER)
    link = mailed_link()
    User.objects.filter(pk=leaver.pk).update(is_active=False)
    assert open_link(link).status_code == 410


# ---------------------------------------------------------------- other tenants


def test_an_invitation_of_another_client_does_not_exist_for_a_stranger() -> None:
    client: Client = make_client()
    invite(manager_of(client, Role.OWNER), client)
    invitation = waiting(client)
    address = reverse("admin:accounts_membership_invitation", args=[invitation.pk])
    for stranger in (manager_of(make_client("Another"), Role.OWNER), manager_of(client)):
        assert stranger.get(address).status_code == 404
        for act in ("withdraw", "send_again"):
            assert stranger.post(address, {"act": act}).status_code == 404
        shown = stranger.get(reverse("admin:accounts_membership_changelist"))
        assert ADA not in shown.content.decode()
    invitation.refresh_from_db()
    assert invitation.withdrawn_at is None


def test_a_colleague_is_not_invited_again() -> None:
    client = make_client()
    member = make_account((client, Role.MODERATOR), name=ADA)
    User.objects.filter(pk=member.pk).update(email="Ada@Example.com")
    page = invite(manager_of(client, Role.OWNER), client)
    assert "already works for" in page.content.decode()
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    "password", ["short", "Nordlicht2026!", "ada lovelace 1815", "password1234"]
)
def test_a_password_that_is_easy_to_guess_is_not_taken(password: str) -> None:
    client = make_client()
    invite(manager_of(client, Role.OWNER), client)
    browser = Browser()
    open_link(mailed_link(), browser)
    page = accept(browser, password=password, password_again=password)
    assert step(page) == "join"
    assert page.context["form"].errors["password"]
    assert account_of(ADA) is None


def test_a_page_that_refuses_what_was_typed_opens_at_the_first_error_and_names_it() -> None:
    client = make_client()
    invite(manager_of(client, Role.OWNER), client)
    browser = Browser()
    open_link(mailed_link(), browser)
    page = accept(browser, password="short", password_again="shorter").content.decode()
    fields = re.findall(r"<input[^>]*>", page)
    (chosen,) = [field for field in fields if "autofocus" in field]
    assert 'name="password"' in chosen
    assert 'aria-invalid="true"' in chosen
    described = re.search(r'aria-describedby="([^"]+)"', chosen)
    assert described
    assert all(f'id="{name}"' in page for name in described[1].split())
    assert "short" not in re.findall(r'value="([^"]*)"', page)


def test_a_link_that_is_not_complete_can_be_entered_again() -> None:
    page = open_link("https://campaignhub.example/welcome/#cut-off")
    assert page.status_code == 410
    assert f'href="{reverse("welcome")}"' in page.content.decode()
