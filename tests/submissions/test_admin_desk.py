"""The desk hands out work in order, shows what a moderator may see, and takes verdicts once."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign, User
from campaigns.rules.roles import Role
from ingest_lambda.contract import (
    Channel,
    ImageRefusal,
    Page,
    ReasonCode,
    Route,
    SubmissionStatus,
    Suspicion,
)
from submissions.admin.wording import REFUSALS, SUSPICIONS
from submissions.models import Review, ReviewClaim, Submission
from submissions.services import decisions, queue
from submissions.services.mirror import mirror_stream_records
from tests.campaigns.factories import make_user
from tests.submissions.factories import (
    NOON,
    make_campaign,
    make_image,
    make_record,
    make_upload,
    streamed,
)

pytestmark = pytest.mark.django_db


def make_submission(campaign: Campaign, **overrides: Any) -> Submission:
    record = make_record(campaign, **overrides)
    mirror_stream_records([streamed(record)], at=timezone.now())
    return Submission.objects.get(pk=record.id)


def make_staff(campaign: Campaign, role: Role = Role.MODERATOR) -> tuple[Browser, User]:
    user = make_user((campaign.client, role))
    browser = Browser()
    browser.force_login(user)
    return browser, user


def desk_of(submission: Submission) -> str:
    return reverse("admin:submissions_submission_change", args=[submission.pk])


def show(browser: Browser, submission: Submission) -> str:
    page = browser.get(desk_of(submission))
    assert page.status_code == 200
    return page.content.decode()


# -------------------------------------------------------------------- the order of work


def test_answers_come_first_then_the_nearest_promise_then_the_oldest():
    campaign = make_campaign()
    user = make_user((campaign.client, Role.MODERATOR))
    later = make_submission(campaign, entered_at=NOON + timedelta(days=7))
    oldest = make_submission(campaign, entered_at=NOON - timedelta(hours=2))
    old = make_submission(campaign, entered_at=NOON)
    answer = make_submission(campaign, attempt=2, entered_at=NOON + timedelta(days=9))

    order: list[Any] = []
    while (
        found := queue.next_submission(
            [campaign.pk], actor=user, at=timezone.now(), passing_over=order
        )
    ) is not None:
        order.append(found)

    assert order == [answer.pk, oldest.pk, old.pk, later.pk]


def test_two_campaigns_are_worked_on_in_one_order():
    first, second = make_campaign(), make_campaign()
    user = make_user((first.client, Role.MODERATOR), (second.client, Role.MODERATOR))
    make_submission(first, entered_at=NOON + timedelta(hours=1))
    due = make_submission(second, entered_at=NOON)

    found = queue.next_submission([first.pk, second.pk], actor=user, at=timezone.now())

    assert found == due.pk


def test_what_somebody_has_open_is_not_handed_to_another_until_they_leave_or_time_is_up():
    campaign = make_campaign()
    first, second = make_staff(campaign), make_staff(campaign)
    submission = make_submission(campaign)
    now = timezone.now()

    assert queue.next_submission([campaign.pk], actor=first[1], at=now) == submission.pk
    assert queue.next_submission([campaign.pk], actor=second[1], at=now) is None
    assert queue.next_submission([campaign.pk], actor=first[1], at=now) == submission.pk
    late = now + queue.HOLD + timedelta(seconds=1)
    assert queue.next_submission([campaign.pk], actor=second[1], at=late) == submission.pk

    second[0].post(reverse("admin:submissions_review_leave", args=[submission.pk]))
    assert queue.next_submission([campaign.pk], actor=first[1], at=late) == submission.pk


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_the_same_moment_get_two_submissions():
    campaign = make_campaign()
    users = [make_user((campaign.client, Role.MODERATOR)) for _ in range(2)]
    for _ in range(2):
        make_submission(campaign)
    start, handed = threading.Barrier(2), []

    def ask(user: User) -> None:
        try:
            start.wait(10)
            handed.append(queue.next_submission([campaign.pk], actor=user, at=timezone.now()))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(user,)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(set(handed)) == 2
    assert None not in handed


def test_tests_and_other_clients_entries_are_not_handed_out():
    campaign = make_campaign()
    browser, _ = make_staff(make_campaign())
    make_submission(campaign)
    Submission.objects.filter(pk=make_submission(campaign).pk).update(is_test=True)

    page = browser.get(reverse("admin:submissions_review_next"))

    assert page.status_code == 200
    assert "Nothing waits for you" in page.content.decode()


def test_the_next_is_fetched_as_a_part_without_the_one_on_the_screen():
    campaign = make_campaign()
    browser, _ = make_staff(campaign)
    here = make_submission(campaign, entered_at=NOON)
    other = make_submission(campaign, entered_at=NOON + timedelta(hours=1))

    page = browser.get(
        reverse("admin:submissions_review_next"), {"part": "1", "not": str(here.pk)}, follow=True
    )

    text = page.content.decode()
    assert other.reference in text
    assert "<html" not in text


# -------------------------------------------------------------------- what the desk shows


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
    assert "the last try" in page


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
    assert "while the campaign was paused" in page
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
    asked = {
        "reason": [code],
        f"found-{code}": "2026-05-28",
        f"expected-{code}": "2026-06-01",
    }
    page = browser.get(reverse("admin:submissions_review_sentences", args=[submission.pk]), asked)
    (line,) = page.json()["lines"]
    assert "28. Mai 2026" in line["theirs"]
    assert "28 May 2026" in line["ours"]
    browser.post(desk_of(submission), {"verdict": "reject", **asked})
    (review,) = Review.objects.filter(submission=submission)
    assert review.reasons[0]["message"] == line["theirs"]


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


# -------------------------------------------------------------------- verdicts


def test_a_verdict_without_javascript_leads_to_the_next_one_with_an_undo():
    campaign = make_campaign()
    browser, _ = make_staff(campaign)
    first = make_submission(campaign, entered_at=NOON)
    second = make_submission(campaign, entered_at=NOON + timedelta(hours=1))

    page = browser.post(desk_of(first), {"verdict": "approve"}, follow=True)

    text = page.content.decode()
    assert second.reference in text
    assert f"{first.reference} approved." in text
    assert reverse("admin:submissions_review_undo", args=[first.pk]) in text
    assert not ReviewClaim.objects.filter(submission=first).exists()


def test_a_verdict_in_the_background_is_answered_and_the_second_is_told_who_was_first():
    campaign = make_campaign()
    browser, _ = make_staff(campaign)
    submission = make_submission(campaign)
    headers = {"Accept": "application/json"}

    first = browser.post(desk_of(submission), {"verdict": "approve"}, headers=headers)
    second = browser.post(desk_of(submission), {"verdict": "approve"}, headers=headers)

    assert first.json()["said"] == f"{submission.reference} approved."
    assert second.status_code == 409
    assert "approved" in second.json()["trouble"]


def test_asking_again_without_a_reason_says_what_to_do():
    campaign = make_campaign()
    browser, _ = make_staff(campaign)
    submission = make_submission(campaign)
    page = browser.post(desk_of(submission), {"verdict": "ask_again"}, follow=True)
    assert "Choose one to three reasons" in page.content.decode()
    submission.refresh_from_db()
    assert submission.status == SubmissionStatus.PENDING_REVIEW


@pytest.mark.parametrize("forged", ["NONSENSE", "LIMIT_REACHED"])
def test_a_reason_that_is_not_on_the_list_decides_nothing(forged: str):
    campaign = make_campaign()
    browser, _ = make_staff(campaign)
    submission = make_submission(campaign)
    browser.post(desk_of(submission), {"verdict": "reject", "reason": forged})
    assert not Review.objects.exists()


def test_one_s_own_verdict_is_undone_within_the_minute():
    campaign = make_campaign()
    browser, _ = make_staff(campaign)
    submission = make_submission(campaign)
    browser.post(desk_of(submission), {"verdict": "approve"})
    undo = reverse("admin:submissions_review_undo", args=[submission.pk])

    page = browser.post(undo, follow=True)

    assert "waits for review again" in page.content.decode()
    submission.refresh_from_db()
    assert submission.status == SubmissionStatus.PENDING_REVIEW
    assert Review.objects.latest("decision_no").note.startswith("A slip")


def test_after_the_minute_or_by_another_only_a_lead_with_a_reason_takes_it_back():
    campaign = make_campaign()
    moderator, user = make_staff(campaign)
    lead, _ = make_staff(campaign, Role.CAMPAIGN_MANAGER)
    submission = make_submission(campaign)
    decisions.approve_submission(
        submission.pk, actor=user, at=timezone.now() - timedelta(minutes=2)
    )
    undo = reverse("admin:submissions_review_undo", args=[submission.pk])

    assert moderator.post(undo, {"note": "please"}).status_code == 404
    lead.post(undo)
    submission.refresh_from_db()
    assert submission.status == SubmissionStatus.APPROVED
    lead.post(undo, {"note": "The date was right after all."})
    submission.refresh_from_db()
    assert submission.status == SubmissionStatus.PENDING_REVIEW


@pytest.mark.parametrize(
    ("act", "before", "after"),
    [
        ("revoke", SubmissionStatus.APPROVED, SubmissionStatus.REVOKED),
        ("restore", SubmissionStatus.INVALID, SubmissionStatus.RECEIVED),
    ],
)
def test_a_lead_revokes_an_approval_and_takes_in_what_the_rules_refused(act, before, after):
    campaign = make_campaign()
    lead, _ = make_staff(campaign, Role.CAMPAIGN_MANAGER)
    moderator, _ = make_staff(campaign)
    submission = make_submission(campaign, status=before)
    address = reverse("admin:submissions_review_undo", args=[submission.pk])

    assert moderator.post(address, {"act": act, "note": "please"}).status_code == 404
    assert f'value="{act}"' in show(lead, submission)
    assert f'value="{act}"' not in show(moderator, submission)
    lead.post(address, {"act": act})
    submission.refresh_from_db()
    assert submission.status == before
    lead.post(address, {"act": act, "note": "The shop called."})
    submission.refresh_from_db()
    assert submission.status == after
