"""A page that is rendered in the test and handed to the browser by its router, as are the server's answers."""

import mimetypes
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from campaigns.rendering import PageContent, render_page
from ingest_lambda.contract import StartAnswer, StartRequest, UploadForm
from tests.browser.visiting import (
    OPEN_TO_ALL,
    REFERENCE,
    START,
    SUBMISSION,
    answer_state,
    answer_status,
    now,
    open_form,
    status,
)
from tests.campaigns.pages import make_content

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request, Route

SITE = "http://127.0.0.1:9/c/summer/"
API = "http://127.0.0.1:9/api"
BUCKET = "http://127.0.0.1:9/bucket"


def serve(page: "Page", content: PageContent, *, api: str = API) -> None:
    """Hand the page's files to the browser, and answer ``start`` and uploads as the server does."""
    files = render_page(content, api_url=api, upload_origin=BUCKET, images={})

    def file(route: "Route") -> None:
        path = urlsplit(route.request.url).path.removeprefix("/c/summer/")
        body = files.get(f"{path}index.html" if not path or path.endswith("/") else path)
        kind = mimetypes.guess_type(path)[0] or "text/html"
        route.fulfill(status=200 if body else 404, body=body or b"", content_type=kind)

    def start(route: "Route") -> None:
        asked = StartRequest.model_validate_json(route.request.post_data or "")
        answer = StartAnswer(
            submission_id=SUBMISSION,
            reference=REFERENCE,
            attempt=1,
            token="t" * 40,
            expires_at=now() + timedelta(days=1),
            uploads=tuple(
                UploadForm(field=u.field, receipt=u.receipt, part=u.part, url=BUCKET, fields={})
                for u in asked.uploads
            ),
        )
        route.fulfill(headers=OPEN_TO_ALL, body=answer.model_dump_json())

    page.route(f"{SITE}**", file)
    answer_state(page)
    page.route(START, start)
    page.route(BUCKET, lambda route: route.fulfill(status=201, headers=OPEN_TO_ALL))
    answer_status(page, status("pending_review", received_at=now()))


def opened(page: "Page") -> "Page":
    """Open the form in a tab."""
    serve(page, make_content(closes_at=now().replace(year=now().year + 1)))
    open_form(page, SITE)
    return page


def starts(page: "Page") -> list[StartRequest]:
    """Return the starts that this page asks for from now on."""
    asked: list[StartRequest] = []

    def note(request: "Request") -> None:
        if START.search(request.url) and request.method == "POST":
            asked.append(StartRequest.model_validate_json(request.post_data or ""))

    page.on("request", note)
    return asked
