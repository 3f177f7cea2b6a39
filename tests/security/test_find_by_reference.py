"""A name that a page masks is not found by searching either: a moderator finds people by reference alone."""

import string
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns.accounts.rules.roles import CAPABILITIES, Capability, Role
from campaigns.setup.models import Campaign
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mirror.models import Submission
from tests.campaigns.factories import make_user
from tests.security.two_clients import make_operator, signed_in
from tests.submissions.factories import make_campaign, make_record, streamed

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]
LIST = reverse("admin:submissions_submission_changelist")
PALETTE = reverse("admin:search")
PERSON = {"email": "grace@example.org", "first": "Grace", "last": "Zielinska"}


def make_entry(campaign: Campaign, **answers: str) -> Submission:
    """Mirror an entry of a person."""
    record = make_record(campaign, answers={**PERSON, **answers})
    mirror_stream_records([streamed(record)], at=timezone.now())
    return Submission.objects.get(pk=record.id)


@pytest.fixture
def campaign() -> Campaign:
    """A campaign of a client."""
    return make_campaign()


@pytest.fixture
def entry(campaign: Campaign) -> Submission:
    """An entry of somebody with a first and a last name."""
    return make_entry(campaign)


@pytest.fixture
def moderator(campaign: Campaign) -> Browser:
    """A browser of somebody who reviews, and sees names masked."""
    return signed_in(make_user((campaign.client, Role.MODERATOR)))


def found(browser: Browser, text: str, **more: str) -> list[Any]:
    """Return the references that a search shows, however it is asked for."""
    pages: Any = [
        browser.post(LIST, {"q": text, **more}, follow=True),
        browser.get(LIST, {"q": text, **more}),
    ]
    shown = [[row.reference for row in page.context["cl"].result_list] for page in pages]
    assert shown[0] == shown[1], text
    return shown[0]


# -------------------------------------------------------------------- the attack


def test_a_masked_name_is_not_recovered_by_searching_its_beginnings(
    entry: Submission, moderator: Browser
) -> None:
    """What was done: of 26 searches for the next letter, the one that finds somebody has it."""
    for known in ("", "zi"):
        for letter in string.ascii_lowercase:
            page: Any = moderator.post(LIST, {"q": known + letter})
            assert not page.context["cl"].result_list, known + letter


@pytest.mark.parametrize(
    "text",
    [
        "Zielinska",
        "ZIELIŃSKA",
        "Grace Zielinska",
        "Grace Z",
        "grace",  # the name that the page does show
        "grace@example.org",
        "GRACE@EXAMPLE.ORG",
        " grace@example.org ",
        "@example.org",
        "%",
        "_",
    ],
)
def test_a_moderator_finds_nothing_by_what_is_of_a_person(
    text: str, entry: Submission, moderator: Browser
) -> None:
    assert found(moderator, text) == []
    # Beside a filter neither.
    assert found(moderator, text, status="pending_review") == []
    assert found(moderator, text, campaign=str(entry.campaign_id)) == []
    assert found(moderator, text, photo="1") == []


@pytest.mark.parametrize("name", ["Lovelace", "Johnston", "Mac Adam"])
def test_a_name_that_reads_like_a_reference_is_no_way_round(
    name: str, campaign: Campaign, moderator: Browser
) -> None:
    """Eight letters may be a reference: I and L are read as 1, O as 0."""
    entry = make_entry(campaign, last=name)
    assert found(moderator, name) == []
    manager = signed_in(make_user((campaign.client, Role.CAMPAIGN_MANAGER)))
    answer: Any = manager.post(LIST, {"q": name})
    assert answer.status_code == 200, "a name was put into an address"
    assert [row.pk for row in answer.context["cl"].result_list] == [entry.pk]


@pytest.mark.parametrize(
    "query",
    [
        {"o": "2"},
        {"o": "-personal__email"},
        {"order": "personal__family_name"},
        {"personal__family_name__startswith": "A"},
        {"personal__email": "nobody@example.org"},
        {"personal__email__iexact": "nobody@example.org"},
        {"person_hash": "0" * 64},
        {"email_hash": "0" * 64},
        {"address_hash__startswith": "0"},
        {"name": "Nobody"},
        {"email": "nobody@example.org"},
        {"given_name_key__prefix": "a"},
        {"search": "nobody"},
        {"term": "nobody"},
    ],
    ids=str,
)
def test_nothing_in_an_address_narrows_or_sorts_by_what_is_masked(
    query: dict[str, str], campaign: Campaign, moderator: Browser
) -> None:
    for first, last in (("Zoe", "Adams"), ("Adam", "Zuse"), ("Mia", "Moor")):
        make_entry(campaign, first=first, last=last, email=f"{first.lower()}@example.org")
    pages: Any = (moderator.get(LIST), moderator.get(LIST, query))
    plain, asked = ([row.pk for row in page.context["cl"].result_list] for page in pages)
    assert len(plain) == 3
    assert plain == asked


def test_the_palette_and_autocomplete_know_no_people(entry: Submission, moderator: Browser) -> None:
    for text in ("ziel", "Zielinska", "grace@example.org", entry.reference[:4]):
        page = moderator.get(PALETTE, {"s": text}).content.decode()
        assert str(entry.pk) not in page
        assert entry.reference not in page
    query = {
        "app_label": "mail",
        "model_name": "mail",
        "field_name": "submission",
        "term": "z",
    }
    assert moderator.get("/admin/autocomplete/", query).status_code == 404


def test_a_search_by_name_asks_the_database_nothing_about_names(
    entry: Submission, moderator: Browser
) -> None:
    """Neither the time nor the number of candidates tells whether somebody is called so."""
    with CaptureQueriesContext(connection) as queries:
        moderator.post(LIST, {"q": "ziel"})
    asked = [one["sql"] for one in queries if "family_name_key" in one["sql"].partition("WHERE")[2]]
    assert not asked


# -------------------------------------------------------------------- what is still found


def test_a_moderator_finds_an_entry_by_its_whole_reference_or_id(
    entry: Submission, campaign: Campaign, moderator: Browser
) -> None:
    make_entry(campaign, last="Other")
    typed = entry.reference.replace("-", " ").lower()
    for text in (entry.reference, typed, str(entry.pk), str(entry.pk).upper()):
        assert found(moderator, text) == [entry.reference], text
    for text in (entry.reference[:-1], entry.reference[:4], entry.pk.hex, str(entry.pk)[:-1]):
        assert found(moderator, text) == [], text


def test_the_page_says_that_it_finds_by_reference(entry: Submission, moderator: Browser) -> None:
    page = moderator.get(LIST).content.decode()
    assert 'placeholder="Find by reference"' in page
    assert "e-mail or name" not in page
    page = moderator.post(LIST, {"q": "Zielinska"}).content.decode()
    assert "Find by reference: type it whole" in page
    assert "beginning of a name" not in page


@pytest.mark.parametrize("role", [Role.CAMPAIGN_MANAGER, Role.OWNER, None])
def test_managers_owners_and_operators_keep_their_search(
    role: Role | None, entry: Submission, campaign: Campaign
) -> None:
    browser = signed_in(make_user((campaign.client, role)) if role else make_operator())
    page = browser.get(LIST).content.decode()
    assert "Reference, e-mail or name" in page
    for text in ("ziel", "Grace Ziel", "grace@example.org", entry.reference, str(entry.pk)):
        assert found(browser, text) == [entry.reference], text


def test_who_manages_one_client_and_reviews_for_another_finds_people_of_the_one(
    entry: Submission, campaign: Campaign
) -> None:
    managed = make_campaign()
    theirs = make_entry(managed)
    user = make_user((campaign.client, Role.MODERATOR), (managed.client, Role.CAMPAIGN_MANAGER))
    browser = signed_in(user)
    for text in ("ziel", "grace", "grace@example.org"):
        assert found(browser, text) == [theirs.reference], text
        assert found(browser, text, campaign=str(campaign.pk)) == [], text
    assert found(browser, entry.reference) == [entry.reference]
    page = browser.post(LIST, {"q": "nobody"}).content.decode()
    assert "Where names are masked for you, only a whole reference finds an entry." in page


def test_who_becomes_a_moderator_searches_no_more(entry: Submission, campaign: Campaign) -> None:
    user = make_user((campaign.client, Role.CAMPAIGN_MANAGER))
    browser = signed_in(user)
    assert found(browser, "ziel") == [entry.reference]
    user.memberships.update(role=Role.MODERATOR.value)
    assert found(browser, "ziel") == []


def test_another_client_s_entry_is_found_by_neither_reference_nor_id(entry: Submission) -> None:
    for role in Role:
        browser = signed_in(make_user((make_campaign().client, role)))
        for text in (entry.reference, str(entry.pk), "ziel", "grace@example.org"):
            if Capability.SUBMISSION_VIEW in CAPABILITIES[role]:
                assert found(browser, text) == [], (role, text)
                continue
            for send in (browser.get, browser.post):
                answer = send(LIST, {"q": text})
                assert answer.status_code == 404, (role, text)
                assert entry.reference not in answer.content.decode()
