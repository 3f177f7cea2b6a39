"""The cache of a warm function: manifests for ever; what is current, blocked or a partner's for ``CURRENT_SECONDS``."""

import time
from collections.abc import Callable

from ingest_lambda.adapters.table import Partner, Table
from ingest_lambda.contract import Current, Manifest, key_check

CURRENT_SECONDS = 30
"""How stale a cached answer may be; a pause is in force everywhere within it."""
ABSENT_SECONDS = 2
"""How long an absent name is cached: short, so that what is published next is found soon."""
_MOST_MANIFESTS = 200
_MOST_NAMES = 1000


class Releases:
    """Reads what is published through a cache. A cached release is never wrong: releases do not change."""

    def __init__(self, table: Table, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._table = table
        self._clock = clock
        self._manifests: dict[tuple[str, int], Manifest] = {}
        self._currents: dict[str, tuple[float, Current | None]] = {}
        self._block_lists: dict[str, tuple[float, frozenset[str]]] = {}
        self._partners: dict[str, tuple[float, Partner | None]] = {}
        self._token_keys: tuple[float, dict[str, str]] = (float("-inf"), {})

    def manifest(self, slug: str, release: int) -> Manifest | None:
        """Return a release's manifest, or ``None`` when there is no such release."""
        found = self._manifests.get((slug, release))
        if found is None:
            found = self._table.published.release(slug, release)
            if found is not None:
                if len(self._manifests) >= _MOST_MANIFESTS:
                    self._manifests.clear()
                self._manifests[slug, release] = found
        return found

    def current(self, slug: str) -> Current | None:
        """Return what is in force, at most ``CURRENT_SECONDS`` old; an unknown slug is asked for sooner."""
        read_at, found = self._currents.get(slug, (float("-inf"), None))
        if self._clock() - read_at >= (CURRENT_SECONDS if found else ABSENT_SECONDS):
            if len(self._currents) >= _MOST_NAMES:
                self._currents.clear()
            found = self._table.published.current(slug)
            self._currents[slug] = (self._clock(), found)
        return found

    def block_list(self, client_id: str) -> frozenset[str]:
        """Return a client's block list, at most ``CURRENT_SECONDS`` old."""
        read_at, found = self._block_lists.get(client_id, (float("-inf"), frozenset()))
        if self._clock() - read_at >= CURRENT_SECONDS:
            found = self._table.published.block_list(client_id)
            self._block_lists[client_id] = (self._clock(), found)
        return found

    def partner(self, key_hash: str) -> Partner | None:
        """Return the partner that a key was made for, at most ``CURRENT_SECONDS`` old."""
        read_at, found = self._partners.get(key_hash, (float("-inf"), None))
        if self._clock() - read_at >= (CURRENT_SECONDS if found else ABSENT_SECONDS):
            if len(self._partners) >= _MOST_NAMES:
                self._partners.clear()
            found = self._table.published.partner(key_hash)
            self._partners[key_hash] = (self._clock(), found)
        return found

    def announces_token_key(self, name: str, secret: bytes | None) -> bool:
        """Tell whether the site signs with a key of this name that is not ``secret``, the one here, if any.

        A name that it does not announce is looked for every ``ABSENT_SECONDS``.
        """
        read_at, keys = self._token_keys
        age = self._clock() - read_at
        if age >= CURRENT_SECONDS or (name not in keys and age >= ABSENT_SECONDS):
            keys = self._table.published.announced_token_keys()
            self._token_keys = (self._clock(), keys)
        if name not in keys:
            return False
        return secret is None or keys[name] not in ("", key_check(secret))
