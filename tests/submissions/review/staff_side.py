"""What staff do to entries, and what carries their verdicts and mails: it dies, is refused, and hears back."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import rule

from campaignhub import ingest
from campaignhub.errors import DomainError
from campaigns.accounts.models import User
from ingest_lambda.contract import Decision, Reason, ReasonCode
from ingest_lambda.contract import SubmissionStatus as Status
from submissions.mail.models import Mail
from submissions.mail.rules.mails import WENT_OUT
from submissions.mail.rules.notices import MailNotice
from submissions.mail.services.by_hand import resend
from submissions.mail.services.delivery import deliver_mails
from submissions.mail.services.outcomes import note_notice
from submissions.mirror.models import Submission
from submissions.review.models import OutboxDecision
from submissions.review.services.decisions import (
    approve_submission,
    reject_submission,
    reopen_submission,
    request_resubmission,
    revoke_submission,
    undo_decision,
)
from submissions.review.services.outbox import LEASE, propagate_decisions
from tests.submissions.review import mails_taken as service
from tests.submissions.review.judgement import Judgement
from tests.submissions.review.mails_taken import EmailBackend
from tests.submissions.review.public_side import PublicSide, which

TOLD = (
    ("Delivery", "", ""),
    ("Bounce", "Permanent", "General"),
    ("Bounce", "Transient", "MailboxFull"),
    ("Complaint", "abuse", ""),
    ("DeliveryDelay", "General", ""),
    ("Reject", "", ""),
)
"""What the mail service says of a mail: its event, with the types within."""


class StaffSide(Judgement, PublicSide):
    """Verdicts and what goes back on them, the outbox, and mails with their notices."""

    staff: User

    @rule(entry=which)
    def approve(self, entry: int) -> None:
        with RefusalsAllowed():
            approve_submission(self._undecided(entry), actor=self.staff, at=self.now)

    @rule(entry=which)
    def reject(self, entry: int) -> None:
        reasons = [Reason(code=ReasonCode.RECEIPT_TOO_OLD)]
        with RefusalsAllowed():
            reject_submission(
                self._undecided(entry), reasons=reasons, actor=self.staff, at=self.now
            )

    @rule(entry=which)
    def ask_again(self, entry: int) -> None:
        reasons = [Reason(code=ReasonCode.ILLEGIBLE)]
        with RefusalsAllowed():
            request_resubmission(
                self._undecided(entry), reasons=reasons, actor=self.staff, at=self.now
            )

    @rule(entry=which)
    def undo(self, entry: int) -> None:
        if row := self._decided(entry):
            given: dict[str, Any] = {"actor": self.staff, "at": self.now}
            with RefusalsAllowed():
                undo_decision(row.pk, after=row.decision_no, **given)

    @rule(entry=which)
    def reopen(self, entry: int) -> None:
        if row := self._decided(entry):
            with RefusalsAllowed():
                reopen_submission(row.pk, note="Once more.", actor=self.staff, at=self.now)

    @rule(entry=which)
    def revoke(self, entry: int) -> None:
        if row := self._decided(entry):
            given: dict[str, Any] = {"actor": self.staff, "at": self.now}
            with RefusalsAllowed():
                revoke_submission(row.pk, note="Copied.", message="It was copied.", **given)

    # ------------------------------------------------------------ what carries and sends

    @rule(dies=st.sampled_from([None, "before", "after"]))
    def carry(self, dies: str | None = None) -> None:
        """Carry what was decided; a carrier may die before or after the table has its decision."""
        waiting = OutboxDecision.objects.filter(carried_at=None, not_before__lte=self.now)
        pks = set(waiting.values_list("submission_id", flat=True))
        if dies and (row := waiting.filter(leased_until=None).order_by("id").first()):
            OutboxDecision.objects.filter(pk=row.pk).update(
                leased_until=self.now + LEASE, tries=row.tries + 1
            )
            if dies == "after" and ingest.read_submission(row.submission_id):
                ingest.apply_decision(Decision.model_validate(row.decision))
        else:
            propagate_decisions(at=self.now)
        self._capture(*pks)

    @rule(way=st.sampled_from([service.WORKS] * 6 + list(service.WAYS[1:])))
    def send(self, way: str = service.WORKS) -> None:
        """Send what is due, to a service that works or not; a sender may die with a mail in its hands."""
        before = len(EmailBackend.taken)
        EmailBackend.way, EmailBackend.now = way, self.now
        with suppress(service.Died):
            deliver_mails(at=self.now, most=20)
        for place in range(before, len(EmailBackend.taken)):
            self._look_at(EmailBackend.taken[place], EmailBackend.taken[:place])

    @rule(place=which)
    def send_again(self, place: int) -> None:
        """Let staff send a mail again."""
        mails = list(Mail.objects.filter(submission__in=self.entries).order_by("-id"))
        if mails:
            mail = mails[place % len(mails)]
            with RefusalsAllowed():
                resend(mail.pk, seen=mail.tries, actor=self.staff, at=self.now)
                self.pressed[mail.pk] += 1
                if mail.state in WENT_OUT:
                    self.sent_again.add(mail.pk)

    @rule(place=which, told=st.sampled_from(TOLD))
    def notice(self, place: int, told: tuple[str, str, str]) -> None:
        """Let the mail service say what became of a mail, early, late or again."""
        if not EmailBackend.taken:
            return
        kind, part, sub_part = told
        one = EmailBackend.taken[-1 - place % len(EmailBackend.taken)]
        if part in ("Permanent", "abuse"):
            self.closed.add(self._mailbox(one))
        said = MailNotice(kind, one.message_id, attempt=one.attempt, part=part, sub_part=sub_part)
        note_notice(said, at=self.now)

    def _decided(self, place: int) -> Submission | None:
        """Return an entry on which staff may go back, the one that was decided on last first."""
        settled = Submission.objects.filter(pk__in=self.entries).exclude(
            status__in=(Status.PENDING_REVIEW, Status.RECEIVED)
        )
        rows = list(settled.order_by("-decided_at", "pk"))
        return rows[place % len(rows)] if rows else None

    def _undecided(self, place: int) -> UUID:
        """Return an entry that a moderator could decide on, if there is one."""
        waiting = Submission.objects.filter(
            pk__in=self.entries, status__in=(Status.PENDING_REVIEW, Status.RECEIVED)
        )
        pks = [pk for pk in self.entries if pk in set(waiting.values_list("pk", flat=True))]
        return pks[place % len(pks)] if pks else self._entry(place)


class RefusalsAllowed:
    """A rule may say no to what a member of staff tries, or the entry not be here yet."""

    def __enter__(self) -> None:
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()

    def __exit__(self, kind: Any, error: Any, trace: Any) -> bool:
        self.savepoint.__exit__(kind, error, trace)
        return isinstance(error, DomainError | Submission.DoesNotExist)
