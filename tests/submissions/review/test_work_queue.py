"""The desk hands out work in order, each piece to one moderator."""

import threading
from contextvars import copy_context
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Role
from ingest_lambda.contract import Mode
from submissions.review.services import work_queue
from tests.campaigns.factories import make_user
from tests.submissions.factories import NOON, make_campaign
from tests.submissions.review.at_the_desk import make_staff, make_submission

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]


def test_answers_come_first_then_the_nearest_promise_then_the_oldest():
    campaign = make_campaign()
    user = make_user((campaign.client, Role.MODERATOR))
    later = make_submission(campaign, entered_at=NOON + timedelta(days=7))
    oldest = make_submission(campaign, entered_at=NOON - timedelta(hours=2))
    old = make_submission(campaign, entered_at=NOON)
    answer = make_submission(campaign, attempt=2, entered_at=NOON + timedelta(days=9))

    order: list[Any] = []
    while (
        found := work_queue.next_submission(
            [campaign.pk], actor=user, at=timezone.now(), passing_over=order
        )
    ) is not None:
        order.append(found)

    assert order == [answer.pk, oldest.pk, old.pk, later.pk]


def test_two_campaigns_are_worked_on_in_one_order():
    first, second = make_campaign(), make_campaign()
    user = make_user((first.client, Role.MODERATOR), (second.client, Role.MODERATOR))
    make_submission(first, entered_at=NOON + timedelta(hours=1))
    due = make_submission(second, entered_at=NOON)

    found = work_queue.next_submission([first.pk, second.pk], actor=user, at=timezone.now())

    assert found == due.pk


def test_what_somebody_has_open_is_not_handed_to_another_until_they_leave_or_time_is_up():
    campaign = make_campaign()
    first, second = make_staff(campaign), make_staff(campaign)
    submission = make_submission(campaign)
    now = timezone.now()

    assert work_queue.next_submission([campaign.pk], actor=first[1], at=now) == submission.pk
    assert work_queue.next_submission([campaign.pk], actor=second[1], at=now) is None
    assert work_queue.next_submission([campaign.pk], actor=first[1], at=now) == submission.pk
    late = now + work_queue.HOLD + timedelta(seconds=1)
    assert work_queue.next_submission([campaign.pk], actor=second[1], at=late) == submission.pk

    second[0].post(reverse("admin:submissions_review_leave", args=[submission.pk]))
    assert work_queue.next_submission([campaign.pk], actor=first[1], at=late) == submission.pk


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_the_same_moment_get_two_submissions():
    campaign = make_campaign()
    users = [make_user((campaign.client, Role.MODERATOR)) for _ in range(2)]
    for _ in range(2):
        make_submission(campaign)
    start, handed = threading.Barrier(2), []

    def ask(user: User) -> None:
        try:
            start.wait(10)
            handed.append(work_queue.next_submission([campaign.pk], actor=user, at=timezone.now()))
        finally:
            connection.close()

    threads = [threading.Thread(target=copy_context().run, args=(ask, user)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(set(handed)) == 2
    assert None not in handed


def test_tests_and_other_clients_entries_are_not_handed_out():
    campaign = make_campaign()
    browser, _ = make_staff(make_campaign())
    make_submission(campaign)
    make_submission(campaign, mode=Mode.TEST)

    page = browser.get(reverse("admin:submissions_review_next"))

    assert page.status_code == 200
    assert "Nothing to review" in page.content.decode()


def test_the_next_is_fetched_as_a_part_without_the_one_on_the_screen():
    campaign = make_campaign()
    browser, _ = make_staff(campaign)
    here = make_submission(campaign, entered_at=NOON)
    other = make_submission(campaign, entered_at=NOON + timedelta(hours=1))

    page = browser.get(
        reverse("admin:submissions_review_next"), {"part": "1", "not": str(here.pk)}, follow=True
    )

    text = page.content.decode()
    assert other.reference in text
    assert "<html" not in text
