"""Who got what: the list of awards, and a winner's code for those who may see it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaignhub import ingest
from campaigns.accounts.models import AuditEntry
from campaigns.accounts.rules.roles import Role
from campaigns.setup.models import Campaign
from ingest_lambda.contract import AwardState, Given, Mode
from submissions.awards.services.who_won import WantedAwards, find_awards
from submissions.mirror.models import Award
from tests.campaigns.conftest import table as table
from tests.campaigns.factories import make_user
from tests.submissions.awards.prizes import award, enter, make_prize_campaign
from tests.submissions.factories import NOON
from tests.submissions.test_query_plans import plans

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]
LIST = reverse("admin:submissions_award_changelist")
CODE = "GOLD-7319"


def campaign_of(**more: Any) -> Campaign:
    return make_prize_campaign(
        opens_at=NOON - timedelta(days=2),
        closes_at=NOON + timedelta(days=28),
        timezone="Europe/London",
        **more,
    )


def browser_of(role: Role, *campaigns: Campaign) -> Browser:
    browser = Browser()
    browser.force_login(make_user(*((campaign.client, role) for campaign in campaigns)))
    return browser


def won(campaign: Campaign, unit: str = "b1.0.0", **more: Any) -> Award:
    entry = enter(campaign)
    told = award(campaign, entry, unit=unit, **more)
    return Award.objects.get(submission_id=entry.id, prize=told.prize)


def page_of(made: Award) -> str:
    return reverse("admin:submissions_award_read", args=[made.pk])


def test_the_list_names_prize_state_and_entry_and_masks_the_code():
    campaign = campaign_of()
    made = won(campaign)
    sticker = won(campaign, prize="sticker", state=AwardState.PROVISIONAL)
    test = enter(
        campaign,
        id=uuid4(),
        mode=Mode.TEST,
        campaign_id=str(campaign.test_id),
        slug=campaign.test_slug,
    )
    award(campaign, test, slug=campaign.test_slug, unit="b1.0.1")
    text = browser_of(Role.MODERATOR, campaign).get(LIST).content.decode()
    for entry in (made, sticker):
        assert reverse("admin:submissions_submission_change", args=[entry.submission_id]) in text
    assert "Reserved, subject to validation" in text
    assert text.count("••••••") == 1, "a thing has no code, and a test is not listed"
    assert str(test.id) not in text


def test_another_client_s_awards_are_not_there():
    mine, theirs = campaign_of(), campaign_of()
    made = won(theirs)
    browser = browser_of(Role.OWNER, mine)
    assert "No prizes won yet" in browser.get(LIST).content.decode()
    assert (
        str(made.submission_id)
        not in browser.get(LIST, {"campaign": str(theirs.pk)}).content.decode()
    )
    assert browser.get(page_of(made)).status_code == 404
    assert browser.post(page_of(made)).status_code == 404


@pytest.mark.parametrize(
    ("asked", "units"),
    [
        ({}, ["b1.0.3", "b1.0.2", "b1.0.1", "b1.0.0"]),
        ({"prize": "sticker"}, ["b1.0.3"]),
        ({"state": "provisional"}, ["b1.0.2"]),
        ({"prize": "voucher", "state": "confirmed"}, ["b1.0.1", "b1.0.0"]),
        ({"day": "2026-06-02"}, ["b1.0.0"]),
        ({"day": "2026-06-03", "prize": "voucher"}, ["b1.0.2", "b1.0.1"]),
        ({"day": "tomorrow", "state": "nothing"}, ["b1.0.3", "b1.0.2", "b1.0.1", "b1.0.0"]),
        ({"prize": "another"}, []),
    ],
)
def test_filters_leave_what_they_say(asked, units):
    campaign = campaign_of()
    # Midnight in London, which is summer's: 23:00 UTC.
    won(campaign, "b1.0.0", awarded_at=NOON - timedelta(hours=13, minutes=1))
    won(campaign, "b1.0.1", awarded_at=NOON - timedelta(hours=13))
    won(campaign, "b1.0.2", awarded_at=NOON, state=AwardState.PROVISIONAL)
    won(campaign, "b1.0.3", awarded_at=NOON + timedelta(seconds=1), prize="sticker")
    page = browser_of(Role.OWNER, campaign).get(LIST, asked)
    assert [row.unit for row in page.context["cl"].result_list] == units


def test_pages_go_on_where_the_last_one_ended():
    campaign = campaign_of()
    ids = [won(campaign, f"b1.0.{number}").pk for number in range(5)]
    pages: list[int] = []
    wanted = WantedAwards()
    while found := find_awards(wanted, campaigns={campaign.pk: ["voucher"]}, most=2):
        pages += [one.pk for one in found]
        wanted = WantedAwards(older_than=(NOON, found[-1].pk))
    assert pages == ids[::-1], "all are of one instant, and none is left out or shown twice"


@pytest.mark.sqlite
@pytest.mark.parametrize("narrowed", [{}, {"prize": "voucher"}, {"state": "confirmed"}])
def test_a_page_is_read_from_an_index(narrowed):
    campaign = campaign_of()
    won(campaign)
    with CaptureQueriesContext(connection) as queries:
        find_awards(
            WantedAwards(**narrowed), campaigns={campaign.pk: ["voucher", "sticker"]}, most=51
        )
    steps = [step for step in plans(queries)[0] if "submissions_award" in step]
    index = "award_of_campaign" if narrowed else "award_newest_of_campaign"
    assert steps
    assert all(f"USING INDEX {index} (" in step for step in steps), steps


def test_the_list_asks_as_often_for_many_as_for_one():
    campaign = campaign_of()
    counts = []
    for number in range(3):
        won(campaign, f"b1.0.{number}")
        browser = browser_of(Role.OWNER, campaign)
        browser.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            browser.get(LIST)
        counts.append(len(queries))
    assert len(set(counts)) == 1, counts


def test_the_code_is_shown_to_who_may_see_it_and_that_stands_in_the_log(table):
    campaign = campaign_of()
    made = won(campaign)
    given = Given(prize="voucher", unit=made.unit, submission_id=made.submission_id, code=CODE)
    ingest.restore_given(str(campaign.pk), [given])
    owner = browser_of(Role.OWNER, campaign)
    assert CODE not in owner.get(page_of(made)).content.decode()
    assert not AuditEntry.objects.filter(code="prize.code_viewed").exists()
    answer = owner.post(page_of(made))
    assert CODE in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    line = AuditEntry.objects.get(code="prize.code_viewed")
    assert line.client == campaign.client
    assert line.after == {"prize": "voucher", "unit": made.unit}
    assert CODE not in f"{line.target} {line.before} {line.after}"
    for role in (Role.MODERATOR, Role.CAMPAIGN_MANAGER):
        browser = browser_of(role, campaign)
        assert "Show the code" not in browser.get(page_of(made)).content.decode()
        assert browser.post(page_of(made)).status_code == 404
    assert AuditEntry.objects.filter(code="prize.code_viewed").count() == 1


def test_the_code_of_a_reserved_prize_which_may_go_back_is_shown_to_nobody(table):
    campaign = campaign_of()
    made = won(campaign, state=AwardState.PROVISIONAL)
    given = Given(prize="voucher", unit=made.unit, submission_id=made.submission_id, code=CODE)
    ingest.restore_given(str(campaign.pk), [given])
    owner = browser_of(Role.OWNER, campaign)
    assert "Show the code" not in owner.get(page_of(made)).content.decode()
    text = owner.post(page_of(made)).content.decode()
    assert CODE not in text
    assert "once the entry is approved" in text


def test_a_code_that_went_to_another_entry_is_shown_to_nobody(table):
    campaign = campaign_of()
    made, other = won(campaign), enter(campaign)
    given = Given(prize="voucher", unit=made.unit, submission_id=other.id, code=CODE)
    ingest.restore_given(str(campaign.pk), [given])
    text = browser_of(Role.OWNER, campaign).post(page_of(made)).content.decode()
    assert CODE not in text
    assert "went back into the stock" in text
    assert not AuditEntry.objects.filter(code="prize.code_viewed").exists()
