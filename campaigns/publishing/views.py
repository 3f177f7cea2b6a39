"""The page of a draft, shown in a sandbox: it runs its script, and reaches nothing of this site."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaigns.accounts.tenancy import scope
from campaigns.hosting.views import file_answer
from campaigns.publishing.services.drafts import draft_of, preview_files

SANDBOX = "sandbox allow-scripts allow-forms"
"""Without ``allow-same-origin``: the page stands under the admin's address, and is a stranger to it.
``allow-forms`` lets its script see that Send was pressed; its policy lets no form go anywhere."""


@require_safe
def draft_file(_request: HttpRequest, token: str, path: str = "") -> HttpResponse:
    """Serve one file of the draft that a token names."""
    campaign = draft_of(token, at=timezone.now())
    name = f"{path}index.html" if not path or path.endswith("/") else path
    if campaign is None:
        raise Http404
    with scope([campaign.client_id]):
        content = preview_files(campaign).get(name)
    if content is None:
        raise Http404
    response = file_answer(name, content)
    response["Content-Security-Policy"] += f"; {SANDBOX}"
    # The form builder frames it; the page's own policy allows that to this site alone.
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"  # the token stands in the address
    # Modules and fonts are asked for with the origin "null"; there is no cookie with which to answer.
    response["Access-Control-Allow-Origin"] = "*"
    return response
