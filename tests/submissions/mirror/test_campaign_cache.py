"""What is counted for several campaigns is counted once a minute, for those campaigns alone."""

import warnings
from uuid import uuid4

import pytest
from django.core.cache import cache

from campaigns.setup.models import Campaign
from submissions.mirror.services.campaign_cache import once_a_minute


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


def test_the_same_campaigns_in_any_order_are_counted_once_and_others_anew() -> None:
    first, second = Campaign(pk=uuid4()), Campaign(pk=uuid4())
    counted = iter(range(1, 9))
    assert once_a_minute("count", [first, second], lambda: next(counted)) == 1
    assert once_a_minute("count", [second, first], lambda: next(counted)) == 1
    assert once_a_minute("count", [first], lambda: next(counted)) == 2
    assert once_a_minute("other", [first], lambda: next(counted)) == 3


def test_many_campaigns_have_a_key_that_every_cache_takes() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert once_a_minute("count", [Campaign(pk=uuid4()) for _ in range(50)], lambda: 7) == 7
