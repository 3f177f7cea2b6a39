"""What a site host promises, and which one this deployment uses."""

from collections.abc import Callable, Mapping
from typing import Protocol

from campaignhub import aws
from campaignhub.env import env
from campaigns.accounts.models import Client
from campaigns.hosting.amplify import AmplifyHost
from campaigns.hosting.live_pages import LivePages
from campaigns.hosting.local import LocalHost
from campaigns.hosting.s3 import S3Host
from campaigns.setup.models import Campaign


class SiteHost(Protocol):
    """Keeps the static pages of campaigns and answers for them, with nothing of ours behind it.

    A ``revision`` counts the decisions about one campaign. Writers may be many
    and arrive in any order: an older revision never replaces a newer one, the
    same one may be written again. A page is seen whole, the old one or the new
    one, whenever the writer dies.
    """

    def address(self, slug: str, domain: str = "") -> str:
        """Return where visitors find the page of ``slug``, ending in a slash.

        ``domain`` is the client's own name, where the host answers to several.
        """

    def put_page(self, slug: str, files: Mapping[str, bytes], *, revision: int) -> str:
        """Make ``files`` (path within the page → content) the page of ``slug``; return its version.

        What lies under ``assets/`` has its hash in its name: it is there before
        the page that names it, and stays while an earlier page may be open. The
        version is the content's: the same files get the same one.

        Raises:
            HostIsFull: it takes no further page.
            StillDeploying: it takes a while; the same call again goes on from there.
        """

    def show_version(self, slug: str, version: str, *, revision: int) -> None:
        """Make an earlier version the page of ``slug`` again, in one step.

        Raises:
            VersionGone: it was removed, or never put whole.
        """

    def take_down(self, slug: str, *, revision: int) -> None:
        """Serve no page of ``slug`` any more; its state stays, for pages that are open."""

    def put_state(self, slug: str, state: bytes, *, revision: int) -> None:
        """Replace the page's ``state.json`` in one step."""


def _local(_client: str) -> SiteHost:
    return LocalHost(env().site_root, base_url=f"{env().public_site_url}/c")


def _s3(client: str) -> S3Host:
    live = LivePages(aws.live_pages(), env().live_pages_arn)
    base_url = f"https://{[*env().page_domains_list, env().distribution_domain][0]}"
    return S3Host(env().pages_bucket_name, aws.pages_s3(), live, base_url=base_url, client=client)


def _amplify(client: str) -> SiteHost:
    label, web_acl = env().environment_label, env().firewall_arn
    return AmplifyHost(aws.amplify(), aws.web_acls(), _s3(client), label=label, web_acl=web_acl)


_HOSTS: dict[str, Callable[[str], SiteHost]] = {"local": _local, "s3": _s3, "amplify": _amplify}
"""By the value of ``SITE_HOST``."""


def site_host(client: Client) -> SiteHost:
    """Return the host that the environment names, for pages of a client."""
    return _HOSTS[env().site_host](str(client.pk))


def give_domain(client: Client) -> None:
    """Have the client's own domain lead to its pages and to no other client's, where the host sees domains.

    Raises:
        ClientError, BotoCoreError: the host does not answer; the same again changes nothing.
    """
    if env().site_host == "s3" and client.page_domain in env().page_domains_list:
        _s3(str(client.pk)).give_domain(client.page_domain)


def page_address(campaign: Campaign, *, is_test: bool = False) -> str:
    """Return where visitors find a campaign's page, on its client's own domain where it has one."""
    slug = campaign.test_slug if is_test else campaign.slug
    return site_host(campaign.client).address(slug, _domain_of(campaign))


def api_address(campaign: Campaign) -> str:
    """Return the API's address for a campaign's page: on the page's own origin, where that has one."""
    domain = _domain_of(campaign)
    return f"https://{domain}" if domain and env().site_host == "s3" else env().public_api_url


def _domain_of(campaign: Campaign) -> str:
    """Return the client's domain, unless the distribution answers to it no more."""
    domain = campaign.client.page_domain
    return domain if domain in env().page_domains_list else ""
