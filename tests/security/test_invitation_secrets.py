"""What an invitation shows: nothing about accounts, and its token in the mail alone."""

from html import unescape
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import NoReverseMatch, reverse

from campaigns.accounts.models import AuditEntry, Invitation, User
from campaigns.accounts.rules.roles import Role
from campaigns.accounts.services.invitations import account_of
from tests.campaigns.admin_pages import manager_of, signed_in
from tests.campaigns.factories import make_client, make_user
from tests.security.hostile import MARK, hostile, raw_in
from tests.security.inviting import (
    ADA,
    accept,
    invite,
    mailed_link,
    make_ada,
    open_link,
)
from tests.security.signing_in import make_account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mails_in_memory")]


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
