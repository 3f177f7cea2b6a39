"""What a campaign page may load."""

from urllib.parse import urlsplit


def content_security_policy(api_url: str, upload_origin: str) -> str:
    """Return the page's policy: its own files, the API and the bucket, and nothing inline."""
    hosts = " ".join(dict.fromkeys(_origin(url) for url in (api_url, upload_origin) if url))
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        f"font-src 'self'; connect-src 'self' {hosts}; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'self'"
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
