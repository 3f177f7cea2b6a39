"""The client's address: believed as far as our own proxies go, and no further."""

import pytest
from django.test import RequestFactory

from campaignhub.client_address import client_address, household, truncated
from campaignhub.env import env


def seen(forwarded: str | None, *, peer: str = "10.0.0.7") -> str:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return client_address(RequestFactory(REMOTE_ADDR=peer).get("/", headers=headers))


def test_by_default_no_header_is_believed() -> None:
    assert seen("203.0.113.9") == "10.0.0.7"


@pytest.mark.parametrize(
    ("trusted", "forwarded", "address"),
    [
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9, 130.176.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "10.0.0.7"),
        (1, "not an address", "10.0.0.7"),
        (1, "", "10.0.0.7"),
        (1, None, "10.0.0.7"),
        (1, "203.0.113.9:51234", "203.0.113.9"),
        (1, "[2001:db8::1]:51234", "2001:db8::1"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
    ],
)
def test_the_address_is_the_one_that_our_outermost_proxy_saw(
    trusted: int, forwarded: str | None, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(env(), "trusted_proxies", trusted)
    assert seen(forwarded) == address


def test_a_server_that_names_no_peer_has_unknown_clients() -> None:
    assert seen(None, peer="") == "unknown"


def test_one_client_is_a_64_of_ipv6_and_an_address_of_ipv4() -> None:
    assert household("2001:db8:1:2:3:4:5:6") == household("2001:db8:1:2:ffff::1")
    assert household("2001:db8:1:2::1") != household("2001:db8:1:3::1")
    assert household("203.0.113.9") != household("203.0.113.10")
    assert household("::ffff:203.0.113.9") == household("203.0.113.9")


def test_the_log_gets_no_whole_address() -> None:
    assert truncated("203.0.113.9") == "203.0.113.0/24"
    assert truncated("2001:db8:1:2::1") == "2001:db8:1::/48"
    assert truncated("unknown") == "unknown"
