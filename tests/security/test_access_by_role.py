"""Each role at its own client: every address that its capabilities lead to, and no other."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib import admin
from django.db import transaction
from django.urls import reverse

from campaigns.access.models import BlockEntry, PartnerKey
from campaigns.accounts.models import Membership
from campaigns.accounts.rules.roles import CAPABILITIES, NEVER_BY_OPERATING, Capability, Role
from submissions.mirror.models import Submission
from tests.campaigns.factories import make_user
from tests.security.access import (
    form_for,
    walked,
)
from tests.security.two_clients import (
    Side,
    leaks,
    make_operator,
    signed_in,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("working_account")]


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


def test_an_operator_comes_everywhere_but_to_winning_moments(theirs: Side) -> None:
    browser = signed_in(make_operator())
    for address in walked("staff", "room", "thing"):
        access = address.access
        assert access
        if access.get is None and not access.superusers and access.scope != "staff":
            continue
        answer = browser.get(address.filled(theirs))
        fine = {404} if access.get in NEVER_BY_OPERATING else {200, 302}
        assert answer.status_code in fine, address.route


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
    # Led to by a room, which is named.
    added = {link for link in entered if link.endswith(("/add/", "/runbook/"))}
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


@contextmanager
def undone() -> Iterator[None]:
    """Take back what happens within. No block of its own: some services want to be the outermost."""
    begun = transaction.savepoint()
    yield
    transaction.savepoint_rollback(begun)
