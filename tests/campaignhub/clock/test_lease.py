"""The lease: one process of many, and an earlier one changes nothing any more."""

from datetime import timedelta

import pytest
from django.db import transaction

from campaignhub.clock.lease import LEASE_SECONDS, Lease, owner_name
from campaignhub.clock.models import ClockLease
from campaignhub.clock.turns import LeaseLost
from tests.submissions.factories import NOON
from tests.support.at_once import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]
LATER = NOON + timedelta(seconds=LEASE_SECONDS)


def test_who_is_first_has_it_until_it_runs_out_or_is_given_up():
    first, second = Lease("first"), Lease("second")
    assert first.take_or_renew(at=NOON)
    assert not second.take_or_renew(at=LATER - timedelta(milliseconds=1))
    assert second.take_or_renew(at=LATER)
    assert not first.take_or_renew(at=LATER)
    second.release(at=LATER)
    assert first.take_or_renew(at=LATER)


def test_who_renews_in_time_keeps_it_and_its_number():
    first = Lease("first")
    for minute in range(3):
        assert first.take_or_renew(at=NOON + timedelta(minutes=minute))
    assert ClockLease.objects.get().number == 1


def test_a_process_that_slept_is_refused_by_the_number_even_before_it_knows():
    asleep, awake = Lease("asleep"), Lease("awake")
    assert asleep.take_or_renew(at=NOON)
    assert awake.take_or_renew(at=LATER)
    with transaction.atomic(), pytest.raises(LeaseLost):
        asleep.fence()
    with transaction.atomic():
        awake.fence()


def test_a_machine_that_slept_knows_by_the_time_of_day():
    lease = Lease("mine")
    assert not lease.holds(at=NOON)
    lease.take_or_renew(at=NOON)
    assert lease.holds(at=LATER - timedelta(seconds=1))
    assert not lease.holds(at=LATER), "the other clock of the process stood still meanwhile"


def test_an_earlier_owner_gives_up_no_other_s_lease():
    first, second = Lease("first"), Lease("second")
    first.take_or_renew(at=NOON)
    second.take_or_renew(at=LATER)
    first.release(at=LATER)
    assert ClockLease.objects.get().owner == "second"


def test_no_two_processes_have_one_name():
    assert owner_name() != owner_name()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_many_that_start_at_once_one_has_it():
    leases = [Lease(str(number)) for number in range(4)]
    had = at_once(*(lambda lease=lease: lease.take_or_renew(at=NOON) for lease in leases))
    assert sorted(had) == [False, False, False, True]
    had = at_once(*(lambda lease=lease: lease.take_or_renew(at=LATER) for lease in leases))
    assert sum(had) == 1
