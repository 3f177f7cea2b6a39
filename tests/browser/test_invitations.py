"""From an invitation to the home page, by the link in the mail: for a new account and for an existing one."""

from typing import TYPE_CHECKING

import pytest

from tests.browser.staff_hands import seen, sign_in
from tests.support.browsers import open_page
from tests.support.installation import Installation
from tests.support.mailbox import wait_for_link

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

ADA = "ada.lovelace@example.com"
PASSWORD = "a sentence of my own"


def invite(page: "Page", installation: Installation, owner: str, address: str = ADA) -> None:
    """Invite somebody as the owner of a client does."""
    sign_in(page, installation, owner)
    page.goto(f"{installation.facts['admin']}accounts/membership/add/")
    seen(page, f"invite-by-{owner}")
    page.fill("[name=email]", address)
    page.fill("[name=given_name]", "Augusta")
    page.click("text=Send invitation")
    page.wait_for_selector(f".ch-invitations :text('{address}')")
    seen(page, f"invited-by-{owner}")
    assert "/welcome/" not in page.content()


def test_an_invitation_leads_to_the_home_page_with_a_new_account_and_with_an_existing_one(
    embedded: Installation, browser: "Browser", desktop: "Page", phone: "Page"
) -> None:
    invite(desktop, embedded, "olivia")
    link = wait_for_link(embedded, ADA, mails=1)
    phone.goto(link)
    phone.wait_for_selector("text=Join Northwind Drinks")
    assert phone.url == f"{embedded.facts['web']}/welcome/"  # nothing of the token is left in it
    seen(phone, "welcome-new")
    phone.fill("[name=given_name]", "Ada")
    phone.fill("[name=family_name]", "Lovelace")
    phone.fill("[name=password]", PASSWORD)
    phone.fill("[name=password_again]", PASSWORD)
    phone.click("text=Accept and sign in")
    phone.wait_for_selector(".ch-home")
    assert "Hello Ada" in phone.content()

    with open_page(browser, width=1024, height=768) as another:
        another.goto(link)
        another.wait_for_selector("text=has been accepted")
        seen(another, "welcome-used")
        invite(another, embedded, "stella")
    link = wait_for_link(embedded, ADA, mails=2)
    # In the tab in which she works already: only what follows the # changes, and no page is loaded.
    phone.goto(f"{embedded.facts['web']}/welcome/")
    phone.goto(link)
    phone.wait_for_selector("text=Join Fabrikam Foods")
    seen(phone, "welcome-existing")
    phone.click("text=Accept invitation")
    phone.wait_for_selector(".ch-home")
    assert "You are now moderator of Fabrikam Foods" in phone.content()
    phone.goto(f"{embedded.facts['admin']}campaigns/campaign/")
    assert "Summer receipts" in phone.content()


def test_without_scripts_the_page_asks_for_the_link(
    embedded: Installation, browser: "Browser", desktop: "Page"
) -> None:
    address = "grace.hopper@example.com"
    invite(desktop, embedded, "olivia", address)
    link = wait_for_link(embedded, address, mails=1)
    with open_page(browser, width=390, height=844, java_script_enabled=False) as plain:
        plain.goto(link)
        plain.fill("[name=link]", link)
        plain.click("button:has-text('Continue')")
        plain.wait_for_selector("text=Join Northwind Drinks")
        plain.click("text=Decline invitation")
        plain.wait_for_selector("text=Invitation declined")


def test_too_many_attempts_are_answered_with_when_to_come_back(
    embedded: Installation, desktop: "Page"
) -> None:
    desktop.goto(embedded.facts["admin"])
    for _ in range(6):
        desktop.fill("[name=username]", "nothing-like-it")
        desktop.fill("[name=password]", "wrong horse battery")
        with desktop.expect_navigation():
            desktop.click("[type=submit]")
    assert "Too many sign-in attempts. Try again in a minute." in desktop.content()
    seen(desktop, "sign-in-throttled")
