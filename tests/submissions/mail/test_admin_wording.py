"""The page on which staff put a campaign's mails into their own words."""

import pytest
from django.core import mail as outbox
from django.test import Client as Browser
from django.urls import reverse

from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Role
from campaigns.setup.models import Campaign
from submissions.mail.services.wording import seen_wording
from tests.campaigns.factories import make_release, make_user
from tests.submissions.factories import make_campaign
from tests.submissions.mail.test_wording import OUR_WORDS, REVIEW, told


def _page(campaign: Campaign, role: Role = Role.CAMPAIGN_MANAGER) -> tuple[Browser, str]:
    browser, user = Browser(), make_user((campaign.client, role))
    user.email = f"{user.username}@agency.example"
    user.save()
    browser.force_login(user)
    return browser, reverse("admin:mail_mail_samples", args=[campaign.pk])


def _typed(campaign: Campaign, **parts: str) -> dict[str, str]:
    asked = {"message": REVIEW.value, "language": "de", "seen": seen_wording(campaign)}
    return asked | {str(part): text for part, text in OUR_WORDS.items()} | {"receipt": ""} | parts


@pytest.mark.django_db
def test_a_manager_saves_previews_and_resets_a_wording():
    campaign = make_campaign(languages=["en", "de"])
    browser, address = _page(campaign)
    page = browser.post(address, {"act": "save", **_typed(campaign)}, follow=True)
    assert "Saved." in page.content.decode()
    assert "Danke für {reference}" in page.content.decode()
    campaign.refresh_from_db()
    assert campaign.mail_texts["de"]["received_review.title"] == "Danke!"
    assert page.content.decode().count('wording-custom">Your own wording') == 1
    html = reverse("admin:mail_mail_sample_html", args=[campaign.pk])
    assert "Danke für " in browser.get(html, {"message": REVIEW, "language": "de"}).content.decode()
    asked = {"act": "reset", "message": REVIEW, "language": "de", "seen": seen_wording(campaign)}
    assert "Reset to the default" in browser.post(address, asked, follow=True).content.decode()
    campaign.refresh_from_db()
    assert campaign.mail_texts == {}


@pytest.mark.django_db
def test_a_preview_shows_what_is_typed_and_saves_nothing():
    campaign = make_campaign(languages=["en", "de"])
    browser, _ = _page(campaign)
    html = reverse("admin:mail_mail_sample_html", args=[campaign.pk])
    page = browser.post(html, _typed(campaign, title="<b>Hallo</b> {nobody}"))
    assert "&lt;b&gt;Hallo&lt;/b&gt; {nobody}" in page.content.decode()
    assert "[TEST]" not in page.content.decode(), "it is what entrants read"
    assert "sandbox" in page["Content-Security-Policy"]
    campaign.refresh_from_db()
    assert campaign.mail_texts == {}


@pytest.mark.django_db
def test_a_refused_wording_keeps_what_was_typed_and_says_why_at_its_place():
    campaign = make_campaign(languages=["en", "de"])
    browser, address = _page(campaign)
    page = browser.post(address, {"act": "save", **_typed(campaign, title="Hallo {name}")})
    shown = page.content.decode()
    assert "This e-mail has no {name}. Please use {campaign}" in shown
    assert 'value="Hallo {name}"' in shown
    campaign.refresh_from_db()
    assert campaign.mail_texts == {}


@pytest.mark.django_db
def test_a_test_says_what_is_typed_and_is_marked_as_a_test():
    campaign = make_campaign(languages=["en", "de"])
    browser, address = _page(campaign)
    browser.post(address, {"act": "test", **_typed(campaign)})
    (message,) = outbox.outbox
    assert message.to == [User.objects.get(email__endswith="@agency.example").email]
    assert message.subject.startswith("[TEST] Danke für ")
    campaign.refresh_from_db()
    assert campaign.mail_texts == {}


@pytest.mark.django_db
def test_a_crafted_subject_adds_no_header():
    campaign = make_campaign(languages=["en", "de"])
    browser, address = _page(campaign)
    typed = _typed(campaign, subject="News\r\nBcc: all@example.com")
    browser.post(address, {"act": "save", **typed})
    browser.post(address, {"act": "test", **typed})
    assert outbox.outbox == []
    campaign.refresh_from_db()
    assert campaign.mail_texts == {}
    # Past the form, as from a backup of another version:
    campaign.mail_texts = {"de": {"received_review.subject": "News\r\nBcc: all@example.com"}}
    campaign.save(update_fields=["mail_texts"])
    make_release(campaign)
    message = told(campaign)
    assert message.subject == "News Bcc: all@example.com"
    assert message.message()["Bcc"] is None


@pytest.mark.django_db
def test_a_moderator_and_a_stranger_find_no_page_to_save_at():
    campaign = make_campaign(languages=["en", "de"])
    for browser, address in (
        _page(campaign, Role.MODERATOR),
        (_page(make_campaign())[0], _page(campaign)[1]),
    ):
        for act in ("save", "reset", "test"):
            assert browser.post(address, {"act": act, **_typed(campaign)}).status_code == 404
        html = reverse("admin:mail_mail_sample_html", args=[campaign.pk])
        assert browser.post(html, _typed(campaign)).status_code == 404
    assert outbox.outbox == []
