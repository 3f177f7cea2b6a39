"""A table that is behind the site is seen within a minute, and not only by the ledger of the next hour."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from campaignhub import ingest
from campaignhub.clock.turns import Away, Turn
from submissions.operations.services.newest import SETTLED, absent_of_newest
from submissions.operations.tasks import look_for_newest
from tests.submissions.factories import NOON, make_campaign, make_stored
from tests.support.simulated_aws import simulated_aws, take_table_away

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]
LATER = NOON + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with simulated_aws(monkeypatch):
        yield


def test_what_the_table_lacks_of_the_newest_entries_is_counted() -> None:
    campaign = make_campaign()
    assert absent_of_newest(at=LATER) == (0, 0)
    kept, lost = (make_stored(campaign) for _ in range(2))
    assert absent_of_newest(at=LATER) == (0, 2)
    ingest.delete_submission(lost.id)
    assert absent_of_newest(at=LATER) == (1, 2)
    assert absent_of_newest(at=kept.entered_at + SETTLED) == (0, 0), "this moment's are left out"


def test_the_round_fails_in_words_while_entries_are_lacking() -> None:
    turn = Turn(seconds=10)
    lost = make_stored(entered_at=timezone.now() - timedelta(minutes=5))
    look_for_newest(turn)
    ingest.delete_submission(lost.id)
    with pytest.raises(Away, match="1 of the newest 1 entries are not in the table"):
        look_for_newest(turn)


def test_a_table_that_is_away_is_no_table_that_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    make_stored(entered_at=timezone.now() - timedelta(minutes=5))
    take_table_away(monkeypatch)
    with pytest.raises(Away, match="away"):
        look_for_newest(Turn(seconds=10))
