"""What a mail says and how it looks: text and HTML from one set of words."""

import base64
import logging
from datetime import datetime, timedelta
from email.mime.image import MIMEImage
from email.utils import formataddr, parseaddr
from functools import lru_cache

from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.storage import storages
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from campaignhub.env import env
from campaignhub.ingest import sign_token
from campaigns.models import Campaign
from campaigns.rules.contrast import contrast
from ingest_lambda.contract import Channel, Claims, Mode, Purpose, Route, SubmissionStatus
from ingest_lambda.contract.dates import spoken, time_in_words
from submissions.models import Mail, PhotoCheck, Submission
from submissions.rules.mails import MailKind, message_of
from submissions.rules.words import catalogue_of, near_day

logger = logging.getLogger(__name__)
_LOGO = "logo"
_DARK = "#1b1b1e"


def compose(mail: Mail, *, at: datetime) -> EmailMultiAlternatives:
    """Make the message of a mail in the entrant's language, as it reads at ``at``.

    Its link shows the status and, where a photo was asked for, takes one; it
    tells nothing else, because a mistyped address may have sent it to a stranger.
    """
    submission = mail.submission
    campaign = submission.campaign
    client = campaign.client
    logo = _logo(campaign)
    letter = _letter(mail, at)
    context = {**letter, "logo": f"cid:{_LOGO}" if logo else ""}
    message = EmailMultiAlternatives(
        subject=str(letter["subject"]),
        body=render_to_string("email/message.txt", context),
        from_email=_sender(campaign),
        to=[address_of(submission)],
        reply_to=[client.help_email] if client.help_email else None,
        headers={"Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(render_to_string("email/message.html", context), "text/html")
    if logo:
        picture = MIMEImage(logo, _subtype=_kind_of_logo(campaign))
        picture.add_header("Content-ID", f"<{_LOGO}>")
        picture.add_header("Content-Disposition", "inline", filename="logo")
        message.attach(picture)
    return message


def html_to_read(mail: Mail, *, at: datetime) -> str:
    """Return the HTML of a mail for a browser, which finds no attached logo and gets it inside."""
    logo = _logo(mail.submission.campaign)
    kind = _kind_of_logo(mail.submission.campaign)
    inside = f"data:image/{kind};base64,{base64.b64encode(logo).decode()}" if logo else ""
    return render_to_string("email/message.html", {**_letter(mail, at), "logo": inside})


def address_of(submission: Submission) -> str:
    """Return where mails about a submission go; empty where there is no address, or no longer."""
    personal = getattr(submission, "personal", None)
    return personal.email if personal else ""


def _letter(mail: Mail, at: datetime) -> dict[str, str | list[str]]:
    submission = mail.submission
    campaign = submission.campaign
    client = campaign.client
    language = submission.locale
    words = catalogue_of(language)
    message = words.messages[
        message_of(
            MailKind(mail.kind),
            ingest_status=SubmissionStatus(submission.ingest_status),
            status=SubmissionStatus(submission.status),
            attempt=mail.attempt,
            photos_open=bool(submission.uploads)
            and PhotoCheck.objects.filter(pk=submission.pk).exists(),
        )
    ]
    asks = mail.kind in (MailKind.ASKED_AGAIN, MailKind.REMINDER)
    until = submission.resubmit_until if asks else submission.decide_by
    said = {
        "campaign": campaign.text(campaign.headline, language) or campaign.name,
        "client": client.name,
        "reference": submission.reference,
        "email": client.help_email,
        "phone": client.help_phone,
        "day": near_day(until, now=at, timezone=campaign.timezone, words=words) if until else "",
        "deadline": time_in_words(until, timezone=campaign.timezone, language=language)
        if until
        else "",
    }
    name = getattr(getattr(submission, "personal", None), "given_name", "").strip()
    help_words = words.help_phone if client.help_phone else words.help
    subject = message.subject.format(**said)
    if submission.is_test:
        subject = words.test + subject
    dark_on_brand = contrast(_DARK, campaign.brand_colour) > contrast(
        "#ffffff", campaign.brand_colour
    )
    return {
        "language": spoken(language),
        "subject": " ".join(subject.split()),
        "title": message.title,
        "hello": words.hello.format(name=name) if name else words.hello_nobody,
        "before": message.before.format(**said),
        "reasons": [str(reason["message"]) for reason in submission.decision_reasons]
        if mail.decision_no
        else [],
        "after": message.after.format(**said),
        "button": message.button or words.button,
        "link": status_link(submission, resubmit=asks),
        "reference_label": words.reference,
        "reference": submission.reference,
        "help": help_words.format(**said) if client.help_email else "",
        "why": words.why.format(**said),
        "brand": client.name,
        "brand_colour": campaign.brand_colour,
        "button_text_colour": _DARK if dark_on_brand else "#ffffff",
        "radius": str(campaign.radius),
    }


def _sender(campaign: Campaign) -> str:
    client = campaign.client
    own_name, own_address = parseaddr(env().default_from_email)
    name = campaign.sender_name or client.sender_name or client.name or own_name
    return formataddr((name, client.sender_email or own_address))


def _logo(campaign: Campaign) -> bytes:
    if not campaign.logo:
        return b""
    try:
        return _read_logo(campaign.logo.name)
    except (OSError, BotoCoreError, ClientError) as exc:
        # The news is worth more than the picture, and the brand's name stands in its place.
        logger.warning("mails: a logo could not be read (%s)", type(exc).__name__)
        return b""


def _kind_of_logo(campaign: Campaign) -> str:
    return str(campaign.logo.name).rsplit(".", 1)[-1].lower()


@lru_cache(maxsize=50)
def _read_logo(name: str) -> bytes:
    with storages["default"].open(name, "rb") as file:
        content: bytes = file.read()
    return content


def status_link(submission: Submission, *, resubmit: bool = False) -> str:
    """Return the link to a submission's own status page; the token is in the fragment, never in a log."""
    campaign = submission.campaign
    slug = campaign.test_slug if submission.is_test else campaign.slug
    issued_at = submission.started_at
    until = submission.resubmit_until if resubmit else None
    claims = Claims(
        submission_id=submission.pk,
        attempt=submission.attempt + 1 if resubmit else submission.attempt,
        slug=slug,
        campaign_id=str(campaign.test_id if submission.is_test else campaign.pk),
        release=submission.release,
        route=Route(submission.route),
        locale=submission.locale,
        channel=Channel(submission.channel),
        mode=Mode.TEST if submission.is_test else Mode.LIVE,
        issued_at=issued_at,
        expires_at=until or issued_at + timedelta(days=400),
        purpose=Purpose.RESUBMIT if resubmit else Purpose.STATUS,
    )
    languages = campaign.languages
    own_folder = submission.locale in languages and submission.locale != languages[0]
    folder = f"{submission.locale}/" if own_folder else ""
    return f"{env().public_site_url}/c/{slug}/{folder}status/#{sign_token(claims)}"
