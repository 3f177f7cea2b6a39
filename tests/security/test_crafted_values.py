"""Values that no page of ours sends, in forms, addresses and cookies of staff: each gets an answer, none is kept."""

from importlib.resources import files
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from campaigns.accounts.rules.roles import Role
from campaigns.setup.models import Campaign
from campaigns.setup.rules.zones import ZONES
from tests.campaigns.admin_pages import campaign_data
from tests.security.two_clients import MARK, Side, make_side, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]
ADD = reverse("admin:campaigns_campaign_add")
PAGES = (
    reverse("admin:index"),
    ADD,
    reverse("admin:campaigns_campaign_changelist"),
    reverse("admin:submissions_submission_changelist"),
    reverse("admin:submissions_review_next"),
    reverse("admin:mail_mail_changelist"),
)
FINE = {200, 302, 400, 404}
CRAFTED = (
    "localtime",  # wherever this machine stands; no other one knows it
    "Factory",
    "America",  # a directory of the database
    "posix/Europe/London",
    "/etc/localtime",
    "E" * 300,
)


@pytest.fixture
def side() -> Side:
    """A client with one of everything."""
    return make_side(MARK)


@pytest.fixture
def owner(side: Side) -> Browser:
    """A browser of the client's owner. An error of a page is raised in it."""
    return side.browser(Role.OWNER)


@pytest.mark.parametrize("zone", CRAFTED)
def test_a_crafted_time_zone_breaks_no_page_and_is_not_kept(
    zone: str, side: Side, owner: Browser
) -> None:
    campaign: Campaign = side[Campaign]
    known = campaign.timezone
    for name in ("change", "live_preview"):
        page = reverse(f"admin:campaigns_campaign_{name}", args=[campaign.pk])
        assert owner.post(page, campaign_data(campaign, timezone=zone)).status_code == 200
    form = {"client": side.client.pk, "name": "Another", "slug": "another", "timezone": zone}
    assert owner.post(ADD, form).status_code in FINE
    assert set(Campaign.objects.values_list("timezone", flat=True)) == {known}
    assert owner.get(reverse("admin:index")).status_code == 200


def test_every_zone_that_is_offered_is_known_to_every_machine() -> None:
    """The functions read the same database from a package, without this machine's own additions."""
    packaged = set((files("tzdata") / "zones").read_text().split())
    assert set(ZONES) <= packaged
    assert {"Europe/London", "America/New_York", "Asia/Tokyo"} <= set(ZONES)


@pytest.mark.parametrize("value", ["localtime", "[1]", "\U0010ffff", "9" * 400])
def test_nothing_in_an_address_fills_in_a_form_or_breaks_it(
    value: str, side: Side, owner: Browser
) -> None:
    """Django fills a form in from its address: a link could choose for the person who follows it."""
    fields = [field.name for field in Campaign._meta.get_fields() if not field.auto_created]
    asked = dict.fromkeys([*fields, "tz", "time_zone", "django_timezone"], value)
    assert owner.get(ADD, asked).status_code == 200
    chosen: Any = owner.get(
        ADD,
        {"name": "Chosen by a link", "timezone": "Asia/Tokyo", "privacy_url": "https://x.example"},
    )
    form = chosen.context["adminform"].form
    assert form["name"].value() != "Chosen by a link"
    assert form["timezone"].value() == Campaign().timezone


@pytest.mark.parametrize("value", ["localtime", "../../x", "a:b:c", '"{}"', "é", "x" * 3000])
def test_no_cookie_of_anybody_s_making_breaks_a_page(value: str, side: Side) -> None:
    browser: Any = signed_in(side.staff[Role.OWNER])
    for name in ("timezone", "tz", "django_timezone", "django_language", "device", "messages"):
        browser.cookies[name] = value
    for page in PAGES:
        assert browser.get(page, {"tz": value, "timezone": value}).status_code in FINE, page
