"""Publishing: complete or not at all, carried to table and host, amended with a reason."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command

from campaigns.hosting.local import LocalHost
from campaigns.publishing.services.changes import changes_since_release
from campaigns.publishing.services.checks import publish_cautions
from campaigns.publishing.services.lifecycle import MoveNotAllowed, move_campaign
from campaigns.publishing.services.publish import (
    AmendmentNoteHasGaps,
    AmendmentReasonMissing,
    CannotPublish,
    CautionsNotAccepted,
    publish_test,
)
from campaigns.setup.models import Campaign, FormField, Limit
from campaigns.setup.rules.states import CampaignState
from ingest_lambda.adapters.table import Table
from ingest_lambda.contract import Manifest, Mode
from tests.campaigns.factories import NOON, logged, make_draft, publish
from tests.campaigns.published import placement_of, shown_state

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]


# ------------------------------------------------------------------ the plain way
def test_a_publish_reaches_the_table_and_the_host(table: Table, host: LocalHost) -> None:
    campaign = make_draft()
    release = publish(campaign)

    current = table.published.current(campaign.slug)
    assert current is not None
    assert (current.release, current.paused, current.archived) == (1, False, False)
    assert table.published.release(campaign.slug, 1) == Manifest.model_validate(release.manifest)
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
    assert table.published.current(campaign.slug) is None
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
    with pytest.raises(AmendmentReasonMissing):
        publish(campaign, reason="  ")
    with pytest.raises(AmendmentNoteHasGaps):
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
    manifest = table.published.release(campaign.test_slug, 1)
    assert manifest is not None
    assert manifest.mode is Mode.TEST
    assert manifest.campaign_id == str(campaign.test_id)
    assert manifest.opens_at <= before < manifest.closes_at
    assert table.published.current(campaign.slug) is None
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
    paused, tested = (
        table.published.current(campaign.slug),
        table.published.current(campaign.test_slug),
    )
    assert paused is not None
    assert paused.paused
    assert tested is not None
    assert not tested.paused
    move_campaign(campaign, CampaignState.CLOSED, actor=None, at=NOON)
    move_campaign(campaign, CampaignState.ARCHIVED, actor=None, at=NOON)
    tested = table.published.current(campaign.test_slug)
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


def test_cautions_name_what_is_unusual_of_a_plain_draft() -> None:
    campaign = make_draft(closes_at=NOON + timedelta(hours=3))
    assert [c.key for c in publish_cautions(campaign, at=NOON)] == ["shorter_than_a_day"]
