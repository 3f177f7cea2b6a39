"""What a site host promises, and which one this deployment uses."""

from collections.abc import Callable, Mapping
from typing import Protocol

from campaignhub.env import env
from campaigns.hosting.local import LocalHost


class SiteHost(Protocol):
    """Keeps the static pages of campaigns and answers for them, with nothing of ours behind it.

    A ``revision`` counts the decisions about one campaign. Writers may be many
    and arrive in any order: an older revision never replaces a newer one, the
    same one may be written again. A page is seen whole, the old one or the new
    one, whenever the writer dies.
    """

    def put_page(self, slug: str, files: Mapping[str, bytes], *, revision: int) -> None:
        """Make ``files`` (path within the page → content) the page of ``slug``.

        What lies under ``assets/`` has its hash in its name: it is there before
        the page that names it, and stays while an earlier page may be open.
        """

    def put_state(self, slug: str, state: bytes, *, revision: int) -> None:
        """Replace the page's ``state.json`` in one step."""


_HOSTS: dict[str, Callable[[], SiteHost]] = {"local": lambda: LocalHost(env().site_root)}
"""By the value of ``SITE_HOST``."""


def site_host() -> SiteHost:
    """Return the host that the environment names."""
    return _HOSTS[env().site_host]()
