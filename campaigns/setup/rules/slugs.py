"""Slugs: the part of an address that names a campaign, for ever."""

import re

TEST_PREFIX = "unlisted-"
"""Begins the address of every test and of nothing else, so that the two never meet."""

RESERVED = frozenset(
    {
        *("admin", "api", "app", "assets", "auth", "c", "campaign", "campaigns", "contact"),
        *("favicon", "healthz", "help", "index", "login", "logout", "media", "new", "preview"),
        *("privacy", "readyz", "robots", "rules", "sitemap", "staff", "state", "static"),
        *("status", "support", "terms", "test", "v1", "well-known", "www"),
    }
)
"""Words that mean something else in an address, here or on a host that joins later."""

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MOST_CHARS = 60


def slug_problem(slug: str) -> str:
    """Return what is wrong with a slug, as a sentence that says what to do; empty where nothing is."""
    if not slug:
        return "Give the campaign an address, like summer-receipts."
    if len(slug) > MOST_CHARS or not _SLUG.fullmatch(slug):
        return "Use small letters, digits and single dashes in the address, like summer-receipts."
    if slug.startswith(TEST_PREFIX):
        return f"Addresses that begin with {TEST_PREFIX} are kept for tests. Choose another."
    if slug in RESERVED:
        return f"The address {slug} is reserved. Add a word to it, like {slug}-prize."
    return ""
