"""A token acts in the name of its entrant: nothing that staff can read carries one that works."""

import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.core import mail as outbox
from django.core.mail import EmailMultiAlternatives
from django.test import Client as Browser
from django.urls import NoReverseMatch, URLResolver, reverse
from django.utils import timezone

from campaignhub import aws
from campaignhub.logs import JsonLine
from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import CAPABILITIES, Capability, Role
from campaigns.setup.models import Campaign
from ingest_lambda.contract import Mode, Reason, ReasonCode
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mail.models import Mail
from submissions.mail.rules.mails import MailKind, MailState
from submissions.mail.rules.words import Message
from submissions.mirror.models import EntrantMessage, Submission
from submissions.operations.services.dead_letters import pairs
from submissions.review.services.decisions import reject_submission, request_resubmission
from tests.campaigns.factories import make_user
from tests.security.entrants import add_mail, enter, mailed_link, said, working_tokens
from tests.submissions.factories import NOON, make_campaign, make_copy, make_message, streamed
from tests.support.simulated_aws import simulated_aws

pytestmark = pytest.mark.django_db
FEWEST_READ: dict[Role | None, int] = {Role.MODERATOR: 15, Role.AUDITOR: 8}


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give a test an account of its own with every queue in it."""
    with simulated_aws(monkeypatch):
        yield


def _patterns(patterns: Any) -> Iterator[tuple[str, list[str]]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns)
        elif pattern.name and pattern.name != "logout":
            yield pattern.name, list(pattern.pattern.converters)


def _staff_pages(campaign: Campaign) -> Iterator[str]:
    """Name every address of the staff site, for each thing of the campaign that it takes."""
    submissions = list(Submission.objects.filter(campaign=campaign).values_list("pk", flat=True))
    mails = list(Mail.objects.values_list("pk", flat=True))
    own: dict[str, list[Any]] = {"submissions_submission": submissions, "mail_mail": mails}
    for name, parts in _patterns(admin.site.get_urls()):
        things: dict[str, list[Any]] = {
            "object_id": own.get(name.rpartition("_")[0], [campaign.pk, campaign.client_id]),
            "submission_id": submissions,
            "mail_id": mails,
            "queue": list(pairs()),
            "file": ["index.html"],
        }
        arguments: list[dict[str, Any]] = [{}]
        for part in parts:
            taken = things.get(part, [campaign.pk])
            arguments = [{**known, part: thing} for known in arguments for thing in taken]
        for known in arguments:
            try:
                address = reverse(f"admin:{name}", kwargs=known)
            except NoReverseMatch:
                continue
            yield address
            if name.startswith("mail_mail_sample"):
                yield from (f"{address}?message={message}" for message in Message)


def _dead_letters(campaign: Campaign, submission: Submission, token: str) -> None:
    """Leave the entry in every dead-letter queue, in the form that each of them gets."""
    entry = {
        "kind": "submission",
        "schema": 1,
        "slug": campaign.slug,
        "entered_at_ms": "",
        "status": token,
        "body": {
            "submission_id": str(submission.pk),
            "token": token,
            "answers": {token: token},
            "consents": {},
            token: token,
        },
    }
    kept_apart = {"why": "bad_token", "slug": campaign.slug, "message": json.dumps(entry)}
    photo = {"Records": [{"s3": {"object": {"key": f"incoming/{campaign.slug}/{token}"}}}]}
    bodies = {"quarantine": kept_apart, "images": photo}
    for queue, pair in pairs().items():
        aws.sqs().send_message(
            QueueUrl=pair.dead_url, MessageBody=json.dumps(bodies.get(queue, entry))
        )


def _world() -> Campaign:
    """Make a campaign about which everything is known that staff could read a token in."""
    campaign = make_campaign()
    campaign.client.help_email = "help@nordlicht.example"
    campaign.client.save()
    first = enter(campaign)
    link = mailed_link()
    assert list(working_tokens(link)), "the entrant's own link works"
    enter(campaign, answers=said(last=link, email="b@example.com"), source=link[-60:])
    enter(campaign, mode=Mode.TEST)
    appeal = make_message(first.pk, body={"text": f"Please see {link} again."})
    mirror_stream_records([streamed(appeal)], at=NOON)
    request_resubmission(
        first.pk, reasons=[Reason(code=ReasonCode.ILLEGIBLE)], actor=make_user(), at=timezone.now()
    )
    first.refresh_from_db()
    for kind, state in zip(MailKind, MailState, strict=False):
        add_mail(first, kind, state=state, sent_at=NOON, trouble=link[:200])
    for mail in Mail.objects.filter(submission=first, copies=None):
        make_copy(mail)
    rejected = enter(campaign, answers=said(email="c@example.com"))
    reject_submission(
        rejected.pk,
        reasons=[Reason(code=ReasonCode.OTHER, message="See the note.")],
        actor=make_user(),
        at=timezone.now(),
        note="See the note.",
    )
    _dead_letters(campaign, first, link.rpartition("#")[2])
    return campaign


def _user(campaign: Campaign, role: Role | None) -> User:
    user = make_user(*([(campaign.client, role)] if role else []))
    user.is_superuser = role is None
    user.email = "max@agency.example"
    user.save()
    return user


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("role", [None, *Role], ids=lambda role: role or "operator")
def test_no_page_of_the_staff_site_carries_a_working_token(role: Role | None):
    campaign = _world()
    browser = Browser(raise_request_exception=False)  # error pages are read too
    browser.force_login(_user(campaign, role))
    read = set()
    for address in _staff_pages(campaign):
        for method in (browser.get, browser.post)[: 1 if role else 2]:
            page = method(address)
            told = f"{page.headers} {b''.join(page).decode() if page.streaming else page.content.decode()}"
            assert not list(working_tokens(told)), address
            if page.status_code == 200:
                read.add(address)
    assert len(read) > FEWEST_READ.get(role, 40)
    reads_mails = role is None or Capability.SUBMISSION_VIEW in CAPABILITIES[role]
    assert any("/read/" in address for address in read) is reads_mails


@pytest.mark.parametrize("kind", MailKind)
def test_a_mail_is_read_without_its_link_in_both_forms_and_says_so(kind: MailKind):
    campaign = make_campaign()
    submission = enter(campaign)
    if kind is not MailKind.RECEIVED:
        request_resubmission(
            submission.pk,
            reasons=[Reason(code=ReasonCode.ILLEGIBLE)],
            actor=make_user(),
            at=timezone.now(),
        )
        submission.refresh_from_db()
    mail = add_mail(submission, kind, state=MailState.SENT)
    make_copy(mail)
    browser = Browser()
    browser.force_login(_user(campaign, Role.CAMPAIGN_MANAGER))
    for name in ("read", "html"):
        page = browser.get(reverse(f"admin:mail_mail_{name}", args=[mail.pk]))
        shown = page.content.decode()
        assert name == "html" or "only works in the entrant" in shown
        assert "/status/" not in shown
        assert name == "read" or "href" not in shown


@pytest.mark.parametrize("message", Message)
def test_a_sample_to_oneself_has_no_token_of_anything(message: Message):
    campaign = make_campaign()
    browser = Browser()
    browser.force_login(_user(campaign, Role.CAMPAIGN_MANAGER))
    browser.post(
        reverse("admin:mail_mail_samples", args=[campaign.pk]), {"act": "test", "message": message}
    )
    (sent,) = outbox.outbox
    assert isinstance(sent, EmailMultiAlternatives)
    for form in (str(sent.body), str(sent.alternatives[0][0]), str(sent.message())):
        assert not list(working_tokens(form))
        assert "/status/" not in form


def test_a_link_that_its_entrant_pasted_into_the_form_or_an_appeal_is_not_kept():
    campaign = make_campaign()
    first = enter(campaign)
    link = mailed_link()
    second = enter(campaign, answers=said(last=f"<{link}>", email="b@example.com"))
    appeal = make_message(first.pk, body={"text": f"Please see {link}.", "more": [link]})
    mirror_stream_records([streamed(appeal)], at=NOON)
    kept = json.dumps([second.personal.answers, EntrantMessage.objects.get().body])
    assert "/status/#" in kept, "what else was written stays"
    assert not list(working_tokens(kept))
    assert not list(working_tokens(second.personal.family_name))


def test_a_log_line_has_no_token_even_where_an_error_quotes_one():
    campaign = make_campaign()
    enter(campaign)
    link = mailed_link()
    try:
        raise ValueError(f"cannot read {link}")
    except ValueError:
        record = logging.LogRecord(
            "mails", logging.ERROR, __file__, 1, "no answer for %s", (link,), sys.exc_info()
        )
    line = JsonLine().format(record)
    assert json.loads(line)["logger"] == "mails"
    assert not list(working_tokens(line))


def test_the_entrant_s_own_mail_still_has_a_link_that_works():
    enter(make_campaign())
    assert list(working_tokens(mailed_link()))
    (sent,) = outbox.outbox
    assert isinstance(sent, EmailMultiAlternatives)
    assert list(working_tokens(str(sent.alternatives[0][0])))
