"""What tests of the site's half may ask for."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.simulated_aws import simulated_aws


@pytest.fixture
def queues(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Give a test an account of its own; yield a client of its queues."""
    with simulated_aws(monkeypatch) as queues:
        yield queues
