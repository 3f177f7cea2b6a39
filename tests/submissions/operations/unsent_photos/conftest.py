"""What tests of unsent photos share: an account of their own, and a campaign that its functions know."""

from collections.abc import Iterator

import pytest

from campaigns.setup.models import Campaign
from tests.submissions.factories import make_campaign
from tests.submissions.operations.unsent_photos.photos import publish
from tests.support.simulated_aws import simulated_aws


@pytest.fixture(autouse=True)
def _account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with simulated_aws(monkeypatch):
        yield


@pytest.fixture
def campaign() -> Campaign:
    campaign = make_campaign()
    publish(campaign)
    return campaign
