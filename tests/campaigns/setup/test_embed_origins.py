"""A site that may embed a page is named as browsers name it; what names none is refused with what to write."""

import pytest

from campaigns.setup.rules.embed_origins import MOST_ORIGINS, NotAnOrigin, embed_origins


def test_sites_are_kept_as_browsers_compare_them_and_once() -> None:
    typed = [
        " https://Shop.example/ ",
        "shop.example",
        "https://shop.example:443/win?a=b#c",
        "",
        "https://shop.example:8443",
        "http://localhost:5000",
    ]
    assert embed_origins(typed) == [
        "https://shop.example",
        "https://shop.example:8443",
        "http://localhost:5000",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "http://shop.example",
        "https://*.shop.example",
        "*",
        "'self'",
        "https://shop.example; script-src *",
        "https://shop.example https://evil.example",
        "https://user@shop.example",
        "javascript://shop.example",
        "https://",
        "https://shop.example:99999",
        "https://[::1",
        'https://"><script>.example',
        "shop",
    ],
)
def test_what_is_no_site_is_refused(line: str) -> None:
    with pytest.raises(NotAnOrigin, match=r"like https://www\.example\.com"):
        embed_origins([line])


def test_there_are_not_more_than_a_header_should_hold() -> None:
    with pytest.raises(NotAnOrigin, match="At most"):
        embed_origins(f"s{number}.example" for number in range(MOST_ORIGINS + 1))
