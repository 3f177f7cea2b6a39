"""The bucket behind a distribution: headers, a switch in one write, and what a writer that dies leaves."""

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from campaigns.hosting import live_pages
from campaigns.hosting.files import VERSIONS_KEPT, content_type
from campaigns.hosting.live_pages import LivePage, LivePages
from campaigns.hosting.s3 import S3Host
from tests.campaigns.hosting.hosts import S3UnderTest, stopped_after
from tests.campaigns.hosting.test_every_host import WEEK, page
from tests.support.key_value_store import ARN

EMBEDDED = b'<meta name="embed-origins" content="https://shop.example">'


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for nobody between attempts."""
    monkeypatch.setattr(live_pages, "sleep", lambda _seconds: None)


@pytest.mark.parametrize(
    ("path", "kind", "kept"),
    [
        ("index.html", "text/html; charset=utf-8", "public, max-age=60"),
        ("embed.js", "text/javascript; charset=utf-8", "public, max-age=60"),
        ("assets/s.1/page.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
        ("assets/hero.1.webp", "image/webp", "public, max-age=31536000, immutable"),
        ("state.json", "application/json", "public, max-age=10"),
    ],
)  # fmt: skip
def test_each_file_says_what_it_is_and_how_long_it_may_be_kept(
    on_s3: S3UnderTest, path: str, kind: str, kept: str
) -> None:
    on_s3.host.put_page("summer", {path: b"."} if path != "state.json" else {}, revision=1)
    on_s3.host.put_state("summer", b"{}", revision=1)
    found = on_s3.found("summer", path)
    assert found
    assert (found["ContentType"], found["CacheControl"]) == (kind, kept)
    # The distribution compresses all of them but pictures by these types.
    assert content_type(path) == kind


def test_a_page_carries_who_may_frame_it_to_the_distribution(on_s3: S3UnderTest) -> None:
    on_s3.host.put_page("summer", {"index.html": EMBEDDED, "embed.js": b""}, revision=1)
    found = on_s3.found("summer", "index.html")
    assert found
    assert found["Metadata"] == {"frame-ancestors": "'self' https://shop.example"}


def test_a_writer_that_dies_after_any_call_leaves_the_earlier_page_whole(
    on_s3: S3UnderTest,
) -> None:
    on_s3.host.put_page("summer", page(1), revision=1)
    for calls in range(4):
        with pytest.raises(KeyboardInterrupt), stopped_after(on_s3.bucket, calls):
            on_s3.host.put_page("summer", page(2), revision=2)
        assert on_s3.read("summer", "index.html") == on_s3.read("summer", "es/index.html") == b"1"
    on_s3.host.put_page("summer", page(2), revision=2)
    assert on_s3.read("summer", "index.html") == on_s3.read("summer", "es/index.html") == b"2"


def test_what_was_given_up_on_the_way_is_removed_in_time_and_never_shown(
    on_s3: S3UnderTest,
) -> None:
    first = on_s3.host.put_page("summer", page(1), revision=1)
    with pytest.raises(KeyboardInterrupt), stopped_after(on_s3.bucket, 2):
        on_s3.host.put_page("summer", page(2), revision=2)
    left = {key for key in on_s3.names() if "/versions/" in key and first not in key}
    assert left
    on_s3.age(WEEK)
    on_s3.host.put_page("summer", page(3), revision=3)
    assert not left & on_s3.names()


def test_old_versions_go_the_newest_stay_and_a_page_called_alike_is_left_alone(
    on_s3: S3UnderTest,
) -> None:
    on_s3.host.put_page("summer-2", page(1), revision=1)
    for number in range(1, VERSIONS_KEPT + 3):
        on_s3.host.put_page("summer", page(number), revision=number)
        on_s3.age(WEEK)
    mine = {key for key in on_s3.names() if key.startswith("summer/")}
    assert len([key for key in mine if key.endswith("/.complete")]) == VERSIONS_KEPT
    assert len([key for key in mine if "/assets/" in key]) == VERSIONS_KEPT
    assert on_s3.read("summer-2", "index.html") == b"1"


def test_writers_of_other_pages_are_waited_for_and_nothing_is_lost(on_s3: S3UnderTest) -> None:
    on_s3.host.put_page("winter", page(5), revision=1)
    on_s3.store.others_first = 3
    on_s3.host.put_page("summer", page(1), revision=1)
    assert on_s3.read("summer", "index.html") == b"1"
    assert on_s3.read("winter", "index.html") == b"5"


def test_a_store_that_never_takes_the_write_is_an_error_and_the_earlier_page_stays(
    on_s3: S3UnderTest,
) -> None:
    on_s3.host.put_page("summer", page(1), revision=1)
    on_s3.store.others_first = 1000
    with pytest.raises(ClientError, match="ConflictException"):
        on_s3.host.put_page("summer", page(2), revision=2)
    assert on_s3.read("summer", "index.html") == b"1"


def test_the_same_page_again_writes_no_switch(on_s3: S3UnderTest) -> None:
    on_s3.host.put_page("summer", page(1), revision=1)
    on_s3.host.put_page("summer", page(1), revision=1)
    assert on_s3.store.writes == 1


def test_a_state_that_another_writer_put_first_is_looked_at_again(on_s3: S3UnderTest) -> None:
    on_s3.host.put_state("summer", b"one", revision=1)
    store = on_s3.bucket
    overtaken: list[bool] = []

    def overtake(**_context: object) -> None:
        if not overtaken:
            overtaken.append(True)
            on_s3.host.put_state("summer", b"three", revision=3)

    store.meta.events.register_first("before-sign.s3.PutObject", overtake)
    on_s3.host.put_state("summer", b"two", revision=2)
    assert on_s3.read("summer", "state.json") == b"three"
    overtaken.clear()
    on_s3.host.put_state("winter", b"one", revision=1)
    assert on_s3.read("winter", "state.json") == b"one"


def test_a_page_s_address_is_on_the_client_s_own_domain_where_it_has_one(
    on_s3: S3UnderTest,
) -> None:
    assert on_s3.host.address("summer") == "https://d1.cloudfront.net/summer/"
    assert on_s3.host.address("summer", "win.example.com") == "https://win.example.com/summer/"


def test_calls_of_the_store_are_as_its_service_model_has_them() -> None:
    client = boto3.client("cloudfront-keyvaluestore", region_name="us-east-1")
    sizes = {"ItemCount": 1, "TotalSizeInBytes": 1}
    with Stubber(client) as stub:
        described = {"KvsARN": ARN, "Created": 0, "ETag": "e1", **sizes}
        stub.add_response("describe_key_value_store", described, {"KvsARN": ARN})
        stub.add_client_error("get_key", "ResourceNotFoundException")
        asked = {"KvsARN": ARN, "Key": "summer", "Value": "v1 7", "IfMatch": "e1"}
        stub.add_response("put_key", {"ETag": "e2", **sizes}, asked)
        assert LivePages(client, ARN).point("summer", LivePage("v1", 7))


def test_whose_page_it_is_stays_beside_its_version_whatever_is_decided_about_it(
    on_s3: S3UnderTest,
) -> None:
    live = LivePages(on_s3.switch, ARN)
    host = S3Host("pages", on_s3.bucket, live, base_url="https://d1.cloudfront.net", client="7")
    first = host.put_page("summer", page(1), revision=1)
    second = host.put_page("summer", page(2), revision=2)
    held = [on_s3.store.entries["summer"]]
    host.show_version("summer", first, revision=3)
    held.append(on_s3.store.entries["summer"])
    host.take_down("summer", revision=4)
    held.append(on_s3.store.entries["summer"])
    assert held == [f"{second} 2 7", f"{first} 3 7", "- 4 7"]
    # What an earlier version of the site put has none, and gets it as it is put again.
    on_s3.store.entries["winter"] = f"{first} 1"
    assert live.read("winter") == LivePage(first, 1)
    host.put_page("winter", page(1), revision=1)
    assert live.read("winter") == LivePage(first, 1, "7")


def test_of_a_page_s_archives_stay_the_newest_and_those_that_were_just_replaced(
    on_s3: S3UnderTest,
) -> None:
    host = on_s3.host
    assert isinstance(host, S3Host)
    on_s3.host.put_page("summer", page(1), revision=1)
    host.keep_archive("winter", "v0", b"zip")
    for number in range(5):
        host.keep_archive("summer", f"v{number}", b"zip")
    # Replaced today, all of them: each may be the way back.
    assert archives(on_s3) == {"winter/v0", *(f"summer/v{number}" for number in range(5))}
    on_s3.age(WEEK)
    for number in range(5, 7):
        host.keep_archive("summer", f"v{number}", b"zip")
        on_s3.age(WEEK)
    host.keep_archive("summer", "v7", b"zip")
    assert archives(on_s3) == {"winter/v0", "summer/v5", "summer/v6", "summer/v7"}
    assert VERSIONS_KEPT == 3
    assert on_s3.read("summer", "index.html") == b"1"


def archives(on_s3: S3UnderTest) -> set[str]:
    """Return the archives in the bucket: page and version."""
    names = {key.removesuffix(".zip") for key in on_s3.names() if key.startswith("_archives/")}
    return {name.removeprefix("_archives/") for name in names}
