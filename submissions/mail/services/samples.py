"""What a campaign's mails will say, before anybody has entered; and one to oneself, to see it arrive."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from campaignhub.errors import DomainError
from campaignhub.ingest import working_days_after
from campaigns.accounts.models import AuditEntry, User
from campaigns.accounts.services import audit
from campaigns.publishing.services.releases import Presentation, as_drafted
from campaigns.setup.models import Campaign
from ingest_lambda.contract import (
    Channel,
    FieldKind,
    Reason,
    ReasonCode,
    Route,
    SubmissionStatus,
    reference_of,
    sentence,
)
from submissions.mail.models import Mail
from submissions.mail.rules.mails import MAIL_AFTER, MailKind
from submissions.mail.rules.wording import Part, with_wording
from submissions.mail.rules.words import Message
from submissions.mail.services.composing import compose
from submissions.mail.services.sending_errors import SENDING_ERRORS
from submissions.mirror.models import Submission, SubmissionAnswers

SAMPLE_ID = UUID("00000000-0000-7000-8000-000000000000")
MOST_AN_HOUR = 30
_SENT = "mail.sample_sent"
_INGEST_STATUS = {
    Message.RECEIVED: SubmissionStatus.RECEIVED,
    Message.RECEIVED_COUNTS: SubmissionStatus.APPROVED,
}
_STATUS = {
    **_INGEST_STATUS,
    Message.APPROVED: SubmissionStatus.APPROVED,
    Message.REJECTED: SubmissionStatus.REJECTED,
    Message.ASKED_AGAIN: SubmissionStatus.NEEDS_RESUBMISSION,
    Message.REMINDER: SubmissionStatus.NEEDS_RESUBMISSION,
    Message.REFUSED: SubmissionStatus.INVALID,
    Message.REVOKED: SubmissionStatus.REVOKED,
    Message.PRIZE_WON: SubmissionStatus.APPROVED,
    Message.NO_PRIZE: SubmissionStatus.APPROVED,
}
_REASONS = {
    Message.REJECTED: Reason(
        code=ReasonCode.BEFORE_PURCHASE_WINDOW, found="2026-05-28", expected="2026-06-01"
    ),
    Message.ASKED_AGAIN: Reason(code=ReasonCode.ILLEGIBLE),
    Message.REMINDER: Reason(code=ReasonCode.ILLEGIBLE),
    Message.REFUSED: Reason(code=ReasonCode.RECEIPT_USED),
    Message.REVOKED: Reason(code=ReasonCode.DUPLICATE_OTHER),
}


class NoStaffAddress(DomainError):
    """A sample is sent to oneself, which needs an address in one's own account."""


class TooManySamples(DomainError):
    """One person gets a number of samples an hour: the mail service's allowance is every client's."""


class SampleNotSent(DomainError):
    """The mail service did not take the sample."""


_WITH_REASONS = (MailKind.REMINDER, MailKind.REFUSED)
"""Samples that say why as a verdict does, since a draft has no release to word it by."""


def sample_mail(campaign: Campaign, message: Message, *, language: str, at: datetime) -> Mail:
    """Make a mail that says ``message`` about an entry that never was; nothing of it is stored.

    It is a test's, so that its subject says so and its link leads nowhere that
    counts.
    """
    reason = _REASONS.get(message)
    worded = []
    if reason is not None:
        words = sentence(
            reason, locale=language, texts=campaign.reason_texts, timezone=campaign.timezone
        )
        worded = [reason.model_copy(update={"message": words}).model_dump(mode="json")]
    kind = MailKind.RECEIVED if message.startswith("received") else MailKind(message)
    attempt = 2 if message is Message.RECEIVED_AGAIN else 1
    submission = Submission(
        id=SAMPLE_ID,
        campaign=campaign,
        reference=reference_of(SAMPLE_ID),
        status=_STATUS.get(message, SubmissionStatus.PENDING_REVIEW),
        ingest_status=_INGEST_STATUS.get(message, SubmissionStatus.PENDING_REVIEW),
        is_test=True,
        release=1,
        attempt=attempt,
        route=Route.PURCHASE.value,
        uploads=_uploads(campaign),
        channel=Channel.WEB.value,
        locale=language,
        started_at=at,
        entered_at=at,
        decide_by=working_days_after(at, campaign.decide_within_days, timezone=campaign.timezone),
        resubmit_until=at + timedelta(hours=campaign.resubmit_within_hours),
        decision_reasons=worded,
        version=1,
    )
    SubmissionAnswers(submission=submission, given_name="Ada", family_name="Lovelace")
    return Mail(
        submission=submission,
        kind=kind.value,
        attempt=attempt,
        decision_no=1 if kind in {*MAIL_AFTER.values(), *_WITH_REASONS} else None,
        queued_at=at,
    )


def _uploads(campaign: Campaign) -> list[dict[str, str]]:
    """Return a receipt's photo for each row of the form that asks for one: the mails then speak of it."""
    rows = campaign.form_fields.filter(kind=FieldKind.RECEIPT_IMAGE)
    return [{"field": row.name} for row in rows if Route.PURCHASE in row.routes]


def drafted(
    campaign: Campaign, message: Message, *, language: str, wording: Mapping[Part, str]
) -> Presentation:
    """Return a campaign as its next release would show it, with a wording that is not saved."""
    texts = with_wording(campaign.mail_texts, message, language, wording)
    return replace(as_drafted(campaign), mails=texts)


def send_sample(
    campaign: Campaign,
    message: Message,
    *,
    language: str,
    shown: Presentation,
    actor: User,
    at: datetime,
) -> str:
    """Send a sample, worded as ``shown``, to ``actor`` and nobody else; return the address it went to.

    Raises:
        NoStaffAddress: the account has no address.
        TooManySamples: an hour's number is reached.
        SampleNotSent: the mail service refused it or could not be reached.
    """
    if not actor.email:
        raise NoStaffAddress(
            "Your account has no e-mail address. Ask the team that runs CampaignHub to add one."
        )
    recent = AuditEntry.objects.filter(code=_SENT, actor=actor, at__gt=at - timedelta(hours=1))
    if recent.count() >= MOST_AN_HOUR:
        raise TooManySamples(f"You get {MOST_AN_HOUR} samples an hour. Send the next one later.")
    sample = sample_mail(campaign, message, language=language, at=at)
    letter = compose(sample, at=at, sample_of=shown)
    letter.to = [actor.email]
    try:
        letter.send()
    except SENDING_ERRORS as exc:
        raise SampleNotSent(
            "The e-mail service didn't accept it. Check the client's sender address, then try again."
        ) from exc
    audit.record(
        campaign, _SENT, actor=actor, at=at, after={"mail": message.value, "language": language}
    )
    return actor.email
