"""What a staff page may load: the Content-Security-Policy of every answer that has none of its own."""

from collections.abc import Callable
from functools import cache
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse

from campaignhub.env import env

HEADER = "Content-Security-Policy"


@cache
def staff_policy() -> str:
    """Return the policy of the admin.

    Unfold writes its Alpine expressions into attributes, which needs inline and
    evaluated scripts; everything else comes from here. Images also come from the
    bucket, through links that expire. Campaign pages set a stricter one.
    """
    bucket = " ".join(_bucket_origins())
    return "; ".join(
        [
            "default-src 'self'",
            "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
            "style-src 'self' 'unsafe-inline'",
            f"img-src 'self' data: blob: {bucket}",
            "font-src 'self' data:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        ]
    )


def _bucket_origins() -> list[str]:
    settings = env()
    if settings.aws_endpoint_url:
        parts = urlsplit(settings.aws_endpoint_url)
        return [f"{parts.scheme}://{parts.netloc}"]
    name = settings.bucket_name
    return [
        f"https://{name}.s3.amazonaws.com",
        f"https://{name}.s3.{settings.aws_region}.amazonaws.com",
    ]


def content_policy(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Add the staff policy to answers that carry none."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault(HEADER, staff_policy())
        return response

    return answer
