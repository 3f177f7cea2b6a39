"""Two at the same moment, on real row locks."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from campaigns.accounts.models import Membership
from campaigns.accounts.rules.roles import Role
from campaigns.accounts.services.errors import LastOwner
from campaigns.accounts.services.staff import withdraw_role
from campaigns.hosting.files import version_of
from campaigns.hosting.local import LocalHost
from campaigns.publishing.models import Placement
from campaigns.publishing.services.lifecycle import due_moves, move_campaign
from campaigns.publishing.services.pages import roll_page_back, update_page
from campaigns.publishing.services.propagate import page_files, propagate_due
from campaigns.setup.models import Campaign, StateChange
from campaigns.setup.rules.states import CampaignState
from ingest_lambda.adapters.table import Table
from tests.campaigns.factories import NOON, make_client, make_draft, make_user, publish
from tests.campaigns.published import placement_of, shown_state
from tests.support.at_once import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_two_publishers_get_two_numbers_and_the_later_one_is_live(
    table: Table, host: LocalHost
) -> None:
    campaign = make_draft()
    publish(campaign)
    made = at_once(*(lambda: publish(campaign, reason="Both pressed.") for _ in range(4)))
    assert sorted(release.number for release in made) == [2, 3, 4, 5]
    current = table.published.current(campaign.slug)
    assert current is not None
    assert current.release == 5
    page = host.read(campaign.slug, "index.html")
    assert page is not None
    place = Placement.objects.get(campaign=campaign)
    assert (place.revision, place.carried_revision) == (5, 5)


def test_two_first_publishers_leave_one_draft_published_twice(
    table: Table, host: LocalHost
) -> None:
    campaign = make_draft()
    made = at_once(*(lambda: publish(campaign, at=NOON - timedelta(days=1)) for _ in range(2)))
    assert sorted(release.number for release in made) == [1, 2]
    assert StateChange.objects.filter(campaign=campaign).count() == 1


def test_two_workers_open_and_close_each_campaign_once(table: Table, host: LocalHost) -> None:
    campaigns = [make_draft() for _ in range(3)]
    for campaign in campaigns:
        publish(campaign, at=NOON - timedelta(days=1))
    moved = at_once(*(lambda: due_moves(NOON) for _ in range(3)))
    assert sorted(c.slug for found in moved for c in found) == sorted(c.slug for c in campaigns)
    assert StateChange.objects.filter(after="live").count() == 3


def test_pause_and_close_at_once_end_closed_everywhere(table: Table, host: LocalHost) -> None:
    campaign = make_draft()
    publish(campaign)
    at_once(
        *(
            lambda after=after: move_campaign(campaign, after, actor=None, at=NOON)
            for after in (CampaignState.PAUSED, CampaignState.CLOSED)
        )
    )
    assert Campaign.objects.get().state == CampaignState.CLOSED
    current = table.published.current(campaign.slug)
    assert current is not None
    assert current.archived
    assert b'"closed"' in (host.read(campaign.slug, "state.json") or b"")


def test_two_owners_cannot_let_each_other_go(django_db_reset_sequences) -> None:
    client = make_client()
    for _ in range(2):
        make_user((client, Role.OWNER))
    ones = list(Membership.objects.all())
    answers = at_once(*(lambda one=one: withdraw_role(one, actor=None, at=NOON) for one in ones))
    assert sum(isinstance(answer, LastOwner) for answer in answers) == 1
    assert Membership.objects.count() == 1


def test_pages_that_are_updated_while_a_release_is_published_show_that_release_and_one_version(
    table: Table, host: LocalHost, templates: Callable[[str], None]
) -> None:
    campaign = make_draft()
    publish(campaign)
    for number in range(3):
        templates(f"of round {number}")
        place = Placement.objects.select_related("campaign").get(campaign=campaign)
        at_once(
            lambda: publish(campaign, reason="While pages are updated."),
            partial(update_page, place, actor=None, at=NOON),
            partial(roll_page_back, place, actor=None, at=NOON),
            partial(update_page, place, actor=None, at=NOON),
        )
        propagate_due(NOON)
    propagate_due(NOON)
    place = placement_of(campaign)
    current = table.published.current(campaign.slug)
    newest = campaign.releases.filter(is_test=False).order_by("-number").first()
    assert current is not None
    assert newest is not None
    assert not place.is_behind
    # Table, page, state and what we note of them are of one release, whoever came last.
    assert current.release == place.page_release == newest.number == 4
    assert shown_state(host, campaign.slug).release == newest.number
    wanted = page_files(list(campaign.releases.filter(is_test=False).order_by("-number")))
    if not place.is_page_kept:
        assert host.read(campaign.slug, "index.html") == wanted["index.html"]
        assert place.page_version == version_of(wanted)
