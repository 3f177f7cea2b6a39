"""The outbox: carry decisions to the table, in order, then let the mail follow."""

from datetime import datetime

from django.db import transaction

from campaignhub import ingest
from ingest_lambda.contract import Decision
from submissions.models import Mail, OutboxDecision
from submissions.rules.mails import MAIL_AFTER, UNDO


def carry_decisions(*, at: datetime, most: int = 200) -> int:
    """Carry what waits, oldest first; return how many went.

    Each is applied behind its number, so that two carriers at once, or one
    that died in between, do no harm. One that cannot go yet stays for the next
    round with its trouble written beside it, and its submission's later ones
    wait behind it.
    """
    carried, stuck = 0, set()
    for row in OutboxDecision.objects.filter(carried_at=None).order_by("id")[:most]:
        if row.submission_id in stuck:
            continue
        decision = Decision.model_validate(row.decision)
        try:
            ingest.apply_decision(decision)
        except (ingest.IngestBusy, ingest.SubmissionMissing) as exc:
            stuck.add(row.submission_id)
            row.tries += 1
            row.trouble = type(exc).__name__
            row.save(update_fields=["tries", "trouble"])
            continue
        _note_carried(row, decision, at)
        carried += 1
    return carried


@transaction.atomic
def _note_carried(row: OutboxDecision, decision: Decision, at: datetime) -> None:
    row.carried_at = at
    row.trouble = ""
    row.save(update_fields=["carried_at", "trouble"])
    kind = MAIL_AFTER.get(decision.status)
    submission = row.submission
    latest = submission.decision_no == decision.decision_no
    if kind is not None and latest and not submission.is_test:
        Mail.objects.get_or_create(
            submission=submission,
            event=f"decided:{decision.decision_no}",
            defaults={
                "kind": kind,
                "decision_no": decision.decision_no,
                "attempt": decision.attempt,
                "queued_at": at,
                "not_before": decision.decided_at + UNDO,
            },
        )
