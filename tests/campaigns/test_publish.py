"""Publishing: complete or not at all, carried to table and host, repaired where it was not."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from campaignhub import ingest
from campaigns.hosting.local import LocalHost
from campaigns.models import Campaign, FormField, Limit, Placement
from campaigns.rules.states import CampaignState
from campaigns.services import carry as carrying
from campaigns.services.changes import changes_since_release
from campaigns.services.life import MoveNotAllowed, move_campaign
from campaigns.services.publish import (
    CannotPublish,
    CautionsNotAccepted,
    NoteHasGaps,
    ReasonMissing,
    publish_cautions,
    publish_test,
)
from ingest_lambda.contract import Manifest, Mode, PageState
from ingest_lambda.table import Table
from tests.campaigns.conftest import make_table
from tests.campaigns.factories import NOON, logged, make_draft, publish

pytestmark = pytest.mark.django_db


def placement_of(campaign: Campaign, *, is_test: bool = False) -> Placement:
    return Placement.objects.get(campaign=campaign, is_test=is_test)


def shown_state(host: LocalHost, slug: str) -> PageState:
    content = host.read(slug, "state.json")
    assert content is not None
    return PageState.model_validate_json(content)


# ------------------------------------------------------------------ the plain way


def test_a_publish_reaches_the_table_and_the_host(table: Table, host: LocalHost) -> None:
    campaign = make_draft()
    release = publish(campaign)

    current = table.current(campaign.slug)
    assert current is not None
    assert (current.release, current.paused, current.archived) == (1, False, False)
    assert table.release(campaign.slug, 1) == Manifest.model_validate(release.manifest)
    page = host.read(campaign.slug, "index.html")
    assert page is not None
    assert b"Win a weekend" in page
    assert shown_state(host, campaign.slug).state == "live"
    assert not placement_of(campaign).is_behind
    assert logged("campaign.published")["release"] == 1


def test_a_campaign_that_opens_later_is_scheduled(table: Table, host: LocalHost) -> None:
    campaign = make_draft()
    publish(campaign, at=NOON - timedelta(days=1))
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.SCHEDULED
    assert shown_state(host, campaign.slug).state == "scheduled"


def test_moving_the_opening_before_it_opens_needs_no_reason(table: Table, host: LocalHost) -> None:
    campaign = make_draft()
    publish(campaign, at=NOON - timedelta(days=1))
    Campaign.objects.filter(pk=campaign.pk).update(opens_at=NOON - timedelta(hours=23))
    campaign.refresh_from_db()
    release = publish(campaign, at=NOON - timedelta(hours=22, minutes=30))
    campaign.refresh_from_db()
    assert release.number == 2
    assert release.amendment_reason == ""
    assert campaign.state == CampaignState.LIVE


def test_what_is_missing_stops_a_publish_whole(table: Table, host: LocalHost) -> None:
    campaign = make_draft(opens_at=None, closes_at=None, rules={})
    with pytest.raises(CannotPublish) as refused:
        publish(campaign)
    codes = {problem.code for problem in refused.value.problems}
    assert codes == {"opening_missing", "end_missing", "rules_missing"}
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.DRAFT
    assert table.current(campaign.slug) is None
    assert host.read(campaign.slug, "index.html") is None


def test_what_is_unusual_needs_a_tick_which_the_log_keeps(table: Table, host: LocalHost) -> None:
    campaign = make_draft(privacy_url="")
    with pytest.raises(CautionsNotAccepted) as refused:
        publish(campaign)
    assert [caution.key for caution in refused.value.cautions] == ["privacy_link_missing"]
    release = publish(campaign, accepted=["privacy_link_missing", "something_else"])
    assert release.accepted_warnings == ["privacy_link_missing"]
    assert logged("campaign.published")["accepted"] == ["privacy_link_missing"]


def test_a_form_too_large_for_the_table_is_refused_before_anything_is_written() -> None:
    campaign = make_draft()
    options = [{"value": f"{n:04}{uuid4().hex}", "label": {"en": "x"}} for n in range(6000)]
    FormField.objects.create(
        campaign=campaign, name="town", kind="choice", label={"en": "Town"}, options=options
    )
    with pytest.raises(CannotPublish) as refused:
        publish(campaign)
    assert [problem.code for problem in refused.value.problems] == ["form_too_large"]


def test_a_closed_campaign_is_not_published_again(table: Table, host: LocalHost) -> None:
    campaign = make_draft()
    publish(campaign)
    move_campaign(campaign, CampaignState.CLOSED, actor=None, at=NOON)
    with pytest.raises(MoveNotAllowed):
        publish(campaign)
    with pytest.raises(MoveNotAllowed):
        publish_test(campaign, actor=None, at=NOON)


# ------------------------------------------------------------------ amendments


def test_an_amendment_needs_a_reason_and_keeps_every_version_of_the_rules(
    table: Table, host: LocalHost
) -> None:
    campaign = make_draft(languages=["en", "es"], headline={"en": "Win", "es": "Gana"})
    campaign.rules = {"en": "One entry a day.", "es": "Una al día."}
    campaign.save()
    for row in campaign.form_fields.all():
        row.label = {"en": row.name, "es": row.name}
        row.save()
    publish(campaign)
    campaign.rules = {"en": "Two entries a day.", "es": "Dos al día."}
    campaign.save()
    assert changes_since_release(campaign) == ["Official rules"]
    with pytest.raises(ReasonMissing):
        publish(campaign, reason="  ")
    with pytest.raises(NoteHasGaps):
        publish(campaign, reason="More joy.", public_note={"en": "Two a day now."})
    note = {"en": "Two a day now.", "es": "Ahora dos al día."}
    later = NOON + timedelta(days=2)
    release = publish(campaign, at=later, reason="More joy.", public_note=note)

    assert (release.number, release.amendment_reason) == (2, "More joy.")
    assert release.page["notes"] == [{"release": 2, "at": "2026-06-05T12:00:00.000Z", "text": note}]
    first, second = (host.read(campaign.slug, f"rules/{n}/index.html") for n in (1, 2))
    assert first is not None
    assert b"One entry a day." in first
    assert second is not None
    assert b"Two entries a day." in second
    spanish = host.read(campaign.slug, "es/rules/1/index.html")
    assert spanish is not None
    assert "Una al día.".encode() in spanish
    assert logged("campaign.amended") == {"release": 2, "accepted": [], "reason": "More joy."}
    assert changes_since_release(campaign) == []


def test_an_open_campaign_cannot_be_moved_into_the_future(table: Table, host: LocalHost) -> None:
    campaign = make_draft()
    publish(campaign)
    campaign.opens_at = NOON + timedelta(days=2)
    campaign.save()
    with pytest.raises(CannotPublish) as refused:
        publish(campaign, at=NOON + timedelta(days=1), reason="Later.")
    assert [problem.code for problem in refused.value.problems] == ["opened_already"]


def test_a_picture_chosen_for_the_next_release_is_not_shown_by_this_one(
    table: Table, host: LocalHost
) -> None:
    campaign = make_draft()
    publish(campaign)
    campaign.hero_image.name = "heroes/not-there-yet.jpg"
    campaign.save()
    move_campaign(campaign, CampaignState.PAUSED, actor=None, at=NOON)
    call_command("republish")
    assert not placement_of(campaign).is_behind
    assert changes_since_release(campaign) == ["Pictures"]


# ------------------------------------------------------------------ tests


def test_a_test_has_address_id_numbers_and_mode_of_its_own(table: Table, host: LocalHost) -> None:
    campaign = make_draft()
    before = NOON - timedelta(days=10)
    release = publish_test(campaign, actor=None, at=before)
    campaign.refresh_from_db()

    assert campaign.state == CampaignState.DRAFT
    manifest = table.release(campaign.test_slug, 1)
    assert manifest is not None
    assert manifest.mode is Mode.TEST
    assert manifest.campaign_id == str(campaign.test_id)
    assert manifest.opens_at <= before < manifest.closes_at
    assert table.current(campaign.slug) is None
    assert shown_state(host, campaign.test_slug).state == "live"
    assert release.is_test
    assert publish(campaign).number == 1
    assert publish_test(campaign, actor=None, at=NOON).number == 2


def test_a_test_goes_on_while_the_campaign_is_paused_and_closed(
    table: Table, host: LocalHost
) -> None:
    campaign = make_draft()
    publish(campaign)
    publish_test(campaign, actor=None, at=NOON)
    move_campaign(campaign, CampaignState.PAUSED, actor=None, at=NOON)
    paused, tested = table.current(campaign.slug), table.current(campaign.test_slug)
    assert paused is not None
    assert paused.paused
    assert tested is not None
    assert not tested.paused
    move_campaign(campaign, CampaignState.CLOSED, actor=None, at=NOON)
    move_campaign(campaign, CampaignState.ARCHIVED, actor=None, at=NOON)
    tested = table.current(campaign.test_slug)
    assert tested is not None
    assert tested.archived


@pytest.mark.parametrize(("published", "wanted"), [(1, 2), (2, 1)])
def test_an_amendment_lets_no_used_receipt_in_again(published, wanted):
    """Once per campaign is guarded, more often is counted: the one knows nothing of the other."""
    campaign = make_draft()
    campaign.limits.filter(scope="receipt").delete()
    limit = Limit.objects.create(
        campaign=campaign, scope="receipt", count=published, window="campaign"
    )
    publish(campaign)
    campaign.refresh_from_db()
    limit.count = wanted
    limit.save()
    with pytest.raises(CannotPublish) as refused:
        publish(campaign, reason="More joy.")
    (problem,) = refused.value.problems
    assert (problem.code, problem.row) == ("receipts_forgotten", str(limit.pk))
    limit.count = published
    limit.save()
    assert publish(campaign, reason="As it was.").number == 2


# ------------------------------------------------------------------ trouble


def test_a_table_that_is_down_leaves_the_earlier_release_live_and_is_made_good(
    table: Table, host: LocalHost, table_down
) -> None:
    campaign = make_draft()
    publish(campaign)
    campaign.headline = {"en": "Win two weekends"}
    campaign.save()
    table_down(True)
    release = publish(campaign, reason="Two.")

    place = placement_of(campaign)
    assert place.is_behind
    assert place.trouble == "The submissions table is busy or away."
    page = host.read(campaign.slug, "index.html")
    assert page is not None
    assert b"Win two" not in page
    assert shown_state(host, campaign.slug).release == 1

    table_down(False)
    assert carrying.carry_due(NOON + timedelta(seconds=10)) == [place]
    current = table.current(campaign.slug)
    assert current is not None
    assert current.release == release.number == 2
    page = host.read(campaign.slug, "index.html")
    assert page is not None
    assert b"Win two" in page
    assert placement_of(campaign).trouble == ""


def test_a_host_that_is_down_keeps_its_page_and_is_made_good(
    table: Table, host: LocalHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = make_draft()
    publish(campaign)
    campaign.headline = {"en": "Win two weekends"}
    campaign.save()
    with monkeypatch.context() as broken:
        broken.setattr(LocalHost, "put_page", _full_disk)
        publish(campaign, reason="Two.")
    assert "site host" in placement_of(campaign).trouble
    page = host.read(campaign.slug, "index.html")
    assert page is not None
    assert b"Win two" not in page
    carrying.carry_due(NOON)
    page = host.read(campaign.slug, "index.html")
    assert page is not None
    assert b"Win two" in page


def _full_disk(*_arguments: object, **_more: object) -> None:
    raise OSError("no space left on device")


class Killed(BaseException):
    """The process is gone; nothing after it runs."""


def test_a_process_killed_between_table_and_host_is_made_good_by_the_clock(
    table: Table, host: LocalHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = make_draft()
    publish(campaign)
    campaign.headline = {"en": "Win two weekends"}
    campaign.save()
    with monkeypatch.context() as killing:

        def die(*_arguments: object, **_more: object) -> None:
            raise Killed

        killing.setattr(LocalHost, "put_page", die)
        with pytest.raises(Killed):
            publish(campaign, reason="Two.")
    assert placement_of(campaign).is_behind
    assert shown_state(host, campaign.slug).release == 1
    carrying.carry_due(NOON)
    assert shown_state(host, campaign.slug).release == 2
    assert not placement_of(campaign).is_behind


def test_one_campaigns_trouble_holds_up_no_other_but_an_outage_ends_the_round(
    table: Table, host: LocalHost, table_down
) -> None:
    table_down(True)
    campaigns = [make_draft() for _ in range(5)]
    for campaign in campaigns:
        publish(campaign)
    assert carrying.carry_due(NOON + timedelta(seconds=10)) == []
    tried = Placement.objects.filter(tried_at__gt=NOON).count()
    assert tried == carrying.MOST_TROUBLES
    table_down(False)
    assert len(carrying.carry_due(NOON + timedelta(seconds=20))) == len(campaigns)


def test_republish_fills_an_empty_table_and_an_empty_host_with_every_release(
    table: Table, host: LocalHost
) -> None:
    campaign = make_draft()
    first = publish(campaign)
    second = publish(campaign, reason="Again.")
    publish_test(campaign, actor=None, at=NOON)
    move_campaign(campaign, CampaignState.PAUSED, actor=None, at=NOON)
    emptied = make_table()
    assert emptied.current(campaign.slug) is None

    call_command("republish")
    current = emptied.current(campaign.slug)
    assert current is not None
    assert (current.release, current.paused) == (2, True)
    for release in (first, second):
        held = emptied.release(campaign.slug, release.number)
        assert held == Manifest.model_validate(release.manifest)
    assert emptied.current(campaign.test_slug) is not None
    call_command("republish")
    assert emptied.current(campaign.slug) is not None


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
    current = table.current(campaign.slug)
    assert current is not None
    manifest = table.release(campaign.slug, 1)
    assert manifest is not None
    lost = manifest.model_copy(update={"release": 2, "decide_within_days": 9})
    table.publish(lost, current.model_copy(update={"release": 2, "revision": 7}))

    assert not carrying.carry(campaign, is_test=False, at=NOON)
    assert "later release" in placement_of(campaign).trouble
    assert publish(campaign, reason="After the restore.").number == 3
    now = table.current(campaign.slug)
    assert now is not None
    assert (now.release, now.revision) == (3, 8)
    assert table.release(campaign.slug, 2) == lost


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
    assert carrying.carry(make_draft(), is_test=False, at=NOON)


def test_cautions_name_what_is_unusual_of_a_plain_draft() -> None:
    campaign = make_draft(closes_at=NOON + timedelta(hours=3))
    assert [c.key for c in publish_cautions(campaign, at=NOON)] == ["shorter_than_a_day"]
