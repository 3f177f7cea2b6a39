"""Operations while every service accepts and none answers: the page comes, says so, and shows what was known."""

import socket
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from campaignhub import aws
from campaignhub.env import env
from submissions.operations.models import Reading
from submissions.operations.services import readings
from tests.submissions.operations.operators import OPERATIONS, operator

CLIENTS = (
    *(aws.impatient_sqs, aws.impatient_dynamodb, aws.impatient_s3),
    *(aws.cloudwatch, aws.pipes, aws.ses),
)


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Let every service be one that takes connections and says nothing; yield its address."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as deaf:
        address = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        monkeypatch.setattr(env(), "aws_endpoint_url", address)
        for name in ("submissions", "images", "mirror"):
            monkeypatch.setattr(env(), f"{name}_queue_url", f"{address}/0/{name}")
            monkeypatch.setattr(env(), f"{name}_dead_letter_queue_url", f"{address}/0/{name}-dead")
        _forget()
        yield address
    _forget()


def _forget() -> None:
    readings.forget_here()
    for client in CLIENTS:
        client.cache_clear()


@pytest.mark.django_db
def test_the_page_waits_for_none_of_them_and_shows_what_was_known_with_its_age(
    hanging: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readings, "PAGE_WAITS_SECONDS", 0.2)
    earlier = timezone.now() - timedelta(minutes=9)
    known = f"queue:{hanging}/0/images"
    Reading.objects.create(name=known, value=4711, answered_at=earlier, asked_at=earlier)
    begun = time.monotonic()
    page = operator().get(OPERATIONS).content.decode()
    waited = time.monotonic() - begun
    assert page.count("no answer") > 5
    assert "4711" in page
    assert "9 minutes ago" in page
    open_still = [name for name, one in readings._questions._open.items() if not one.done()]
    # Each takes three seconds to give up: none was waited for.
    assert known in open_still or waited > 3
