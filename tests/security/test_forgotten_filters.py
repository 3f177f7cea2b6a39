"""The scope is the floor under what roles may do: with every filter of the pages gone, nothing of another client is there."""

from itertools import product

import pytest
from unfold.admin import ModelAdmin

from campaignhub.staff_site.scoped import ScopedModelAdmin
from campaigns.accounts.rules.roles import Role
from campaigns.accounts.services.scope import StaffScope
from tests.security.access import form_for, walked
from tests.security.test_access_walk import ASKED, changed
from tests.security.two_clients import MARK, Side, leaks, state_of_the_database

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("working_account")]


@pytest.fixture(autouse=True)
def _all_filters_gone(monkeypatch: pytest.MonkeyPatch, theirs: Side, ours: Side) -> None:
    """Let every role have every capability at both clients, and every list forget whose rows they are."""
    both = [theirs.client.pk, ours.client.pk]
    monkeypatch.setattr(StaffScope, "client_ids_with", lambda *_: both)
    monkeypatch.setattr(ScopedModelAdmin, "get_queryset", ModelAdmin.get_queryset)


@pytest.mark.long
def test_every_page_shows_ones_own_only(theirs: Side, ours: Side) -> None:
    names = theirs.names()
    browser = ours.browser(Role.MODERATOR)
    shown = 0
    for address, asked in product(walked("staff", "room"), ASKED):
        query = {name: text.format(**names) for name, text in asked.items()}
        answer = browser.get(address.filled(ours), query)
        assert answer.status_code in (200, 302, 404), address.route
        assert MARK not in answer.content.decode(errors="replace"), (address.route, query)
        assert leaks(answer, theirs) in ("", *query.values()), (address.route, query)
        shown += answer.status_code == 200
    assert shown > 50


def test_every_address_of_a_thing_of_another_client_leads_nowhere(theirs: Side, ours: Side) -> None:
    browser = ours.browser(Role.MODERATOR)
    before = state_of_the_database()
    for address in walked("thing"):
        assert address.access
        path = address.filled(theirs)
        forms = [form_for(form, theirs) for form in ({}, *address.access.forms)]
        for answer in (browser.get(path), *(browser.post(path, form) for form in forms)):
            assert answer.status_code == 404, path
            assert not leaks(answer, theirs), path
    assert not changed(before)


def test_nothing_is_done_to_what_is_another_client_s(theirs: Side, ours: Side) -> None:
    browser = ours.browser(Role.MODERATOR)
    before = state_of_the_database()
    for address in walked("staff", "room"):
        assert address.access
        for form in address.access.forms:
            answer = browser.post(address.filled(ours), form_for(form, theirs))
            assert answer.status_code < 500, address.route
            assert MARK not in answer.content.decode(errors="replace"), address.route
    assert changed(before) <= {"accounts.AuditEntry", "review.ReviewHold"}
    assert not theirs.client.audit_entries.filter(actor__in=ours.staff.values()).exists()
