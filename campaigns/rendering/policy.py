"""What a campaign page may load."""

import html
import re
from urllib.parse import urlsplit

CHALLENGE_ORIGINS = {"turnstile": "https://challenges.cloudflare.com"}
"""Where the script and the frame of a challenge come from, by provider."""

_EMBEDS = re.compile(rb'<meta name="embed-origins" content="([^"]*)">')
_META = re.compile(rb'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')


def content_security_policy(api_url: str, upload_origin: str, *, challenge: str = "") -> str:
    """Return the page's policy: its own files, the API and the bucket, and nothing inline.

    Only where a campaign asks for a ``challenge`` may its provider's script and
    frame be loaded beside them.
    """
    return f"{page_policy(api_url, upload_origin, challenge=challenge)}; frame-ancestors 'self'"


def page_policy(api_url: str, upload_origin: str, *, challenge: str = "") -> str:
    """Return the part of the policy that a page can carry itself, without who may frame it."""
    hosts = " ".join(dict.fromkeys(_origin(url) for url in (api_url, upload_origin) if url))
    theirs = CHALLENGE_ORIGINS.get(challenge, "")
    rules = [
        "default-src 'none'",
        f"script-src 'self' {theirs}",
        "worker-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "font-src 'self'",
        f"connect-src 'self' {hosts}",
        "form-action 'none'",
        "base-uri 'none'",
    ]
    if theirs:
        rules.append(f"frame-src {theirs}")
    return "; ".join(rule.strip() for rule in rules)


def policy_of(page: bytes) -> str:
    """Return the whole policy of a rendered page, for the header; empty for another file."""
    found = _META.search(page)
    if not found:
        return ""
    return f"{html.unescape(found[1].decode())}; frame-ancestors {framed_by(page)}"


def framed_by(page: bytes) -> str:
    """Return who may show a rendered page in a frame: the page's own site, and those that it names.

    Only a header can say so; the page carries it to whichever host sends that.
    """
    found = _EMBEDS.search(page)
    return f"'self' {html.unescape(found[1].decode())}" if found else "'self'"


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
