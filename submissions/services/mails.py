"""Mails: at most one per event, each with its fate; never sent twice in silence."""

import logging
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from anymail.exceptions import AnymailError
from botocore.exceptions import BotoCoreError, ClientError
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string

from campaignhub.env import env
from campaignhub.ingest import sign_token
from ingest_lambda.contract import Channel, Claims, Mode, Purpose, Route
from submissions.models import Mail, Submission, SubmissionEvent
from submissions.rules.mails import MailKind, MailState

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
MOST_A_DAY = 5
"""Mails to one address in one campaign within 24 hours; what is over it is suppressed."""


def deliver_mails(*, at: datetime, most: int) -> int:
    """Send up to ``most`` waiting mails at the configured pace; return how many went out.

    Each is leased before it is sent. One whose lease ran out was being sent
    when its process died: nobody knows whether it went, so it becomes
    ``unknown`` and a person decides, because two mails are worse than a
    question.
    """
    Mail.objects.filter(state=MailState.SENDING, leased_until__lt=at).update(
        state=MailState.UNKNOWN, trouble="stopped while sending"
    )
    sent = 0
    for mail_id in list(
        Mail.objects.filter(state=MailState.QUEUED, not_before__lte=at)
        .order_by("not_before", "id")
        .values_list("pk", flat=True)[:most]
    ):
        begun = time.monotonic()
        sent += _deliver(mail_id, at)
        time.sleep(max(0.0, 1 / env().mails_per_second - (time.monotonic() - begun)))
    return sent


def _deliver(mail_id: int, at: datetime) -> int:
    leased = Mail.objects.filter(pk=mail_id, state=MailState.QUEUED).update(
        state=MailState.SENDING, leased_until=at + LEASE, tries=F("tries") + 1
    )
    if not leased:
        return 0
    mail = Mail.objects.select_related("submission__campaign__client", "submission__personal").get(
        pk=mail_id
    )
    address = mail.submission.personal.email
    if not address or _too_many(mail, address, at):
        _note(mail, MailState.SUPPRESSED, trouble="no address" if not address else "five a day")
        return 0
    message = compose(mail)
    try:
        message.send()
    except (AnymailError, BotoCoreError, ClientError) as exc:
        # The service's own words may repeat the address: keep the kind of trouble only.
        state = MailState.FAILED if mail.tries >= 5 else MailState.QUEUED
        _note(mail, state, trouble=type(exc).__name__)
        return 0
    status: Any = getattr(message, "anymail_status", None)
    _note(mail, MailState.SENT, message_id=str(getattr(status, "message_id", "") or ""))
    return 1


def _too_many(mail: Mail, address: str, at: datetime) -> bool:
    return (
        Mail.objects.filter(
            submission__campaign=mail.submission.campaign,
            submission__personal__email=address,
            state=MailState.SENT,
            sent_at__gte=at - timedelta(days=1),
        ).count()
        >= MOST_A_DAY
    )


@transaction.atomic
def _note(mail: Mail, state: MailState, *, trouble: str = "", message_id: str = "") -> None:
    mail.state = state
    mail.trouble = trouble
    mail.message_id = message_id[:120]
    mail.leased_until = None
    if state is MailState.SENT:
        mail.sent_at = datetime.now(UTC)
        SubmissionEvent.objects.get_or_create(
            submission_id=mail.submission_id,
            dedupe=f"mailed:{mail.event}",
            defaults={"kind": "mailed", "at": mail.sent_at, "detail": {"mail": mail.kind}},
        )
    mail.save(update_fields=["state", "trouble", "message_id", "leased_until", "sent_at"])


SUBJECTS: dict[str, dict[str, str]] = {
    "en": {
        MailKind.RECEIVED: "We have your entry — {reference}",
        MailKind.APPROVED: "Your entry counts — {reference}",
        MailKind.REJECTED: "Your entry couldn't be accepted — {reference}",
        MailKind.ASKED_AGAIN: "One more photo, please — {reference}",
    },
    "es": {
        MailKind.RECEIVED: "Tenemos tu participación — {reference}",
        MailKind.APPROVED: "Tu participación cuenta — {reference}",
        MailKind.REJECTED: "No hemos podido aceptar tu participación — {reference}",
        MailKind.ASKED_AGAIN: "Otra foto, por favor — {reference}",
    },
}


def compose(mail: Mail) -> EmailMultiAlternatives:
    """Make the message of a mail, text and HTML, in the entrant's language."""
    submission = mail.submission
    campaign, client = submission.campaign, submission.campaign.client
    language = submission.locale if submission.locale in SUBJECTS else "en"
    review = submission.reviews.order_by("-decision_no").first()
    context = {
        "kind": mail.kind,
        "language": language,
        "submission": submission,
        "campaign": campaign,
        "client": client,
        "headline": campaign.text(campaign.headline, language),
        "given_name": submission.personal.given_name,
        "subject": SUBJECTS[language][mail.kind].format(reference=submission.reference),
        "reasons": [reason["message"] for reason in (review.reasons if review else [])],
        "link": status_link(submission, resubmit=mail.kind == MailKind.ASKED_AGAIN),
    }
    sender = env().default_from_email
    if client.sender_email:
        sender = f"{client.sender_name or client.name} <{client.sender_email}>"
    message = EmailMultiAlternatives(
        subject=str(context["subject"]),
        body=render_to_string("email/message.txt", context),
        from_email=sender,
        to=[submission.personal.email],
        reply_to=[client.help_email] if client.help_email else None,
    )
    message.attach_alternative(render_to_string("email/message.html", context), "text/html")
    return message


def status_link(submission: Submission, *, resubmit: bool = False) -> str:
    """Return the link to a submission's own status page; the token is in the fragment, never in a log."""
    issued_at = submission.started_at
    until = submission.resubmit_until if resubmit else None
    claims = Claims(
        submission_id=submission.pk,
        attempt=submission.attempt + 1 if resubmit else submission.attempt,
        slug=submission.campaign.slug,
        campaign_id=str(submission.campaign_id),
        release=submission.release,
        route=Route(submission.route),
        locale=submission.locale,
        channel=Channel(submission.channel),
        mode=Mode.TEST if submission.is_test else Mode.LIVE,
        issued_at=issued_at,
        expires_at=until or issued_at + timedelta(days=400),
        purpose=Purpose.RESUBMIT if resubmit else Purpose.STATUS,
    )
    languages = submission.campaign.languages
    folder = "" if submission.locale == languages[0] else f"{submission.locale}/"
    return (
        f"{env().public_site_url}/c/{submission.campaign.slug}/{folder}status/#{sign_token(claims)}"
    )
