"""What a staff page may load: the Content-Security-Policy of every answer that has none of its own."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from campaignhub.aws import bucket_origins

HEADER = "Content-Security-Policy"


def staff_policy(*, style_nonce: str = "") -> str:
    """Return the policy of the admin: no inline script, no evaluated string, no plug-in, no frame around it.

    Alpine, under unfold's templates, is the build that needs no evaluation.
    Images also come from the bucket, through links that expire.

    Styles: stylesheets come from here only, so that no style element can be
    smuggled in to read a page by selectors. Style *attributes* stay allowed,
    because Alpine hides and measures elements by writing them, and unfold's
    templates hold some; one reaches no further than its own element. A page
    that frames a document of its own making may name a ``style_nonce``.

    Trusted Types are not asked for: htmx and Django's date widgets write HTML.
    """
    nonce = f" 'nonce-{style_nonce}'" if style_nonce else ""
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self'{nonce}",
            "style-src-attr 'unsafe-inline'",
            f"img-src 'self' data: blob: {' '.join(bucket_origins())}",
            "font-src 'self'",
            "connect-src 'self'",
            "frame-src 'self'",
            "worker-src 'none'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


def content_policy(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Add the staff policy to answers that carry none; outermost, so that errors have it too."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault(HEADER, staff_policy())
        return response

    return answer
