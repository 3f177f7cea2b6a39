"""Mails can be read as they were sent, and what became of them be seen to, by those who may."""

from typing import Any

import pytest
from django.core import mail as outbox
from django.db import connection
from django.test import Client as Browser
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from campaigns.accounts.rules.roles import Role
from campaigns.setup.models import Campaign
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mail.admin.of_submission import TONES
from submissions.mail.admin.reading import OUTCOMES
from submissions.mail.models import Mail
from submissions.mail.rules.mails import WHY_WITHDRAWN, MailKind, MailState, Withdrawn
from submissions.mail.rules.words import Message, message_words
from submissions.mail.services.attention import troubled_mails
from submissions.mail.services.prizes import SAMPLE_PRIZE
from submissions.mirror.models import Submission, SubmissionEvent
from tests.campaigns.factories import make_user
from tests.submissions.factories import NOON, make_campaign, make_copy, make_record, streamed

pytestmark = pytest.mark.django_db
LIST = reverse("admin:mail_mail_changelist")


def make_mail(campaign: Campaign, state: MailState = MailState.SENT, **overrides: Any) -> Mail:
    record = make_record(campaign)
    mirror_stream_records([streamed(record)], at=NOON)
    Mail.objects.filter(submission_id=record.id).delete()
    return Mail.objects.create(
        submission=Submission.objects.get(pk=record.id),
        campaign=campaign,
        kind=MailKind.RECEIVED,
        event="received:1",
        state=state,
        queued_at=NOON,
        not_before=NOON,
        **overrides,
    )


def signed_in(campaign: Campaign, role: Role = Role.CAMPAIGN_MANAGER, email: str = "") -> Browser:
    browser, user = Browser(), make_user((campaign.client, role))
    user.email = email
    user.save()
    browser.force_login(user)
    return browser


def test_a_number_that_no_page_of_ours_sends_is_not_found():
    campaign = make_campaign()
    mail = make_mail(campaign, tries=1)
    act = reverse("admin:mail_mail_act", args=[mail.pk])
    for seen in ("", "-1", "1.0", "1" * 5000):
        said = {"act": "again", "seen": seen}
        assert signed_in(campaign).post(act, said).status_code == 404, seen[:10]


def test_every_fate_has_a_colour_and_a_sentence():
    assert set(OUTCOMES) == set(TONES) == set(MailState)


def test_the_list_shows_outcomes_and_what_to_do():
    campaign = make_campaign()
    make_mail(campaign, MailState.UNKNOWN)
    page = signed_in(campaign).get(LIST).content.decode()
    assert "Unknown" in page
    assert "Check, then decide" in page


def test_the_list_is_narrowed_by_fate_kind_and_reference():
    campaign = make_campaign()
    failed, sent = make_mail(campaign, MailState.FAILED), make_mail(campaign)
    browser = signed_in(campaign)
    for narrowed in ({"state": "failed"}, {"q": failed.submission.reference.lower()}):
        page = browser.get(LIST, narrowed).content.decode()
        assert failed.submission.reference in page
        assert sent.submission.reference not in page
    assert "No e-mails found" in browser.get(LIST, {"kind": "rejected"}).content.decode()


def test_the_home_page_leads_to_every_mail_that_it_counts():
    campaign = make_campaign()
    troubled = [make_mail(campaign, state) for state in (MailState.FAILED, MailState.UNKNOWN)]
    sent = make_mail(campaign)
    browser = signed_in(campaign)
    line = browser.get(reverse("admin:index")).context["lines"][0]
    assert line.title == "2 e-mails need attention"
    page = browser.get(line.link).content.decode()
    assert all(mail.submission.reference in page for mail in troubled)
    assert sent.submission.reference not in page
    assert "Needs attention" in page


def test_the_pages_of_the_list_hold_every_mail_once():
    campaign = make_campaign()
    for _ in range(60):
        make_mail(campaign)
    browser, seen = signed_in(campaign), []
    before: dict[str, str] = {}
    while True:
        page = browser.get(LIST, before)
        seen += [mail.pk for mail in page.context["cl"].result_list]
        if not page.context["cl"].older:
            break
        before = {"before": page.context["cl"].older}
    assert len(seen) == len(set(seen)) == 60


def test_a_mail_is_read_in_both_forms_and_the_log_says_so():
    campaign = make_campaign()
    mail = make_mail(campaign)
    make_copy(mail)
    browser = signed_in(campaign)
    page = browser.get(reverse("admin:mail_mail_read", args=[mail.pk]))
    assert "ada@example.com" in page.content.decode()
    assert mail.submission.reference in page.context["subject"]
    assert campaign.client.audit_entries.filter(code="mail.read").exists()
    html = browser.get(reverse("admin:mail_mail_html", args=[mail.pk]))
    assert mail.submission.reference in html.content.decode()
    assert "default-src 'none'" in html["Content-Security-Policy"]


def test_a_mail_of_unknown_fate_is_sent_again_or_marked_once():
    campaign = make_campaign()
    browser = signed_in(campaign)
    again, sent = (make_mail(campaign, MailState.UNKNOWN) for _ in range(2))
    for mail, act in ((again, "again"), (sent, "sent"), (sent, "sent")):
        browser.post(reverse("admin:mail_mail_act", args=[mail.pk]), {"act": act, "seen": "0"})
    again.refresh_from_db()
    sent.refresh_from_db()
    assert again.state == MailState.QUEUED
    assert sent.state == MailState.SENT
    assert campaign.client.audit_entries.filter(code="mail.marked_as_sent").count() == 1
    assert SubmissionEvent.objects.filter(kind="mail_marked").count() == 1


_PAGES = ("read", "html", "act", "samples", "sample_html")


@pytest.mark.parametrize(
    ("role", "may_read"),
    [(Role.MODERATOR, {"read", "html"}), (None, set())],
    ids=["moderator", "stranger"],
)
def test_a_moderator_reads_single_mails_and_a_stranger_none(role: Role | None, may_read: set[str]):
    campaign = make_campaign()
    mail = make_mail(campaign)
    make_copy(mail)
    browser = signed_in(campaign, role) if role else signed_in(make_campaign())
    for name in _PAGES:
        of = campaign if name.startswith("sample") else mail
        address = reverse(f"admin:mail_mail_{name}", args=[of.pk])
        assert browser.get(address).status_code == (200 if name in may_read else 404), name
        assert browser.post(address, {"act": "again"}).status_code in (404, 405)
    if role:
        assert browser.get(LIST).status_code == 404


@pytest.mark.parametrize("why", Withdrawn)
def test_a_mail_that_was_withdrawn_says_why_in_a_sentence(why: Withdrawn):
    campaign = make_campaign()
    mail = make_mail(campaign)
    Mail.objects.filter(pk=mail.pk).update(state=MailState.WITHDRAWN, trouble=why)
    page = signed_in(campaign).get(reverse("admin:mail_mail_read", args=[mail.pk]))
    assert escape(WHY_WITHDRAWN[why]) in page.content.decode()
    assert f"({why})" not in page.content.decode()


def test_a_moderator_reads_no_address_in_a_mail():
    campaign = make_campaign()
    mail = make_mail(campaign)
    make_copy(mail)
    browser = signed_in(campaign, Role.MODERATOR)
    for name in ("read", "html"):
        page = browser.get(reverse(f"admin:mail_mail_{name}", args=[mail.pk])).content.decode()
        assert "ada@example.com" not in page
        assert "Lovelace" not in page
        assert name == "html" or "a•••@example.com" in page


@pytest.mark.parametrize("message", Message)
@pytest.mark.parametrize("language", ["en", "es", "de", "fr"])
def test_every_mail_can_be_read_beforehand_in_every_language(message, language):
    campaign = make_campaign(languages=["en", "es", "de", "fr"])
    asked = {"message": message.value, "language": language}
    browser = signed_in(campaign)
    page = browser.get(reverse("admin:mail_mail_samples", args=[campaign.pk]), asked)
    html = browser.get(reverse("admin:mail_mail_sample_html", args=[campaign.pk]), asked)
    assert f'lang="{language}"' in html.content.decode()
    assert "Ada" in html.content.decode()
    title = message_words(message, language, with_receipt=True).title
    assert escape(title.replace("{prize}", SAMPLE_PRIZE)) in html.content.decode()
    assert page.status_code == 200
    assert not Mail.objects.exists()
    assert not Submission.objects.exists()


@override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend")
def test_a_sample_goes_to_oneself_alone_and_is_marked_as_a_test():
    campaign = make_campaign()
    browser = signed_in(campaign, email="max@agency.example")
    samples = reverse("admin:mail_mail_samples", args=[campaign.pk])
    browser.post(samples, {"act": "test", "message": "approved", "to": "other@example.com"})
    (sent,) = outbox.outbox
    assert sent.to == ["max@agency.example"]
    assert sent.subject.startswith("[TEST] ")
    assert campaign.client.audit_entries.filter(code="mail.sample_sent").exists()


def test_without_an_address_of_one_s_own_no_sample_is_sent():
    campaign = make_campaign()
    samples = reverse("admin:mail_mail_samples", args=[campaign.pk])
    page = signed_in(campaign).post(samples, {"act": "test"}, follow=True)
    assert "no e-mail address" in page.content.decode()


def test_the_number_of_queries_is_the_same_for_one_mail_and_twenty():
    campaign = make_campaign()
    browser = signed_in(campaign)
    counts = []
    for more in (1, 20):
        for _ in range(more):
            make_mail(campaign)
        browser.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            browser.get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_mails_in_trouble_are_counted_by_state_for_those_whose_they_are():
    campaign, other = make_campaign(), make_campaign()
    for state in (MailState.UNKNOWN, MailState.UNKNOWN, MailState.FAILED, MailState.SENT):
        make_mail(campaign, state)
    make_mail(other, MailState.FAILED)
    user = make_user((campaign.client, Role.CAMPAIGN_MANAGER))
    assert dict(troubled_mails(user)) == {"unknown": 2, "failed": 1}
    assert not troubled_mails(make_user((campaign.client, Role.MODERATOR))).total()
