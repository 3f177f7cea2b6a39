"""A stranger gets 404 on every admin address that names something of another client.

The addresses come from the registry, so that a page that is added tomorrow is walked too.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from campaigns.admin.scoped import ScopedModelAdmin
from campaigns.models import (
    AuditEntry,
    BlockEntry,
    Campaign,
    Client,
    Invitation,
    Membership,
    PartnerKey,
    SenderIdentity,
)
from campaigns.rules.roles import Capability, Role
from campaigns.services import audit, invitations
from submissions.models import Mail, Submission
from submissions.services import mirror
from tests.campaigns.factories import make_client, make_user
from tests.submissions.factories import make_campaign, make_record, streamed

pytestmark = pytest.mark.django_db
OF_OPERATORS = (SenderIdentity,)
"""Models whose pages are there for operators alone."""


def _things_of(client: Client) -> dict[type[Any], Any]:
    """Make one of each model that has a page in the admin."""
    manager = make_user((client, Role.MODERATOR))
    campaign = make_campaign(client=client, name="Nobody else's summer")
    record = make_record(campaign)
    mirror.mirror_stream_records([streamed(record)], at=timezone.now())
    submission = Submission.objects.get(pk=record.id)
    mail = Mail.objects.create(
        submission=submission,
        campaign=campaign,
        kind="approved",
        event="decision-9",
        queued_at=timezone.now(),
        not_before=timezone.now(),
    )
    return {
        Client: client,
        Campaign: campaign,
        Membership: Membership.objects.get(user=manager),
        AuditEntry: audit.record(
            "campaign.seen", actor=manager, client=client, target="x", at=timezone.now()
        ),
        Submission: submission,
        Invitation: invitations.invite(
            client, address="n@example.com", role=Role.OWNER, actor=None, at=timezone.now()
        ),
        Mail: mail,
        BlockEntry: BlockEntry.objects.create(
            client=client,
            kind="email",
            value_hash="0" * 64,
            hint="n•••@x",
            created_at=timezone.now(),
        ),
        PartnerKey: PartnerKey.objects.create(
            client=client,
            name="Nobody else's kiosk",
            key_id=f"key-{client.pk}",
            usage_plan_id="plan",
            last_four="abcd",
            created_at=timezone.now(),
        ),
        SenderIdentity: SenderIdentity.objects.create(
            client=client,
            identity=f"nobody-elses-{client.pk}.example",
            assigned_at=timezone.now(),
        ),
    }


def _addresses(things: dict[type[Any], Any]) -> Iterator[str]:
    """Name every address of the registry that takes an object, whatever else it takes.

    A part that is called after a model takes one of those; ``file`` takes a
    file of the object, and every other part the object itself.
    """
    called = {f"{model._meta.model_name}_id": thing.pk for model, thing in things.items()}
    for model, model_admin in admin.site._registry.items():
        if not isinstance(model_admin, ScopedModelAdmin):
            continue
        for pattern in model_admin.get_urls():
            parts = pattern.pattern.converters
            known = called | {"file": "index.html"}
            if pattern.name and parts:
                arguments = [known.get(part, things[model].pk) for part in parts]
                yield reverse(f"admin:{pattern.name}", args=arguments)


def _lists() -> Iterator[str]:
    """Name every list and every form that begins something."""
    for model, model_admin in admin.site._registry.items():
        if isinstance(model_admin, ScopedModelAdmin):
            for page in ("changelist", "add"):
                yield reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")


def _stranger() -> Browser:
    browser = Browser()
    browser.force_login(make_user((make_client("Another"), Role.OWNER)))
    return browser


def test_every_address_with_an_object_answers_404_to_an_owner_of_another_client():
    addresses = list(_addresses(_things_of(make_client())))
    browser = _stranger()

    assert len(addresses) > 20
    for address in addresses:
        assert browser.get(address).status_code == 404, address
        assert browser.post(address, {"verdict": "approve"}).status_code == 404, address


def test_a_list_names_nothing_of_another_client_not_even_in_its_filters():
    for name in ("One", "Two"):  # a filter with one choice is not shown
        _things_of(make_client(name))
    browser = _stranger()

    for model, model_admin in admin.site._registry.items():
        if isinstance(model_admin, ScopedModelAdmin):
            meta = model._meta
            page = browser.get(reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist"))
            assert page.status_code == (404 if model in OF_OPERATORS else 200)
            assert "Nobody else" not in page.content.decode(), meta.model_name
            assert "Lovelace" not in page.content.decode(), meta.model_name


@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_open_what_its_navigation_names_and_gets_404_for_every_other_room(role: Role):
    browser = Browser()
    browser.force_login(make_user((make_client(), role)))
    home = browser.get(reverse("admin:index"))
    named = {
        item["link"] for group in home.context["sidebar_navigation"] for item in group["items"]
    }

    for link in named - {reverse("admin:submissions_review_next")}:
        assert browser.get(link).status_code == 200, link
    for link in set(_lists()) - named:
        if not link.endswith("/add/"):
            assert browser.get(link).status_code == 404, link


def test_every_room_marks_itself_and_no_other_in_the_navigation():
    browser = Browser()
    browser.force_login(make_user((make_client(), Role.OWNER)))

    def rooms(address: str) -> dict[str, bool]:
        groups = browser.get(address).context["sidebar_navigation"]
        return {item["link"]: item["active"] for group in groups for item in group["items"]}

    for link in set(rooms(reverse("admin:index"))) - {reverse("admin:submissions_review_next")}:
        assert [room for room, active in rooms(link).items() if active] == [link]


def test_a_moderator_begins_nothing_and_changes_nothing_of_their_own_client():
    client = make_client()
    things = _things_of(client)
    browser = Browser()
    browser.force_login(make_user((client, Role.MODERATOR)))

    for link in _lists():
        if link.endswith("/add/"):
            assert browser.get(link).status_code in (403, 404), link
            assert browser.post(link, {}).status_code in (403, 404), link
    glance = reverse("admin:campaigns_campaign_change", args=[things[Campaign].pk])
    assert browser.get(glance).status_code == 200
    assert browser.post(glance, {"name": "Mine now"}).status_code == 404
    for name in ("live_preview", "publish", "pause", "close", "clone"):
        link = reverse(f"admin:campaigns_campaign_{name}", args=[things[Campaign].pk])
        assert browser.post(link, {"typed": things[Campaign].slug}).status_code == 404, link


@pytest.mark.parametrize("model", [Membership, BlockEntry, PartnerKey])
def test_who_may_see_a_thing_and_not_change_it_finds_no_page_of_it(
    model: type[Any], monkeypatch: pytest.MonkeyPatch
):
    client = make_client()
    thing = _things_of(client)[model]
    address = reverse(f"admin:campaigns_{model._meta.model_name}_change", args=[thing.pk])
    admins = admin.site._registry[model]
    monkeypatch.setattr(type(admins), "view_capability", Capability.CAMPAIGN_VIEW)
    browser = Browser()
    browser.force_login(make_user((client, Role.MODERATOR)))

    assert browser.get(address).status_code == 404
    assert browser.post(address, {}).status_code == 404
    browser.force_login(make_user((client, Role.OWNER)))
    assert browser.get(address).status_code == 200


def test_nobody_without_a_client_sees_anything_of_one():
    _things_of(make_client())
    browser = Browser()
    browser.force_login(make_user())
    page = browser.get(reverse("admin:index"))
    assert page.status_code == 200
    assert "Nobody else" not in page.content.decode()
    for link in _lists():
        assert browser.get(link).status_code in (403, 404), link


def test_the_palette_finds_nothing_of_another_client():
    things = _things_of(make_client())
    address = reverse("admin:search")
    stranger = _stranger()
    for term in ("Nobody", "summer", things[Submission].reference, "Nordlicht"):
        found = stranger.get(address, {"s": term, "extended": "1"}).content.decode()
        assert "Nobody else" not in found
        assert things[Submission].reference not in found
        assert "Nordlicht" not in found
    owner = Browser()
    owner.force_login(make_user((things[Client], Role.OWNER)))
    assert (
        things[Submission].reference
        in owner.get(address, {"s": things[Submission].reference}).content.decode()
    )
