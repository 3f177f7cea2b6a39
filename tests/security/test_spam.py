"""Whoever types an address of somebody else can have a brand write there: once an hour, and never their own words."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.parser import BytesParser
from email.policy import default as modern
from typing import Any

import pytest
from django.core import mail as outbox
from django.core.mail import EmailMultiAlternatives
from django.test import Client as Browser
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from campaignhub.env import env
from campaigns.accounts.rules.roles import Role
from campaigns.setup.models import Campaign
from ingest_lambda.contract import Mode, Reason, ReasonCode
from submissions.mail.models import Mail
from submissions.mail.rules.mails import TELLS_OF_A_PRIZE, MailKind, MailState
from submissions.mail.services.delivery import LEASE, deliver_mails
from submissions.mirror.models import SubmissionEvent
from submissions.review.services.decisions import (
    approve_submission,
    reject_submission,
    reopen_submission,
    request_resubmission,
    revoke_submission,
)
from tests.campaigns.factories import make_user
from tests.security.entrants import add_mail, enter, give_prize, said
from tests.submissions.factories import NOON, make_campaign
from tests.submissions.mail import mail_service as ses
from tests.support.at_once import at_once

AN_HOUR = timedelta(hours=1)
NOT_SENT = "not_sent"
LIST = reverse("admin:mail_mail_changelist")
MARK = "Kettle"
"""A word that no mail of ours has."""


@pytest.fixture(autouse=True)
def _quick_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env(), "mails_per_second", 1000.0)


def _enter_as(campaign: Campaign, *addresses: str, **record: Any) -> None:
    for address in addresses:
        enter(campaign, answers=said(email=address), **record)


def _send(at: datetime = NOON, most: int = 100) -> list[EmailMultiAlternatives]:
    """Send what is due; return what went out."""
    before = len(outbox.outbox)
    deliver_mails(at=at, most=most)
    return [m for m in outbox.outbox[before:] if isinstance(m, EmailMultiAlternatives)]


def _signed_in(campaign: Campaign) -> Browser:
    browser = Browser()
    browser.force_login(make_user((campaign.client, Role.CAMPAIGN_MANAGER)))
    return browser


# ---------------------------------------------------------------- words


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed",
    [
        "Parcel held: pay at paypal.example",
        "paypal.com",
        "Pay at http://evil.example/x",
        "ada@evil.example",
        "Call 0900123456",
        "paypal com",
        "www paypal",
        "P\u0430ypal",  # a Cyrillic letter among Latin ones
        "paypal\u2024com",  # a stop that is none
        "paypal\ua4f8com",  # a letter that looks like one
        "paypal\uff0ecom",
        "\uff50\uff41\uff59pal",  # full width
        "a" * 41,
        "Dear customer your parcel is held",
        "Ada\nYour parcel is held",
        "Ada\u2028Your parcel",
        "Ada\u202eevil",
        "A\u200bda",
        "Ada\ufe0f",
        "\u3164",
        "Z" + "\u0335" * 8,
        "<b>Ada</b>",
        "Ada -- Your reference",
        "-",
        "{reference}",
    ],
)
def test_what_does_not_look_like_a_name_is_in_no_part_of_a_mail(typed: str):
    enter(make_campaign(), answers=said(first=typed))
    (sent,) = _send()
    assert str(sent.body).startswith("Hello,\n\n")
    parts = (str(sent.subject), str(sent.body), str(sent.alternatives[0][0]))
    assert not [part for part in parts if typed.strip() in part and typed != "-"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    [
        "Ada",
        "Zoë",
        "O’Brien",
        "Jean-Luc",
        "María José",
        "Łukasz",
        "김민준",
        "佐々木",
        "Иван",
        "Dot",
    ],
)
def test_a_name_is_greeted(name: str):
    enter(make_campaign(), answers=said(first=name))
    (sent,) = _send()
    assert str(sent.body).startswith(f"Hello {name},\n\n")


@given(st.text(max_size=60))
def test_a_greeting_never_has_a_sign_that_makes_a_link_or_a_line(typed: str):
    from campaigns.accounts.rules.plain_names import name_to_greet

    name = name_to_greet(typed)
    assert len(name) <= 40
    assert all(c.isalpha() or c in " '’ʻʼ-‐‑" or not c.isascii() for c in name)
    assert not set(name) & set("./\\:@<>&?#%=_0123456789\n\r\t\u202e\u2066\u200b\u200d")
    assert name_to_greet(name) == name


@pytest.mark.django_db
@pytest.mark.usefixtures("working_account")
def test_no_other_answer_and_no_note_of_staff_reaches_a_mail_of_any_kind():
    campaign = make_campaign()
    answers = said(first=f"{MARK}1", last=MARK, other=MARK, **{MARK: MARK})
    given: dict[str, Any] = {"actor": make_user(), "at": NOON, "note": MARK}
    wrong, own_words = [Reason(code=ReasonCode.ILLEGIBLE)], "We looked at it again."
    for number, kind in enumerate(MailKind):
        own = {**answers, "email": f"a{number}@example.com"}
        refused = {"status": "invalid", "reasons": [Reason(code=ReasonCode.RECEIPT_USED)]}
        how = refused if kind is MailKind.REFUSED else {}
        submission = enter(campaign, answers=own, source=MARK, partner=MARK, **how)
        Mail.objects.filter(submission=submission).delete()
        back = {MailKind.REVOKED: revoke_submission, MailKind.REOPENED: reopen_submission}
        back[MailKind.PRIZE_RESERVED] = reopen_submission
        if kind in {MailKind.APPROVED, MailKind.PRIZE_WON, MailKind.NO_PRIZE, *back}:
            approve_submission(submission.pk, **given)
        elif kind is MailKind.REJECTED:
            too_old = [Reason(code=ReasonCode.RECEIPT_TOO_OLD)]
            reject_submission(submission.pk, reasons=too_old, **given)
        elif kind not in (MailKind.RECEIVED, MailKind.REFUSED):
            request_resubmission(submission.pk, reasons=wrong, **given)
        if kind in back:
            back[kind](submission.pk, message=own_words, **given)
        if kind in TELLS_OF_A_PRIZE:
            give_prize(submission, kind)
        submission.refresh_from_db()
        add_mail(submission, kind)
    sent = _send()
    assert len(sent) == len(MailKind)
    for message in sent:
        raw = BytesParser(policy=modern).parsebytes(message.message().as_bytes())
        told = [
            *raw.values(),
            *(part.get_content() for part in raw.walk() if part.get_content_maintype() == "text"),
        ]
        assert not [words for words in told if MARK in str(words)]


# ---------------------------------------------------------------- how many


@pytest.mark.django_db
def test_of_many_entries_with_one_address_one_is_confirmed_an_hour_and_the_others_are_never():
    campaign = make_campaign()
    _enter_as(campaign, *["ada@example.com"] * 20)
    assert len(_send()) == 1
    assert len(_send(NOON + AN_HOUR)) == 0, "what was held back is not sent later"
    held = Mail.objects.exclude(state=MailState.SENT)
    assert set(held.values_list("state", "trouble")) == {("not_sent", "one an hour")}
    assert held.count() == 19
    assert SubmissionEvent.objects.filter(kind="mail_not_sent").count() == 19
    _enter_as(campaign, "ada@example.com")
    assert len(_send(NOON + AN_HOUR)) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "spellings",
    [
        ("ada.lovelace@gmail.com", "a.d.a.lovelace+7@gmail.com", "ADALOVELACE@GoogleMail.com"),
        ("ada@company.example", "ada+1@company.example", "ADA+x+y@COMPANY.example"),
        ("ada@example.com", '"ada"@example.com', '"a\\da+x"@example.com'),
        ("ada@xn--mnchen-3ya.example", "ada@münchen.example", "ada@MÜNCHEN.example"),
    ],
    ids=["gmail", "own domain", "quoted", "idn"],
)
def test_one_mailbox_in_many_spellings_is_one(spellings: tuple[str, ...]):
    _enter_as(make_campaign(), *spellings)
    assert len(_send()) == 1
    assert Mail.objects.filter(state=NOT_SENT).count() == len(spellings) - 1


@pytest.mark.django_db
def test_six_hours_of_entries_are_five_mails():
    campaign = make_campaign()
    sent = []
    for hour in range(6):
        _enter_as(campaign, f"ada+{hour}@example.com")
        Mail.objects.filter(state=MailState.QUEUED).update(not_before=NOON)
        sent.append(len(_send(NOON + hour * AN_HOUR)))
    assert sent == [1, 1, 1, 1, 1, 0]
    assert Mail.objects.get(state=NOT_SENT).trouble == "five a day"


@pytest.mark.django_db
def test_what_nobody_knows_the_outcome_of_counts_as_sent():
    campaign = make_campaign()
    _enter_as(campaign, "ada@example.com")
    mail = Mail.objects.get()
    _send()
    Mail.objects.update(state=MailState.SENDING, leased_until=NOON + LEASE, sent_at=None)
    _enter_as(campaign, "ada@example.com")
    assert _send(NOON) == []
    assert Mail.objects.exclude(pk=mail.pk).get().state == MailState.QUEUED, (
        "it waits for the first"
    )
    assert _send(NOON + 2 * LEASE) == []
    assert set(Mail.objects.values_list("state", flat=True)) == {"unknown", "not_sent"}


@pytest.mark.django_db
def test_what_was_certainly_not_sent_leaves_room_for_another():
    campaign = make_campaign()
    _enter_as(campaign, "ada@example.com")
    _send()
    Mail.objects.update(state=MailState.FAILED, sent_at=None)
    _enter_as(campaign, "ada@example.com")
    assert len(_send()) == 1


@pytest.mark.django_db
def test_other_campaigns_and_tests_count_for_themselves():
    campaign, other = make_campaign(), make_campaign()
    _enter_as(campaign, "ada@example.com")
    _enter_as(campaign, "ada@example.com", mode=Mode.TEST)
    _enter_as(other, "ada@example.com")
    _enter_as(campaign, "ada@example.com", mode=Mode.TEST)
    assert len(_send()) == 3
    assert Mail.objects.get(state=NOT_SENT).submission.is_test


@pytest.mark.django_db
def test_a_flood_to_one_mailbox_keeps_no_other_entrant_waiting():
    campaign, neighbour = make_campaign(), make_campaign()
    _enter_as(campaign, *["ada@example.com"] * 15)
    _enter_as(neighbour, "grace@example.com")
    sent = _send(most=2)
    assert [message.to for message in sent] == [["ada@example.com"], ["grace@example.com"]]


# ---------------------------------------------------------------- what staff see


@pytest.mark.django_db
def test_staff_find_what_was_not_sent_with_its_reason_and_cannot_send_it():
    campaign = make_campaign()
    _enter_as(campaign, *["ada@example.com"] * 3)
    _send()
    browser = _signed_in(campaign)
    page = browser.get(LIST).content.decode()
    assert "?state=not_sent" in page
    narrowed = browser.get(LIST, {"state": "not_sent"})
    assert len(narrowed.context["cl"].result_list) == 2
    assert narrowed.content.decode().count("Not sent (one an hour)") == 2
    mail = Mail.objects.filter(state=NOT_SENT).earliest("id")
    read = browser.get(reverse("admin:mail_mail_read", args=[mail.pk])).content.decode()
    assert "Not sent (one an hour)" in read
    assert "Send again" not in read
    act = reverse("admin:mail_mail_act", args=[mail.pk])
    for _ in range(2):
        answer = browser.post(
            act, {"act": "again", "seen": mail.tries}, follow=True
        ).content.decode()
        assert "over the limit" in answer
    browser.post(act, {"act": "sent"})
    mail.refresh_from_db()
    assert mail.state == NOT_SENT
    assert _send() == []
    desk = reverse("admin:submissions_submission_change", args=[mail.submission_id])
    assert "Mail not sent (one an hour): Received." in browser.get(desk).content.decode()


# ---------------------------------------------------------------- at once


@pytest.fixture
def service(settings: Any) -> Iterator[ses.MailService]:
    """Send to a service of this machine, which counts what it takes."""
    with ses.mail_service() as service:
        settings.EMAIL_BACKEND = "campaignhub.mail_backend.EmailBackend"
        settings.ANYMAIL = {
            "AMAZON_SES_CLIENT_PARAMS": {
                **settings.ANYMAIL["AMAZON_SES_CLIENT_PARAMS"],
                "endpoint_url": service.url,
                "aws_access_key_id": "x",
                "aws_secret_access_key": "x",
            }
        }
        yield service


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_four_senders_at_once_send_each_mailbox_one_mail(service: ses.MailService):
    campaign = make_campaign()
    mailboxes = [f"ada{number}" for number in range(6)]
    for tag in range(4):
        # The mails of one mailbox lie apart, so that senders meet at the mailbox, not at the row.
        _enter_as(campaign, *(f"{name}+{tag}@example.com" for name in mailboxes))
    at_once(*[lambda: deliver_mails(at=NOON, most=100)] * 4)
    deliver_mails(at=NOON + LEASE, most=100)
    assert len(service.taken) == len(mailboxes)
    states = sorted(Mail.objects.values_list("state", flat=True))
    assert states == ["not_sent"] * 18 + ["sent"] * 6
