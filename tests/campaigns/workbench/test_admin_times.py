"""Distances and lengths of time in words."""

from datetime import UTC, datetime, timedelta

import pytest

from campaignhub.spans import distance, length

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("away", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=-1), "1 minute ago"),
        (timedelta(hours=-5), "5 hours ago"),
        (timedelta(days=10), "in 10 days"),
        (timedelta(days=55), "in 7 weeks"),
        (timedelta(days=400), "in 13 months"),
        (timedelta(days=-800), "2 years ago"),
    ],
)
def test_a_distance_is_said_as_people_say_it(away: timedelta, words: str) -> None:
    assert distance(NOW + away, NOW) == words


@pytest.mark.parametrize(
    ("open_for", "words"),
    [
        (timedelta(weeks=8), "8 weeks"),
        (timedelta(days=7), "1 week"),
        (timedelta(days=10), "10 days"),
        (timedelta(days=56, hours=1), "8 weeks"),  # the clocks went back in between
        (timedelta(hours=6), "6 hours"),
        (timedelta(minutes=10), "10 minutes"),
    ],
)
def test_a_campaign_is_open_for_whole_weeks_or_days(open_for: timedelta, words: str) -> None:
    assert length(NOW, NOW + open_for) == words
