"""Samples go to oneself, a number an hour: what the mail service allows is every client's."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Role
from campaigns.publishing.services.releases import as_drafted
from submissions.mail.rules.words import Message
from submissions.mail.services.samples import MOST_AN_HOUR, TooManySamples, send_sample
from tests.campaigns.admin_pages import signed_in
from tests.campaigns.factories import NOON, make_user
from tests.submissions.factories import make_campaign

pytestmark = pytest.mark.django_db


def test_one_person_sends_a_number_of_samples_an_hour() -> None:
    campaign, other = make_campaign(), make_campaign()
    roles = ((one.client, Role.CAMPAIGN_MANAGER) for one in (campaign, other))
    manager = make_user(*roles)
    User.objects.filter(pk=manager.pk).update(email="max@example.com")
    manager.refresh_from_db()
    browser = signed_in(manager)
    sent = {"act": "test", "message": "received", "language": "en"}
    for number in range(MOST_AN_HOUR + 5):
        # Through every campaign and kind it is one number.
        where = (campaign, other)[number % 2]
        page = browser.post(reverse("admin:mail_mail_samples", args=[where.pk]), sent, follow=True)
    assert len(mail.outbox) == MOST_AN_HOUR
    assert f"You get {MOST_AN_HOUR} samples an hour" in page.content.decode()


def test_an_hour_later_there_are_more_and_a_colleague_has_their_own() -> None:
    campaign = make_campaign()
    ada, grace = (make_user((campaign.client, Role.OWNER)) for _ in range(2))
    for person in (ada, grace):
        person.email = f"{person.username}@example.com"
        person.save()

    def send(person: User, minutes: int) -> None:
        at = NOON + timedelta(minutes=minutes)
        shown = as_drafted(campaign)
        send_sample(campaign, Message.APPROVED, language="en", shown=shown, actor=person, at=at)

    for _ in range(MOST_AN_HOUR):
        send(ada, 0)
    with pytest.raises(TooManySamples):
        send(ada, 59)
    send(grace, 59)
    send(ada, 61)
