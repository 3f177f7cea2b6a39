"""A mail is kept as it was sent, without what works for its mailbox alone, and goes with the answers."""

from datetime import timedelta
from html import escape
from io import BytesIO

import pytest
from django.core import mail as outbox
from django.core.files.base import ContentFile
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from campaigns.accounts.rules.roles import Role
from campaigns.setup.models import Campaign
from ingest_lambda.contract import SubmissionStatus
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mail.models import Mail, MailCopy
from submissions.mail.rules.mails import MailState
from submissions.mail.rules.sent_copy import SentMail, masked, pack, unpack, without_secrets
from submissions.mail.services.copies import html_of_copy, read_copy
from submissions.mail.services.delivery import LEASE, deliver_mails
from submissions.mirror.models import Submission, SubmissionAnswers
from tests.campaigns.factories import make_release, make_user
from tests.security.entrants import working_tokens
from tests.submissions.factories import NOON, make_campaign, make_record, streamed
from tests.submissions.mail import mail_service as ses
from tests.submissions.mail.test_delivery import service as service

LINK = "https://play.example/c/summer/status/#eyJh.bG9uZ2Vub3VnaA.c2lnbmF0dXJl"
SAMPLE = SentMail(
    sender="Nordlicht <no-reply@play.example>",
    reply_to="help@nordlicht.example",
    to="ada@example.com",
    subject="We have your entry — K7M4-2QXD",
    text=f"See your entry:\n{LINK}\n",
    html=f'<p>“Ünïted”</p><a href="{LINK}" class="button">See your entry</a>',
)


def _sent(campaign: Campaign | None = None, **record: object) -> Mail:
    """Let somebody enter, and send what they are told."""
    stored = make_record(campaign or make_campaign(), **record)
    mirror_stream_records([streamed(stored)], at=NOON)
    deliver_mails(at=NOON, most=10)
    return Mail.objects.get(submission=stored.id)


# ---------------------------------------------------------------- the rule


def test_a_link_is_cut_out_of_both_bodies_and_its_button_leads_nowhere():
    cut = without_secrets(SAMPLE, [LINK])
    assert "status" not in cut.text + cut.html
    assert "Link removed" in cut.text
    assert "href" not in cut.html
    assert 'class="button">See your entry</a>' in cut.html


def test_a_code_is_cut_out_wherever_it_stands():
    told = SentMail(
        **{**SAMPLE.__dict__, "subject": "Your code A&B", "text": "A&B", "html": "<b>A&amp;B</b>"}
    )
    cut = without_secrets(told, ["A&B"])
    assert "A&B" not in cut.subject + cut.text
    assert "A&amp;B" not in cut.html


def test_a_token_that_nobody_named_is_cut_out_as_well():
    cut = without_secrets(SAMPLE, [])
    assert "bG9uZ2Vub3VnaA" not in cut.text + cut.html


@given(st.text(), st.text())
def test_what_is_packed_comes_back_as_it_was(text: str, html: str):
    mail = SentMail(**{**SAMPLE.__dict__, "text": _storable(text), "html": _storable(html)})
    assert unpack(pack(mail)) == mail


def _storable(text: str) -> str:
    return text.encode("utf-8", "ignore").decode()


def test_who_may_not_contact_the_entrant_reads_no_address():
    assert masked(SAMPLE).to == "a•••@example.com"
    assert masked(SAMPLE).html == SAMPLE.html


# ---------------------------------------------------------------- what is kept


@pytest.mark.django_db
def test_a_mail_is_kept_as_it_left_but_for_its_link():
    mail = _sent()
    (message,) = outbox.outbox
    copy = mail.copies.get()
    kept = read_copy(copy)
    assert (kept.subject, kept.to, kept.sender) == (
        message.subject,
        "ada@example.com",
        message.from_email,
    )
    (line,) = set(str(message.body).splitlines()) - set(kept.text.splitlines())
    assert "/status/#" in line, "the link, and nothing else, is missing"
    assert isinstance(message, EmailMultiAlternatives)
    html = str(message.alternatives[0][0])
    assert html.replace(f' href="{escape(line)}"', "") == kept.html
    assert not list(working_tokens(f"{kept}"))
    assert (copy.release, copy.sent_at) == (1, NOON)
    assert len(copy.content) < len(kept.html + kept.text) / 2, "compressed"


@pytest.mark.django_db
def test_a_mail_reads_as_it_was_sent_whatever_happened_since():
    campaign = make_campaign(headline={"en": "Win a weekend"})
    mail = _sent(campaign)
    before = read_copy(mail.copies.get())
    campaign.headline, campaign.name = {"en": "Changed"}, "Changed"
    campaign.save()
    campaign.client.name = campaign.client.help_email = "changed@example.com"
    campaign.client.save()
    make_release(campaign, number=2)
    Submission.objects.update(release=2, status=SubmissionStatus.REJECTED, decide_by=None)
    browser = Browser()
    browser.force_login(make_user((campaign.client, Role.CAMPAIGN_MANAGER)))
    page = browser.get(reverse("admin:mail_mail_read", args=[mail.pk]))
    assert page.context["text_form"] == before.text
    assert page.context["subject"] == before.subject
    assert "Changed" not in page.context["text_form"]
    html = browser.get(reverse("admin:mail_mail_html", args=[mail.pk])).content.decode()
    assert html == before.html


@pytest.mark.django_db
def test_a_copy_shows_the_logo_that_its_mail_carried():
    campaign = make_campaign()
    picture = BytesIO()
    Image.new("RGB", (4, 4)).save(picture, "PNG")
    campaign.logo.save("logo.png", ContentFile(picture.getvalue()))
    copy = _sent(campaign).copies.get()
    Campaign.objects.update(logo="")
    assert 'src="cid:logo"' in read_copy(copy).html
    assert 'src="data:image/png;base64,' in html_of_copy(copy)


@pytest.mark.django_db
def test_a_first_name_of_markup_stays_words_in_both_forms_of_a_copy():
    campaign = make_campaign(headline={"en": '<img src="cid:logo" onerror=alert(1)></pre>'})
    mail = _sent(campaign)
    browser = Browser()
    browser.force_login(make_user((campaign.client, Role.CAMPAIGN_MANAGER)))
    for name in ("read", "html"):
        page = browser.get(reverse(f"admin:mail_mail_{name}", args=[mail.pk])).content.decode()
        assert "&lt;img src=" in page
        assert '<img src="cid' not in page


# ---------------------------------------------------------------- which are kept


@pytest.mark.django_db
@pytest.mark.parametrize("answer", [ses.THROTTLED, ses.REJECTED], ids=str)
def test_what_certainly_was_not_sent_leaves_no_copy(service, answer):
    service.answer = answer
    _sent()
    assert not MailCopy.objects.exists()


@pytest.mark.django_db
def test_what_may_have_been_sent_is_kept(service):
    service.answer = ses.HANGS_UP
    mail = _sent()
    assert mail.state == MailState.UNKNOWN
    assert mail.copies.count() == 1


@pytest.mark.django_db
def test_a_sender_that_dies_has_kept_what_may_have_gone_out(monkeypatch):
    def die(_message: object) -> None:
        raise SystemExit

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", die)
    with pytest.raises(SystemExit):
        _sent()
    deliver_mails(at=NOON + 2 * LEASE, most=10)
    mail = Mail.objects.get()
    assert (mail.state, mail.copies.count()) == (MailState.UNKNOWN, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("state", [MailState.QUEUED, MailState.FAILED, MailState.NOT_SENT])
def test_of_what_was_not_sent_there_is_nothing_to_read(state):
    mail = _sent()
    mail.copies.all().delete()
    Mail.objects.update(state=state)
    browser = Browser()
    browser.force_login(make_user((mail.campaign.client, Role.CAMPAIGN_MANAGER)))
    page = browser.get(reverse("admin:mail_mail_read", args=[mail.pk])).content.decode()
    assert "Nothing was sent" in page
    assert browser.get(reverse("admin:mail_mail_html", args=[mail.pk])).status_code == 404


# ---------------------------------------------------------------- erased


@pytest.mark.django_db
def test_erasing_the_answers_erases_every_copy_and_the_page_says_so():
    mail = _sent()
    SubmissionAnswers.objects.filter(pk=mail.submission_id).delete()
    assert not MailCopy.objects.exists()
    assert Mail.objects.filter(pk=mail.pk).exists(), "that there was a mail is no personal data"
    browser = Browser()
    browser.force_login(make_user((mail.campaign.client, Role.CAMPAIGN_MANAGER)))
    page = browser.get(reverse("admin:mail_mail_read", args=[mail.pk])).content.decode()
    assert "erased with the entrant" in page


@pytest.mark.django_db
def test_the_database_lets_no_copy_outlive_the_answers():
    mail = _sent()
    assert mail.copies.exists()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM submissions_submissionanswers")
    with pytest.raises(IntegrityError), transaction.atomic():
        connection.check_constraints()
    MailCopy.objects.all().delete()


@pytest.mark.django_db
def test_the_same_entry_mirrored_again_keeps_its_copies():
    campaign = make_campaign()
    mail = _sent(campaign)
    record = make_record(campaign, id=mail.submission_id, version=2)
    mirror_stream_records([streamed(record)], at=NOON + timedelta(hours=1))
    assert mail.copies.count() == 1
