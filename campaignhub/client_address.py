"""Where a request comes from: the address of the client, not what the client says it is."""

import ipaddress

from django.http import HttpRequest

from campaignhub.env import env

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

UNKNOWN = "unknown"
"""Where the server names no peer: a Unix socket, a test, a command."""


def client_address(request: HttpRequest) -> str:
    """Return the address of the client, as the nearest proxy that is ours saw it.

    ``X-Forwarded-For`` grows from the left, and its left end is whatever the
    client sent. With ``TRUSTED_PROXIES`` = n the n-th address from the right was
    written by a proxy of ours; with 0, the default, the header is not read. A
    header that is shorter did not pass all of our proxies: the peer counts.
    """
    peer = _parsed(request.META.get("REMOTE_ADDR", ""))
    trusted = env().trusted_proxies
    if trusted:
        hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(hops) >= trusted and (forwarded := _parsed(hops[-trusted])):
            return str(forwarded)
    return str(peer) if peer else UNKNOWN


def household(address: str) -> str:
    """Return what one client can change its address within: a /64 of IPv6, the address itself of IPv4."""
    return _network(address, ipv4_bits=32, ipv6_bits=64)


def site(address: str) -> str | None:
    """Return what one customer of a provider has at most: a /48 of IPv6 (RFC 6177); ``None`` for IPv4."""
    parsed = _parsed(address)
    if parsed is None or parsed.version == 4:
        return None
    return _network(address, ipv4_bits=32, ipv6_bits=48)


def truncated(address: str) -> str:
    """Return an address for the log, without its last part: a /24 of IPv4, a /48 of IPv6."""
    return _network(address, ipv4_bits=24, ipv6_bits=48)


def _network(address: str, *, ipv4_bits: int, ipv6_bits: int) -> str:
    parsed = _parsed(address)
    if parsed is None:
        return UNKNOWN
    bits = ipv4_bits if parsed.version == 4 else ipv6_bits
    return str(ipaddress.ip_network((parsed, bits), strict=False))


def _parsed(text: str) -> Address | None:
    """Read an address as proxies write it: bare, ``1.2.3.4:5678``, ``[2001:db8::1]:5678``."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        parsed = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed
