"""A publish that table, host or process break off is made good, and an older one changes nothing."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from campaignhub import ingest
from campaignhub.clock.turns import Away
from campaigns.hosting.local import LocalHost
from campaigns.publishing.models import Placement
from campaigns.publishing.services import propagate as carrying
from campaigns.publishing.services.lifecycle import move_campaign
from campaigns.publishing.services.publish import publish_test
from campaigns.setup.models import Campaign
from campaigns.setup.rules.states import CampaignState
from ingest_lambda.adapters.table import Table
from ingest_lambda.contract import Manifest
from tests.campaigns.conftest import make_table
from tests.campaigns.factories import NOON, make_draft, publish
from tests.campaigns.published import placement_of, shown_state, shows

pytestmark = pytest.mark.django_db


def test_a_table_that_is_down_leaves_the_earlier_release_live_and_is_made_good(
    table: Table, host: LocalHost, table_down
) -> None:
    campaign = changed_since_release()
    table_down(True)
    release = publish(campaign, reason="Two.")

    place = placement_of(campaign)
    assert place.is_behind
    assert place.trouble == "The submissions table is busy or away."
    assert not shows(host, campaign, b"Win two")
    assert shown_state(host, campaign.slug).release == 1

    table_down(False)
    assert carrying.propagate_due(NOON + timedelta(seconds=10)) == [place]
    current = table.published.current(campaign.slug)
    assert current is not None
    assert current.release == release.number == 2
    assert shows(host, campaign, b"Win two")
    assert placement_of(campaign).trouble == ""


def test_a_campaign_that_meets_a_fault_keeps_no_other_from_going_live(
    table: Table, host: LocalHost, table_down
) -> None:
    broken, sound = changed_since_release(), changed_since_release()
    table_down(True)
    for campaign in (broken, sound):
        publish(campaign, reason="Two.")
    table_down(False)
    # Such as a column that a hand has written.
    Campaign.objects.filter(pk=broken.pk).update(state="lost")

    assert carrying.propagate_due(NOON + timedelta(seconds=10)) == [placement_of(sound)]
    assert shows(host, sound, b"Win two")
    assert placement_of(broken).trouble == carrying.FAULT
    assert placement_of(broken).is_behind


def test_a_host_that_is_down_keeps_its_page_and_is_made_good(
    table: Table, host: LocalHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = changed_since_release()
    with monkeypatch.context() as broken:
        broken.setattr(LocalHost, "put_page", _full_disk)
        publish(campaign, reason="Two.")
    assert "site host" in placement_of(campaign).trouble
    assert not shows(host, campaign, b"Win two")
    carrying.propagate_due(NOON)
    assert shows(host, campaign, b"Win two")


def changed_since_release() -> Campaign:
    """Publish a campaign, and change what its page shows."""
    campaign = make_draft()
    publish(campaign)
    campaign.headline = {"en": "Win two weekends"}
    campaign.save()
    return campaign


def _full_disk(*_arguments: object, **_more: object) -> None:
    raise OSError("no space left on device")


class Killed(BaseException):
    """The process is gone; nothing after it runs."""


def test_a_process_killed_between_table_and_host_is_made_good_by_the_clock(
    table: Table, host: LocalHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = changed_since_release()
    with monkeypatch.context() as killing:

        def die(*_arguments: object, **_more: object) -> None:
            raise Killed

        killing.setattr(LocalHost, "put_page", die)
        with pytest.raises(Killed):
            publish(campaign, reason="Two.")
    assert placement_of(campaign).is_behind
    assert shown_state(host, campaign.slug).release == 1
    carrying.propagate_due(NOON)
    assert shown_state(host, campaign.slug).release == 2
    assert not placement_of(campaign).is_behind


def test_one_campaigns_trouble_holds_up_no_other_but_an_outage_ends_the_round(
    table: Table, host: LocalHost, table_down
) -> None:
    table_down(True)
    campaigns = [make_draft() for _ in range(5)]
    for campaign in campaigns:
        publish(campaign)
    with pytest.raises(Away):
        carrying.propagate_due(NOON + timedelta(seconds=10))
    tried = Placement.objects.filter(tried_at__gt=NOON).count()
    assert tried == carrying.MOST_TROUBLES
    table_down(False)
    assert len(carrying.propagate_due(NOON + timedelta(seconds=20))) == len(campaigns)


def test_republish_fills_an_empty_table_and_an_empty_host_with_every_release(
    table: Table, host: LocalHost
) -> None:
    campaign = make_draft()
    first = publish(campaign)
    second = publish(campaign, reason="Again.")
    publish_test(campaign, actor=None, at=NOON)
    move_campaign(campaign, CampaignState.PAUSED, actor=None, at=NOON)
    emptied = make_table()
    assert emptied.published.current(campaign.slug) is None

    call_command("republish")
    current = emptied.published.current(campaign.slug)
    assert current is not None
    assert (current.release, current.paused) == (2, True)
    for release in (first, second):
        held = emptied.published.release(campaign.slug, release.number)
        assert held == Manifest.model_validate(release.manifest)
    assert emptied.published.current(campaign.test_slug) is not None
    call_command("republish")
    assert emptied.published.current(campaign.slug) is not None


def test_republish_says_what_it_could_not_write(
    table: Table, host: LocalHost, table_down, capsys: pytest.CaptureFixture[str]
) -> None:
    campaign = make_draft()
    publish(campaign)
    table_down(True)
    with pytest.raises(CommandError, match=campaign.slug):
        call_command("republish")
    assert "busy or away" in capsys.readouterr().err


def test_a_database_from_a_backup_uses_no_number_twice(table: Table, host: LocalHost) -> None:
    campaign = make_draft()
    publish(campaign)
    current = table.published.current(campaign.slug)
    assert current is not None
    manifest = table.published.release(campaign.slug, 1)
    assert manifest is not None
    lost = manifest.model_copy(update={"release": 2, "decide_within_days": 9})
    table.published.publish(lost, current.model_copy(update={"release": 2, "revision": 7}))

    assert not carrying.propagate(campaign, is_test=False, at=NOON)
    assert "later release" in placement_of(campaign).trouble
    assert publish(campaign, reason="After the restore.").number == 3
    now = table.published.current(campaign.slug)
    assert now is not None
    assert (now.release, now.revision) == (3, 8)
    assert table.published.release(campaign.slug, 2) == lost


def test_an_older_state_that_arrives_late_changes_nothing(table: Table, host: LocalHost) -> None:
    campaign = make_draft()
    publish(campaign)
    place = placement_of(campaign)
    campaign.refresh_from_db()
    late = carrying._current(campaign, place, campaign.releases.get())
    move_campaign(campaign, CampaignState.PAUSED, actor=None, at=NOON)
    with pytest.raises(ingest.Superseded):
        ingest.set_current(late)
    host.put_state(campaign.slug, b'{"state": "late"}', revision=place.revision)
    assert shown_state(host, campaign.slug).state == "paused"


def test_a_form_that_was_opened_before_takes_no_state_back(table: Table, host: LocalHost) -> None:
    campaign = make_draft()
    opened_in_the_browser = Campaign.objects.get(pk=campaign.pk)
    publish(campaign)
    opened_in_the_browser.name = "Summer, again"
    opened_in_the_browser.save()
    campaign.refresh_from_db()
    assert (campaign.name, campaign.state) == ("Summer, again", CampaignState.LIVE)


def test_nothing_is_carried_for_what_was_never_published() -> None:
    assert carrying.propagate(make_draft(), is_test=False, at=NOON)
