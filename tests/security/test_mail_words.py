"""What people typed is words in a mail, and words on every page that shows the mail."""

from email.parser import BytesParser
from email.policy import default as modern
from typing import Any

import pytest
from django.core import mail as outbox
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from campaigns.accounts.rules.roles import Role
from campaigns.setup.models import Campaign
from ingest_lambda.contract import Reason, ReasonCode
from submissions.mail.models import Mail
from submissions.mail.rules.mails import MailKind
from submissions.mail.rules.words import Message
from submissions.mail.services.delivery import deliver_mails
from submissions.mirror.models import Submission
from submissions.review.services.decisions import reject_submission
from tests.campaigns.factories import make_user
from tests.security.entrants import add_mail, enter, said
from tests.submissions.factories import NOON, make_campaign, make_copy

SCRIPT = "<script>fetch('/admin/accounts/membership/add/')</script>"
LINES = "Win\r\nBcc: all@example.com\r\n\r\n-- \nYour reference: PAYPAL-1\u2028\u2029\x0bnow"
HIDDEN = "Win \u202egnp.exe\u2066\u200b\u200f\ufeff\u00ad a \U000e0041weekend"
SHORT_SCRIPT = "<script>fetch('/x/')</script>"
ENCODED = "=?utf-8?b?YmlsbGluZ0BvdGhlci5leGFtcGxl?="
"""``billing@other.example``, as mail programs spell what is not ASCII."""


def _signed_in(campaign: Campaign, role: Role = Role.OWNER) -> Browser:
    browser = Browser()
    browser.force_login(make_user((campaign.client, role)))
    return browser


def _read(browser: Browser, mail: Mail) -> str:
    page = browser.get(reverse("admin:mail_mail_read", args=[mail.pk]))
    assert page.status_code == 200
    return page.content.decode()


def _sample(campaign: Campaign, **asked: str) -> str:
    address = reverse("admin:mail_mail_sample_html", args=[campaign.pk])
    page = _signed_in(campaign).get(address, asked)
    assert page.status_code == 200
    return page.content.decode()


def _rejected(campaign: Campaign, words: str) -> Submission:
    submission = enter(campaign)
    reject_submission(
        submission.pk,
        reasons=[Reason(code=ReasonCode.OTHER, message=words)],
        actor=make_user(),
        at=timezone.now(),
        note=words,
    )
    submission.refresh_from_db()
    return submission


def _arrived() -> Any:
    """Send what waits; return the newest mail as a mailbox reads it."""
    deliver_mails(at=NOON, most=10)
    raw = outbox.outbox[-1].message().as_bytes()
    return BytesParser(policy=modern).parsebytes(raw)


# ---------------------------------------------------------------- pages


@pytest.mark.django_db
def test_a_first_name_of_script_is_no_script_for_the_owner_who_opens_the_failed_mail():
    campaign = make_campaign()
    first = f"{SCRIPT}{'x' * (217 - len(SCRIPT))}"
    submission = enter(campaign, answers=said(first=first, email="ada@nowhere.example"))
    mail = Mail.objects.get(submission=submission)
    make_copy(mail)
    page = _read(_signed_in(campaign), mail)
    assert "&lt;script&gt;fetch" in page, "the name itself is shown, as words"
    assert SCRIPT not in page


@pytest.mark.django_db
@pytest.mark.parametrize("message", Message)
def test_a_headline_of_script_is_no_script_on_the_sample_that_the_owner_reads(message: Message):
    campaign = make_campaign(headline={"en": f"</pre>{SCRIPT}"})
    page = _sample(campaign, message=message)
    assert "&lt;/pre&gt;&lt;script&gt;" in page
    assert SCRIPT not in page


@pytest.mark.django_db
def test_a_moderator_s_own_reason_is_no_script_for_the_manager_who_reads_the_rejection():
    campaign = make_campaign()
    submission = _rejected(campaign, f"Please see <img src=x onerror=alert(1)>{SCRIPT}")
    mail = add_mail(submission, MailKind.REJECTED)
    make_copy(mail)
    page = _read(_signed_in(campaign, Role.CAMPAIGN_MANAGER), mail)
    assert "&lt;img src=x onerror" in page
    assert SCRIPT not in page
    assert "<img src=x" not in page


@pytest.mark.django_db
def test_a_client_s_names_and_contacts_are_no_script_for_who_operates_the_platform():
    campaign = make_campaign()
    client = campaign.client
    client.name = client.sender_name = f"N{SCRIPT}"
    client.help_email, client.help_phone = f"{SCRIPT}@e.example", SHORT_SCRIPT
    client.save()
    page = _sample(campaign)
    assert page.count("&lt;script&gt;fetch") > 3
    assert SCRIPT not in page
    assert SHORT_SCRIPT not in page


# ---------------------------------------------------------------- the mail itself


@pytest.mark.django_db
@pytest.mark.parametrize("typed", [LINES, HIDDEN], ids=["lines", "hidden"])
def test_nothing_that_staff_type_adds_a_header_a_line_or_a_hidden_sign(typed: str):
    campaign = make_campaign(headline={"en": typed}, sender_name=typed[:100])
    campaign.client.help_email = "help@nordlicht.example"
    campaign.client.help_phone = typed[:40]
    campaign.client.save()
    enter(campaign)
    message = _arrived()
    assert message["to"] == "ada@example.com"
    assert message["reply-to"] == "help@nordlicht.example"
    assert message["bcc"] is None
    text = outbox.outbox[-1].body
    for words in (text, message["subject"], message["from"]):
        assert not set(words) & set("\x00\u202e\u2066\u200b\u200f\ufeff\u00ad\U000e0041\x0b\u2028")
    lines = str(text).splitlines()
    assert lines.count("-- ") == 1
    assert [line for line in lines if line.startswith("Your reference")] == [
        f"Your reference: {Submission.objects.get().reference}"
    ]


@pytest.mark.django_db
def test_a_reason_of_many_lines_stays_one_line_of_the_mail():
    campaign = make_campaign()
    submission = _rejected(
        campaign, "Blurred.\n\n-- \nYour reference: OTHER-1\nhttps://evil.example"
    )
    Mail.objects.all().delete()
    add_mail(submission, MailKind.REJECTED)
    _arrived()
    lines = str(outbox.outbox[-1].body).splitlines()
    assert "- Blurred. -- Your reference: OTHER-1 https://evil.example" in lines
    assert lines.count("-- ") == 1


@pytest.mark.django_db
def test_a_name_in_the_spelling_of_mail_programs_is_not_decoded_into_an_address():
    campaign = make_campaign(sender_name=ENCODED)
    enter(campaign)
    assert "billing@other.example" not in str(_arrived()["from"])


@given(st.text(), st.text())
def test_the_text_form_is_plain_and_has_as_many_lines_whatever_was_typed(typed: str, other: str):
    from campaigns.accounts.rules.lines import one_line
    from campaigns.rendering.prose import Run
    from submissions.mail.rules.mail_text import MailText, as_text

    def text(words: str, reason: str) -> str:
        line, why = one_line(words) or "x", one_line(reason) or "x"
        letter = MailText(
            language="en",
            subject=line,
            title=line,
            hello=line,
            before=((Run(line),),),
            reasons=(why,),
            after=((Run(line, "https://example.com/"), Run(line)),),
            button=line,
            reference_label="Your reference",
            reference="K7M4-2QXD",
            help=line,
            why=line,
            brand=line,
            brand_colour="#000000",
            button_text_colour="#ffffff",
            radius="0",
        )
        return as_text(letter, link="")

    form = text(typed, other)
    assert type(form) is str, "markup that is marked as safe would be printed as it is"
    assert len(form.splitlines()) == len(text("a", "b").splitlines())
    assert one_line(one_line(typed)) == one_line(typed)
