"""Paging by places: every row is on one page, whatever comes in meanwhile and however many share an instant."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client as Browser
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from campaignhub.staff_site.keyset import PAGE, read_place, write_place
from campaigns.accounts.rules.roles import Role
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mail.models import Mail
from submissions.mirror.models import Submission
from tests.campaigns.factories import make_user
from tests.submissions.factories import NOON, make_campaign, make_record, streamed

MOMENTS = st.datetimes(
    min_value=datetime(1970, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)
)
NUMBER, ID = Mail._meta.pk, Submission._meta.pk


@given(MOMENTS, st.uuids(), st.integers(1, 2**63 - 1))
def test_a_place_is_read_as_it_was_written_to_the_microsecond(at: datetime, pk: UUID, number: int):
    assert read_place(write_place(at, pk), ID) == (at, pk)
    assert read_place(write_place(at, number), NUMBER) == (at, number)


@pytest.mark.parametrize(
    "text", ["", ".", "1", "x.1", "1.x", "1.0", "1.-1", "1.99999999999999999999", "9" * 40 + ".1"]
)
def test_what_was_typed_by_hand_is_no_place(text: str):
    assert read_place(text, NUMBER) is None
    assert read_place(text, ID) is None


@pytest.mark.django_db
@pytest.mark.dialects
def test_what_comes_in_between_two_pages_moves_no_row_and_an_instant_is_shared():
    """A float of seconds loses the last microsecond of some instants, and with it their other rows."""
    campaign = make_campaign()

    def mirror(count: int, at: datetime) -> set[UUID]:
        records = [make_record(campaign, entered_at=at) for _ in range(count)]
        mirror_stream_records([streamed(record) for record in records], at=NOON)
        return {record.id for record in records}

    here = {
        pk for ms in (1, 123, 999) for pk in mirror(PAGE - 10, NOON + timedelta(milliseconds=ms))
    }
    browser, seen, query = Browser(), [], ""
    browser.force_login(make_user((campaign.client, Role.CAMPAIGN_MANAGER)))
    later: set[UUID] = set()
    while True:
        address = reverse("admin:submissions_submission_changelist") + query
        cl = browser.get(address).context["cl"]
        seen += [row.pk for row in cl.result_list]
        later |= mirror(3, NOON + timedelta(seconds=1))
        if not cl.older:
            break
        query = cl.older_link
    assert len(seen) == len(set(seen))
    assert set(seen) == here
    assert later.isdisjoint(seen)
