"""Taking files out of the bucket."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from campaignhub.aws import s3
from campaignhub.env import env


class BucketBusy(Exception):
    """The bucket did not answer, or refused; what is gone is gone, the rest goes the next time."""


@contextmanager
def _asked() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as exc:
        raise BucketBusy(type(exc).__name__) from exc


def empty_folder(prefix: str) -> None:
    """Remove everything below a prefix, a thousand files a call; the same twice changes nothing.

    Raises:
        BucketBusy: try again.
    """
    with _asked():
        pages = s3().get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=env().bucket_name, Prefix=prefix):
            remove([held["Key"] for held in page.get("Contents", [])])


def remove(keys: list[str]) -> None:
    """Remove at most a thousand files; one that is not there counts as removed.

    Raises:
        BucketBusy: try again.
    """
    if not keys:
        return
    named: list[Any] = [{"Key": key} for key in keys]
    wanted: Any = {"Objects": named, "Quiet": True}
    with _asked():
        answer = s3().delete_objects(Bucket=env().bucket_name, Delete=wanted)
    if answer.get("Errors"):
        raise BucketBusy("delete_objects")


def keys_after(position: str, *, prefix: str, most: int = 1000) -> list[tuple[str, Any]]:
    """Return the keys below a prefix behind ``position``, in order, each with when it came; at most a thousand.

    Raises:
        BucketBusy: try again.
    """
    with _asked():
        answer = s3().list_objects_v2(
            Bucket=env().bucket_name, Prefix=prefix, StartAfter=position, MaxKeys=most
        )
    return [(held["Key"], held["LastModified"]) for held in answer.get("Contents", [])]
