"""What a mail says: the news, in the entrant's language, as the client's own."""

import re
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest
from django.core.files.base import ContentFile
from django.utils.html import escape
from PIL import Image

from campaignhub.env import env
from campaigns.publishing.services.releases import as_drafted
from campaigns.setup.models import FormField
from ingest_lambda.adapters import tokens
from ingest_lambda.contract import (
    AwardState,
    Mode,
    Purpose,
    Reason,
    ReasonCode,
    Route,
    SubmissionStatus,
)
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mail.models import Mail
from submissions.mail.rules.mails import TELLS_OF_A_PRIZE, MailKind
from submissions.mail.rules.words import Message, mail_words, message_words
from submissions.mail.services.composing import compose, preview
from submissions.mail.services.samples import sample_mail
from submissions.mail.services.status_link import link_of
from submissions.mirror.models import Submission
from submissions.mirror.services.releases import release_of
from submissions.review.services.decisions import (
    approve_submission,
    reject_submission,
    request_resubmission,
)
from tests.campaigns.factories import make_user
from tests.submissions.factories import (
    NOON,
    OF_NO_VERDICT,
    make_award,
    make_campaign,
    make_record,
    make_upload,
    streamed,
)

LANGUAGES = ("en", "es", "de", "fr")
WRONG_DATE = Reason(
    code=ReasonCode.BEFORE_PURCHASE_WINDOW, found="2026-05-28", expected="2026-06-01"
)


def make_mail(
    kind: MailKind,
    *,
    language: str = "en",
    headline: str = "Win a weekend for four",
    logo: bytes = b"",
    **record: object,
) -> Mail:
    """Make a mail about a submission on which all that comes before that mail has happened."""
    campaign = make_campaign(headline={"en": headline}, languages=["en", "es", "de", "fr"])
    if logo:
        campaign.logo.save("logo.png", ContentFile(logo))
    campaign.client.help_email = "help@nordlicht.example"
    campaign.client.save()
    stored = make_record(campaign, locale=language, **record)
    mirror_stream_records([streamed(stored)], at=NOON)
    actor = make_user()
    if kind in TELLS_OF_A_PRIZE:
        state = AwardState.CONFIRMED if kind is MailKind.PRIZE_WON else AwardState.PROVISIONAL
        mirror_stream_records([streamed(make_award(stored.id, state=state))], at=NOON)
        Mail.objects.filter(kind=kind).delete()
    if kind in (MailKind.APPROVED, MailKind.PRIZE_WON, MailKind.NO_PRIZE):
        approve_submission(stored.id, actor=actor, at=NOON, note="By phone.", despite={"awaited"})
    elif kind is MailKind.REJECTED:
        reject_submission(stored.id, reasons=[WRONG_DATE], actor=actor, at=NOON)
    elif kind not in (MailKind.RECEIVED, MailKind.PRIZE_RESERVED):
        request_resubmission(
            stored.id, reasons=[Reason(code=ReasonCode.ILLEGIBLE)], actor=actor, at=NOON
        )
    submission = Submission.objects.select_related("campaign__client", "personal").get(pk=stored.id)
    return Mail.objects.create(
        submission=submission,
        campaign=submission.campaign,
        kind=kind,
        event=f"{kind}:weekend",
        decision_no=None if kind in OF_NO_VERDICT else 1,
        queued_at=NOON,
        not_before=NOON,
    )


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", MailKind)
def test_every_mail_says_its_news_in_every_language(kind, language):
    mail = make_mail(kind, language=language)
    message = compose(mail, at=NOON, link=link_of(mail))
    html = str(message.alternatives[0][0])
    reference = mail.submission.reference
    assert "{" not in message.subject + str(message.body)
    for text in (str(message.body), html):
        assert reference in text
        assert "Win a weekend for four" in text
        assert "help@nordlicht.example" in text
        assert "/status/#" in text
    assert html.count("<a ") == 1, "one button and no other link"
    assert "http-equiv" not in html
    assert not re.search(r'(src|href)="http[^"]*\.(png|jpg|css)', html), "nothing is loaded"
    title = message_words(Message(kind), language, with_receipt=False).title
    title = title.replace("{prize}", "weekend")
    assert escape(title) in html
    assert message.reply_to == ["help@nordlicht.example"]


@pytest.mark.django_db
def test_a_rejection_names_what_was_found_and_what_would_have_counted():
    body = str(compose(make_mail(MailKind.REJECTED), at=NOON).body)
    assert "28 May 2026" in body
    assert "1 June 2026" in body


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [MailKind.ASKED_AGAIN, MailKind.REMINDER])
def test_the_deadline_is_told_in_the_campaigns_zone_with_its_name(kind):
    mail = make_mail(kind)
    message = compose(mail, at=NOON)
    # One o'clock in London's summer, seven days later, is a Wednesday: the day before is the last one.
    assert "by Tuesday 9 June, 11:59 pm (London)" in str(message.body)
    assert message.subject.endswith("by 9 June")
    later = compose(mail, at=NOON + timedelta(days=5))
    assert later.subject.endswith("by Tuesday")
    on_the_day = compose(mail, at=NOON + timedelta(days=6, hours=12))
    assert "by Wednesday 10 June, 1:00 pm (London)" in str(on_the_day.body)
    assert on_the_day.subject.endswith("by Wednesday")


@pytest.mark.django_db
def test_the_link_of_a_question_takes_the_next_attempt_until_the_deadline_and_others_show_the_status():
    for kind, purpose, attempt in (
        (MailKind.APPROVED, Purpose.STATUS, 1),
        (MailKind.ASKED_AGAIN, Purpose.RESUBMIT, 2),
    ):
        mail = make_mail(kind)
        link = re.search(
            r"https?://\S+/status/#(\S+)", str(compose(mail, at=NOON, link=link_of(mail)).body)
        )
        assert link is not None
        payload = tokens.verify(link[1], token_keys=env().token_keys)
        assert (payload.purpose, payload.attempt) == (purpose, attempt)
        assert payload.submission_id == mail.submission_id
        if purpose is Purpose.RESUBMIT:
            assert payload.expires_at == NOON + timedelta(days=7)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "attempt", "said"),
    [
        (SubmissionStatus.PENDING_REVIEW, 1, "review your entry by Monday 8 June and e-mail you"),
        (SubmissionStatus.PENDING_REVIEW, 2, "We have your new photo"),
        (SubmissionStatus.RECEIVED, 1, "as soon as there is news"),
        (SubmissionStatus.APPROVED, 1, "You're in"),
    ],
)
def test_a_received_mail_promises_only_what_follows(status, attempt, said):
    mail = make_mail(MailKind.RECEIVED, status=status, attempt=attempt)
    mail.attempt = attempt
    at = NOON - timedelta(days=3)
    message = compose(mail, at=at)
    assert said in f"{message.subject} {message.body}"


KEEP_IT = {
    "en": "keep your receipt",
    "es": "Guarda el ticket",
    "de": "heb deinen Kassenbon auf",
    "fr": "Conservez votre ticket",
}


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [MailKind.RECEIVED, MailKind.APPROVED])
def test_only_who_sent_a_receipt_is_asked_to_keep_it(kind, language):
    uploads = (make_upload(UUID(int=1)),)
    mail = make_mail(kind, language=language, uploads=uploads)
    assert KEEP_IT[language] in str(compose(mail, at=NOON).body)
    mail.submission.route = Route.FREE
    assert KEEP_IT[language] not in str(compose(mail, at=NOON).body)
    mail.submission.route, mail.submission.uploads = Route.PURCHASE, []
    assert KEEP_IT[language] not in str(compose(mail, at=NOON).body)


@pytest.mark.django_db
def test_a_sample_speaks_of_a_receipt_where_the_form_asks_for_one():
    campaign = make_campaign()
    for asked in (False, True):
        if asked:
            FormField.objects.create(campaign=campaign, name="receipt", kind="receipt_image")
        sample = sample_mail(campaign, Message.RECEIVED_REVIEW, language="en", at=NOON)
        told = preview(sample, at=NOON, shown=as_drafted(campaign))
        assert (KEEP_IT["en"] in told) is asked


@pytest.mark.parametrize("message", Message)
def test_a_message_without_a_button_of_its_own_has_the_usual_one(message):
    asks = message in (Message.ASKED_AGAIN, Message.REMINDER)
    button = message_words(message, "en-GB", with_receipt=False).button
    assert button == ("Send the photo" if asks else mail_words("en")["button"])


@pytest.mark.django_db
def test_a_mail_of_a_test_says_so_and_links_to_the_test():
    mail = make_mail(MailKind.RECEIVED, mode=Mode.TEST)
    message = compose(mail, at=NOON, link=link_of(mail))
    assert message.subject.startswith("[TEST] ")
    assert f"/c/{mail.submission.campaign.test_slug}/status/#" in str(message.body)


@pytest.mark.django_db
def test_what_people_typed_is_text_in_a_mail():
    mail = make_mail(MailKind.RECEIVED, headline="<b>Win</b>")
    html = str(compose(mail, at=NOON).alternatives[0][0])
    assert "<b>Win" not in html
    assert "&lt;b&gt;Win" in html


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "greeting"),
    [("Zoë", "Hello Zoë,"), ("Parcel held: pay at", "Hello,"), ("<b>Ada</b>", "Hello,")],
)
def test_a_greeting_names_only_what_looks_like_a_name(typed, greeting):
    answers = {"email": "ada@example.com", "first": typed, "last": "x"}
    message = compose(make_mail(MailKind.RECEIVED, answers=answers), at=NOON)
    assert str(message.body).splitlines()[0] == greeting
    assert f">{greeting}<" in str(message.alternatives[0][0])


@pytest.mark.django_db
def test_the_logo_travels_with_the_mail_and_the_name_stands_in_where_it_cannot():
    picture = BytesIO()
    Image.new("RGB", (120, 40), "#0f4c5c").save(picture, "PNG")
    mail = make_mail(MailKind.RECEIVED, logo=picture.getvalue())
    campaign = mail.submission.campaign
    message = compose(mail, at=NOON)
    assert 'src="cid:logo"' in str(message.alternatives[0][0])
    assert f'alt="{campaign.client.name}"' in str(message.alternatives[0][0])
    assert message.attachments[0]["Content-ID"] == "<logo>"
    assert 'src="data:image/png;base64,' in preview(
        mail, at=NOON, shown=release_of(mail.submission)
    )

    mail = make_mail(MailKind.RECEIVED, logo=b"never read")
    mail.submission.campaign.logo.delete()
    html = str(compose(mail, at=NOON).alternatives[0][0])
    assert mail.submission.campaign.client.name in html
    assert "cid:logo" not in html


@pytest.mark.django_db
def test_a_mail_goes_to_the_domain_that_was_meant_and_isolates_the_name():
    hebrew = "\u05e9\u05dc\u05d5\u05dd"
    answers = {"email": "zoe@stra\u00dfe.example", "first": hebrew, "last": "X"}
    message = compose(make_mail(MailKind.RECEIVED, answers=answers), at=NOON)
    assert message.message()["To"] == "zoe@xn--strae-oqa.example"
    assert f"\u2068{hebrew}\u2069" in message.body
