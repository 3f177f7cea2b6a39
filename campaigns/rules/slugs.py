"""Slugs: the part of an address that names a campaign, for ever."""

TEST_PREFIX = "unlisted-"
"""Begins the address of every test and of nothing else, so that the two never meet."""
