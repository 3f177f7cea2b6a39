"""What a browser keeps of a sign-in, and what a forged form needs to be taken."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from campaignhub.clock.turns import UNLIMITED
from campaigns.accounts.rules.roles import Role
from campaigns.accounts.tasks import clear_sessions
from tests.campaigns.factories import make_client, make_user

pytestmark = pytest.mark.django_db

PLANTED = "p" * 32
"""What a neighbouring subdomain writes into a cookie and into its forged form alike."""


def sign_in_page() -> str:
    return reverse("admin:login")


def signed_in(*, checks: bool = True) -> Browser:
    browser = Browser(enforce_csrf_checks=checks)
    browser.force_login(make_user((make_client(uuid4().hex), Role.OWNER)))
    return browser


def test_a_planted_cookie_does_not_open_the_sign_in_form():
    browser = Browser(enforce_csrf_checks=True)
    browser.cookies["csrftoken"] = PLANTED
    form = {"username": "a", "password": "b", "csrfmiddlewaretoken": PLANTED}

    assert browser.post(sign_in_page(), form).status_code == 403


def test_a_planted_cookie_does_not_sign_a_colleague_out_or_change_a_password():
    browser = signed_in()
    browser.cookies["csrftoken"] = PLANTED

    for name in ("admin:logout", "admin:password_change"):
        answer = browser.post(reverse(name), {"csrfmiddlewaretoken": PLANTED})
        assert answer.status_code == 403, name


def test_one_cookie_is_all_that_a_browser_keeps_and_no_script_reads_it():
    browser = signed_in(checks=False)
    browser.get(reverse("admin:index"))
    browser.post(reverse("admin:password_change"), {})
    browser.get(reverse("admin:campaigns_campaign_changelist"))

    assert list(browser.cookies) == ["sessionid"]
    assert browser.cookies["sessionid"]["httponly"]
    assert browser.cookies["sessionid"]["samesite"] == "Lax"


def test_a_message_for_the_next_page_does_not_travel_in_a_cookie():
    client = make_client("Nordlicht")
    browser = Browser()
    browser.force_login(make_user((client, Role.OWNER)))
    saved = browser.post(
        reverse("admin:accounts_client_change", args=[client.pk]),
        {"legal_name": "Nordlicht Ltd", "_save": "1"},
    )

    assert saved.status_code == 302
    assert "messages" not in browser.cookies
    assert "Saved: Nordlicht." in browser.get(saved["Location"]).content.decode()


def test_the_token_of_one_session_opens_no_form_of_another():
    mine, theirs = signed_in(), signed_in()
    page = mine.get(reverse("admin:password_change"))
    token = str(page.context["csrf_token"])

    assert theirs.post(reverse("admin:logout"), {"csrfmiddlewaretoken": token}).status_code == 403
    assert mine.post(reverse("admin:logout"), {"csrfmiddlewaretoken": token}).status_code == 200


def test_what_a_passer_by_leaves_at_the_sign_in_page_ends_within_the_hour():
    Browser().get(sign_in_page())
    signed_in()
    ends = sorted(session.expire_date - timezone.now() for session in Session.objects.all())

    assert len(ends) == 2
    assert ends[0] <= timedelta(hours=1)
    assert timedelta(hours=11) < ends[1] <= timedelta(hours=12)
    Session.objects.filter(expire_date__lt=timezone.now() + timedelta(hours=1)).update(
        expire_date=timezone.now() - timedelta(seconds=1)
    )
    clear_sessions(UNLIMITED)
    assert Session.objects.count() == 1
