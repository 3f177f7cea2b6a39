"""What a mail says and how it looks: text and HTML from one set of words."""

import base64
import logging
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime
from email.mime.image import MIMEImage
from email.utils import formataddr
from functools import lru_cache

from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.storage import storages
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from campaigns.accounts.rules.lines import one_line
from campaigns.accounts.rules.plain_names import name_to_greet
from campaigns.publishing.services.releases import Presentation
from campaigns.setup.rules.contrast import contrast
from campaigns.setup.services.campaign import sender_of
from ingest_lambda.contract import Reason, Route, SubmissionStatus, sentence
from ingest_lambda.contract.catalogues import spoken
from ingest_lambda.contract.dates import (
    deadline_in_short,
    deadline_in_words,
    last_day_in_words,
)
from ingest_lambda.contract.grammar.email import sending_address
from ingest_lambda.contract.grammar.text import isolated
from submissions.mail.models import Mail
from submissions.mail.rules.mail_text import INERT_CODE, INERT_LINK, MailText, as_text
from submissions.mail.rules.mails import MailKind, message_of
from submissions.mail.rules.sent_copy import LOGO
from submissions.mail.rules.wording import filled, paragraphs, plain_line
from submissions.mail.rules.words import mail_words, message_words
from submissions.mail.services.prizes import prize_of
from submissions.mirror.models import PhotoCheck, Submission
from submissions.mirror.services.releases import release_of

logger = logging.getLogger(__name__)
_DARK = "#1b1b1e"


def compose(
    mail: Mail,
    *,
    at: datetime,
    link: str = "",
    code: str = "",
    sample_of: Presentation | None = None,
) -> EmailMultiAlternatives:
    """Make the message of a mail in the entrant's language, as it reads at ``at``.

    It says what the submission's own release said; a sample, which has none,
    says what ``sample_of`` does. ``link`` is for the mailbox alone
    (:func:`submissions.mail.services.status_link.link_of`), and so is the
    ``code`` of a prize. Without them the message has neither: so it is shown to staff.
    """
    submission = mail.submission
    campaign = submission.campaign
    shown = sample_of or release_of(submission)
    logo = _logo(shown.images)
    text = _text_of(mail, at, shown, code=code)
    reply_to = one_line(campaign.client.help_email)
    message = EmailMultiAlternatives(
        subject=text.subject,
        body=as_text(text, link=link),
        from_email=formataddr(sender_of(campaign)),
        to=[address_of(submission)],
        reply_to=[reply_to] if reply_to else None,
        headers={"Auto-Submitted": "auto-generated"},
    )
    html = _html(text, link=link, logo=f"cid:{LOGO}" if logo else "")
    message.attach_alternative(html, "text/html")
    if logo:
        picture = MIMEImage(logo, _subtype=_kind_of_logo(shown.images))
        picture.add_header("Content-ID", f"<{LOGO}>")
        picture.add_header("Content-Disposition", "inline", filename="logo")
        message.attach(picture)
    return message


def preview(mail: Mail, *, at: datetime, shown: Presentation) -> str:
    """Return a page with a mail that nobody was sent: its subject and both bodies, without a link.

    It reads as the entrants' will: what marks a test is said of those alone that are sent.
    """
    text = _text_of(mail, at, shown, marks_tests=False)
    logo = logo_as_data(shown.images)
    return _html(text, link="", logo=logo, plain=as_text(text, link=""))


def logo_as_data(images: Mapping[str, str]) -> str:
    """Return the logo of a release as a data URL, for a page that may load nothing; empty where there is none."""
    logo, kind = _logo(images), _kind_of_logo(images)
    return f"data:image/{kind};base64,{base64.b64encode(logo).decode()}" if logo else ""


def _html(text: MailText, *, link: str, logo: str, plain: str = "") -> str:
    said = {field.name: getattr(text, field.name) for field in fields(text)}
    context = {**said, "link": link, "inert_link": INERT_LINK, "logo": logo, "plain": plain}
    context["inert_code"] = INERT_CODE
    return render_to_string("email/message.html", context)


def address_of(submission: Submission) -> str:
    """Return where mails about a submission go; empty where there is no address, no longer, or none to write to."""
    personal = getattr(submission, "personal", None)
    return sending_address(personal.email) if personal else ""


def _text_of(
    mail: Mail, at: datetime, shown: Presentation, *, code: str = "", marks_tests: bool = True
) -> MailText:
    submission, page = mail.submission, shown.page
    prize = prize_of(mail)
    client = submission.campaign.client
    language = submission.locale
    words = mail_words(language)
    message = message_words(
        message_of(
            MailKind(mail.kind),
            ingest_status=SubmissionStatus(submission.ingest_status),
            status=SubmissionStatus(submission.status),
            attempt=mail.attempt,
            photos_open=bool(submission.uploads)
            and PhotoCheck.objects.filter(pk=submission.pk).exists(),
        ),
        language,
        with_receipt=submission.route == Route.PURCHASE and bool(submission.uploads),
        changed=shown.mails.get(language),
    )
    said = {
        "campaign": one_line(page.text(page.headline, language) or page.name),
        "client": one_line(client.name),
        "reference": submission.reference,
        "email": one_line(client.help_email),
        "phone": one_line(client.help_phone),
        "prize": one_line(prize.name) if prize else "",
        **_days(submission, at, page.timezone),
    }
    name = name_to_greet(getattr(getattr(submission, "personal", None), "given_name", ""))
    help_words = words["help_phone" if client.help_phone else "help"]
    subject = plain_line(filled(message.subject, said))
    dark_on_brand = contrast(_DARK, page.brand_colour) > contrast("#ffffff", page.brand_colour)
    return MailText(
        language=spoken(language),
        subject=words["test"] + subject if submission.is_test and marks_tests else subject,
        title=plain_line(filled(message.title, said)),
        hello=words["hello"].format(name=isolated(name)) if name else words["hello_nobody"],
        before=paragraphs(message.before, said),
        reasons=_reasons(mail, at),
        after=(*paragraphs(prize.text if prize else "", {}), *paragraphs(message.after, said)),
        code_label=words["code"] if prize and prize.has_code else "",
        code=code,
        button=plain_line(filled(message.button, said)),
        reference_label=words["reference"],
        reference=submission.reference,
        help=help_words.format(**said) if client.help_email else "",
        why=words["why"].format(**said),
        brand=said["client"],
        brand_colour=page.brand_colour,
        button_text_colour=_DARK if dark_on_brand else "#ffffff",
        radius=str(page.radius),
    )


def _reasons(mail: Mail, at: datetime) -> tuple[str, ...]:
    """Return why, in the entrant's words: of a verdict as it was worded then, of a refusal by the release."""
    submission = mail.submission
    if mail.decision_no:
        return tuple(one_line(str(reason["message"])) for reason in submission.decision_reasons)
    if mail.kind != MailKind.REFUSED:
        return ()
    manifest = release_of(submission).manifest
    said = (
        sentence(
            Reason.model_validate(reason),
            locale=submission.locale,
            texts=manifest.reason_texts,
            timezone=manifest.timezone,
            limits=manifest.limits,
            at=at,
        )
        for reason in submission.reasons
    )
    return tuple(dict.fromkeys(one_line(words) for words in said))


def _days(submission: Submission, at: datetime, zone: str) -> dict[str, str]:
    """Return the days that a mail may name, as they are said at ``at``; empty where there is none."""

    def told(in_words: Callable[..., str], until: datetime | None) -> str:
        if until is None:
            return ""
        return in_words(until, now=at, timezone=zone, language=submission.locale)

    return {
        "review_day": told(last_day_in_words, submission.decide_by),
        "day": told(deadline_in_short, submission.resubmit_until),
        "deadline": told(deadline_in_words, submission.resubmit_until),
    }


def _logo(images: Mapping[str, str]) -> bytes:
    if "logo" not in images:
        return b""
    try:
        return _read_logo(images["logo"])
    except (OSError, BotoCoreError, ClientError) as exc:
        # The news is worth more than the picture, and the brand's name stands in its place.
        logger.warning("mails: a logo could not be read (%s)", type(exc).__name__)
        return b""


def _kind_of_logo(images: Mapping[str, str]) -> str:
    return images.get("logo", "").rsplit(".", 1)[-1].lower()


@lru_cache(maxsize=50)
def _read_logo(name: str) -> bytes:
    with storages["default"].open(name, "rb") as file:
        content: bytes = file.read()
    return content
