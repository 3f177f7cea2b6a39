"""The hosts, one after the other."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from tests.campaigns.hosting.hosts import HostUnderTest, LocalUnderTest, S3UnderTest
from tests.support.simulated_aws import empty_account


@pytest.fixture
def on_s3() -> Iterator[S3UnderTest]:
    with empty_account():
        yield S3UnderTest(boto3.Session())


@pytest.fixture(params=["local", "s3"])
def put(request: pytest.FixtureRequest, tmp_path: Path) -> HostUnderTest:
    """Each host that keeps versions."""
    if request.param == "local":
        return LocalUnderTest(tmp_path)
    found: HostUnderTest = request.getfixturevalue("on_s3")
    return found
