"""The sweep and others at the same moment: nothing is counted twice, and no entry loses its photo."""

from collections.abc import Iterator
from threading import Lock
from typing import Any

import pytest
from botocore.client import BaseClient

from campaignhub import ingest
from ingest_lambda.adapters.quick_client import QuickClient
from ingest_lambda.contract import SubmissionRecord
from submissions.mirror.models import ReceiptImage
from submissions.operations.models import UnsentRound
from submissions.operations.services import unsent_photos
from submissions.receipts.models import SubmittedFile
from tests.submissions.operations.unsent_photos.photos import (
    DUE,
    EVERYWHERE,
    begin,
    hear,
    send,
    sweep,
    take,
)
from tests.support.at_once import at_once
from tests.support.simulated_aws import simulated_aws

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run an account that takes one call at a time: moto copies its tables in a transaction."""
    one_by_one = Lock()

    def one_at_a_time(kind: type, name: str) -> None:
        call = getattr(kind, name)

        def called(*arguments: Any, **named: Any) -> Any:
            with one_by_one:
                return call(*arguments, **named)

        monkeypatch.setattr(kind, name, called)

    one_at_a_time(BaseClient, "_make_api_call")
    one_at_a_time(QuickClient, "_call")
    with simulated_aws(monkeypatch):
        yield


@pytest.mark.parametrize("_round", range(3))
def test_two_rounds_at_once_sweep_all_and_count_each_photo_once(campaign: Any, _round: int) -> None:
    photos = [take(campaign, begin(), nonce=f"{n:02}", file=f"{n:x}") for n in range(1, 9)]
    at_once(sweep, sweep, sweep)
    sweep()
    assert [photo.places() for photo in photos] == [set()] * len(photos)
    assert unsent_photos.unsent(at=DUE).swept_today == len(photos)
    assert sum(UnsentRound.objects.values_list("swept", flat=True)) == len(photos)


def test_an_entry_that_is_written_between_the_look_and_the_sweep_keeps_its_photo(
    campaign: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = take(campaign, begin())
    read = ingest.read_submission

    def read_and_write(about: Any) -> SubmissionRecord | None:
        seen = read(about)
        send(campaign, about, photo, mirrored=False)
        return seen

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(ingest, "read_submission", read_and_write)
        assert sweep().swept == 0
    assert photo.places() == EVERYWHERE
    assert sweep().swept == 0, "brought here, and named"
    assert photo.places() == EVERYWHERE


def test_so_does_one_that_gains_its_photo_by_a_new_version(
    campaign: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = begin()
    photo = take(campaign, about)
    record = send(campaign, about)
    read = ingest.read_submission

    def read_and_replace(about: Any) -> SubmissionRecord | None:
        seen = read(about)
        named = record.model_copy(update={"uploads": (photo.upload,), "version": 2})
        ingest.clients.submissions_table().submissions.replace(named)
        return seen

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(ingest, "read_submission", read_and_replace)
        assert sweep().swept == 0
    assert photo.places() == EVERYWHERE


@pytest.mark.parametrize("_round", range(5))
def test_a_mirror_that_brings_the_entry_at_once_leaves_whole_rows_or_none(
    campaign: Any, _round: int
) -> None:
    photos = [take(campaign, begin(), nonce=f"{n:02}", file=f"{n:x}") for n in range(1, 6)]
    records = [send(campaign, photo.image.submission_id, photo, mirrored=False) for photo in photos]
    at_once(sweep, lambda: hear(*records), sweep)
    assert [photo.places() for photo in photos] == [EVERYWHERE] * len(photos)
    assert SubmittedFile.objects.filter(scope=None).count() == 0
    assert ReceiptImage.objects.count() == len(photos)
