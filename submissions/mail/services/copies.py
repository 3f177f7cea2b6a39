"""Mails as they were sent: kept from just before they leave, erased with the answers of their entrant."""

from collections.abc import Collection
from datetime import datetime

from django.core.mail import EmailMultiAlternatives

from campaigns.publishing.services.releases import NoSuchRelease, read_release
from submissions.mail.models import Mail, MailCopy
from submissions.mail.rules.sent_copy import SentMail, pack, unpack, with_logo, without_secrets
from submissions.mail.services.composing import logo_as_data


def keep_copy(
    mail: Mail, message: EmailMultiAlternatives, *, secrets: Collection[str], at: datetime
) -> None:
    """Keep what is about to be sent; ``secrets``, the link above all, are cut out of it.

    Written before the mail leaves: of one whose sender dies there is a copy too,
    since it may have gone out. :func:`drop_copy` takes back what did not.
    """
    sent = as_sent(message)
    MailCopy.objects.create(
        mail=mail,
        answers_id=mail.submission_id,
        number=mail.tries,
        release=mail.submission.release,
        sent_at=at,
        content=pack(without_secrets(sent, secrets)),
    )


def as_sent(message: EmailMultiAlternatives) -> SentMail:
    """Return what a mailbox gets of a message."""
    return SentMail(
        sender=message.from_email,
        reply_to=", ".join(message.reply_to),
        to=", ".join(message.to),
        subject=str(message.subject),
        text=str(message.body),
        html=str(message.alternatives[0][0]),
    )


def drop_copy(mail: Mail) -> None:
    """Drop the copy of a try of which it is certain that nothing was sent."""
    MailCopy.objects.filter(mail=mail, number=mail.tries).delete()


def read_copy(copy: MailCopy) -> SentMail:
    """Return what was sent."""
    return unpack(bytes(copy.content))


def html_of_copy(copy: MailCopy) -> str:
    """Return the HTML that was sent, with the logo of its release where the mail carried it."""
    submission = copy.mail.submission
    try:
        release = read_release(
            submission.campaign_id, is_test=submission.is_test, number=copy.release
        )
    except NoSuchRelease:
        return read_copy(copy).html
    return with_logo(read_copy(copy).html, logo_as_data(release.images))
