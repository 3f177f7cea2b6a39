"""A site that may embed a page is named as browsers name it; what names none is refused with what to write."""

import pytest

from campaigns.setup.rules.embed_origins import (
    LONGEST_TOGETHER,
    MOST_ORIGINS,
    NotAnOrigin,
    embed_origins,
)


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
        "https://shop.example:0",
        "https://sh\nop.example",
        "https://shop.example\r\nX-Header: 1",
        "https://shop.ex\tample",
        "https://shop.example:8\n443",
        "ht\ntps://shop.example",
        "https://shop.example/\x00",
        "https://shop\x7f.example",
        "https://sh\u200bop.example",
        "https://shop.example/\u2028next",
        f"https://{'a.' * 126}example",
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


def test_ten_long_names_are_refused_before_a_page_can_t_be_put() -> None:
    long = [f"{'a' * 60}.{'b' * 60}.{'c' * 60}.s{number}.example" for number in range(10)]
    with pytest.raises(NotAnOrigin, match=f"{LONGEST_TOGETHER} characters"):
        embed_origins(long)
    assert len(embed_origins(long[:7])) == 7


def test_the_refusal_carries_no_line_break_to_the_page() -> None:
    with pytest.raises(NotAnOrigin, match=r"^https://sh op is no site"):
        embed_origins(["https://sh\nop"])
