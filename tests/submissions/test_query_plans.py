"""What stands on every page, or is pressed all day, is answered from an index, also at a million rows."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.accounts.rules.roles import Role
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.intake.services.missing_photos import ask_for_photos, ask_where_it_counts_unseen
from submissions.intake.services.refusals import look_into_refusals
from submissions.intake.services.unanswered import reject_unanswered
from submissions.mail.models import Mail
from submissions.mail.rules.notices import MailNotice
from submissions.mail.services.attention import troubled_mails
from submissions.mail.services.delivery import deliver_mails
from submissions.mail.services.outcomes import note_notice
from submissions.mirror.models import Submission
from submissions.mirror.services.search import Wanted, find
from submissions.operations.services import unsent_photos
from submissions.review.services.stranded import stranded
from tests.campaigns.factories import make_user
from tests.submissions.factories import NOON, make_campaign, make_record, streamed

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def plans(queries: CaptureQueriesContext) -> list[list[str]]:
    """Return the steps of each query that reads, as SQLite plans them."""
    found = []
    for query in queries.captured_queries:
        if query["sql"].startswith("SELECT"):
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
                found.append([row[3] for row in cursor.fetchall()])
    return found


def test_the_count_of_mails_in_trouble_begins_with_these_few():
    """It stands beside the navigation, so on every page."""
    user = make_user((make_campaign().client, Role.CAMPAIGN_MANAGER))
    with CaptureQueriesContext(connection) as queries:
        troubled_mails(user)
    failed, unknown = (plan[0] for plan in plans(queries)[-2:])
    assert "COVERING INDEX mail_failed_of_campaign (campaign_id=? AND state=?)" in failed
    assert "COVERING INDEX mail_unknown_of_campaign (campaign_id=? AND state=?)" in unknown
    # PostgreSQL has no key of a row in its index, and read the table in its order instead.
    assert not [query for query in queries.captured_queries[-2:] if '."id"' in query["sql"]]


def test_the_desk_reads_no_campaign_s_every_entry():
    campaign = make_campaign()
    records = [make_record(campaign, person_hash="5" * 64) for _ in range(2)]
    mirror_stream_records([streamed(record) for record in records], at=NOON)
    browser = Browser()
    browser.force_login(make_user((campaign.client, Role.MODERATOR)))
    address = reverse("admin:submissions_submission_change", args=[records[0].id])
    with CaptureQueriesContext(connection) as queries:
        page = browser.get(address).content.decode()
    assert Submission.objects.get(pk=records[1].id).reference in page
    steps = [step for plan in plans(queries) for step in plan]
    assert any("submission_person" in step for step in steps)
    assert not [
        step
        for step in steps
        if step.startswith("SCAN submissions_") or "submission_of_campaign (campaign_id=?)" in step
    ]


def test_the_sweep_of_unsent_photos_begins_with_those_that_were_not_sent():
    """It looks every quarter of an hour, and a million photos were."""
    for look in (
        lambda: list(unsent_photos._first_photos(None, NOON)),
        lambda: list(unsent_photos._second_photos(NOON)),
        lambda: unsent_photos.unsent(at=NOON),
    ):
        with CaptureQueriesContext(connection) as queries:
            look()
        first = plans(queries)[0][0]
        assert "file_unsent" in first, first


def test_the_list_of_photos_in_trouble_reads_them_and_looks_up_whose_each_is():
    campaign = make_campaign()
    with CaptureQueriesContext(connection) as queries:
        find(Wanted(photo_trouble=True), campaigns=[campaign.pk], by_person=(), most=10)
    steps = plans(queries)[0]
    assert "image_with_trouble" in steps[0]
    assert not [step for step in steps if step.startswith("SCAN submissions_submission")]
    assert "sqlite_autoindex_submissions_submission_1 (id=?)" in " ".join(steps)
    assert not [step for step in steps if "TEMP B-TREE" in step]


@pytest.mark.parametrize(
    ("look", "index"),
    [
        pytest.param(ask_for_photos, "intake_photodeadline_due_at", id="photos"),
        pytest.param(reject_unanswered, "submission_asked_again", id="unanswered"),
        pytest.param(look_into_refusals, "submissions_photocheck_since", id="refusals"),
        pytest.param(ask_where_it_counts_unseen, "submissions_photocheck_since", id="unseen"),
    ],
)
def test_a_round_of_the_clock_begins_with_what_is_due(look: Callable[..., Any], index: str):
    """It looks every five minutes, and a quarter of a million entries may be undecided."""
    with CaptureQueriesContext(connection) as queries:
        look(at=NOON)
    steps = plans(queries)
    assert index in steps[0][0], steps[0]
    for plan in steps:
        assert not [step for step in plan if step.startswith("SCAN submissions_submission")], plan


def test_entries_that_nothing_moves_are_found_without_reading_those_that_wait():
    campaign = make_campaign()
    with CaptureQueriesContext(connection) as queries:
        list(stranded([campaign.pk], at=NOON))
    received, unpromised, asked = (plan[0] for plan in plans(queries)[:3])
    assert "submission_by_status (campaign_id=? AND status=?)" in received
    assert "submission_unpromised" in unpromised
    assert "submission_asked_again" in asked or "status=?" in asked


def test_neither_a_mail_nor_its_notice_reads_the_mails_of_all_others():
    mirror_stream_records([streamed(make_record(make_campaign()))], at=NOON)
    with CaptureQueriesContext(connection) as sending:
        assert deliver_mails(at=NOON, most=1) == 1
    Mail.objects.update(message_id="0100-abc")
    with CaptureQueriesContext(connection) as noting:
        assert note_notice(MailNotice("Delivery", "0100-abc"), at=NOON)
    steps = [step for plan in plans(sending) + plans(noting) for step in plan]
    for index in ("mail_being_sent (leased_until<?)", "mail_message (message_id=?)"):
        assert any(index in step for step in steps), steps
    read_whole = {step for step in steps if step.startswith("SCAN mail_mail")}
    assert read_whole <= {"SCAN mail_mail USING INDEX mail_in_turn"}, (
        "of those that wait, the first"
    )
