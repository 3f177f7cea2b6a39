"""The desk shows what a moderator may see, and why an entry is here."""

from typing import Any

import pytest
from django.urls import reverse

from campaigns.accounts.rules.roles import Role
from ingest_lambda.contract import Channel, ImageRefusal, Page, ReasonCode, Route, Suspicion
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mirror.models import Submission
from submissions.receipts.admin import REFUSALS
from submissions.review.admin.wording import SUSPICIONS
from submissions.review.models import Review
from submissions.review.services import decisions
from tests.submissions.factories import (
    NOON,
    make_campaign,
    make_image,
    make_record,
    make_upload,
    streamed,
)
from tests.submissions.review.at_the_desk import desk_of, given, make_staff, make_submission, show

pytestmark = pytest.mark.django_db


def test_every_suspicion_and_refusal_has_its_sentence():
    assert set(SUSPICIONS) == set(Suspicion)
    assert set(REFUSALS) == set(ImageRefusal)


def test_the_desk_says_why_an_entry_is_here():
    campaign = make_campaign()
    browser, _ = make_staff(campaign)
    submission = make_submission(
        campaign, suspicions=tuple(Suspicion), conflict_hashes=("a" * 64,), attempt=2
    )
    page = show(browser, submission)
    for sentence in SUSPICIONS.values():
        assert sentence.replace("'", "&#x27;") in page
    assert "came again once with other answers" in page
    assert "last attempt" in page


def test_the_desk_says_how_an_entry_came_where_that_is_not_the_usual():
    campaign = make_campaign()
    browser, _ = make_staff(campaign)
    came = make_submission(
        campaign,
        route=Route.FREE,
        channel=Channel.PARTNER,
        partner="Kiosk 4",
        source="tube-poster",
        held=True,
    )
    page = show(browser, came)
    assert "free entry, by Kiosk 4, from “tube-poster”" in page
    assert "The campaign was paused, so its prizes wait until it resumes." in page
    assert "free entry" not in show(browser, make_submission(campaign))


def test_a_moderator_sees_masked_data_and_leaves_no_line_in_the_log():
    campaign = make_campaign()
    browser, _ = make_staff(campaign)
    page = show(browser, make_submission(campaign))
    assert "Ada L." in page
    assert "a•••@example.com" in page
    assert "Lovelace" not in page
    assert not campaign.client.audit_entries.filter(code="submission.contact_seen").exists()


def test_a_manager_sees_all_and_the_log_says_so():
    campaign = make_campaign()
    browser, user = make_staff(campaign, Role.CAMPAIGN_MANAGER)
    page = show(browser, make_submission(campaign))
    assert "Ada Lovelace" in page
    assert "ada@example.com" in page
    assert campaign.client.audit_entries.get(code="submission.contact_seen").actor == user


def test_a_photo_that_is_not_here_yet_says_so_and_one_that_gave_no_picture_says_why():
    campaign = make_campaign()
    browser, _ = make_staff(campaign)
    record = make_record(campaign)
    uploads = (make_upload(record.id, 1), make_upload(record.id, 2))
    record = record.model_copy(update={"uploads": uploads})
    image = make_image(record.id, uploads[1]).model_copy(update={"refusal": ImageRefusal.ENCRYPTED})
    mirror_stream_records([streamed(record), streamed(image)], at=NOON)
    page = show(browser, Submission.objects.get(pk=record.id))
    assert "Photo 1 hasn&#x27;t arrived yet" in page
    assert "data-missing" in page
    assert REFUSALS[ImageRefusal.ENCRYPTED] in page


def test_the_same_file_of_another_entry_stands_beside_it():
    campaign = make_campaign()
    browser, _ = make_staff(campaign)
    records = [make_record(campaign) for _ in range(2)]
    for number, record in enumerate(records):
        upload = make_upload(record.id)
        page = Page(
            view_key=f"receipts/{number}.jpg",
            thumbnail_key=f"receipts/{number}-s.jpg",
            width=600,
            height=900,
        )
        image = make_image(record.id, upload).model_copy(
            update={"pages": (page,), "seen_on": records[0].id if number else None}
        )
        announced = record.model_copy(update={"uploads": (upload,)})
        mirror_stream_records([streamed(announced), streamed(image)], at=NOON)
    shown = show(browser, Submission.objects.get(pk=records[1].id))
    assert "receipts/0.jpg" in shown
    assert "receipts/1.jpg" in shown
    assert "by another person" in shown
    # And the other way round: whoever looks at the first sees who has it too.
    assert "receipts/1.jpg" in show(browser, Submission.objects.get(pk=records[0].id))


def test_who_else_has_it_open_is_named():
    campaign = make_campaign()
    first, second = make_staff(campaign), make_staff(campaign)
    submission = make_submission(campaign)
    show(first[0], submission)
    assert f"{first[1].username} has this entry open" in show(second[0], submission)


def test_the_entrant_s_sentence_is_shown_before_it_is_sent_in_their_language():
    campaign = make_campaign()
    browser, _ = make_staff(campaign)
    submission = make_submission(campaign, locale="de")
    code = ReasonCode.BEFORE_PURCHASE_WINDOW.value
    asked: dict[str, Any] = {
        "reason": [code],
        f"found-{code}": "2026-05-28",
        f"expected-{code}": "2026-06-01",
    }
    page = browser.post(reverse("admin:submissions_review_sentences", args=[submission.pk]), asked)
    (line,) = page.json()["lines"]
    assert "28. Mai 2026" in line["theirs"]
    assert "28 May 2026" in line["ours"]
    browser.post(desk_of(submission), given("reject", **asked))
    (review,) = Review.objects.filter(submission=submission)
    assert review.reasons[0]["message"] == line["theirs"]


def test_what_is_typed_at_the_desk_stands_in_no_address():
    """The web server's log keeps every address, and a note may name a person."""
    submission = make_submission(campaign := make_campaign())
    browser, _ = make_staff(campaign)
    sentences = reverse("admin:submissions_review_sentences", args=[submission.pk])
    assert browser.get(sentences, {"reason": "OTHER", "message": "Ada"}).status_code == 404


def test_the_number_of_queries_does_not_grow_with_history_and_photos(django_assert_max_num_queries):
    campaign = make_campaign()
    browser, user = make_staff(campaign)
    record = make_record(campaign, person_hash="p" * 32)
    uploads = tuple(make_upload(record.id, part) for part in range(1, 7))
    images = [streamed(make_image(record.id, upload)) for upload in uploads]
    record = record.model_copy(update={"uploads": uploads})
    mirror_stream_records([streamed(record), *images], at=NOON)
    for _ in range(12):
        make_submission(campaign, person_hash="p" * 32)
    for _ in range(3):
        decisions.approve_submission(record.id, actor=user, at=NOON)
        decisions.reopen_submission(record.id, actor=user, at=NOON, note="again")
    with django_assert_max_num_queries(26):
        show(browser, Submission.objects.get(pk=record.id))


def test_the_desk_that_is_made_ready_counts_nothing_that_is_decided_before_it_is_seen():
    campaign = make_campaign()
    browser, _ = make_staff(campaign)
    one, other, third = (make_submission(campaign) for _ in range(3))
    asked = {"part": "1", "not": [str(one.pk), str(other.pk), "typed by hand"]}
    ready = browser.get(reverse("admin:submissions_review_next"), asked, follow=True)
    assert f'data-id="{third.pk}"' in ready.content.decode()
    assert "1 left" in ready.content.decode()
    assert "3 left" in show(browser, third)
