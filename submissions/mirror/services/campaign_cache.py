"""What is counted for several campaigns, kept for a minute: a home page that somebody reloads counts no more often."""

from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import TypeVar

from django.core.cache import cache

from campaigns.setup.models import Campaign

KEPT_SECONDS = 60
Found = TypeVar("Found")


def once_a_minute(name: str, campaigns: Sequence[Campaign], count: Callable[[], Found]) -> Found:
    """Return what ``count`` returned for just these campaigns within the last minute, or returns now.

    Under a key of one length however many they are: shared caches take 250 characters.
    """
    ids = b"".join(sorted(campaign.pk.bytes for campaign in campaigns))
    key = f"{name}:{blake2b(ids, digest_size=16).hexdigest()}"
    found: Found | None = cache.get(key)
    if found is None:
        found = count()
        cache.set(key, found, KEPT_SECONDS)
    return found
