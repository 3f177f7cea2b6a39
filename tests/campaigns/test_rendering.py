"""The page's files: weight, policy, nothing inline."""

import gzip
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from campaigns.rendering import PageContent, PageField, content_security_policy, render_page

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def make_content(**overrides: object) -> PageContent:
    """Make a page's content with a receipt, an e-mail and a consent."""
    values: dict[str, object] = {
        "slug": "summer",
        "release": 1,
        "name": "Summer",
        "languages": ("en", "es"),
        "countries": ("GB",),
        "route": "purchase",
        "until": {"en": "30 June"},
        "opens_at": NOW,
        "closes_at": NOW + timedelta(days=30),
        "timezone": "Europe/London",
        "headline": {"en": "Win <b>now</b>", "es": "Gana"},
        "client_name": "Northwind",
        "legal_name": "Northwind Ltd",
        "address": "1 Harbour Street",
        "help_email": "help@example.com",
        "brand_colour": "#0f4c5c",
        "accent_colour": "#9a031e",
        "surface_colour": "#ffffff",
        "text_colour": "#111111",
        "radius": 8,
        "fields": (
            PageField(name="receipt", kind="receipt_image", label={"en": "Your receipt"}),
            PageField(name="email", kind="email", meaning="email", label={"en": "E-mail"}),
            PageField(name="accept_rules", kind="consent", label={"en": "I accept"}),
        ),
    }
    return PageContent.model_validate(values | overrides)


def render(content: PageContent, **how: Any) -> dict[str, bytes]:
    return render_page(
        content,
        api_url="https://api.example/live",
        upload_origin="https://s3.example",
        **({"images": {}} | how),
    )


def test_a_page_weighs_no_more_than_the_design_allows() -> None:
    files = render(make_content())
    packed = {path: len(gzip.compress(content)) for path, content in files.items()}
    script = sum(size for path, size in packed.items() if path.endswith(".js"))
    page = packed["index.html"] + sum(s for path, s in packed.items() if path.startswith("assets/"))
    assert script <= 20_000
    assert page <= 60_000


def test_every_language_and_the_status_page_have_a_file() -> None:
    files = render(make_content())
    assert {"index.html", "status/index.html", "es/index.html", "es/status/index.html"} <= set(
        files
    )


def test_what_staff_type_is_text_and_never_markup() -> None:
    page = render(make_content())["index.html"].decode()
    assert "<b>now</b>" not in page
    assert "Win &lt;b&gt;now&lt;/b&gt;" in page


def test_nothing_on_the_page_is_inline() -> None:
    page = render(make_content())["index.html"].decode()
    assert "<style" not in page
    assert " style=" not in page
    executed = [tag for tag in re.findall("<script[^>]*>", page) if "application/json" not in tag]
    assert executed
    assert all(re.match('<script type="module" src="[^"]+"', tag) for tag in executed)


def test_the_policy_names_api_and_bucket_and_no_other_host() -> None:
    policy = content_security_policy("https://api.example/live", "https://s3.example")
    assert "connect-src 'self' https://api.example https://s3.example;" in policy
    assert "unsafe" not in policy


def test_the_hash_changes_with_the_wording() -> None:
    assert make_content().sha256() == make_content().sha256()
    assert make_content().sha256() != make_content(headline={"en": "Win later"}).sha256()


def test_a_preview_is_marked_and_says_so_to_the_script() -> None:
    page = render(make_content(), preview=True)["index.html"].decode()
    assert "data-preview" in page
    assert "can’t send anything" in page
    assert "data-preview" not in render(make_content())["index.html"].decode()


def test_a_draft_without_dates_and_texts_can_be_previewed() -> None:
    draft = make_content(
        opens_at=None, closes_at=None, until={}, headline={}, legal_name="", help_email=""
    )
    page = render(draft, preview=True)["index.html"].decode()
    assert "<h1>" in page
    assert "None" not in page
