"""A request has the scope of who sends it, and a view that forgets to filter shows nothing of another client."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.contrib import admin
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import path, reverse
from unfold.admin import ModelAdmin
from unfold.dataclasses import SearchResult

from campaignhub.staff_site import command_search
from campaignhub.staff_site.scoped import ScopedModelAdmin
from campaignhub.urls import urlpatterns as _ours
from campaigns.accounts.models import AuditEntry, Client, User
from campaigns.accounts.rules.roles import Capability, Role
from campaigns.accounts.services.scope import (
    StaffScope,
    can,
    can_still,
    capabilities_of,
    clients_of,
    scope_of,
)
from campaigns.accounts.tenancy import OutsideScope, current, enter
from campaigns.setup.models import Campaign, FormField
from submissions.mail import tasks as mail_tasks
from submissions.mail.services import delivery
from submissions.mirror.models import Submission
from tests.campaigns.accounts.tenancy.test_scope import outside
from tests.campaigns.factories import make_user
from tests.security.two_clients import MARK, Side, make_operator, make_side, signed_in
from tests.submissions.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours() -> Side:
    """The client whose staff asks."""
    return make_side("Bystander")


@pytest.fixture
def theirs() -> Side:
    """The client of which nothing may be shown."""
    return make_side(MARK)


# -------------------------------------------------------------------- views that forget


def _names() -> list[str]:
    return sorted(Campaign.objects.values_list("name", flat=True))


def forgetful(_request: HttpRequest) -> HttpResponse:
    """Show every campaign there is."""
    return HttpResponse(", ".join(_names()))


def streamed(_request: HttpRequest) -> StreamingHttpResponse:
    """Read the campaigns while the answer is sent."""

    def lines() -> Iterator[str]:
        yield from Campaign.objects.values_list("name", flat=True)

    return StreamingHttpResponse(lines())


def in_a_pool(_request: HttpRequest) -> HttpResponse:
    """Read them in a thread of a pool."""
    with ThreadPoolExecutor(1) as pool:
        return HttpResponse(", ".join(pool.submit(_names).result(10)))


def through_a_loop(_request: HttpRequest) -> HttpResponse:
    """Read them in Django's own thread for what is not asynchronous."""
    return HttpResponse(", ".join(async_to_sync(sync_to_async(_names))()))


def nothing(_request: HttpRequest) -> HttpResponse:
    """Touch no row."""
    return HttpResponse("nothing")


def everything(request: HttpRequest) -> HttpResponse:
    """Ask for the clients again and again."""
    user: Any = request.user
    for capability in Capability:
        assert can(user, capability, clients_of(user).get()) == can(user, capability)
    return HttpResponse(str(current().client_ids))


urlpatterns = [
    path("forgetful", forgetful),
    path("streamed", streamed),
    path("pool", in_a_pool),
    path("loop", through_a_loop),
    path("nothing", nothing),
    path("everything", everything),
    *_ours,
]
with_forgetful_views = override_settings(ROOT_URLCONF=__name__)


@with_forgetful_views
def test_a_view_that_forgets_to_filter_shows_ones_own(ours: Side, theirs: Side) -> None:
    for role in Role:
        assert ours.browser(role).get("/forgetful").content == b"Bystander summer"
    assert (
        signed_in(make_operator()).get("/forgetful").content
        == b"Bystander summer, Quillmark summer"
    )
    assert signed_in(make_user()).get("/forgetful").content == b""


@with_forgetful_views
@pytest.mark.parametrize("sender", ["nobody", "customer"])
def test_a_view_for_nobody_has_no_client(ours: Side, sender: str) -> None:
    browser = Browser()
    if sender == "nobody":
        with pytest.raises(OutsideScope):
            browser.get("/forgetful")
        browser = Browser(raise_request_exception=False)
        answer = browser.get("/forgetful")
        assert answer.status_code == 500
        assert "Bystander" not in answer.content.decode()
        return
    browser.force_login(User.objects.create_user("customer", is_staff=False))
    assert browser.get("/forgetful").content == b""


@with_forgetful_views
def test_what_is_read_while_the_answer_is_sent_has_no_scope(ours: Side) -> None:
    answer: Any = ours.browser(Role.OWNER).get("/streamed")
    with pytest.raises(OutsideScope):
        outside(lambda: list(answer.streaming_content))


@with_forgetful_views
def test_a_thread_of_a_pool_has_no_scope(ours: Side) -> None:
    with pytest.raises(OutsideScope):
        ours.browser(Role.OWNER).get("/pool")


@with_forgetful_views
def test_django_s_own_thread_has_the_scope_of_the_request(ours: Side, theirs: Side) -> None:
    assert ours.browser(Role.OWNER).get("/loop").content == b"Bystander summer"


@with_forgetful_views
def test_the_scope_of_a_request_is_read_once_and_only_where_it_is_needed(ours: Side) -> None:
    browser = ours.browser(Role.MODERATOR)
    counts = []
    for address in ("/nothing", "/everything"):
        with CaptureQueriesContext(connection) as queries:
            browser.get(address)
        counts.append(sum("accounts_membership" in query["sql"] for query in queries))
    assert counts == [0, 1]


@with_forgetful_views
def test_two_requests_one_after_the_other_share_nothing(ours: Side, theirs: Side) -> None:
    for side in (ours, theirs, ours):
        assert side.browser(Role.OWNER).get("/everything").content.decode() == str(
            frozenset({side.client.pk})
        )


# -------------------------------------------------------------------- pages of ours that forget


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every list and every look-up of the admin forget whose rows they are."""
    monkeypatch.setattr(ScopedModelAdmin, "get_queryset", ModelAdmin.get_queryset)


@pytest.mark.usefixtures("forgotten")
def test_a_list_that_forgets_shows_ones_own(ours: Side, theirs: Side) -> None:
    browser = ours.browser(Role.OWNER)
    for model, room in admin.site._registry.items():
        if "list" not in room.pages:  # type: ignore[attr-defined]
            continue
        opts = model._meta
        page = browser.get(reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist"))
        assert MARK not in page.content.decode(), opts.label
    assert (
        "Bystander" in browser.get(reverse("admin:campaigns_campaign_changelist")).content.decode()
    )


@pytest.mark.usefixtures("forgotten")
@pytest.mark.parametrize("model", [Campaign, Client, AuditEntry, Submission])
def test_a_page_of_one_row_that_forgets_finds_ones_own(
    model: type[Any], ours: Side, theirs: Side
) -> None:
    browser = ours.browser(Role.OWNER)
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
    assert browser.get(reverse(name, args=[ours[model].pk])).status_code == 200
    for answer in (
        browser.get(reverse(name, args=[theirs[model].pk])),
        browser.post(reverse(name, args=[theirs[model].pk]), {"verdict": "approve"}),
    ):
        assert answer.status_code == 404


def test_an_inline_that_names_a_row_of_another_client_changes_nothing(
    ours: Side, theirs: Side
) -> None:
    foreign = FormField.objects.filter(campaign=theirs[Campaign]).first()
    assert foreign
    before = FormField.objects.filter(pk=foreign.pk).values().get()
    form = {
        "form_fields-TOTAL_FORMS": "1",
        "form_fields-INITIAL_FORMS": "1",
        "form_fields-0-id": str(foreign.pk),
        "form_fields-0-campaign": str(theirs[Campaign].pk),
        "form_fields-0-name": "taken",
        "form_fields-0-DELETE": "on",
        "limits-TOTAL_FORMS": "0",
        "limits-INITIAL_FORMS": "0",
    }
    address = reverse("admin:campaigns_campaign_change", args=[ours[Campaign].pk])
    answer = ours.browser(Role.OWNER).post(address, form)
    assert answer.status_code == 200
    assert MARK not in answer.content.decode()
    assert FormField.objects.filter(pk=foreign.pk).values().get() == before


def test_a_search_that_forgets_finds_ones_own(
    ours: Side, theirs: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(_request: HttpRequest, _term: str) -> Iterator[SearchResult]:
        for row in Submission.objects.select_related("campaign", "personal"):
            yield SearchResult(f"{row.reference} {row.campaign}", row.personal.email, "/", "x")

    monkeypatch.setattr(command_search, "_finders", [(1, careless)])
    page = ours.browser(Role.MODERATOR).get(reverse("admin:search"), {"s": "ada"}).content.decode()
    assert ours[Submission].reference in page
    assert theirs[Submission].reference not in page
    assert MARK.lower() not in page.lower()


def test_a_picker_that_forgets_offers_ones_own(
    ours: Side, theirs: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    every: Callable[..., Any] = lambda *_: Client.objects.all()  # noqa: E731
    monkeypatch.setattr("campaigns.accounts.admin.forms.clients_of", every)
    browser = ours.browser(Role.OWNER)
    for name in ("access_blockentry_add", "accounts_membership_add"):
        address = reverse(f"admin:{name}")
        assert MARK not in browser.get(address).content.decode()
        chosen = browser.post(
            address,
            {
                "client": theirs.client.pk,
                "kind": "email",
                "value": "a@b.example",
                "email": "a@b.example",
                "role": "owner",
            },
        )
        assert "Select a valid choice" in chosen.content.decode(), address


def test_a_task_that_forgets_fails(ours: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OutsideScope):
        outside(lambda: delivery.deliver_mails(at=NOON, most=1))
    seen = []
    monkeypatch.setattr(delivery, "deliver_mails", lambda **_: seen.append(current().client_ids))
    outside(mail_tasks.deliver_mails)
    assert seen == [None]


# -------------------------------------------------------------------- what a request remembers


def test_a_role_that_is_taken_away_meanwhile_counts_where_it_is_asked_for_again(ours: Side) -> None:
    user = ours.staff[Role.OWNER]
    with scope_of(user):
        assert can(user, Capability.STAFF_MANAGE, ours.client)
        user.memberships.all().delete()
        assert can(user, Capability.STAFF_MANAGE, ours.client)
        assert not can_still(user, Capability.STAFF_MANAGE, ours.client)
    with scope_of(user):
        assert not can(user, Capability.STAFF_MANAGE, ours.client)


@pytest.mark.parametrize("flag", ["is_active", "is_staff"])
def test_an_account_that_is_put_out_of_use_meanwhile_can_no_more(ours: Side, flag: str) -> None:
    user, operator = ours.staff[Role.OWNER], make_operator()
    for one in (user, operator):
        with scope_of(one):
            assert can_still(one, Capability.STAFF_MANAGE, ours.client)
            User.objects.filter(pk=one.pk).update(**{flag: False})
            assert not can_still(one, Capability.STAFF_MANAGE, ours.client)


def test_who_signs_in_during_a_request_has_no_role_of_who_sent_it(ours: Side, theirs: Side) -> None:
    """Somebody who is signed in signs in as another on the same page."""
    owner, other = ours.staff[Role.OWNER], theirs.staff[Role.MODERATOR]
    sender = [owner]
    with enter(StaffScope(lambda: sender[0])):
        assert can(owner, Capability.STAFF_MANAGE, ours.client)
        sender[0] = other
        assert not can(other, Capability.STAFF_MANAGE)
        assert not capabilities_of(other) & {Capability.STAFF_MANAGE}
        assert not clients_of(other, Capability.STAFF_MANAGE).exists()


def test_of_somebody_else_a_request_remembers_nothing(ours: Side, theirs: Side) -> None:
    owner, moderator = ours.staff[Role.OWNER], ours.staff[Role.MODERATOR]
    with scope_of(owner):
        assert not can(moderator, Capability.STAFF_MANAGE)
        assert can(moderator, Capability.SUBMISSION_REVIEW, ours.client)
        assert not clients_of(theirs.staff[Role.OWNER]).exists()
