"""The host on AWS: pages in a bucket behind a distribution, whose function asks which version is live.

The layout of the bucket and the function are in ``campaignhub/deployment/templates/edge.yaml``.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from campaigns.hosting.files import (
    ASSET_SECONDS,
    ASSETS,
    COMPLETE,
    STATE,
    cache_control,
    content_type,
    kept_versions,
    version_of,
)
from campaigns.hosting.host_errors import VersionGone
from campaigns.hosting.live_pages import GONE, LivePage, LivePages, retry_conflicts
from campaigns.rendering import framed_by

_ARCHIVES = "_archives"
_TAKEN = {"PreconditionFailed", "ConditionalRequestConflict"}


class S3Host:
    """Puts pages under ``{slug}/`` in the bucket, and switches by one write to the key-value store.

    ================================  ==================================================
    ``{slug}/versions/{version}/…``   a page without its assets, named by its content
    ``…/.complete``                   put last: what lacks it was given up on the way
    ``{slug}/assets/…``               files with their hash in their name
    ``{slug}/state.json``             replaced on its own, with its revision beside it
    ================================  ==================================================

    Whatever stops a writer, the earlier page stays live; the next attempt puts
    the same names again.
    """

    def __init__(
        self, bucket: str, store: Any, live: LivePages, *, base_url: str, client: str = ""
    ) -> None:
        """Take clients of the bucket's region, the address of the distribution, and whose pages are put."""
        self._bucket, self._store, self._live, self._base_url = bucket, store, live, base_url
        self._client = client

    def address(self, slug: str, domain: str = "") -> str:
        """Return where the page of ``slug`` is."""
        return f"{f'https://{domain}' if domain else self._base_url}/{slug}/"

    def put_page(self, slug: str, files: Mapping[str, bytes], *, revision: int) -> str:
        """Make ``files`` (path within the page → content) the page of ``slug``."""
        version = version_of(files)
        held = self._live.read(slug)
        if held.revision > revision:
            return version
        objects = _objects(slug, version, files)
        if held.version != version:
            # Also those that are there: a new date keeps them from whoever tidies up meanwhile.
            for key, content in objects.items():
                self._put(key, content)
        if self._live.point(slug, LivePage(version, revision, self._client)):
            self._tidy(slug, objects)
        return version

    def show_version(self, slug: str, version: str, *, revision: int) -> None:
        """Make an earlier version the page of ``slug`` again."""
        if f"{slug}/versions/{version}/{COMPLETE}" not in self._listed(slug):
            raise VersionGone(
                f"There is no complete version {version} of the page {slug} any more."
            )
        self._live.point(slug, LivePage(version, revision, self._client))

    def take_down(self, slug: str, *, revision: int) -> None:
        """Serve no page of ``slug`` any more; its state stays, for pages that are open."""
        self._live.point(slug, LivePage(GONE, revision, self._client))

    def put_state(self, slug: str, state: bytes, *, revision: int) -> None:
        """Replace the page's ``state.json`` in one step."""
        retry_conflicts(lambda: self._try_state(f"{slug}/{STATE}", state, revision), _TAKEN)

    def give_domain(self, domain: str) -> None:
        """Have a domain lead to the pages of this client and of no other."""
        self._live.give_domain(domain, self._client)

    def keep_archive(self, slug: str, version: str, archive: bytes) -> None:
        """Keep a version as one file, for a host that shows it elsewhere; remove what nobody goes back to."""
        self._store.put_object(Bucket=self._bucket, Key=_archive(slug, version), Body=archive)
        there = self._listed(f"{_ARCHIVES}/{slug}")
        self._remove(sorted(there.keys() - kept_versions(there, now=datetime.now(UTC))))

    def read_archive(self, slug: str, version: str) -> bytes:
        """Return a version that was kept as one file.

        Raises:
            VersionGone: there is none.
        """
        try:
            held = self._store.get_object(Bucket=self._bucket, Key=_archive(slug, version))
        except self._store.exceptions.NoSuchKey as error:
            raise VersionGone(f"There is no version {version} of the page {slug}.") from error
        archive: bytes = held["Body"].read()
        return archive

    def _try_state(self, key: str, state: bytes, revision: int) -> bool:
        condition: dict[str, str]
        try:
            held = self._store.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
                raise
            condition = {"IfNoneMatch": "*"}
        else:
            if int(held["Metadata"].get("revision", 0)) > revision:
                return False
            condition = {"IfMatch": held["ETag"]}
        self._store.put_object(
            Bucket=self._bucket,
            Key=key,
            Body=state,
            ContentType=content_type(STATE),
            CacheControl=cache_control(STATE),
            Metadata={"revision": str(revision)},
            **condition,
        )
        return True

    def _put(self, key: str, content: bytes) -> None:
        slug, _, path = key.partition("/")
        within = path.split("/", 2)[2] if path.startswith("versions/") else path
        frame = framed_by(content) if within.endswith(".html") else ""
        self._store.put_object(
            Bucket=self._bucket,
            Key=f"{slug}/{path}",
            Body=content,
            ContentType=content_type(within),
            CacheControl=cache_control(within),
            Metadata={"frame-ancestors": frame} if frame else {},
        )

    def _listed(self, folder: str) -> dict[str, datetime]:
        """Return the keys in a folder, as that of a page, each with when it was put."""
        pages = self._store.get_paginator("list_objects_v2")
        return {
            found["Key"]: found["LastModified"]
            for page in pages.paginate(Bucket=self._bucket, Prefix=f"{folder}/")
            for found in page.get("Contents", ())
        }

    def _tidy(self, slug: str, mine: Mapping[str, bytes]) -> None:
        """Put again what another writer removed meanwhile; remove what no open page can need.

        A version stays while it is one of the newest, or was replaced less than
        ``ASSET_SECONDS`` ago; so do the assets that it names, and whatever is younger.
        """
        there = self._listed(slug)
        for key in mine.keys() - there.keys():
            self._put(key, mine[key])
        now = datetime.now(UTC)
        done = {_folder(key): put_at for key, put_at in there.items() if _is_mark(key)}
        kept = kept_versions(done, now=now) | {_folder(key) for key in mine}
        named = set(mine).union(*(self._assets_of(slug, folder) for folder in kept & done.keys()))
        young = now - timedelta(seconds=ASSET_SECONDS)
        old = [
            key
            for key, put_at in there.items()
            if key != f"{slug}/{STATE}"
            and put_at < young
            and (_folder(key) not in kept if _folder(key) else key not in named)
        ]
        self._remove(old)

    def _remove(self, keys: Sequence[str]) -> None:
        for start in range(0, len(keys), 1000):
            self._store.delete_objects(
                Bucket=self._bucket,
                Delete={"Objects": [{"Key": key} for key in keys[start : start + 1000]]},
            )

    def _assets_of(self, slug: str, folder: str) -> set[str]:
        mark = self._store.get_object(Bucket=self._bucket, Key=f"{folder}/{COMPLETE}")
        return {f"{slug}/{path}" for path in json.loads(mark["Body"].read())}


def _objects(slug: str, version: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return a page's files by key, in the order in which they are put: assets first, the mark last."""
    assets = {path: content for path, content in files.items() if path.startswith(ASSETS)}
    own = {path: content for path, content in files.items() if path not in assets}
    folder = f"{slug}/versions/{version}"
    return {
        **{f"{slug}/{path}": content for path, content in assets.items()},
        **{f"{folder}/{path}": content for path, content in own.items()},
        f"{folder}/{COMPLETE}": json.dumps(sorted(assets)).encode(),
    }


def _archive(slug: str, version: str) -> str:
    """Beside all slugs: none has an underscore, so the distribution serves it to nobody."""
    return f"{_ARCHIVES}/{slug}/{version}.zip"


def _folder(key: str) -> str:
    """Return the version that a key lies in, as a prefix; empty for what lies beside them."""
    parts = key.split("/")
    return "/".join(parts[:3]) if parts[1] == "versions" else ""


def _is_mark(key: str) -> bool:
    return bool(_folder(key)) and key.endswith(f"/{COMPLETE}")
