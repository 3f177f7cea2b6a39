"""A campaign's zone as numbers: right at every instant that a page can show."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from campaigns.rendering.offsets import offsets_of
from tests.campaigns.pages import make_content

ZONES = (
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "UTC",
    "Africa/Casablanca",
)


def shown(offsets: tuple[tuple[int, int], ...], at: datetime) -> int:
    """Return the minutes that the page's script reckons with."""
    holding = [minutes for since, minutes in offsets if since <= at.timestamp()]
    return holding[-1] if holding else offsets[0][1]


@pytest.mark.parametrize("zone", ZONES)
def test_the_page_reckons_as_the_zone_does_from_a_year_before_to_a_year_after(zone: str) -> None:
    content = make_content(timezone=zone)
    offsets = offsets_of(content)
    assert content.opens_at
    assert content.closes_at
    at = content.opens_at - timedelta(days=365)
    while at < content.closes_at + timedelta(days=365):
        ahead = at.astimezone(ZoneInfo(zone)).utcoffset()
        assert ahead is not None
        assert shown(offsets, at) == ahead.total_seconds() // 60, at
        at += timedelta(hours=7)


def test_the_change_is_told_to_the_second() -> None:
    offsets = offsets_of(make_content(timezone="Europe/London"))
    changes = [datetime.fromtimestamp(since, UTC).isoformat() for since, _ in offsets[1:]]
    assert "2026-10-25T01:00:00+00:00" in changes


def test_a_draft_without_dates_has_an_offset_all_the_same() -> None:
    assert offsets_of(make_content(opens_at=None, closes_at=None))
