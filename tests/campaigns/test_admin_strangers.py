"""A stranger gets 404 on every admin address that names something of another client."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from campaigns.admin.scoped import ScopedModelAdmin
from campaigns.models import AuditEntry, Campaign, Client, Membership
from campaigns.rules.roles import Role
from campaigns.services import audit
from submissions.models import Mail, Submission
from submissions.services import mirror
from tests.campaigns.factories import make_client, make_user
from tests.submissions.factories import make_campaign, make_record, streamed

pytestmark = pytest.mark.django_db


def _things_of(client: Client) -> dict[type, Any]:
    """Make one of each model that has a page in the admin."""
    manager = make_user((client, Role.MODERATOR))
    campaign = make_campaign(client=client, name="Nobody else's summer")
    record = make_record(campaign)
    mirror.mirror_stream_records([streamed(record)], at=timezone.now())
    submission = Submission.objects.get(pk=record.id)
    mail = Mail.objects.create(
        submission=submission,
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
        Mail: mail,
    }


def _addresses(things: dict[type, Any]) -> Iterator[str]:
    """Name every address of the registry that takes an object."""
    for model, model_admin in admin.site._registry.items():
        if not isinstance(model_admin, ScopedModelAdmin):
            continue
        for pattern in model_admin.get_urls():
            arguments = list(pattern.pattern.converters)
            if pattern.name and len(arguments) == 1:
                named = Campaign if arguments == ["campaign_id"] else model
                yield reverse(f"admin:{pattern.name}", args=[things[named].pk])


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
            assert page.status_code == 200
            assert "Nobody else" not in page.content.decode(), meta.model_name
            assert "Lovelace" not in page.content.decode(), meta.model_name
