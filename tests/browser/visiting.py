"""A visitor's hands for the tests of the campaign page, and a server that answers as the contract says.

Most states of the page follow from an answer of ours. Where a test is about the
page alone, the browser's router gives that answer, built from the contract's own
shapes, so that a shape that changes breaks the test.
"""

import base64
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from ingest_lambda.contract import (
    Action,
    PageState,
    Problem,
    Purpose,
    Reason,
    ReasonCode,
    ShownReason,
    StatusAnswer,
    TokenPayload,
    sentence,
)
from tests.support.receipts import receipt_bytes

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

SUBMISSION = UUID("0197a000-0000-7000-8000-000000000001")
REFERENCE = "K7M4-2QXD"
OPEN_TO_ALL = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Date, Retry-After",
}
START = re.compile(r"/v1/campaigns/[^/]+/start$")
SUBMIT = re.compile(r"/v1/campaigns/[^/]+/submissions$")
STATUS = re.compile(r"/v1/campaigns/[^/]+/submissions/[^/]+$")


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


def open_form(page: "Page", address: str) -> None:
    """Open a campaign's page and wait until its form is there."""
    page.goto(address)
    page.wait_for_selector("#form:not([hidden])")


def photo(number: int, name: str = "receipt.jpg", content: bytes | None = None) -> Any:
    """Return a photo of a receipt as a browser's file input takes it."""
    return {"name": name, "mimeType": "image/jpeg", "buffer": content or receipt_bytes(number)}


def add_photo(page: "Page", number: int, **how: Any) -> None:
    """Choose a photo for the receipt."""
    page.set_input_files("#f-receipt", photo(number, **how))


def uploaded(page: "Page", count: int = 1) -> None:
    """Wait until so many photos are with us."""
    arrived = page.locator(".card:not(.lost):not(:has(.ring))")
    arrived.nth(count - 1).wait_for()
    assert arrived.count() == count


def fill_in(page: "Page", *, email: str) -> None:
    """Answer what the demo campaigns ask."""
    page.fill("#f-given_name", "Ada")
    page.fill("#f-family_name", "Lovelace")
    page.fill("#f-email", email)
    page.check("#f-accept_rules")


def send(page: "Page") -> None:
    """Press Send."""
    page.click(".send")


def outcome(page: "Page", status: str) -> None:
    """Wait until the page tells this status."""
    page.wait_for_selector(f"#done[data-status={status}]:not([hidden])")


def answer_state(page: "Page", state: str = "live", **values: Any) -> None:
    """Let the page read this beside it as its ``state.json``."""
    document = PageState.model_validate(
        {
            "state": state,
            "opens_at": now() - timedelta(days=1),
            "closes_at": now() + timedelta(days=30),
            "release": 1,
            **values,
        }
    )
    body = document.model_dump_json()
    page.route(
        "**/state.json", lambda route: route.fulfill(body=body, content_type="application/json")
    )


def answer_problem(
    page: "Page", address: "re.Pattern[str]", status: int, code: str, **more: Any
) -> None:
    """Let the server refuse calls to ``address`` with a problem document."""
    headers = more.pop("headers", {})
    problem = Problem(title=code, status=status, code=code, detail="Something.", **more)
    body = problem.model_dump_json(exclude_none=True)

    def refuse(route: "Route") -> None:
        route.fulfill(
            status=status,
            body=body,
            headers={**OPEN_TO_ALL, **headers, "Content-Type": "application/problem+json"},
        )

    page.route(address, refuse)


def shown(code: ReasonCode, *, field: str | None = None, **more: Any) -> ShownReason:
    """Return a reason with its sentence, as the status call tells it."""
    reason = Reason(code=code, field=field, **more)
    words = sentence(reason, locale="en", texts={}, timezone="Europe/London", at=now())
    return ShownReason(
        field=field, code=code, message=words, found=reason.found, expected=reason.expected
    )


def status(status: str, **values: Any) -> StatusAnswer:
    """Return what the status call answers."""
    return StatusAnswer.model_validate(
        {"submission_id": SUBMISSION, "reference": REFERENCE, "status": status, **values}
    )


def answer_status(page: "Page", answer: StatusAnswer) -> None:
    """Let the server accept whatever is sent, and then answer like this for the one that is asked about."""
    accepted = {"status": 202, "headers": OPEN_TO_ALL, "body": '{"status":"received"}'}
    page.route(SUBMIT, lambda route: route.fulfill(**accepted))

    def tell(route: "Route") -> None:
        asked = UUID(route.request.url.rsplit("/", 1)[1])
        its = answer.model_copy(update={"submission_id": asked})
        route.fulfill(headers=OPEN_TO_ALL, body=its.model_dump_json(exclude_none=True))

    page.route(STATUS, tell)


def asked_again() -> StatusAnswer:
    """Return the answer for an entry of which a sharper photo is wanted."""
    return status(
        "needs_resubmission",
        received_at=now(),
        reasons=(shown(ReasonCode.ILLEGIBLE),),
        actions=(Action(kind="resubmit", until=now() + timedelta(days=7)),),
    )


def mail_link(address: str, slug: str, *, purpose: Purpose = Purpose.STATUS) -> str:
    """Return the address behind a mail's button. The router answers, so nobody verifies its signature."""
    payload = TokenPayload(
        submission_id=SUBMISSION,
        attempt=2 if purpose is Purpose.RESUBMIT else 1,
        slug=slug,
        campaign_id="c",
        release=1,
        route="purchase",
        locale="en",
        issued_at=now(),
        expires_at=now() + timedelta(days=7),
        purpose=purpose,
    )
    encoded = base64.urlsafe_b64encode(payload.model_dump_json().encode()).rstrip(b"=").decode()
    return f"{address}status/#k1.{encoded}.c2lnbmF0dXJl"


class Held:
    """Requests that hang in the air until they are let go."""

    def __init__(self, page: "Page", address: Any) -> None:
        self._page, self._address = page, address
        self.routes: list[Route] = []
        page.route(address, lambda route: self.routes.append(route))

    def let_go(self) -> None:
        """Let everything pass, also what comes later."""
        for route in self.routes:
            route.continue_()
        self._page.unroute(self._address)


def is_upload(bucket: str) -> Callable[[str], bool]:
    """Return a test for the address to which photos go: the bucket's root."""
    return lambda url: url.rstrip("/").endswith(f"/{bucket}")
