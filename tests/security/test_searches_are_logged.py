"""A search leaves a line under each client that was searched, with a hash of the term and its hits."""

import re
from typing import Any
from uuid import UUID

import pytest
from django.test import override_settings
from django.utils import timezone

from campaignhub.staff_site.keyset import PAGE
from campaigns.accounts.models import AuditEntry
from campaigns.accounts.services import audit
from ingest_lambda.contract import reference_of
from submissions.intake.services.mirroring import mirror_stream_records
from tests.security.looking import LIST, NO_DIGIT, lines, make_entries, who
from tests.security.two_clients import signed_in
from tests.submissions.factories import make_campaign, make_record, streamed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("ziel", "name"),
        ("Grace Zielinska", "name"),
        ("grace@example.org", "email"),
        ("{reference}", "reference"),
        ("{id}", "id"),
    ],
)
def test_a_search_with_hits_leaves_a_line_with_their_number_and_no_term(text: str, by: str) -> None:
    campaign = make_campaign()
    (entry,) = make_entries(campaign)
    user = who(campaign)
    typed = text.format(reference=entry.reference, id=entry.pk)
    signed_in(user).post(LIST, {"q": typed}, follow=True)
    (line,) = lines(campaign, "submission.searched", "submission.listed")
    assert (line.code, line.actor, line.target) == ("submission.searched", user, "submissions")
    assert (line.after["by"], line.after["hits"]) == (by, 1)
    assert line.after["entries"] == [entry.reference]
    assert re.fullmatch("[0-9a-f]{32}", line.after["term"])
    for word in ("ziel", "grace", "example.org"):
        assert word not in f"{line.after}{line.before}{line.target}".lower()


@pytest.mark.parametrize(
    ("called", "by", "hits"), [("Zielinska", "reference", 1), ("{reference}", "name", 2)]
)
def test_a_reference_of_letters_alone_is_one_unless_a_person_is_called_so(
    called: str, by: str, hits: int
) -> None:
    campaign = make_campaign()
    record = make_record(campaign, id=UUID(int=NO_DIGIT))
    mirror_stream_records([streamed(record)], at=timezone.now())
    typed = reference_of(record.id).replace("-", "")
    assert typed.isalpha()
    make_entries(campaign, last=called.format(reference=typed))
    signed_in(who(campaign)).post(LIST, {"q": typed})
    (line,) = lines(campaign, "submission.searched")
    assert (line.after["by"], line.after["hits"]) == (by, hits)


@pytest.mark.parametrize("text", ["nobody", "nobody@example.org", "K7M4-2QXD"])
def test_a_search_without_hits_leaves_a_line_under_each_client_that_was_searched(text: str) -> None:
    """What was missed: a search that found nobody stood under no client, so no client saw it."""
    first, second, third = make_campaign(), make_campaign(), make_campaign()
    user = who(first, second)
    signed_in(user).post(LIST, {"q": text}, follow=True)
    for campaign in (first, second):
        (line,) = lines(campaign, "submission.searched")
        assert (line.actor, line.after["hits"], line.after["entries"]) == (user, 0, [])
    assert not lines(third)
    assert not AuditEntry.objects.filter(actor=user, client=None).exists()


def test_each_client_s_line_speaks_of_its_own_entries_only() -> None:
    first, second = make_campaign(), make_campaign()
    one, other = make_entries(first, 2), make_entries(second)
    signed_in(who(first, second)).post(LIST, {"q": "ziel"})
    (mine,), (theirs,) = (lines(c, "submission.searched") for c in (first, second))
    assert (mine.after["hits"], theirs.after["hits"]) == (2, 1)
    assert set(mine.after["entries"]) == {row.reference for row in one}
    assert theirs.after["entries"] == [other[0].reference]
    assert mine.after["term"] != theirs.after["term"], "two clients could compare their terms"


def test_the_same_term_has_the_same_hash_however_it_is_typed() -> None:
    campaign = make_campaign()
    browser = signed_in(who(campaign))
    for text in ("Müller", " müller ", "MULLER", "Mueller"):
        browser.post(LIST, {"q": text})
    terms = [line.after["term"] for line in lines(campaign, "submission.searched")]
    assert terms[0] == terms[1] == terms[2] != terms[3]
    assert terms[0] == audit.term_hash("muller", client_id=campaign.client_id)
    with override_settings(SECRET_KEY="another"):
        assert terms[0] != audit.term_hash("muller", client_id=campaign.client_id)


def test_all_hits_are_counted_and_each_page_of_them_is_a_look() -> None:
    campaign = make_campaign()
    make_entries(campaign, PAGE + 5)
    browser: Any = signed_in(who(campaign))
    page = browser.post(LIST, {"q": "ziel"})
    browser.post(LIST, {"q": "ziel", "before": page.context["cl"].older})
    first, second = lines(campaign, "submission.searched")
    assert (first.after["hits"], len(first.after["entries"])) == (PAGE + 5, PAGE)
    assert (second.after["hits"], len(second.after["entries"])) == (5, 5)
    assert not set(first.after["entries"]) & set(second.after["entries"])


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_search_is_logged_however_it_is_sent(method: str) -> None:
    campaign = make_campaign()
    make_entries(campaign)
    getattr(signed_in(who(campaign)), method)(LIST, {"q": "ziel", "status": "approved"})
    (line,) = lines(campaign, "submission.searched")
    assert (line.after["hits"], line.after["only"]) == (0, ["Approved"])


def test_a_search_in_one_campaign_stands_under_its_client_alone() -> None:
    first, second = make_campaign(), make_campaign()
    signed_in(who(first, second)).post(LIST, {"q": "ziel", "campaign": str(second.pk)})
    assert not lines(first)
    (line,) = lines(second, "submission.searched")
    assert line.target == f"campaign:{second.slug}"
