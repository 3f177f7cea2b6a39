"""Operations says since when no e-mails are sent, why, and what to do about it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.accounts.rules.roles import Role
from submissions.mail.models import SendingHold
from submissions.mail.rules.refusals import WHAT_TO_DO, Hold
from tests.submissions.factories import make_campaign
from tests.submissions.operations.operators import OPERATIONS, manager, operator

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queues")]


def _hold(reason: Hold, scope: str = "") -> SendingHold:
    now = timezone.now()
    return SendingHold.objects.create(
        scope=scope,
        reason=reason,
        since=now - timedelta(hours=2),
        attempts=4,
        next_attempt_at=now + timedelta(minutes=10),
    )


@pytest.mark.parametrize("reason", Hold)
def test_operators_read_why_and_what_to_do(reason):
    _hold(reason)
    page = operator().get(OPERATIONS).content.decode().replace("&#x27;", "'")
    assert "All e-mails went on hold" in page
    assert all(sentence in page for sentence in WHAT_TO_DO[reason])
    assert "Tried 4 times so far" in page


def test_where_nothing_is_held_nothing_is_said():
    assert "on hold" not in operator().get(OPERATIONS).content.decode()


def test_operators_have_it_tried_now():
    hold, browser = _hold(Hold.PAUSED), operator()
    answer = browser.post(OPERATIONS, {"act": "try_mail"}, follow=True)
    assert "An e-mail is being tried." in answer.content.decode()
    hold.refresh_from_db()
    assert hold.next_attempt_at <= timezone.now()
    assert "tried again within seconds" in answer.content.decode()
    hold.delete()
    answer = browser.post(OPERATIONS, {"act": "try_mail"}, follow=True)
    assert "There is nothing to try." in answer.content.decode()


def test_a_manager_reads_of_the_account_and_of_their_own_sender_and_acts_on_neither():
    campaign, other = make_campaign(), make_campaign()
    campaign.client.sender_email = "Post@Brand.example"
    campaign.client.save()
    hold = _hold(Hold.SUSPENDED)
    _hold(Hold.SENDER, "post@brand.example")
    browser, stranger = manager(campaign), manager(other)
    page = browser.get(OPERATIONS).content.decode()
    assert "All e-mails" in page
    assert "post@brand.example" in page
    assert "Try now" not in page
    assert WHAT_TO_DO[Hold.SUSPENDED][1] not in page
    theirs = stranger.get(OPERATIONS).content.decode()
    assert "All e-mails" in theirs
    assert "post@brand.example" not in theirs
    before = hold.next_attempt_at
    assert browser.post(OPERATIONS, {"act": "try_mail"}).status_code == 404
    hold.refresh_from_db()
    assert hold.next_attempt_at == before


def test_the_home_page_says_so_for_as_long_as_it_lasts_to_those_who_may_see_it():
    campaign, other = make_campaign(), make_campaign()
    campaign.client.sender_email = "Post@Brand.example"
    campaign.client.save()
    holds = [_hold(Hold.UNREACHABLE), _hold(Hold.SENDER, "post@brand.example")]
    home = reverse("admin:index")
    for browser, seen in (
        (operator(), (True, True)),
        (manager(campaign, Role.OWNER), (True, True)),
        (manager(other, Role.OWNER), (True, False)),
        (manager(campaign, Role.MODERATOR), (False, False)),
    ):
        page = browser.get(home).content.decode()
        assert ("All e-mails are on hold" in page, "post@brand.example are on hold" in page) == seen
        assert ("That began 2 hours ago." in page) == any(seen)
    for hold in holds:
        hold.delete()
    assert "on hold" not in operator().get(home).content.decode()
