"""An entry that was sent in time and is not written yet keeps its photos, wherever it lies."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from botocore.exceptions import EndpointConnectionError

from campaignhub import aws
from submissions.operations.models import StuckSubmission
from submissions.operations.rules.dead_letters import submissions_of
from submissions.operations.rules.unsent_photos import LONGEST_ASKED
from submissions.operations.services import dead_letters, in_flight
from submissions.operations.services.dead_letters import pairs, replay
from submissions.operations.services.stuck import REMEMBERED, note_stuck
from submissions.operations.services.unsent_photos import unsent
from tests.campaigns.factories import make_user
from tests.submissions.factories import NOON
from tests.submissions.operations.operators import OPERATIONS, manager, operator
from tests.submissions.operations.unsent_photos.photos import (
    DUE,
    EVERYWHERE,
    begin,
    send,
    sweep,
    take,
)

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]


def envelope(submission_id: UUID) -> str:
    """Spell an entry as the gateway does."""
    body = {"submission_id": str(submission_id), "token": "t" * 30, "answers": {"note": "x"}}
    return json.dumps({"body": body, "slug": "summer", "kind": "submission", "schema": 1})


def put(body: str, queue: str = "submissions", *, dead: bool = True) -> None:
    pair = pairs()[queue]
    aws.sqs().send_message(QueueUrl=pair.dead_url if dead else pair.source_url, MessageBody=body)


def set_apart(submission_id: UUID) -> str:
    """Spell the note under which the writer sets an entry apart."""
    return json.dumps({"why": "bad_token", "message": envelope(submission_id)})


@pytest.mark.parametrize("queue", ["submissions", "quarantine"])
def test_an_entry_among_the_dead_letters_or_in_quarantine_keeps_its_photos(
    campaign: Any, queue: str
) -> None:
    stuck, other = take(campaign, begin()), take(campaign, begin(), nonce="bb", file="2")
    about = stuck.image.submission_id
    put(envelope(about) if queue == "submissions" else set_apart(about), queue)
    round_ = sweep()
    assert (round_.swept, round_.kept_back) == (1, 1)
    assert "dead letters" in round_.why
    assert stuck.places() == EVERYWHERE
    assert other.places() == set()
    assert dead_letters.depth_of(pairs()[queue].dead_url) == 1, "it was only looked at"


def test_it_keeps_them_while_staff_send_it_through_again(campaign: Any) -> None:
    """In the queue, among others that are younger, nobody can see it."""
    stuck = take(campaign, begin())
    put(envelope(stuck.image.submission_id))
    assert replay("submissions", message_ids=None, actor=make_user(), at=DUE) == 1
    aws.sqs().purge_queue(QueueUrl=pairs()["submissions"].source_url)
    assert sweep().kept_back == 1
    assert stuck.places() == EVERYWHERE
    send(campaign, stuck.image.submission_id, stuck)
    assert sweep(DUE + REMEMBERED).swept == 0
    assert stuck.places() == EVERYWHERE


def test_what_was_thrown_away_goes_once_nothing_can_be_on_its_way(campaign: Any) -> None:
    stuck = take(campaign, begin())
    note_stuck({stuck.image.submission_id}, at=DUE)
    assert sweep(DUE + REMEMBERED).swept == 0
    assert sweep(DUE + REMEMBERED + timedelta(seconds=1)).swept == 1
    assert stuck.places() == set()
    assert not StuckSubmission.objects.exists()


@pytest.mark.parametrize("attempt", [1, 2])
def test_a_photo_is_not_kept_for_ever_by_naming_its_entry_again_and_again(
    campaign: Any, attempt: int
) -> None:
    """Whoever holds a token can have any number of messages set apart that name its entry."""
    asked = timedelta(0) if attempt == 1 else LONGEST_ASKED
    ends_at = NOON + timedelta(days=1) if attempt == 1 else NOON + asked
    photo = take(campaign, begin(), attempt=attempt)
    while_seen = [ends_at + timedelta(days=day) for day in range(3, 62, 10)]
    for moment in (*while_seen, ends_at + in_flight.LONGEST_SEEN - timedelta(seconds=1)):
        note_stuck({photo.image.submission_id}, at=moment)
        assert sweep(moment).swept == 0
        assert photo.places() == EVERYWHERE
    last = ends_at + in_flight.LONGEST_SEEN
    note_stuck({photo.image.submission_id}, at=last)
    put(set_apart(photo.image.submission_id), "quarantine")
    assert (sweep(last).swept, sweep(last).kept_back) == (1, 0)
    assert photo.places() == set()


def test_an_entry_that_waits_in_a_queue_that_does_not_say_its_age_keeps_its_photos(
    campaign: Any,
) -> None:
    photo = take(campaign, begin())
    put(envelope(begin()), dead=False)
    round_ = sweep()
    assert (round_.swept, round_.kept_back) == (0, 1)
    assert "how old" in round_.why
    assert photo.places() == EVERYWHERE


def test_while_the_metrics_do_not_answer_a_queue_with_messages_keeps_all_photos(
    campaign: Any,
) -> None:
    photo = take(campaign, begin())
    put(envelope(begin()), dead=False)
    asked: list[str] = []

    def refuse(request: Any, **_: Any) -> None:
        asked.append(request.url)
        raise EndpointConnectionError(endpoint_url=request.url)

    aws.cloudwatch().meta.events.register("before-send.cloudwatch.GetMetricData", refuse)
    round_ = sweep()
    assert asked
    assert (round_.swept, round_.kept_back) == (0, 1)
    assert "how old" in round_.why
    assert photo.places() == EVERYWHERE


@pytest.mark.parametrize(("hours_old", "swept"), [(0, 1), (46, 1), (47, 0), (60, 0)])
def test_a_queue_that_is_behind_keeps_photos_of_what_may_be_in_it(
    campaign: Any, hours_old: int, swept: int
) -> None:
    """Entries are written from a queue of young messages; its oldest tells what may be in it."""
    photo = take(campaign, begin())
    put(envelope(begin()), dead=False)
    aws.cloudwatch().put_metric_data(
        Namespace="AWS/SQS",
        MetricData=[
            {
                "MetricName": "ApproximateAgeOfOldestMessage",
                "Dimensions": [{"Name": "QueueName", "Value": "submissions"}],
                "Value": hours_old * 3600.0,
                "Timestamp": DUE - timedelta(minutes=1),
            }
        ],
    )
    assert sweep().swept == swept
    assert bool(photo.places()) is not bool(swept)


def test_more_dead_letters_than_can_be_read_keep_all_that_could_be_among_them(
    campaign: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_flight, "MOST_READ", 2)
    photo = take(campaign, begin())
    for _ in range(3):
        put(set_apart(begin()), "quarantine")
    round_ = sweep()
    assert (round_.swept, round_.kept_back) == (0, 1)
    assert "more dead letters" in round_.why
    assert sweep(NOON + timedelta(days=1) + in_flight.LONGEST).swept == 0
    assert sweep(NOON + timedelta(days=1, seconds=1) + in_flight.LONGEST).swept == 1
    assert photo.places() == set()


def test_letters_that_another_looks_at_are_missed_by_nobody(campaign: Any) -> None:
    """They are out of sight for that moment, and the count tells that they are there."""
    photo = take(campaign, begin())
    put(envelope(photo.image.submission_id))
    url = pairs()["submissions"].dead_url
    assert aws.sqs().receive_message(QueueUrl=url, VisibilityTimeout=60)["Messages"]
    assert sweep().kept_back == 1
    assert photo.places() == EVERYWHERE


def test_queues_that_do_not_answer_keep_everything(
    campaign: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = take(campaign, begin())
    monkeypatch.setattr(dead_letters, "depth_of", lambda _url: None)
    assert sweep().kept_back == 1
    assert photo.places() == EVERYWHERE


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("", 0),
        ("[" * 50_000, 0),
        ('{"submission_id":"01971111-1111-7111-8111-11111111111"}', 0),
        (f'{{"body":{{"submission_id": "{begin()}", "answers":', 1),
        (json.dumps([{"submission_id": str(begin())} for _ in range(99)]), 5),
    ],
    ids=["nothing", "nested deep", "a digit short", "cut off", "many"],
)
def test_an_entry_is_found_in_what_cannot_be_read_too(body: str, found: int) -> None:
    assert len(submissions_of(body)) == found
    assert len(submissions_of(json.dumps({"why": "x", "message": body}))) == found


def test_operators_see_what_waits_what_went_and_what_is_kept_longer(campaign: Any) -> None:
    stuck = take(campaign, begin())
    take(campaign, begin(), nonce="bb", file="2")
    take(campaign, begin(DUE), nonce="cc", file="3")
    put(envelope(stuck.image.submission_id))
    sweep()
    told = unsent(at=DUE)
    assert (told.waiting, told.swept_today, told.swept_lately) == (2, 1, 1)
    page = operator().get(OPERATIONS).content.decode()
    assert "Photos without an entry" in page
    assert "2 uploaded photos belong to no entry" in page
    assert "In the last 31 days: <b>1</b>" in page
    assert "1 photo is kept longer" in page
    assert "Photos without an entry" not in manager(campaign).get(OPERATIONS).content.decode()
