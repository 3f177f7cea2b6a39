"""The local host's answers: files of a page with the headers that a distribution would add."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from campaignhub.env import env
from campaigns.hosting.files import cache_control, content_type
from campaigns.hosting.local import LocalHost
from campaigns.rendering import content_security_policy, policy_of


@require_safe
@gzip_page  # as the distribution does; nothing secret is in a page that its size could tell
def page_file(request: HttpRequest, slug: str, path: str) -> HttpResponse:
    """Serve one file of a campaign's page."""
    if path.endswith("/"):
        path += "index.html"
    hidden = path.startswith(".") or "/." in path
    content = None if hidden else LocalHost(env().site_root).read(slug, path)
    if content is None:
        raise Http404
    response = file_answer(path, content)
    response["Cache-Control"] = cache_control(path)
    # Here a page shares its origin with the admin, as it does nowhere else. Whatever ran in it
    # could ask for its own folder only, and holds no window of the admin that it opens.
    own = request.build_absolute_uri(reverse("campaign_page", args=[slug]))
    policy = response["Content-Security-Policy"]
    response["Content-Security-Policy"] = policy.replace("connect-src 'self'", f"connect-src {own}")
    response["Cross-Origin-Opener-Policy"] = "unsafe-none"
    # Who may frame it is said by the policy; the older header knows no other site.
    response.xframe_options_exempt = True
    return response


def file_answer(path: str, content: bytes) -> HttpResponse:
    """Return one file of a page with its type and the page's content policy."""
    response = HttpResponse(content, content_type=content_type(path))
    response["Content-Security-Policy"] = policy_of(content) or content_security_policy(
        env().public_api_url, env().public_upload_url
    )
    response["Referrer-Policy"] = "strict-origin"
    return response
