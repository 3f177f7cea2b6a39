"""What tests of the public path may ask for."""

from collections.abc import Iterator

import pytest

from tests.support.simulated_aws import empty_account


@pytest.fixture
def account() -> Iterator[None]:
    """Give a test an empty account in this process."""
    with empty_account():
        yield
