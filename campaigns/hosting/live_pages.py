"""Which version of each page is live, and whose a domain is: the key-value store that the distribution's function reads."""

import random
from collections.abc import Callable, Collection
from dataclasses import dataclass
from time import sleep
from typing import Any

from botocore.exceptions import ClientError

GONE = "-"
"""In the place of a version: no page is served. The revision beside it keeps an older writer out."""
MOST_TRIES = 8
"""Every write of the store changes its ETag, whichever campaign it is for."""
_CHANGED = {"ConflictException", "ValidationException"}
"""What a write with an ETag of the past is answered with; the documentation leaves open with which."""


@dataclass(frozen=True)
class LivePage:
    """The value of a slug: ``{version} {revision} {client}``."""

    version: str = ""
    revision: int = 0
    client: str = ""
    """Whose page it is: a domain that is another client's does not lead to it."""

    def __str__(self) -> str:
        return f"{self.version} {self.revision} {self.client}".rstrip()


class LivePages:
    """The store's entries, each replaced in one step and never by an older revision."""

    def __init__(self, client: Any, arn: str) -> None:
        self._client, self._arn = client, arn

    def read(self, slug: str) -> LivePage:
        """Return which version is live, and by which revision; blank for a slug that was never put."""
        version, revision, client, *_ = f"{self._held(slug) or ' 0'}  ".split(" ")
        return LivePage(version, int(revision), client)

    def point(self, slug: str, wanted: LivePage) -> bool:
        """Make a version the live one; tell whether it is, or a newer revision stands there.

        Raises:
            ClientError: other writers were first, time after time.
        """
        return retry_conflicts(lambda: self._try(slug, wanted), _CHANGED)

    def give_domain(self, domain: str, client: str) -> None:
        """Have a domain lead to the pages of one client and of no other, whoever had it before.

        A domain has a dot and a slug has none, so both are keys of the same store.

        Raises:
            ClientError: as for :meth:`point`.
        """

        def give() -> bool:
            etag = self._etag()
            if self._held(domain) != client:
                self._put(domain, client, etag)
            return True

        retry_conflicts(give, _CHANGED)

    def _try(self, slug: str, wanted: LivePage) -> bool:
        # The ETag before the value: what is written after it was read changes it.
        etag = self._etag()
        held = self.read(slug)
        if held.revision > wanted.revision:
            return False
        if held != wanted:
            self._put(slug, str(wanted), etag)
        return True

    def _held(self, key: str) -> str:
        try:
            found = self._client.get_key(KvsARN=self._arn, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            return ""
        return str(found["Value"])

    def _etag(self) -> str:
        return str(self._client.describe_key_value_store(KvsARN=self._arn)["ETag"])

    def _put(self, key: str, value: str, etag: str) -> None:
        self._client.put_key(KvsARN=self._arn, Key=key, Value=value, IfMatch=etag)


def retry_conflicts(attempt: Callable[[], bool], codes: Collection[str]) -> bool:
    """Make a conditional write, again with a jittered wait while another writer was first.

    Raises:
        ClientError: the last refusal, after ``MOST_TRIES``.
    """
    for number in range(1, MOST_TRIES):
        try:
            return attempt()
        except ClientError as error:
            if error.response["Error"]["Code"] not in codes:
                raise
            sleep(random.uniform(0, min(2.0, 0.05 * 2**number)))  # noqa: S311 - a wait
    return attempt()
