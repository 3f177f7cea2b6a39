"""``/metrics``: the numbers of the machinery for a monitoring system, in Prometheus' format.

Every number was counted before by the clock: a scrape asks no service and counts no
row, so that it can't hang and costs the same at any load. Not public: how busy an
installation is tells of its clients.
"""

import hmac
from collections.abc import Callable, Iterable, Iterator
from ipaddress import ip_address

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import Metric

from campaignhub.env import env

Collect = Callable[[], Iterable[Metric]]
_collectors: list[Collect] = []


def collects(collect: Collect) -> Collect:
    """Register what yields metrics of a room; it reads what was counted before and asks nothing."""
    _collectors.append(collect)
    return collect


_OF_PROXIES = (
    "Forwarded",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Real-IP",
    "Via",
)
"""What a proxy may add; which of them is its settings' choice."""


class _Collected:
    """What the library asks for: all metrics of all rooms."""

    def collect(self) -> Iterator[Metric]:
        """Yield them."""
        for collect in _collectors:
            yield from collect()


@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer a scrape that has the token, or comes from this machine where there is none; 404 to all else."""
    if request.method != "GET" or not _may_read(request):
        raise Http404
    registry = CollectorRegistry()
    registry.register(_Collected())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    token = env().metrics_token
    if token:
        said = request.headers.get("Authorization", "")
        return hmac.compare_digest(said.encode(), f"Bearer {token}".encode())
    # A proxy on this machine has the same address: who came through one shows it, and a site
    # with a public name has one.
    is_direct = not any(name in request.headers for name in _OF_PROXIES)
    return not env().production and is_direct and _is_here(request.META.get("REMOTE_ADDR", ""))


def _is_here(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
