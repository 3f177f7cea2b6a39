"""What was agreed to is found in the list and read with its wording, version, purpose, party and time."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.accounts.rules.roles import Role
from campaigns.setup.models import Campaign, FormField
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mirror.models import ConsentAnswer, Submission
from submissions.mirror.services.consents import consents_of
from submissions.mirror.services.search import Wanted, find
from tests.campaigns.factories import make_release, make_user
from tests.security.two_clients import signed_in
from tests.submissions.factories import NOON, make_campaign, make_record, streamed
from tests.submissions.review.at_the_desk import make_staff, show
from tests.submissions.test_query_plans import plans

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]


@pytest.fixture
def campaign() -> Campaign:
    """Make a campaign with a consent of the rules and an optional one to a partner."""
    campaign = make_campaign(languages=["en", "de"])
    row = {"campaign": campaign, "kind": "consent", "routes": ["purchase"]}
    FormField.objects.create(**row, name="accept", label={"en": "I accept."}, purpose="rules")
    FormField.objects.create(
        **row,
        name="news",
        label={"en": "Send me [news](https://x.example).", "de": "Schickt mir Neues."},
        purpose="marketing",
        party="Corner <b>Shop</b>",
        required=False,
    )
    return campaign


def enter(campaign: Campaign, *, news: bool | None, minutes: int = 0, **more: Any) -> Submission:
    """Mirror an entry, which may leave the optional consent out."""
    consents = {"accept": True} | ({} if news is None else {"news": news})
    at = NOON + timedelta(minutes=minutes)
    record = make_record(campaign, consents=consents, entered_at=at, **more)
    mirror_stream_records([streamed(record)], at=at)
    return Submission.objects.get(pk=record.id)


def found(campaign: Campaign, **wanted: Any) -> list[Any]:
    return find(Wanted(**wanted), campaigns=[campaign.pk], by_person=[campaign.pk], most=9).ids


def test_entries_are_found_by_given_and_not_given_newest_first(campaign: Campaign) -> None:
    yes, no, left_out, last = (
        enter(campaign, news=news, minutes=place).pk
        for place, news in enumerate((True, False, None, True))
    )
    assert found(campaign, consent="news") == [last, yes]
    assert found(campaign, consent="news", consent_answer="no") == [left_out, no]
    assert found(campaign, consent="nothing") == []
    older = (NOON + timedelta(minutes=3), last)
    assert found(campaign, consent="news", older_than=older) == [yes]
    for more in ({"status": "pending_review"}, {"text": "lovelace"}):
        assert found(campaign, consent="news", **more) == [last, yes]
    assert found(campaign, consent="news", status="approved") == []


def test_they_are_found_by_version(campaign: Campaign) -> None:
    first = enter(campaign, news=True)
    FormField.objects.filter(campaign=campaign, name="news").update(version=2)
    make_release(Campaign.objects.get(pk=campaign.pk), number=2)
    second = enter(campaign, news=True, release=2)
    assert found(campaign, consent="news", consent_version=1) == [first.pk]
    assert found(campaign, consent="news", consent_version=2) == [second.pk]


def test_a_record_that_comes_again_or_late_leaves_one_answer(campaign: Campaign) -> None:
    record = make_record(campaign, consents={"accept": True, "news": True})
    newer = record.model_copy(update={"version": 2})
    for one in (record, newer, newer, record):
        mirror_stream_records([streamed(one)], at=NOON)
    answer = ConsentAnswer.objects.get()
    assert (answer.name, answer.version, answer.answer) == ("news", 1, "yes")


def test_required_consents_are_no_rows_and_nothing_to_find_by(campaign: Campaign) -> None:
    enter(campaign, news=True)
    assert not ConsentAnswer.objects.filter(name="accept").exists()
    browser, _ = make_staff(campaign)
    page = browser.get(reverse("admin:submissions_submission_changelist")).content.decode()
    assert "Send me news: not given" in page
    assert "I accept." not in page


def test_the_list_is_narrowed_by_a_consent_within_ones_own_clients(campaign: Campaign) -> None:
    yes, no = enter(campaign, news=True), enter(campaign, news=False)
    address = reverse("admin:submissions_submission_changelist")
    browser, _ = make_staff(campaign)
    page = browser.get(address, {"consent": "news.yes"}).content.decode()
    assert yes.reference in page
    assert no.reference not in page
    stranger = signed_in(make_user((make_campaign().client, Role.OWNER)))
    theirs = {"consent": "news.yes", "campaign": str(campaign.pk)}
    page = stranger.get(address, theirs).content.decode()
    assert yes.reference not in page
    assert "Send me news" not in page


def test_the_filter_of_consents_says_that_a_campaign_comes_first(campaign: Campaign) -> None:
    entry, other = enter(campaign, news=True), make_campaign(client=campaign.client, slug="winter")
    make_release(other)
    browser = signed_in(make_user((campaign.client, Role.OWNER)))
    address = reverse("admin:submissions_submission_changelist")
    first = "Choose a campaign first."
    assert first in browser.get(address).content.decode()
    page = browser.get(address, {"campaign": str(campaign.pk)}).content.decode()
    assert "Send me news" in page
    assert first not in page
    page = browser.get(address, {"campaign": str(other.pk)}).content.decode()
    assert first not in page, "it asks for none"
    page = browser.get(address, {"consent": "news.yes"}).content.decode()
    assert "none of this campaign" in page
    assert entry.reference in page


@pytest.mark.parametrize(
    "value", ["", "news", "news.maybe", "news.yes.x", "news.yes.99999", "....", "a'b.no"]
)
def test_no_typed_value_breaks_the_list(campaign: Campaign, value: str) -> None:
    enter(campaign, news=True)
    browser, _ = make_staff(campaign)
    address = reverse("admin:submissions_submission_changelist")
    assert browser.get(address, {"consent": value}).status_code == 200


@pytest.mark.sqlite
@pytest.mark.parametrize("version", [None, 1])
def test_the_answers_are_read_through_their_index(campaign: Campaign, version: int | None) -> None:
    enter(campaign, news=False)
    with CaptureQueriesContext(connection) as queries:
        found(campaign, consent="news", consent_answer="no", consent_version=version)
    steps = [step for plan in plans(queries) for step in plan]
    assert any("INDEX consent_" in step for step in steps), steps
    assert not any(step.startswith("SCAN submissions_") for step in steps)
    assert sum("TEMP B-TREE FOR ORDER BY" in step for step in steps) == 1, (
        "of the campaigns' firsts"
    )


def test_each_is_read_with_all_that_a_record_of_consents_needs(campaign: Campaign) -> None:
    entry = enter(campaign, news=True, locale="de")
    accepted, news = consents_of(entry)
    assert (accepted.party, accepted.is_required) == (campaign.client.name, True)
    assert (news.wording, news.version, news.purpose) == ("Schickt mir Neues.", 1, "marketing")
    assert (news.party, news.is_given, news.at) == ("Corner <b>Shop</b>", True, entry.entered_at)


def test_the_desk_says_for_what_and_to_whom_it_was_given_as_text(campaign: Campaign) -> None:
    browser, _ = make_staff(campaign)
    page = show(browser, enter(campaign, news=True))
    assert "Marketing, given to Corner &lt;b&gt;Shop&lt;/b&gt;" in page
    assert f"Accepting the official rules, given to {campaign.client.name}, required" in page
    assert "Corner <b>" not in page
