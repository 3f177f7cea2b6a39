"""Hosts as a visitor and as time see them: what stands at an address, and how old it is."""

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
from moto.s3.models import s3_backends

from campaigns.hosting.host import SiteHost
from campaigns.hosting.live_pages import LivePages
from campaigns.hosting.local import LocalHost
from campaigns.hosting.s3 import S3Host
from tests.support.key_value_store import ARN, KeyValueStore

BUCKET = "pages"


class HostUnderTest(ABC):
    """One host, and what the distribution or the web process would answer for it."""

    host: SiteHost

    @abstractmethod
    def read(self, slug: str, path: str) -> bytes | None:
        """Return what a visitor gets, None for a page or file that is not there."""

    @abstractmethod
    def age(self, seconds: float) -> None:
        """Let everything that was put so far be older."""


class LocalUnderTest(HostUnderTest):
    """The embedded default."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.host = LocalHost(root, base_url="http://127.0.0.1:8000/c")

    def read(self, slug: str, path: str) -> bytes | None:
        assert isinstance(self.host, LocalHost)
        return self.host.read(slug, path)

    def age(self, seconds: float) -> None:
        for place in self._root.rglob("*"):
            if not place.is_symlink():
                then = place.stat().st_mtime - seconds
                os.utime(place, (then, then))


class S3UnderTest(HostUnderTest):
    """A bucket of moto and a store of this process, read as edge.yaml's function does."""

    def __init__(self, session: boto3.Session) -> None:
        self.store = KeyValueStore()
        self.bucket: Any = session.client("s3", region_name="us-east-1")
        self.bucket.create_bucket(Bucket=BUCKET)
        self.switch = self.store.answer(
            session.client("cloudfront-keyvaluestore", region_name="us-east-1")
        )
        live = LivePages(self.switch, ARN)
        self.host = S3Host(BUCKET, self.bucket, live, base_url="https://d1.cloudfront.net")

    def found(self, slug: str, path: str) -> dict[str, Any] | None:
        """Return the object behind an address, with its headers."""
        key = f"{slug}/{path}"
        if not path.startswith("assets/") and path != "state.json":
            version = self.store.entries.get(slug, "- 0").split(" ")[0]
            key = f"{slug}/versions/{version}/{path}"
        try:
            held: dict[str, Any] = self.bucket.get_object(Bucket=BUCKET, Key=key)
        except self.bucket.exceptions.NoSuchKey:
            return None
        return held

    def read(self, slug: str, path: str) -> bytes | None:
        held = self.found(slug, path)
        content: bytes | None = held["Body"].read() if held else None
        return content

    def names(self) -> set[str]:
        """Return the keys of all that is in the bucket."""
        listed = self.bucket.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        return {one["Key"] for one in listed}

    def age(self, seconds: float) -> None:
        for one in s3_backends["123456789012"]["aws"].buckets[BUCKET].keys.values():
            one.last_modified -= timedelta(seconds=seconds)


@contextmanager
def stopped_after(client: Any, calls: int) -> Iterator[None]:
    """Let a client's process die after so many more calls."""
    left = [calls]

    def stop(**_context: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt

    client.meta.events.register_first("before-send.*.*", stop, unique_id="stopped")
    try:
        yield
    finally:
        client.meta.events.unregister("before-send.*.*", stop, unique_id="stopped")
