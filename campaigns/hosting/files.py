"""What every host says of a file of a page: its type, how long it may be kept, who may frame it."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import PurePosixPath

ASSETS = "assets/"
"""Files with their hash in their name: they never change, and are shared by the versions of a page."""
STATE = "state.json"
COMPLETE = ".complete"
"""Put last into a version, with the assets that it names; no host serves such a name."""

ASSET_SECONDS = 7 * 24 * 3600
"""How long a file stays that no page names any more: an entrant may have the page open."""
VERSIONS_KEPT = 3
"""Of a page, however old: the live one, and those that an engineer may go back to."""

_TYPES = {
    "css": "text/css; charset=utf-8",
    "gif": "image/gif",
    "html": "text/html; charset=utf-8",
    "jpg": "image/jpeg",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "png": "image/png",
    "txt": "text/plain; charset=utf-8",
    "webp": "image/webp",
}


def content_type(path: str) -> str:
    """Return the type of a file, the same on every machine: browsers are told not to guess."""
    return _TYPES.get(PurePosixPath(path).suffix[1:], "application/octet-stream")


def cache_control(path: str) -> str:
    """Return how long a browser or a distribution may keep a file: a pause is seen in ten seconds."""
    if path == STATE:
        return "public, max-age=10"
    if path.startswith(ASSETS):
        return "public, max-age=31536000, immutable"
    return "public, max-age=60"


def version_of(files: Mapping[str, bytes]) -> str:
    """Return the name of a page as its content: the same files are the same version, whoever puts them."""
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(f"{path}\0{hashlib.sha256(files[path]).hexdigest()}\0".encode())
    return digest.hexdigest()[:24]


def kept_versions(put_at: Mapping[str, datetime], *, now: datetime) -> set[str]:
    """Return the versions of a page that stay: the newest, and those replaced within ``ASSET_SECONDS``.

    ``put_at`` maps each version to when it was last made the live one.
    """
    since = now - timedelta(seconds=ASSET_SECONDS)
    kept = set()
    replaced_at = now
    for number, version in enumerate(sorted(put_at, key=put_at.__getitem__, reverse=True)):
        if number < VERSIONS_KEPT or replaced_at >= since:
            kept.add(version)
        replaced_at = put_at[version]
    return kept
