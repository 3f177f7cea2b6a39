"""Every address of the project is declared, scoped, and walked: by nobody, by strangers, by each role.

The addresses come from the URL configuration itself. One that is added tomorrow
fails here until ``tests.security.access`` says whose it is.
"""

from itertools import product

import pytest
from django.contrib import admin
from django.test import Client as Browser
from django.urls import reverse

from campaignhub.staff_site.scoped import ScopedModelAdmin
from campaigns.accounts.models import Client, User
from campaigns.accounts.rules.roles import CAPABILITIES, Role
from campaigns.setup.models import Campaign
from submissions.mail.models import Mail
from submissions.mirror.models import Submission
from tests.campaigns.factories import make_user
from tests.security.access import (
    CATCH_ALL,
    DECLARED,
    OPTIONAL,
    every_address,
    form_for,
    walked,
)
from tests.security.two_clients import (
    MARK,
    Side,
    leaks,
    make_operator,
    signed_in,
    state_of_the_database,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("working_account")]


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


@pytest.mark.long
def test_a_room_shows_a_stranger_their_own_only(theirs: Side, ours: Side) -> None:
    names = theirs.names()
    browsers = {role: ours.browser(role) for role in Role}
    everything = {name: text for asked in ASKED for name, text in asked.items()}
    for address in walked("staff", "room"):
        access, path = address.access, address.filled(ours)
        assert access
        may_come = {
            role: access.scope == "staff" or access.get in CAPABILITIES[role] for role in browsers
        }
        # Who may not come at all asks for nothing, and for everything at once.
        asking = [
            (role, asked)
            for role, may in may_come.items()
            for asked in (ASKED if may else ({}, everything))
        ]
        for role, asked in asking:
            may = may_come[role]
            query = {name: text.format(**names) for name, text in asked.items()}
            answer = browsers[role].get(path, query)
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


def test_whatever_no_pattern_names_is_not_there(theirs: Side) -> None:
    assert CATCH_ALL not in DECLARED
    browser = theirs.browser(Role.OWNER)
    for path in ("/admin/nothing/here/", "/admin/submissions/", "/media/x", "/v1/", "/welcome/x/"):
        assert browser.get(path).status_code == 404, path
