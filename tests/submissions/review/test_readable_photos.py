"""Who approves an entry without a photo that can be read is warned first, and says why; whichever way they take."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from campaigns.accounts.models import AuditEntry
from campaigns.accounts.rules.roles import Role
from campaigns.setup.models import Campaign, FormField
from ingest_lambda.contract import (
    ImageRecord,
    ImageRefusal,
    Page,
    Reason,
    ReasonCode,
    Record,
    SubmissionStatus,
)
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mirror.models import Submission
from submissions.receipts.rules.photo_gaps import LEAST_PIXELS
from submissions.review.models import Review
from submissions.review.services.decisions import (
    AlreadyDecided,
    NoReadablePhoto,
    approve_submission,
    reject_submission,
)
from tests.campaigns.factories import make_user
from tests.submissions.factories import (
    NOON,
    make_campaign,
    make_image,
    make_record,
    make_upload,
    streamed,
)
from tests.submissions.review.at_the_desk import desk_of, given, make_staff, show
from tests.submissions.review.test_admin_list import LIST, ticked

pytestmark = pytest.mark.django_db
PAGE = {"view_key": "receipts/v", "thumbnail_key": "receipts/t"}
TINY = (Page(**PAGE, width=LEAST_PIXELS - 1, height=100),)
HOW = ("none_sent", "awaited", "no_picture", "too_small")
WHY: dict[str, Any] = {"note": "The client saw the till roll."}


def asking(campaign: Campaign | None = None) -> Campaign:
    """Make a campaign that asks for a receipt."""
    campaign = campaign or make_campaign()
    FormField.objects.create(campaign=campaign, name="receipt", kind="receipt_image")
    return campaign


def unreadable(campaign: Campaign, gap: str) -> Submission:
    """Bring an entry here whose receipt can't be read, for this reason; for none where it is empty."""
    record = make_record(campaign)
    upload = make_upload(record.id)
    if gap != "none_sent":
        record = record.model_copy(update={"uploads": (upload,)})
    image = make_image(record.id, upload)
    if gap == "no_picture":
        image = image.model_copy(update={"refusal": ImageRefusal.DAMAGED, "pages": ()})
    if gap == "too_small":
        image = image.model_copy(update={"pages": TINY})
    came: list[Record] = [record] if gap in ("none_sent", "awaited") else [record, image]
    mirror_stream_records([streamed(one) for one in came], at=NOON)
    return Submission.objects.get(pk=record.id)


def logged() -> list[dict[str, Any]]:
    """Return what the log has of approvals."""
    lines = AuditEntry.objects.filter(code="submission.approved")
    return [dict(line.after or {}) for line in lines]


def arrive(submission: Submission, **facts: Any) -> None:
    """Let its photo arrive."""
    image: ImageRecord = make_image(submission.pk, make_upload(submission.pk))
    mirror_stream_records([streamed(image.model_copy(update=facts))], at=NOON)


@pytest.mark.parametrize("gap", HOW)
def test_a_person_approves_what_cannot_be_read_only_after_a_warning_and_with_a_note(
    gap: str,
) -> None:
    submission, olivia = unreadable(asking(), gap), make_user()
    by: dict[str, Any] = {"actor": olivia, "at": NOON}
    unsaid = [{"despite": {gap}, "note": note} for note in (" \n", "\u200b", "\u3164")]
    for how in ({}, WHY, {"despite": {gap}}, *unsaid):
        with pytest.raises(NoReadablePhoto):
            approve_submission(submission.pk, **by, **how)
    assert not Review.objects.exists()
    approve_submission(submission.pk, **by, **WHY, despite={gap})
    (kept,) = logged()
    assert kept["note"] == WHY["note"]
    assert kept["photo"]


def test_what_shows_all_that_its_form_asks_for_is_approved_with_one_press() -> None:
    whole = unreadable(asking(), "")
    bare = unreadable(make_campaign(), "none_sent")
    for submission in (whole, bare):
        approve_submission(submission.pk, actor=make_user(), at=NOON, note="Fine.")
    for kept in logged():
        assert set(kept) == {"status", "decision_no"}, "the log keeps no other notes"


def test_neither_a_rule_nor_a_rejection_is_asked_for_a_photo() -> None:
    campaign = asking()
    approve_submission(unreadable(campaign, "none_sent").pk, actor=None, at=NOON)
    reasons = [Reason(code=ReasonCode.DUPLICATE_OWN)]
    rejected = unreadable(campaign, "none_sent")
    reject_submission(rejected.pk, reasons=reasons, actor=make_user(), at=NOON)


def test_what_became_known_since_the_warning_is_another_warning() -> None:
    submission, olivia = unreadable(asking(), "awaited"), make_user()
    arrive(submission, refusal=ImageRefusal.NOT_AN_IMAGE)
    with pytest.raises(NoReadablePhoto):
        approve_submission(submission.pk, actor=olivia, at=NOON, **WHY, despite={"awaited"})


def test_a_photo_that_arrived_since_the_warning_takes_the_note_as_it_is() -> None:
    submission = unreadable(asking(), "awaited")
    arrive(submission)
    approve_submission(submission.pk, actor=make_user(), at=NOON, **WHY, despite={"awaited"})
    assert ["photo" in kept for kept in logged()] == [False]


def test_who_comes_second_reads_who_was_first_and_nothing_of_the_photo() -> None:
    submission = unreadable(asking(), "awaited")
    approve_submission(submission.pk, actor=make_user(), at=NOON, **WHY, despite={"awaited"})
    with pytest.raises(AlreadyDecided):
        approve_submission(submission.pk, actor=make_user(), at=NOON)


@pytest.mark.parametrize("accepts", ["text/html", "application/json"])
def test_the_desk_warns_before_the_first_press_and_the_second_takes_a_note(accepts: str) -> None:
    """By key and in the background, or as a form without JavaScript: the same rule."""
    campaign = asking()
    browser, _ = make_staff(campaign)
    submission = unreadable(campaign, "no_picture")
    page = show(browser, submission)
    assert "There is no photo to read." in page
    assert 'name="despite" value="no_picture ' in page
    headers = {"Accept": accepts}
    answer = browser.post(desk_of(submission), given("approve"), headers=headers)
    assert answer.status_code == (409 if "json" in accepts else 302)
    assert not Review.objects.exists()
    again = given("approve", despite="no_picture ", **WHY)
    browser.post(desk_of(submission), again, headers=headers)
    assert Review.objects.get().note == WHY["note"]


def test_the_desk_approves_what_can_be_read_with_one_press() -> None:
    campaign = asking()
    browser, _ = make_staff(campaign)
    submission = unreadable(campaign, "")
    assert "despite" not in show(browser, submission)
    browser.post(desk_of(submission), given("approve"))
    assert Review.objects.get().verdict == SubmissionStatus.APPROVED


def bulk(browser: Browser, chosen: list[Submission], **more: Any) -> str:
    act = {"act": "approve", "id": [ticked(row) for row in chosen], **more}
    return browser.post(LIST, act, follow=True).content.decode()


def test_of_many_those_that_cannot_be_read_are_left_unless_the_box_is_ticked_and_a_note_says_why() -> (
    None
):
    campaign = asking()
    browser, _ = make_staff(campaign, Role.CAMPAIGN_MANAGER)
    chosen = [unreadable(campaign, gap) for gap in ("", "awaited", "no_picture")]
    asked = bulk(browser, chosen)
    assert "2 of them have no photo that can be read" in asked
    assert 'value="awaited no_picture"' in asked

    said = bulk(browser, chosen, confirmed="1")
    assert "1 entry approved" in said
    assert "2 entries have no photo that can be read" in said
    assert Review.objects.get().submission_id == chosen[0].pk

    ticked_box = {"confirmed": "1", "despite": "awaited no_picture"}
    kept = bulk(browser, chosen[1:], **ticked_box, note=" ")
    assert "Say in the note why they count without a photo." in kept
    assert "Approve 2 entries of" in kept
    assert 'value="awaited no_picture" checked' in kept
    assert all(f'value="{row.pk}.0"' in kept for row in chosen[1:])
    assert Review.objects.count() == 1
    assert "2 entries approved" in bulk(browser, chosen[1:], **ticked_box, **WHY)
    assert Review.objects.count() == 3


def test_a_gap_that_came_after_the_form_was_shown_is_asked_about_with_all_that_was_filled_in() -> (
    None
):
    campaign = asking()
    browser, _ = make_staff(campaign, Role.CAMPAIGN_MANAGER)
    chosen = [unreadable(campaign, gap) for gap in ("", "awaited", "no_picture")]
    kept = bulk(browser, chosen, confirmed="1", despite="awaited", note="A till roll of May")
    assert Review.objects.count() == 2
    assert "2 entries approved" in kept
    assert "Approve 1 entry of" in kept
    assert ">A till roll of May</textarea>" in kept
    assert "has changed. Please look again" in kept
    assert 'value="no_picture"> Approve' in kept, "nobody was warned of this one"


def test_bulk_says_nothing_of_photos_where_all_can_be_read() -> None:
    campaign = asking()
    browser, _ = make_staff(campaign, Role.CAMPAIGN_MANAGER)
    assert "no photo" not in bulk(browser, [unreadable(campaign, "")])


def test_the_undo_page_is_no_way_round_it() -> None:
    campaign = asking()
    browser, _ = make_staff(campaign)
    submission = unreadable(campaign, "awaited")
    undo = reverse("admin:submissions_review_undo", args=[submission.pk])
    browser.post(undo, {"decision_no": 0, "act": "approve"})
    assert not Review.objects.exists()
