"""Signs of life of what drains the queues."""

import pytest

from submissions.intake.consumers import beat
from submissions.intake.models import Heartbeat
from tests.submissions.factories import NOON


@pytest.mark.django_db
def test_a_sign_of_life_is_one_row_a_consumer():
    for handled in (1, 5):
        beat("mirror-1", at=NOON, handled=handled)
    assert Heartbeat.objects.get().handled == 5
