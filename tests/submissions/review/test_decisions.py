"""A verdict is given once, with its reasons, and everything that follows from it in one act."""

import threading
from contextvars import copy_context
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection

from campaigns.accounts.models import AuditEntry
from ingest_lambda.contract import (
    FINAL,
    RETRYABLE,
    Decision,
    Reason,
    ReasonCode,
    SubmissionStatus,
)
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mail.models import Mail
from submissions.mail.rules.mails import MailState
from submissions.mirror.models import Submission, SubmissionEvent
from submissions.review.models import OutboxDecision, Review
from submissions.review.services.deciding import undo_time
from submissions.review.services.decisions import (
    AlreadyDecided,
    AskedAlready,
    MessageNeeded,
    NoteNeeded,
    ReasonsNeeded,
    approve_submission,
    reject_submission,
    reopen_submission,
    request_resubmission,
    revoke_submission,
)
from tests.campaigns.factories import make_user
from tests.submissions.factories import NOON, make_campaign, make_record, streamed

pytestmark = pytest.mark.dialects

UNREADABLE = [Reason(code=ReasonCode.ILLEGIBLE)]
TOO_OLD = [Reason(code=ReasonCode.RECEIPT_TOO_OLD)]
LATER = NOON + timedelta(seconds=20)


def make_submission(**record: object) -> Submission:
    stored = make_record(make_campaign(), **record)
    mirror_stream_records([streamed(stored)], at=NOON)
    return Submission.objects.get(pk=stored.id)


@pytest.mark.django_db
def test_a_verdict_leaves_its_number_review_event_audit_line_and_outbox_row():
    submission = make_submission()
    approve_submission(submission.pk, actor=make_user(), at=NOON)
    submission.refresh_from_db()
    assert (submission.status, submission.decision_no) == (SubmissionStatus.APPROVED, 1)
    assert submission.decided_at == NOON
    assert Review.objects.get().verdict == SubmissionStatus.APPROVED
    assert SubmissionEvent.objects.filter(kind="decided").count() == 1
    assert AuditEntry.objects.filter(code="submission.approved").count() == 1
    assert OutboxDecision.objects.get().decision_no == 1


@pytest.mark.django_db
@pytest.mark.parametrize("again", [approve_submission, partial(reject_submission, reasons=TOO_OLD)])
def test_the_second_verdict_is_refused_and_leaves_nothing(again):
    submission, actor = make_submission(), make_user()
    approve_submission(submission.pk, actor=actor, at=NOON)
    with pytest.raises(AlreadyDecided, match="already approved"):
        again(submission.pk, actor=actor, at=NOON)
    assert Review.objects.count() == 1
    assert OutboxDecision.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "codes", [[], [ReasonCode.BELOW_MIN_SPEND], [ReasonCode.ILLEGIBLE] * 4], ids=str
)
def test_asking_again_needs_one_to_three_reasons_that_leave_another_try(codes):
    submission = make_submission()
    with pytest.raises(ReasonsNeeded):
        request_resubmission(
            submission.pk, reasons=[Reason(code=c) for c in codes], actor=make_user(), at=NOON
        )


@pytest.mark.django_db
@pytest.mark.parametrize("code", sorted(RETRYABLE))
def test_a_rejection_never_asks_for_a_photo_that_cannot_be_sent(code):
    submission = make_submission()
    with pytest.raises(ReasonsNeeded):
        reject_submission(
            submission.pk, reasons=[Reason(code=code)], actor=make_user(), at=NOON, note="seen"
        )


@pytest.mark.django_db
def test_that_a_photo_cannot_be_read_is_a_reason_after_the_last_try_only():
    unreadable = [Reason(code=ReasonCode.ILLEGIBLE_FINAL)]
    first, second = make_submission(), make_submission(attempt=2)
    with pytest.raises(ReasonsNeeded, match="has another try"):
        reject_submission(first.pk, reasons=unreadable, actor=make_user(), at=NOON)
    rejected = reject_submission(second.pk, reasons=unreadable, actor=make_user(), at=NOON)
    assert "either" in rejected.decision_reasons[0]["message"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "code", sorted(FINAL - {ReasonCode.RESUBMISSION_EXPIRED, ReasonCode.ILLEGIBLE_FINAL})
)
def test_a_rejection_may_have_any_final_reason_a_person_can_have(code):
    submission = make_submission()
    reason = Reason(code=code, message="Seen." if code is ReasonCode.OTHER else "")
    reject_submission(submission.pk, reasons=[reason], actor=make_user(), at=NOON)
    assert Submission.objects.get().status == SubmissionStatus.REJECTED


@pytest.mark.django_db
@pytest.mark.parametrize("code", [ReasonCode.LIMIT_REACHED, ReasonCode.RESUBMISSION_EXPIRED])
def test_a_rejection_by_hand_takes_no_reason_of_the_writer_or_the_clock(code):
    with pytest.raises(ReasonsNeeded):
        reject_submission(
            make_submission().pk, reasons=[Reason(code=code)], actor=make_user(), at=NOON
        )


@pytest.mark.django_db
@pytest.mark.parametrize("message", ["", "  ", "\u200b", "\u3164 \u2800"])
def test_other_needs_a_message_that_can_be_seen_whatever_the_note_says(message):
    own = [Reason(code=ReasonCode.OTHER, message=message)]
    with pytest.raises(ReasonsNeeded):
        reject_submission(
            make_submission().pk, reasons=own, actor=make_user(), at=NOON, note="A known till."
        )


@pytest.mark.django_db
def test_a_reason_is_worded_by_the_campaign_or_with_what_was_found_in_the_entrants_language():
    campaign = make_campaign(
        reason_texts={"es": {"RECEIPT_TOO_OLD": "Solo valen tickets de junio."}}
    )
    stored = make_record(campaign, locale="es")
    mirror_stream_records([streamed(stored)], at=NOON)
    dated = Reason(
        code=ReasonCode.BEFORE_PURCHASE_WINDOW, found="2026-05-28", expected="2026-06-01"
    )
    reject_submission(stored.id, reasons=[*TOO_OLD, dated], actor=make_user(), at=NOON)
    own, compared = [reason["message"] for reason in Review.objects.get().reasons]
    assert own == "Solo valen tickets de junio."
    assert "28 de mayo de 2026" in compared
    assert "1 de junio de 2026" in compared
    carried = Decision.model_validate(OutboxDecision.objects.get().decision)
    assert [reason.message for reason in carried.reasons] == [own, compared]


@pytest.mark.django_db
def test_there_is_one_retry_and_after_it_a_verdict():
    submission = make_submission(attempt=2)
    with pytest.raises(AskedAlready):
        request_resubmission(submission.pk, reasons=UNREADABLE, actor=make_user(), at=NOON)
    reject_submission(submission.pk, reasons=TOO_OLD, actor=make_user(), at=NOON)


@pytest.mark.django_db
def test_only_a_rejection_gives_slots_back():
    actor = make_user()
    reject = partial(reject_submission, reasons=TOO_OLD)
    for verdict, gives_back in ((approve_submission, False), (reject, True)):
        submission = make_submission()
        verdict(submission.pk, actor=actor, at=NOON)
        row = OutboxDecision.objects.get(submission=submission)
        assert row.decision["gives_back"] is gives_back


@pytest.mark.django_db
def test_what_was_taken_back_can_be_decided_again_and_both_stay_on_record():
    submission, actor = make_submission(), make_user()
    approve_submission(submission.pk, actor=actor, at=NOON)
    reopen_submission(submission.pk, actor=actor, at=LATER, note="wrong key")
    approve_submission(submission.pk, actor=actor, at=LATER)
    assert list(Review.objects.values_list("decision_no", flat=True)) == [1, 2, 3]


@pytest.mark.django_db
def test_a_verdict_taken_back_in_time_is_never_told():
    submission, actor = make_submission(), make_user()
    reject_submission(submission.pk, reasons=TOO_OLD, actor=actor, at=NOON)
    mail = Mail.objects.create(
        submission=submission,
        campaign=submission.campaign,
        kind="rejected",
        event="rejected:1",
        decision_no=1,
        queued_at=NOON,
        not_before=NOON + undo_time(),
    )
    assert OutboxDecision.objects.get().not_before == NOON + undo_time(), "it would free the slot"
    reopen_submission(submission.pk, actor=actor, at=LATER, note="wrong key")
    mail.refresh_from_db()
    assert mail.state == MailState.WITHDRAWN
    waiting = OutboxDecision.objects.filter(carried_at=None)
    assert [row.decision_no for row in waiting] == [2]


@pytest.mark.django_db
@pytest.mark.parametrize("blank", ["  ", "\u200b", "\u2800"])
@pytest.mark.parametrize("act", [reopen_submission, revoke_submission])
def test_to_go_back_on_something_needs_a_word_on_why_that_can_be_seen(act, blank):
    with pytest.raises(NoteNeeded):
        act(make_submission().pk, actor=make_user(), at=NOON, note=blank)


@pytest.mark.django_db
def test_staff_may_take_in_what_the_rules_refused():
    submission = make_submission(
        status=SubmissionStatus.INVALID, reasons=(Reason(code=ReasonCode.LIMIT_REACHED),)
    )
    actor = make_user()
    with pytest.raises(AlreadyDecided):
        approve_submission(submission.pk, actor=actor, at=NOON)
    reopen_submission(submission.pk, actor=actor, at=NOON, note="the shop's till was wrong")
    approve_submission(submission.pk, actor=actor, at=NOON)
    assert Submission.objects.get().status == SubmissionStatus.APPROVED


@pytest.mark.django_db
def test_an_approval_may_be_revoked_for_good():
    submission, actor = make_submission(), make_user()
    approve_submission(submission.pk, actor=actor, at=NOON)
    for blank in ("", "\u200b"):
        with pytest.raises(MessageNeeded):
            revoke_submission(
                submission.pk, actor=actor, at=NOON, note="copied receipt", message=blank
            )
    words = "Another entry has the same receipt."
    revoke_submission(submission.pk, actor=actor, at=NOON, note="copied receipt", message=words)
    assert Submission.objects.get().decision_reasons == [{"code": "OTHER", "message": words}]
    with pytest.raises(AlreadyDecided):
        reopen_submission(submission.pk, actor=actor, at=NOON, note="no, it was fine")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_moderators_at_once_one_is_refused():
    submission, actor = make_submission(), make_user()
    start, outcomes = threading.Barrier(2), []

    def press() -> None:
        start.wait(10)
        try:
            approve_submission(submission.pk, actor=actor, at=NOON)
            outcomes.append("approved")
        except AlreadyDecided:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=copy_context().run, args=(press,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["approved", "refused"]
    assert Review.objects.count() == 1
