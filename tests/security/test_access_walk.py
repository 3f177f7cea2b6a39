"""Every address of the project is declared, scoped, and walked: by nobody, by strangers, by each role.

The addresses come from the URL configuration itself. One that is added tomorrow
fails here until ``tests.security.access`` says whose it is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client as Browser
from django.urls import reverse

from campaignhub.env import env
from campaignhub.staff_site.scoped import ScopedModelAdmin
from campaigns.access.models import BlockEntry, PartnerKey
from campaigns.accounts.models import Client, Membership, User
from campaigns.accounts.rules.roles import CAPABILITIES, Capability, Role
from campaigns.setup.models import Campaign
from submissions.mail.models import Mail
from submissions.mirror.models import Submission
from tests.campaigns.factories import make_user
from tests.security.access import (
    CATCH_ALL,
    DECLARED,
    OPTIONAL,
    Address,
    every_address,
    form_for,
)
from tests.security.two_clients import (
    MARK,
    Side,
    make_operator,
    make_side,
    signed_in,
    state_of_the_database,
)
from tests.support.simulated_aws import simulated_aws

pytestmark = pytest.mark.django_db
WALKED = [address for address in every_address() if address.access]


@pytest.fixture(autouse=True)
def _account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """An account in which publishing and replaying would go through."""
    monkeypatch.setattr(env(), "site_root", tmp_path / "site")
    with simulated_aws(monkeypatch):
        yield


@pytest.fixture
def theirs() -> Side:
    """The client whose things are in the addresses."""
    return make_side(MARK)


@pytest.fixture
def ours() -> Side:
    """The client whose staff walks."""
    return make_side("Bystander")


def walked(*scopes: str) -> list[Address]:
    """Return the addresses of some scopes."""
    return [one for one in WALKED if one.access and one.access.scope in scopes]


def leaks(answer: Any, theirs: Side) -> str:
    """Return what of the other client an answer names, if anything."""
    text = answer.content.decode(errors="replace")
    known = (MARK, MARK.lower(), theirs[Submission].reference, str(theirs[Campaign].pk))
    return next((word for word in known if word in text), "")


# -------------------------------------------------------------------- the table


def test_every_address_is_declared_and_every_declared_address_is_there() -> None:
    names = {address.name for address in every_address()}
    assert names - set(DECLARED) - set(OPTIONAL) == set()
    assert set(DECLARED) - names == set()


def test_every_room_of_the_admin_knows_its_clients() -> None:
    strangers = [
        m for m, room in admin.site._registry.items() if not isinstance(room, ScopedModelAdmin)
    ]
    assert not strangers


def test_a_room_that_knows_no_clients_is_not_taken_in() -> None:
    class Stock(admin.ModelAdmin):
        """What an app brings along."""

    admin.site.register(Submission.outbox.rel.related_model, Stock)
    admin.site.register(User)
    assert User not in admin.site._registry
    test_every_room_of_the_admin_knows_its_clients()


STOCK = (
    "submissions/submission/{entry}/",
    "submissions/submission/{entry}/history/",
    "submissions/submission/{entry}/delete/",
    "submissions/submission/{entry_bare}/change/",
    "submissions/submission/{entry_capitals}/change/",
    "submissions/submission/add/",
    "mail/mail/{mail}/",
    "mail/mail/{mail}/change/",
    "mail/mail/0{mail}/read/",
    "campaigns/campaign/{campaign}/",
    "campaigns/campaign/{campaign}/history/",
    "campaigns/campaign/{campaign}/delete/",
    "campaigns/campaign/{campaign_capitals}/change/",
    "campaigns/campaign/{campaign_bare}/publish/",
    "accounts/client/0{client}/change/",
    "accounts/client/{client}/delete/",
    "accounts/auditentry/add/",
    "r/1/{entry}/",
    "autocomplete/",
    "campaigns/",
    "submissions/",
    "auth/group/",
    "accounts/user/",
    "django_celery_results/taskresult/",
)
"""What Django and unfold would register, and the other spellings of an id."""


def test_no_stock_page_is_left_for_anybody(theirs: Side) -> None:
    entry, campaign = theirs[Submission].pk, theirs[Campaign].pk
    names = {
        "entry": entry,
        "entry_bare": entry.hex,
        "entry_capitals": str(entry).upper(),
        "campaign": campaign,
        "campaign_bare": campaign.hex,
        "campaign_capitals": str(campaign).upper(),
        "client": theirs[Client].pk,
        "mail": theirs[Mail].pk,
    }
    browsers = [signed_in(make_operator()), theirs.browser(Role.OWNER)]
    for route, browser in product(STOCK, browsers):
        address = f"/admin/{route.format(**names)}"
        for answer in (browser.get(address), browser.post(address, {})):
            assert answer.status_code == 404, address
            assert not leaks(answer, theirs), address


# -------------------------------------------------------------------- nobody, and strangers


def test_who_is_not_signed_in_is_asked_to_everywhere_but_on_public_pages(theirs: Side) -> None:
    before = state_of_the_database()
    outsiders = [Browser(), signed_in(User.objects.create_user("customer", is_staff=False))]
    for address in walked("staff", "room", "thing"):
        path = address.filled(theirs)
        for browser in outsiders:
            for answer in (browser.get(path), browser.head(path), browser.post(path, {})):
                assert answer.status_code == 302, path
                assert answer["Location"].startswith(reverse("admin:login")), path
                assert not answer.content, path
    assert changed(before) == {"accounts.User"}


def test_a_stranger_finds_nothing_and_changes_nothing(theirs: Side, ours: Side) -> None:
    """Whoever works for another client, in each role, and who works for none any more."""
    gone = make_user((ours.client, Role.OWNER))
    gone.memberships.all().delete()
    browsers = [signed_in(user) for user in (*ours.staff.values(), gone)]
    before = state_of_the_database()
    for address in walked("thing"):
        assert address.access
        path = address.filled(theirs)
        for browser in browsers:
            forms = [form_for(form, theirs) for form in ({}, *address.access.forms)]
            sent = [browser.post(path, form) for form in forms]
            for answer in (browser.get(path), browser.head(path), *sent):
                assert answer.status_code == 404, path
                assert not leaks(answer, theirs), path
    assert not changed(before)


def test_a_draft_is_shown_to_who_holds_its_token_while_its_viewer_may_see_it(theirs: Side) -> None:
    page = next(one for one in walked("token") if one.parts == ("token",)).filled(theirs)
    token = page.rstrip("/").rpartition("/")[2]
    assert Browser().get(page).status_code == 200
    for path in (page.replace(token, token[:-1]), page.replace(token, "x"), f"{page}nothing"):
        answer = Browser().get(path)
        assert answer.status_code == 404, path
        assert not leaks(answer, theirs)
    theirs.staff[Role.OWNER].memberships.all().delete()
    assert Browser().get(page).status_code == 404


ASKED: tuple[dict[str, str], ...] = (
    {},
    {"q": "{word}"},
    {"s": "{word}", "extended": "1"},
    {"q": "{reference}"},
    {"s": "{reference}"},
    {"campaign": "{campaign}"},
    {"client__id__exact": "{client}"},
    {"actor__id__exact": "{user}"},
    {"status": "pending_review", "photo": "1"},
    {"test": "1"},
    {"state": "failed"},
    {"not": "{submission}"},
)
"""What a stranger may ask a page of their own for."""


def test_a_room_shows_a_stranger_their_own_only(theirs: Side, ours: Side) -> None:
    names = {
        "word": MARK.lower(),
        "reference": theirs[Submission].reference,
        "submission": theirs[Submission].pk,
        "campaign": theirs[Campaign].pk,
        "client": theirs[Client].pk,
        "user": theirs[User].pk,
    }
    browsers = {role: ours.browser(role) for role in Role}
    for address in walked("staff", "room"):
        access, path = address.access, address.filled(ours)
        assert access
        for (role, browser), asked in product(browsers.items(), ASKED):
            query = {name: text.format(**names) for name, text in asked.items()}
            answer = browser.get(path, query)
            may = access.scope == "staff" or access.get in CAPABILITIES[role]
            # A list answers 404 to a filter that it has not.
            fine = (200, 302) if may and not asked else (200, 302, 404) if may else (404,)
            assert answer.status_code in fine, (path, role, query)
            assert MARK not in answer.content.decode(errors="replace"), (path, role, query)
            # What somebody typed stands in its box again, and tells them nothing.
            assert leaks(answer, theirs) in ("", *query.values()), (path, role, query)


def test_a_room_does_nothing_to_what_is_another_client_s(theirs: Side, ours: Side) -> None:
    browsers = [ours.browser(role) for role in Role]
    before = state_of_the_database()
    for address in walked("staff", "room"):
        assert address.access
        for browser, form in product(browsers, address.access.forms):
            answer = browser.post(address.filled(ours), form_for(form, theirs))
            assert answer.status_code < 500, address.route
            assert MARK not in answer.content.decode(errors="replace"), address.route
    # A search and a replay are written down, and the next entry of one's own is held.
    assert changed(before) <= {"accounts.AuditEntry", "review.ReviewHold"}
    assert not theirs.client.audit_entries.filter(actor__in=ours.staff.values()).exists()


def changed(before: dict[str, str]) -> set[str]:
    """Return the tables in which something is other than it was."""
    after = state_of_the_database()
    return {table for table, rows in after.items() if rows != before[table]}


# -------------------------------------------------------------------- each role at its own client


@pytest.mark.parametrize("role", list(Role))
def test_a_role_comes_where_its_capabilities_lead_and_nowhere_else(
    theirs: Side, role: Role
) -> None:
    browser = theirs.browser(role)
    for address in walked("room", "thing"):
        access, path = address.access, address.filled(theirs)
        assert access
        asked = [("get", access.get, {}), *(("post", access.post, form) for form in access.forms)]
        for method, capability, form in asked:
            with undone():
                answer = getattr(browser, method)(path, form_for(form, theirs))
            may = capability in CAPABILITIES[role] and not access.superusers
            fine = {200, 204, 302, 409} if may else {404}
            assert answer.status_code in fine, (method, path, form)


def test_an_operator_comes_everywhere(theirs: Side) -> None:
    browser = signed_in(make_operator())
    for address in walked("staff", "room", "thing"):
        access = address.access
        assert access
        if access.get is None and not access.superusers and access.scope != "staff":
            continue
        answer = browser.get(address.filled(theirs))
        assert answer.status_code in (200, 302), address.route


@pytest.mark.parametrize("model", [Membership, BlockEntry, PartnerKey])
def test_who_may_see_a_thing_and_not_change_it_finds_no_page_of_it(
    model: type[Any], theirs: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = reverse(
        f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[theirs[model].pk]
    )
    room = admin.site._registry[model]
    monkeypatch.setattr(type(room), "view_capability", Capability.CAMPAIGN_VIEW)
    browser = theirs.browser(Role.MODERATOR)
    assert browser.get(address).status_code == 404
    assert browser.post(address, {}).status_code == 404
    assert theirs.browser(Role.OWNER).get(address).status_code == 200


@pytest.mark.parametrize("role", list(Role))
def test_a_role_s_navigation_names_the_rooms_it_may_enter_and_marks_the_one_it_is_in(
    theirs: Side, role: Role
) -> None:
    browser = theirs.browser(role)
    next_one = reverse("admin:submissions_review_next")

    def rooms(address: str) -> dict[str, bool]:
        answer = browser.get(address)
        assert answer.status_code == 200, address
        groups = answer.context["sidebar_navigation"]
        return {item["link"]: item["active"] for group in groups for item in group["items"]}

    named = set(rooms(reverse("admin:index"))) - {next_one}
    for link in named:
        assert [one for one, active in rooms(link).items() if active] == [link]
    entered = {
        address.filled(theirs)
        for address in walked("room")
        if address.access and address.access.get in CAPABILITIES[role] and not address.parts
    }
    added = {link for link in entered if link.endswith("/add/")}
    assert named - {reverse("admin:index")} == entered - added - {next_one}


def test_who_has_no_client_sees_an_empty_home_and_no_room(theirs: Side) -> None:
    browser = signed_in(make_user())
    home = browser.get(reverse("admin:index"))
    assert home.status_code == 200
    assert not leaks(home, theirs)
    for address in walked("room"):
        assert browser.get(address.filled(theirs)).status_code == 404, address.route


def test_the_palette_finds_an_entry_of_one_s_own_by_its_reference(theirs: Side, ours: Side) -> None:
    reference = theirs[Submission].reference
    for side, found in ((theirs, True), (ours, False)):
        page = side.browser(Role.MODERATOR).get(reverse("admin:search"), {"s": reference})
        assert (str(theirs[Submission].pk) in page.content.decode()) is found


def test_whatever_no_pattern_names_is_not_there(theirs: Side) -> None:
    assert CATCH_ALL not in DECLARED
    browser = theirs.browser(Role.OWNER)
    for path in ("/admin/nothing/here/", "/admin/submissions/", "/media/x", "/v1/", "/welcome/x/"):
        assert browser.get(path).status_code == 404, path


@contextmanager
def undone() -> Iterator[None]:
    """Take back what happens within. No block of its own: some services want to be the outermost."""
    begun = transaction.savepoint()
    yield
    transaction.savepoint_rollback(begun)
