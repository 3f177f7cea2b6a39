"""The list finds what is looked for, through indexes, and shows no more than its reader may see."""

from datetime import timedelta
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns.accounts.rules.roles import Role
from campaigns.setup.models import Campaign
from ingest_lambda.contract import ImageRefusal, Mode, SubmissionStatus
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mirror.models import Submission
from submissions.mirror.services.search import Wanted, find
from submissions.review.models import Review
from tests.campaigns.factories import make_user
from tests.submissions.factories import (
    NOON,
    make_campaign,
    make_image,
    make_record,
    make_upload,
    streamed,
)

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]
LIST = reverse("admin:submissions_submission_changelist")


def make_submission(campaign: Campaign, **overrides: Any) -> Submission:
    record = make_record(campaign, **overrides)
    mirror_stream_records([streamed(record)], at=NOON)
    return Submission.objects.get(pk=record.id)


def named(given: str, family: str, email: str) -> dict[str, Any]:
    return {"answers": {"first": given, "last": family, "email": email}}


def signed_in(campaign: Campaign, role: Role = Role.CAMPAIGN_MANAGER) -> Browser:
    browser = Browser()
    browser.force_login(make_user((campaign.client, role)))
    return browser


def ticked(submission: Submission) -> str:
    """Return what a row's box sends: the entry, and the decision that the row shows."""
    return f"{submission.pk}.{submission.decision_no}"


def search(browser: Browser, text: str, **more: Any) -> str:
    return browser.post(LIST, {"q": text, **more}, follow=True).content.decode()


def test_a_manager_reads_names_and_addresses_a_moderator_reads_masks():
    campaign = make_campaign()
    make_submission(campaign)
    full = signed_in(campaign).get(LIST).content.decode()
    masked = signed_in(campaign, Role.MODERATOR).get(LIST).content.decode()
    assert "Ada Lovelace" in full
    assert "ada@example.com" in full
    assert "Ada L." in masked
    assert "a•••@example.com" in masked
    assert "Lovelace" not in masked


def test_a_reference_is_found_as_people_type_it():
    campaign = make_campaign()
    submission, other = make_submission(campaign), make_submission(campaign)
    typed = submission.reference.replace("-", " ").lower().replace("0", "o").replace("1", "l")
    page = search(signed_in(campaign), typed)
    assert submission.reference in page
    assert other.reference not in page


@pytest.mark.parametrize(
    "typed",
    ["mül", "MUL", "müller", "jo", "José", "jose muller", "José Mül", "Jose.Mueller@Example.com"],
)
def test_a_person_is_found_by_the_beginning_of_a_name_or_the_whole_address(typed: str):
    campaign = make_campaign()
    wanted = make_submission(campaign, **named("José", "Müller", "jose.mueller@example.com"))
    other = make_submission(campaign, **named("Ann", "Smith", "ann@example.com"))
    page = search(signed_in(campaign), typed)
    assert wanted.reference in page
    assert other.reference not in page


@pytest.mark.parametrize(
    "typed",
    [
        "O'Brien",
        "o\u2019brien",
        "zoe@M\u00dcLLER.example",
        "zoe@xn--mller-kva.example",
        "<zoe@m\u00fcller.example>",
    ],
)
def test_a_person_is_found_however_the_name_and_the_address_are_spelled(typed: str):
    campaign = make_campaign()
    answers = {"email": "Zoe@m\u00fcller.example", "first": "Zoe", "last": "O\u2019Brien"}
    row = make_submission(campaign, answers=answers)
    found = find(Wanted(text=typed), campaigns=[campaign.pk], by_person=[campaign.pk], most=5)
    assert found.ids == [row.pk]


@pytest.mark.parametrize("typed", ["%", "_", "ul", "xyz", "jose@example.com", "a" * 500])
def test_what_nobody_is_called_finds_nothing_and_says_what_to_type(typed: str):
    campaign = make_campaign()
    submission = make_submission(campaign, **named("José", "Müller", "jose.mueller@example.com"))
    page = search(signed_in(campaign), typed)
    assert submission.reference not in page
    assert "beginning of a name" in page


def test_a_search_for_a_person_stands_in_the_log_and_in_no_address():
    campaign = make_campaign()
    make_submission(campaign)
    answer = signed_in(campaign).post(LIST, {"q": "ada@example.com"})
    assert answer.status_code == 200
    entry: Any = campaign.client.audit_entries.get(code="submission.searched")
    assert (entry.after["by"], entry.after["hits"]) == ("email", 1)
    assert "ada@" not in str(entry.after)


def test_tests_are_left_out_until_they_are_asked_for():
    campaign = make_campaign()
    real = make_submission(campaign)
    tried = make_submission(campaign, mode=Mode.TEST)
    browser = signed_in(campaign)
    page, tests = (
        browser.get(LIST).content.decode(),
        browser.get(LIST, {"test": 1}).content.decode(),
    )
    assert real.reference in page
    assert tried.reference not in page
    assert tried.reference in tests
    assert real.reference not in tests


def test_filters_narrow_and_stand_as_chips_that_can_be_removed():
    campaign = make_campaign()
    waits = make_submission(campaign)
    done = make_submission(campaign, status=SubmissionStatus.APPROVED, conflict_hashes=("a" * 64,))
    browser = signed_in(campaign)
    page = browser.get(LIST, {"status": "approved", "conflict": "1"}).content.decode()
    assert done.reference in page
    assert waits.reference not in page
    assert 'href="?conflict=1"' in page
    assert 'href="?status=approved"' in page


def test_trouble_with_a_photo_is_found():
    campaign = make_campaign()
    fine = make_submission(campaign)
    record = make_record(campaign)
    image = make_image(record.id, make_upload(record.id)).model_copy(
        update={"refusal": ImageRefusal.DAMAGED}
    )
    mirror_stream_records([streamed(record), streamed(image)], at=NOON)
    page = signed_in(campaign).get(LIST, {"photo": 1}).content.decode()
    assert Submission.objects.get(pk=record.id).reference in page
    assert fine.reference not in page


def test_another_client_s_campaign_in_the_address_shows_nothing_of_it():
    campaign, other = make_campaign(), make_campaign()
    hidden = make_submission(other)
    page = signed_in(campaign).get(LIST, {"campaign": str(other.pk)}).content.decode()
    assert hidden.reference not in page
    assert "none that you may see" in page


def test_the_pages_of_the_list_hold_every_entry_once():
    campaign = make_campaign()
    for number in range(120):
        make_submission(campaign, entered_at=NOON + timedelta(seconds=number // 7))
    seen: list[str] = []
    browser = signed_in(campaign)
    address: dict[str, str] = {}
    while True:
        page = browser.get(LIST, address)
        seen += [row.reference for row in page.context["cl"].result_list]
        if not page.context["cl"].older:
            break
        address = {"before": page.context["cl"].older}
    assert len(seen) == len(set(seen)) == 120


@pytest.mark.parametrize(
    "before", ["nonsense", "99999999999999999999.x", "1.0190a5d0-0000-7000-8000-000000000001"]
)
def test_a_place_typed_by_hand_breaks_nothing(before: str):
    assert signed_in(make_campaign()).get(LIST, {"before": before}).status_code == 200


def test_the_number_of_queries_is_the_same_for_one_row_and_fifty():
    campaign = make_campaign()
    browser = signed_in(campaign)
    counts = []
    for more in (1, 50):
        for _ in range(more):
            make_submission(campaign)
        browser.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            browser.get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.sqlite
def test_no_filter_sorts_or_reads_the_whole_table():
    campaign, other = make_campaign(), make_campaign()
    for number in range(3):
        make_submission(campaign, entered_at=NOON + timedelta(hours=number))
    choices = product(("", "approved"), (False, True), (False, True), (None, (NOON, uuid4())))
    for status, test, conflict, older in choices:
        wanted = Wanted(status=status, test=test, conflict=conflict, older_than=older)
        with CaptureQueriesContext(connection) as queries:
            find(wanted, campaigns=[campaign.pk, other.pk], by_person=(), most=51)
        query = queries.captured_queries[0]  # a second one, if any, looks rows up by their ids
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
            steps = [row[3] for row in cursor.fetchall()]
        assert not [s for s in steps if s.startswith("SCAN submissions_submission")], steps
        reads = [s for s in steps if "submissions_submission" in s]
        assert len(reads) == 2
        assert all("campaign_id=?" in step for step in reads), steps
        # What is sorted are the few rows that the branches hand over, never a campaign's.
        after = [steps[place + 1] for place, step in enumerate(steps[:-1]) if step in reads]
        assert not [step for step in after if "TEMP B-TREE" in step], steps


# -------------------------------------------------------------------- many at once


def test_acting_on_many_asks_first_with_the_number_that_it_changes():
    campaign = make_campaign()
    waiting = [make_submission(campaign) for _ in range(3)]
    done = make_submission(campaign, status=SubmissionStatus.APPROVED)
    browser = signed_in(campaign)
    chosen = {"act": "approve", "id": [ticked(row) for row in [*waiting, done]]}

    page = browser.post(LIST, chosen).content.decode()
    assert "Approve 3 entries of Summer?" in page
    assert (
        "1 of those you chose doesn&#x27;t wait" in page
        or "1 of those you chose doesn't wait" in page
    )
    assert not Review.objects.exists()

    browser.post(LIST, {**chosen, "confirmed": "1"})
    assert Review.objects.filter(verdict=SubmissionStatus.APPROVED).count() == 3


def test_rejecting_many_takes_reasons():
    campaign = make_campaign()
    submission = make_submission(campaign)
    browser = signed_in(campaign)
    act = {"act": "reject", "id": ticked(submission), "confirmed": "1"}
    page = browser.post(
        LIST, {**act, "note": "Seen <twice>", "message": 'Dear "you"'}
    ).content.decode()
    assert "Choose one to three reasons" in page
    assert ">Seen &lt;twice&gt;</textarea>" in page, "what was filled in is kept"
    assert ">Dear &quot;you&quot;</textarea>" in page
    many = ["STORE_NOT_ELIGIBLE", "PRODUCT_MISSING", "RECEIPT_TOO_OLD", "ILLEGIBLE"]
    page = browser.post(LIST, {**act, "reason": many}).content.decode()
    assert f'value="{ticked(submission)}"' in page
    assert page.count(" checked") == 2, "those that this verdict has"
    browser.post(LIST, {**act, "reason": "STORE_NOT_ELIGIBLE"})
    submission.refresh_from_db()
    assert submission.status == SubmissionStatus.REJECTED


def test_an_act_on_many_comes_back_to_the_filtered_list_and_names_what_was_decided_meanwhile():
    campaign = make_campaign()
    waiting = [make_submission(campaign) for _ in range(2)]
    done = make_submission(campaign, status=SubmissionStatus.APPROVED)
    browser, filtered = signed_in(campaign), f"{LIST}?status=pending_review"
    act = {"act": "approve", "id": [ticked(row) for row in [*waiting, done]]}
    asked = browser.post(filtered, act).content.decode()
    assert f"{done.reference} (approved)" in asked
    assert f'href="{filtered}"' in asked
    assert browser.post(filtered, {**act, "confirmed": "1"})["Location"] == filtered


@pytest.mark.parametrize("role", [Role.MODERATOR, None])
def test_a_moderator_and_a_stranger_act_on_no_many(role: Role | None):
    campaign = make_campaign()
    submission = make_submission(campaign)
    browser = signed_in(campaign, role) if role else signed_in(make_campaign())
    assert "Approve…" not in browser.get(LIST).content.decode() or role is None
    browser.post(LIST, {"act": "approve", "id": ticked(submission), "confirmed": "1"})
    assert not Review.objects.exists()


def test_an_empty_list_says_what_will_appear():
    assert "No entries yet" in signed_in(make_campaign()).get(LIST).content.decode()


def test_times_are_relative_and_exact_on_hover_in_the_campaign_s_zone():
    campaign = make_campaign(timezone="America/New_York")
    make_submission(campaign, entered_at=timezone.now() - timedelta(hours=3))
    page = signed_in(campaign).get(LIST).content.decode()
    assert "3 hours ago" in page
    assert "(New York)" in page


def test_a_search_that_looked_at_a_part_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("submissions.mirror.services.search.LOOKED_AT", 2)
    campaign = make_campaign()
    for _ in range(3):
        make_submission(campaign)
    assert "Type more letters" in search(signed_in(campaign), "love")
    assert "Type more letters" not in search(signed_in(campaign), "ada@example.net")


def test_a_rare_filter_and_a_state_go_together():
    campaign = make_campaign()
    rejected = make_submission(campaign, status=SubmissionStatus.REJECTED, mode=Mode.TEST)
    approved = make_submission(campaign, status=SubmissionStatus.APPROVED, mode=Mode.TEST)
    page = signed_in(campaign).get(LIST, {"test": "1", "status": "approved"}).content.decode()
    assert approved.reference in page
    assert rejected.reference not in page
