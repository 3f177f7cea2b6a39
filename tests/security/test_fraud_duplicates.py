"""Duplicates are joined on what was submitted, by the real hash: no upload, refusal or campaign hides one."""

from collections.abc import Callable
from datetime import timedelta
from itertools import permutations
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.accounts.rules.roles import Role
from campaigns.setup.models import Campaign
from ingest_lambda.contract import (
    ImageRecord,
    Mode,
    Page,
    Record,
    SubmissionRecord,
    SubmissionStatus,
    Suspicion,
)
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.operations.services.test_data import _delete_rows
from submissions.receipts.services.submitted_files import are_shown_by_others, others_with
from submissions.review.services.fraud_checks import review_suspects
from tests.campaigns.factories import make_release, make_user
from tests.submissions.factories import (
    NOON,
    make_campaign,
    make_image,
    make_record,
    make_upload,
    streamed,
)
from tests.submissions.review.suspicious import entered, hear, is_in_review, row
from tests.support.at_once import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]
MINUTE = timedelta(minutes=1)
SEEN = Suspicion.IMAGE_SEEN_BEFORE


def unsent(number: int) -> list[ImageRecord]:
    """Make the facts of a file that was uploaded so often, by forms that nobody sent."""
    images: list[ImageRecord] = []
    for place in range(number):
        submission_id = uuid4()
        image = make_image(submission_id, make_upload(submission_id))
        first = images[0].submission_id if images else None
        early = NOON - timedelta(hours=9) + timedelta(seconds=place)
        images.append(image.model_copy(update={"seen_on": first, "checked_at": early}))
    return images


def make_copies(campaign: Campaign, number: int) -> list[tuple[SubmissionRecord, ImageRecord]]:
    """Make entries that count at once and show one file, a minute between each."""
    return [entered(campaign, entered_at=NOON + MINUTE * place) for place in range(number)]


def batch(*records: Record) -> None:
    """Hear of records in one batch."""
    assert mirror_stream_records([streamed(record) for record in records], at=NOON).refused == []


def only_the_first_counts(made: list[tuple[SubmissionRecord, ImageRecord]]) -> bool:
    """Tell whether the first of these counts and every other one is in review for its photo."""
    first, *others = [record.id for record, _ in made]
    return row(first).status == SubmissionStatus.APPROVED and all(
        is_in_review(one, SEEN) for one in others
    )


@pytest.mark.parametrize("uploads_first", [True, False], ids=["uploads first", "entries first"])
def test_two_hundred_uploads_of_forms_that_were_never_sent_hide_no_duplicate(
    uploads_first: bool,
) -> None:
    made, noise = make_copies(make_campaign(), 3), unsent(250)
    first = noise[0].submission_id
    made = [(record, image.model_copy(update={"seen_on": first})) for record, image in made]
    told = [one for pair in made for one in pair]
    for part in (noise, told) if uploads_first else (told, noise):
        batch(*part)
    assert only_the_first_counts(made)


def test_nor_do_uploads_that_come_between_the_entries() -> None:
    made, noise = make_copies(make_campaign(), 3), unsent(240)
    for (record, image), some in zip(made, (noise[:80], noise[80:160], noise[160:]), strict=True):
        batch(*some, record, image)
    assert only_the_first_counts(made)


def test_two_hundred_entries_that_were_refused_hide_no_duplicate() -> None:
    campaign = make_campaign()
    refused = [
        entered(campaign, SubmissionStatus.INVALID, entered_at=NOON - MINUTE * (n + 1))
        for n in range(230)
    ]
    first = refused[-1][0].id
    batch(
        *[
            one
            for record, image in refused
            for one in (record, image.model_copy(update={"seen_on": first}))
        ]
    )
    made = [
        (record, image.model_copy(update={"seen_on": first}))
        for record, image in make_copies(campaign, 2)
    ]
    hear(*[one for pair in made for one in pair])
    assert only_the_first_counts(made)


def test_of_three_with_one_photo_the_first_that_entered_counts_in_whatever_order_they_come() -> (
    None
):
    for order in permutations(range(3)):
        campaign = make_campaign()
        made = make_copies(campaign, 3)
        for place in order:
            record, image = made[place]
            hear(*((image, record) if place % 2 else (record, image)))
        assert only_the_first_counts(made), order


def test_an_entry_that_turns_out_to_have_come_first_sends_only_the_next_to_review() -> None:
    made = make_copies(make_campaign(), 4)
    for record, image in reversed(made[1:]):
        hear(record, image)
    assert row(made[1][0].id).status == SubmissionStatus.APPROVED
    hear(*made[0])
    assert only_the_first_counts(made)


def test_an_earlier_copy_moves_an_entry_before_the_other() -> None:
    campaign = make_campaign()
    (first, its_photo), (second, the_same) = made = make_copies(campaign, 2)
    hear(first, its_photo, second, the_same)
    assert only_the_first_counts(made)
    hear(second.model_copy(update={"entered_at": NOON - MINUTE, "version": 2}))
    assert is_in_review(first.id, SEEN)


def test_a_refused_entry_that_counts_after_all_holds_its_photo_from_then_on() -> None:
    campaign = make_campaign()
    (early, its_photo), (late, the_same) = make_copies(campaign, 2)
    refused = early.model_copy(update={"status": SubmissionStatus.INVALID})
    hear(refused, its_photo, late, the_same)
    assert row(late.id).status == SubmissionStatus.APPROVED
    hear(early.model_copy(update={"version": 2}))
    assert is_in_review(late.id, SEEN)
    assert row(early.id).status == SubmissionStatus.APPROVED


@pytest.mark.parametrize("status", [SubmissionStatus.WITHDRAWN, SubmissionStatus.PENDING_REVIEW])
def test_one_that_was_withdrawn_or_waits_has_shown_its_photo_all_the_same(
    status: SubmissionStatus,
) -> None:
    campaign = make_campaign()
    early = entered(campaign, status, entered_at=NOON - MINUTE)
    late = entered(campaign)
    hear(*early, *late)
    assert is_in_review(late[0].id, SEEN)


def test_another_campaign_and_the_campaign_s_own_tests_are_no_duplicates() -> None:
    campaign = make_campaign()
    ours, theirs, tried = entered(campaign), entered(make_campaign()), entered(campaign)
    as_test = {
        "mode": Mode.TEST,
        "campaign_id": str(campaign.test_id),
        "slug": campaign.test_slug,
        "entered_at": NOON - MINUTE,
    }
    make_release(campaign, is_test=True)
    hear(tried[0].model_copy(update=as_test), tried[1], *theirs, *ours)
    for record, _ in (ours, theirs, tried):
        assert row(record.id).status == SubmissionStatus.APPROVED


def test_a_deleted_test_holds_nothing() -> None:
    campaign = make_campaign()
    make_release(campaign, is_test=True)
    as_test = {"mode": Mode.TEST, "campaign_id": str(campaign.test_id), "slug": campaign.test_slug}
    early, late = entered(campaign, entered_at=NOON - MINUTE), entered(campaign)
    hear(early[0].model_copy(update=as_test), early[1])
    _delete_rows([early[0].id], NOON)
    hear(late[0].model_copy(update=as_test), late[1])
    assert row(late[0].id).status == SubmissionStatus.APPROVED


def test_the_same_file_twice_in_one_entry_is_no_duplicate_of_another() -> None:
    campaign, submission_id = make_campaign(), uuid4()
    uploads = tuple(
        make_upload(submission_id, part).model_copy(update={"sha256": "1" * 64}) for part in (1, 2)
    )
    record = make_record(
        campaign, id=submission_id, status=SubmissionStatus.APPROVED, uploads=uploads
    )
    hear(record, *(make_image(submission_id, upload) for upload in uploads))
    assert row(submission_id).status == SubmissionStatus.APPROVED
    late = entered(campaign, entered_at=NOON + MINUTE)
    hear(*late)
    assert is_in_review(late[0].id, SEEN)
    assert row(submission_id).status == SubmissionStatus.APPROVED


def test_a_file_declared_under_another_hash_is_found_by_its_real_one() -> None:
    campaign = make_campaign()
    (early, its_photo), (late, the_same) = make_copies(campaign, 2)
    lied = tuple(upload.model_copy(update={"sha256": "7" * 64}) for upload in late.uploads)
    hear(early, its_photo, late.model_copy(update={"uploads": lied}), the_same)
    assert is_in_review(late.id, Suspicion.OTHER_HASH, SEEN)


def test_nothing_counts_here_before_its_photo_has_come() -> None:
    record, image = entered(make_campaign())
    hear(record)
    assert row(record.id).status == SubmissionStatus.RECEIVED
    hear(record.model_copy(update={"version": 2, "conflict_hashes": ("c" * 64,)}))
    assert row(record.id).status == SubmissionStatus.RECEIVED
    hear(image)
    assert (row(record.id).status, row(record.id).decision_no) == ("approved", 0)


def test_heard_again_an_entry_that_counts_goes_on_counting() -> None:
    record, image = entered(make_campaign())
    hear(record, image)
    hear(record, image, record.model_copy(update={"version": 2}))
    assert row(record.id).status == SubmissionStatus.APPROVED


def test_the_desk_names_some_of_the_entries_with_one_photo_and_says_that_there_are_more() -> None:
    campaign = make_campaign()
    browser = Browser()
    browser.force_login(make_user((campaign.client, Role.MODERATOR)))
    page = Page(view_key="a.jpg", thumbnail_key="b.jpg", width=60, height=90)
    made = [
        (record, image.model_copy(update={"pages": (page,)}))
        for record, image in make_copies(campaign, 24)
    ]
    batch(*unsent(30), *[one for pair in made for one in pair])
    address = reverse("admin:submissions_submission_change", args=[made[23][0].id])
    assert "sent with more than 20 other entries" in browser.get(address).content.decode()


# ------------------------------------------------------------ a million rows


def plans_of(ask: Callable[[], object]) -> list[str]:
    """Return the steps of the queries for submitted files, as SQLite plans them."""
    with CaptureQueriesContext(connection) as queries:
        ask()
    steps = []
    for query in queries.captured_queries:
        if query["sql"].startswith("SELECT") and "submittedfile" in query["sql"]:
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
                steps += [step[3] for step in cursor.fetchall()]
    return steps


@pytest.mark.sqlite
def test_the_first_with_a_file_is_read_from_an_index_however_many_have_it() -> None:
    campaign = make_campaign()
    made = make_copies(campaign, 3)
    batch(*[one for pair in made for one in pair])
    ids = [record.id for record, _ in made]
    asked: list[Callable[[], object]] = [
        lambda: review_suspects(ids, at=NOON),
        lambda: others_with(ids[0]),
        lambda: are_shown_by_others(ids[0], ["1" * 64], scope=campaign.pk, most=1),
    ]
    for ask in asked:
        steps = plans_of(ask)
        assert any("(scope=? AND sha256=?" in step for step in steps), steps
        unfit = ("SCAN", "USE TEMP B-TREE FOR ORDER", "USE TEMP B-TREE FOR LAST")
        assert not [step for step in steps if step.startswith(unfit)], steps


# ------------------------------------------------------------ two at once


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(5))
def test_two_workers_with_the_halves_of_each_other_s_rows_end_with_whole_ones(_round: int) -> None:
    campaign = make_campaign()
    made = make_copies(campaign, 6)
    entered_here = [record for record, _ in made]
    photos = [image for _, image in made]

    def one() -> None:
        batch(*entered_here[:3], *photos[3:])

    def other() -> None:
        batch(*reversed(entered_here[3:]), *reversed(photos[:3]))

    at_once(one, other)
    assert only_the_first_counts(made)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_four_workers_with_an_entry_each_of_one_photo_leave_one_that_counts(_round: int) -> None:
    made = make_copies(make_campaign(), 4)

    def bring(place: int) -> Callable[[], None]:
        return lambda: batch(*made[place])

    at_once(*(bring(place) for place in (2, 0, 3, 1)))
    assert only_the_first_counts(made)
