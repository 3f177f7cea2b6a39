"""What tests of the public path may ask for."""

from collections.abc import Iterator

import pytest
from moto import mock_aws


@pytest.fixture
def account() -> Iterator[None]:
    """Give a test an empty account in this process."""
    with mock_aws():
        yield
