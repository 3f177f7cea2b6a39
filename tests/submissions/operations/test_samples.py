"""The last day: a row a minute, kept for a day and an hour, shown by the quarter of an hour."""

from datetime import timedelta

import pytest

from submissions.operations.models import MinuteSample
from submissions.operations.rules.lines import polyline
from submissions.operations.services import samples
from submissions.operations.services.dead_letters import pairs
from submissions.operations.services.readings import Answer
from submissions.review.models import OutboxDecision
from submissions.review.services.decisions import approve_submission
from tests.campaigns.factories import make_user
from tests.submissions.factories import NOON, make_campaign
from tests.submissions.review.at_the_desk import make_submission

MINUTE = timedelta(minutes=1)


@pytest.mark.django_db
def test_a_minute_is_counted_once_and_the_oldest_go(queues: object) -> None:
    MinuteSample.objects.create(minute=NOON - samples.KEPT - MINUTE, values={})
    assert samples.note_minute({}, at=NOON)
    assert not samples.note_minute({}, at=NOON + timedelta(seconds=15))
    assert list(MinuteSample.objects.values_list("pk", flat=True)) == [NOON]


@pytest.mark.django_db
def test_it_counts_what_came_in_what_waits_and_what_failed(queues: object) -> None:
    submission = make_submission(make_campaign(), entered_at=NOON - timedelta(seconds=30))
    approve_submission(submission.pk, actor=make_user(), at=NOON - timedelta(seconds=20))
    OutboxDecision.objects.update(created_at=NOON - timedelta(seconds=20))
    url = pairs()["images"].source_url
    answers = {
        f"queue:{url}": Answer(value=4, answered_at=NOON, asked_at=NOON),
        f"queue:{pairs()['images'].dead_url}": Answer(last_error="no answer yet"),
        "ages": Answer(value={url: (NOON - timedelta(seconds=90)).isoformat()}),
        "functions": Answer(value={"site-write": {"errors": 2.0}, "site-start": {}}),
    }
    counted = samples.count_now(answers, at=NOON)
    assert (counted["entered"], counted["outbox"], counted["outbox_age"]) == (1, 1, 20)
    assert (counted["waiting_images"], counted["waiting"], counted["age"]) == (4, 4, 90)
    assert (counted["errors"], counted["unanswered"]) == (2, 1)
    assert "dead" not in counted  # nobody knows
    assert (counted["jobs"], counted["jobs_failed"], counted["jobs_age"]) == (0, 0, 0)


@pytest.mark.django_db
def test_a_line_has_a_point_a_quarter_and_a_gap_where_nothing_is_known(queues: object) -> None:
    for minutes, entered in ((-20, 2), (-19, 3), (0, 7)):
        MinuteSample.objects.create(
            minute=NOON + timedelta(minutes=minutes), values={"entered": entered}
        )
    line = next(one for one in samples.last_day(at=NOON) if one.name == "entered")
    known = {
        begin: point
        for begin, point in zip(line.begins, line.points, strict=True)
        if point is not None
    }
    assert known == {NOON - timedelta(minutes=30): 5, NOON: 7}


def test_a_line_is_drawn_in_stretches_from_the_bottom_to_the_top() -> None:
    first, second = polyline([0, 10, None, 5])
    assert first.split() == ["0.0,46.0", "96.0,2.0"]
    assert second == "288.0,24.0 288.0,24.0"
    assert polyline([None, None]) == []
    assert polyline([0, 0])[0].split() == ["0.0,46.0", "288.0,46.0"]
