"""What every host promises of a page: whole, in order, kept while it may be open, and a way back."""

import pytest

from campaigns.hosting.files import ASSET_SECONDS, VERSIONS_KEPT
from campaigns.hosting.host_errors import VersionGone
from tests.campaigns.hosting.hosts import HostUnderTest

WEEK = ASSET_SECONDS + 60


def page(number: int) -> dict[str, bytes]:
    """A page that names a stylesheet of its own."""
    text = str(number).encode()
    return {"index.html": text, "es/index.html": text, f"assets/page.{number}.css": text}


def test_a_new_page_replaces_the_old_one_and_keeps_its_state(put: HostUnderTest) -> None:
    put.host.put_page("summer", {"index.html": b"one", "es/index.html": b"uno"}, revision=1)
    put.host.put_state("summer", b"{}", revision=1)
    put.host.put_page("summer", {"index.html": b"two"}, revision=2)
    assert put.read("summer", "index.html") == b"two"
    assert put.read("summer", "es/index.html") is None
    assert put.read("summer", "state.json") == b"{}"
    assert put.read("winter", "index.html") is None


def test_an_older_revision_replaces_nothing_and_the_same_may_come_again(
    put: HostUnderTest,
) -> None:
    put.host.put_page("summer", {"index.html": b"two"}, revision=2)
    put.host.put_state("summer", b"two", revision=2)
    put.host.put_page("summer", {"index.html": b"one"}, revision=1)
    put.host.put_state("summer", b"one", revision=1)
    put.host.take_down("summer", revision=1)
    assert put.read("summer", "index.html") == put.read("summer", "state.json") == b"two"
    put.host.put_page("summer", {"index.html": b"two, again"}, revision=2)
    put.host.put_state("summer", b"two, again", revision=2)
    assert put.read("summer", "index.html") == put.read("summer", "state.json") == b"two, again"


def test_the_same_files_are_the_same_version_and_go_on_being_live(put: HostUnderTest) -> None:
    first = put.host.put_page("summer", page(1), revision=1)
    assert put.host.put_page("summer", page(1), revision=2) == first
    assert put.host.put_page("summer", page(2), revision=3) != first
    # Whoever comes late with the second revision is late, although it was the first's page.
    put.host.put_page("summer", page(1), revision=2)
    assert put.read("summer", "index.html") == b"2"


def test_an_earlier_version_can_be_shown_again(put: HostUnderTest) -> None:
    first = put.host.put_page("summer", page(1), revision=1)
    put.host.put_page("summer", page(2), revision=2)
    put.host.show_version("summer", first, revision=3)
    assert put.read("summer", "es/index.html") == b"1"
    assert put.read("summer", "assets/page.1.css") == b"1"
    put.host.put_page("summer", page(2), revision=2)
    assert put.read("summer", "index.html") == b"1"


def test_a_version_that_was_never_put_is_refused_and_the_live_one_stays(
    put: HostUnderTest,
) -> None:
    put.host.put_page("summer", page(1), revision=1)
    with pytest.raises(VersionGone):
        put.host.show_version("summer", "0" * 24, revision=2)
    assert put.read("summer", "index.html") == b"1"


def test_a_page_that_is_taken_down_is_gone_until_it_is_put_again(put: HostUnderTest) -> None:
    put.host.put_page("summer", page(1), revision=1)
    put.host.put_state("summer", b"closed", revision=1)
    put.host.take_down("summer", revision=2)
    put.host.take_down("summer", revision=2)
    assert put.read("summer", "index.html") is None
    assert put.read("summer", "state.json") == b"closed"
    put.host.put_page("summer", page(1), revision=1)
    assert put.read("summer", "index.html") is None
    put.host.put_page("summer", page(1), revision=3)
    assert put.read("summer", "index.html") == b"1"


def test_who_has_an_earlier_page_open_finds_what_it_names_for_a_week_after_it_was_replaced(
    put: HostUnderTest,
) -> None:
    put.host.put_page("summer", page(0), revision=1)
    put.age(20 * WEEK)
    for number in range(1, VERSIONS_KEPT + 2):
        put.host.put_page("summer", page(number), revision=number + 1)
    # Live for months, replaced a minute ago, and no longer one of the newest.
    assert put.read("summer", "assets/page.0.css") == b"0"
    put.age(WEEK)
    first = put.host.put_page("summer", page(9), revision=90)
    assert put.read("summer", "assets/page.0.css") is None
    assert put.read("summer", "assets/page.9.css") == b"9"
    # However old, the newest stay: an engineer can go back to them.
    newest = VERSIONS_KEPT + 1
    assert put.read("summer", f"assets/page.{newest}.css") == str(newest).encode()
    put.age(WEEK)
    put.host.put_page("summer", page(9), revision=91)
    put.host.show_version("summer", first, revision=92)
    assert put.read("summer", "index.html") == b"9"
