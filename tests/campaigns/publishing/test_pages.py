"""Changed templates reach every page and can be taken back; a page can be taken off the net."""

import io
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command

from campaigns.accounts.models import AuditEntry
from campaigns.hosting.local import LocalHost
from campaigns.publishing.services import propagate
from campaigns.publishing.services.lifecycle import MoveNotAllowed, move_campaign
from campaigns.publishing.services.pages import take_page_down
from campaigns.publishing.services.publish import publish_test
from campaigns.setup.models import Campaign
from campaigns.setup.rules.states import CampaignState
from tests.campaigns.factories import NOON, make_draft, publish
from tests.campaigns.published import placement_of, shown_state, shows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("table")]


def run(*words: str) -> list[str]:
    out = io.StringIO()
    call_command("pages", *words, stdout=out)
    return out.getvalue().splitlines()


def two_campaigns() -> tuple[Campaign, Campaign]:
    summer, winter = make_draft(), make_draft(slug="winter")
    publish(summer)
    publish(winter)
    return summer, winter


def test_changed_templates_reach_every_page_and_no_release_is_made(
    host: LocalHost, templates: Callable[[str], None]
) -> None:
    summer, winter = two_campaigns()
    publish_test(winter, actor=None, at=NOON)
    make_draft(slug="never-published")
    templates("new")
    lines = run("update")
    assert len(lines) == 3
    assert all(": written" in line for line in lines)
    assert lines[0].startswith("1/3 ")
    for campaign in (summer, winter):
        assert shows(host, campaign, b"<!-- new -->")
        assert shown_state(host, campaign.slug).release == 1
        assert campaign.releases.filter(is_test=False).count() == 1


def test_a_second_run_writes_nothing_and_goes_on_where_one_was_broken_off(
    host: LocalHost, templates: Callable[[str], None]
) -> None:
    summer, winter = two_campaigns()
    templates("new")
    run("update", winter.slug)
    before = placement_of(winter).revision
    lines = run("update")
    assert [line.rpartition(": ")[2] for line in lines] == ["written", "as it was"]
    assert placement_of(winter).revision == before
    assert shows(host, summer, b"<!-- new -->")


def test_the_way_back_shows_every_page_as_it_was_and_later_moves_keep_it_so(
    host: LocalHost, templates: Callable[[str], None]
) -> None:
    summer, winter = two_campaigns()
    templates("broken")
    run("update")
    run("back")
    for campaign in (summer, winter):
        assert not shows(host, campaign, b"<!-- broken -->")
    # Paused, and carried again in full by the clock: the templates are still the broken ones.
    move_campaign(summer, CampaignState.PAUSED, actor=None, at=NOON)
    propagate.propagate(summer, is_test=False, at=NOON)
    assert not shows(host, summer, b"<!-- broken -->")
    assert shown_state(host, summer.slug).state == "paused"
    assert run("back")[0].endswith("as it was")
    assert AuditEntry.objects.filter(code="campaign.page_rolled_back").count() == 2
    templates("mended")
    run("update")
    assert shows(host, summer, b"<!-- mended -->")


def test_a_new_release_is_never_replaced_by_an_earlier_one(
    host: LocalHost, templates: Callable[[str], None]
) -> None:
    summer, _ = two_campaigns()
    templates("new")
    run("update")
    publish(summer, reason="Two.")
    assert placement_of(summer).earlier_page_version == ""
    assert run("back", summer.slug) == [f"1/1 {placement_of(summer)}: as it was"]
    assert shown_state(host, summer.slug).release == 2


def test_a_page_that_went_back_and_was_lost_is_made_again(
    host: LocalHost, templates: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    summer, _ = two_campaigns()
    templates("new")
    run("update")
    run("back")
    place = placement_of(summer)
    type(place).objects.filter(pk=place.pk).update(page_version="0" * 24)
    assert propagate.propagate(summer, is_test=False, at=NOON)
    assert shows(host, summer, b"<!-- new -->")


def test_a_host_that_is_down_is_said_and_the_others_go_on(
    host: LocalHost, templates: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    summer, winter = two_campaigns()
    templates("new")
    put = LocalHost.put_page

    def partly(self: LocalHost, slug: str, *given: object, **more: object) -> str:
        if slug == summer.slug:
            raise OSError("full")
        return put(self, slug, *given, **more)  # type: ignore[arg-type]

    with monkeypatch.context() as broken:
        broken.setattr(LocalHost, "put_page", partly)
        with pytest.raises(CommandError, match="Run this again"):
            run("update")
    assert shows(host, winter, b"<!-- new -->")
    assert not shows(host, summer, b"<!-- new -->")
    run("update")
    assert shows(host, summer, b"<!-- new -->")


def test_a_page_is_taken_down_only_when_nobody_can_enter_and_put_back(host: LocalHost) -> None:
    summer, winter = two_campaigns()
    with pytest.raises(CommandError):
        run("down", summer.slug)
    assert shows(host, summer, b"Win")
    move_campaign(summer, CampaignState.PAUSED, actor=None, at=NOON)
    run("down", summer.slug)
    run("down", summer.slug)
    assert host.read(summer.slug, "index.html") is None
    assert shown_state(host, summer.slug).state == "paused"
    assert shows(host, winter, b"Win")
    # Neither the clock, nor templates, nor a republish bring it back; nor does it take entries.
    run("update")
    call_command("republish", stdout=io.StringIO())
    assert host.read(summer.slug, "index.html") is None
    with pytest.raises(MoveNotAllowed, match="Put it back first"):
        move_campaign(summer, CampaignState.LIVE, actor=None, at=NOON)
    run("up", summer.slug)
    assert shows(host, summer, b"Win")
    assert AuditEntry.objects.filter(code="campaign.page_taken_down").count() == 1


def test_what_is_not_there_is_refused(host: LocalHost) -> None:
    with pytest.raises(CommandError, match="There is no campaign elsewhere"):
        run("down", "elsewhere")
    with pytest.raises(CommandError, match="Name the campaigns"):
        run("down")


def test_a_host_that_is_away_takes_the_page_down_as_soon_as_it_is_back(
    host: LocalHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    summer, _ = two_campaigns()
    move_campaign(summer, CampaignState.CLOSED, actor=None, at=NOON)

    def away(*_given: object, **_more: object) -> None:
        raise OSError("away")

    with monkeypatch.context() as broken:
        broken.setattr(LocalHost, "take_down", away)
        assert not take_page_down(summer, actor=None, at=NOON)
    propagate.propagate_due(NOON)
    assert host.read(summer.slug, "index.html") is None
