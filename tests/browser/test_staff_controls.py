"""What moves on a staff page without a reload: theme, navigation, menus, palette, search, forms."""

from typing import TYPE_CHECKING

import pytest

from tests.browser.staff_hands import let_in, open_home
from tests.support.installation import Installation, wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.flow]

PALETTE = "#search-input-command"


def wait_for(page: "Page", condition: str) -> None:
    """Ask again and again from here: a page that may evaluate nothing cannot do it by itself."""
    wait_until(lambda: page.evaluate(condition), what=condition, seconds=10)


def user_menu(page: "Page") -> "Locator":
    """Open the menu below one's name and return the part that switches the theme."""
    page.locator("#nav-sidebar [x-data*=openUserLinks] > div").click()
    return page.locator("#nav-sidebar [x-data*=openUserLinks] nav")


def test_the_theme_is_switched_in_the_menu_and_kept_over_a_reload(
    desktop: "Page", embedded: Installation
) -> None:
    open_home(desktop, embedded, "max")
    menu = user_menu(desktop)
    menu.get_by_text("Dark", exact=True).click()
    wait_for(desktop, "document.documentElement.classList.contains('dark')")
    desktop.reload()
    wait_for(desktop, "document.documentElement.classList.contains('dark')")
    desktop.keyboard.press("Control+e")
    wait_for(desktop, "!document.documentElement.classList.contains('dark')")
    menu = user_menu(desktop)
    menu.get_by_role("button", name="Log out").wait_for()
    desktop.locator("#content").click(position={"x": 5, "y": 5})
    menu.wait_for(state="hidden")


def test_the_sign_in_page_is_as_dark_as_the_system(desktop: "Page", embedded: Installation) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    shown = set()
    for scheme in ("light", "dark"):
        desktop.emulate_media(color_scheme=scheme)
        desktop.goto(embedded.facts["admin"])
        shown.add(desktop.evaluate(ground))
    assert len(shown) == 2


def test_the_navigation_is_put_away_on_a_desktop_and_stays_away(
    desktop: "Page", embedded: Installation
) -> None:
    open_home(desktop, embedded, "max")
    sidebar = desktop.locator("#nav-sidebar")
    assert sidebar.is_visible()
    desktop.get_by_label("Show or hide the navigation").click()
    sidebar.wait_for(state="hidden")
    desktop.reload()
    desktop.wait_for_selector(".ch-home")
    sidebar.wait_for(state="hidden")
    desktop.get_by_label("Show or hide the navigation").click()
    sidebar.wait_for(state="visible")


def test_the_navigation_opens_and_closes_on_a_phone(phone: "Page", embedded: Installation) -> None:
    open_home(phone, embedded, "max")
    sidebar = phone.locator("#nav-sidebar")
    assert not sidebar.is_visible()
    phone.get_by_label("Open the navigation").click()
    sidebar.wait_for(state="visible")
    sidebar.get_by_text("close", exact=True).click()
    sidebar.wait_for(state="hidden")


def test_the_palette_is_worked_by_keyboard_and_remembers(
    desktop: "Page", embedded: Installation
) -> None:
    open_home(desktop, embedded, "max")
    palette = desktop.locator(PALETTE)
    desktop.keyboard.press("Control+k")
    wait_for(desktop, f"document.activeElement === document.querySelector('{PALETTE}')")
    palette.press_sequentially("quick")
    desktop.locator("#command-results-list a", has_text="Quick draw").wait_for()
    palette.press("ArrowDown")
    desktop.wait_for_selector("#command-results-list li.active")
    with desktop.expect_navigation(wait_until="domcontentloaded"):
        palette.press("Enter")
    assert "Quick draw" in (desktop.text_content("h1") or "")

    desktop.get_by_text("Find or go to…").click()
    recent = desktop.locator("#command-history a", has_text="Quick draw")
    recent.wait_for()
    recent.get_by_text("favorite").click()
    recent.get_by_text("close").click()
    desktop.locator("#command-history", has_text="No recent searches").wait_for()
    palette.press("Escape")
    palette.wait_for(state="hidden")


def test_a_foreign_address_in_the_browsers_storage_is_not_offered_by_the_palette(
    desktop: "Page", embedded: Installation
) -> None:
    open_home(desktop, embedded, "max")
    desktop.evaluate(
        """() => localStorage.setItem("commandHistory", JSON.stringify([
          {title: "Sign in again", description: "", link: "https://evil.example/", favorite: true},
          {title: "Run", description: "", link: "javascript:alert(1)", favorite: true},
          {title: "Ours", description: "", link: location.href, favorite: false}]))"""
    )
    desktop.reload()
    desktop.keyboard.press("Control+k")
    desktop.locator("#command-history a", has_text="Ours").wait_for()
    assert desktop.locator("#command-history a").count() == 1


def test_a_slash_leads_to_the_search_of_a_list_and_a_filter_opens(
    desktop: "Page", embedded: Installation
) -> None:
    let_in(desktop, embedded, "olivia")
    desktop.goto(f"{embedded.facts['admin']}accounts/membership/")
    desktop.keyboard.press("/")
    wait_for(desktop, "document.activeElement?.matches('[data-search]')")
    filters = desktop.locator(".ch-filter").first
    filters.locator("summary").click()
    filters.locator("li a").first.wait_for()
    desktop.locator("h1").click()
    filters.locator("li a").first.wait_for(state="hidden")


def test_countries_of_a_campaign_are_searched_and_chosen(
    desktop: "Page", embedded: Installation
) -> None:
    let_in(desktop, embedded, "max")
    desktop.goto(f"{embedded.facts['admin']}campaigns/campaign/")
    with desktop.expect_navigation(wait_until="domcontentloaded"):
        desktop.locator("#result_list .data-row a").first.click()
    box = desktop.locator("[data-field-of=timezone] .select2-selection")
    box.click()
    desktop.locator(".select2-search__field:focus").press_sequentially("Lisbon")
    desktop.locator(".select2-results__option", has_text="Lisbon").click()
    assert desktop.locator("[name=timezone]").input_value() == "Europe/Lisbon"
