"""What stands between a page and us, and answers in our place or not at all."""

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from tests.browser.visiting import OPEN_TO_ALL

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

Fault = Callable[["Route"], None]
PORTAL = "<!doctype html><title>Free Wi-Fi</title><form>Sign in to go online</form>"


def answer(status: int, body: str = "", **headers: str) -> Fault:
    """Answer with this, open to every origin as ours are."""
    kind = headers.pop("kind", "text/html")
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda route: route.fulfill(
        status=status, body=body, headers={**OPEN_TO_ALL, "Content-Type": kind, **names}
    )


def says(status: int, document: Any) -> Fault:
    """Answer with somebody else's JSON."""
    return answer(status, json.dumps(document), kind="application/json")


def cut(route: "Route") -> None:
    """Drop the line."""
    route.abort()


FAULTS: dict[str, Fault] = {
    "line cut": cut,
    "line reset": lambda route: route.abort("connectionreset"),
    "name not found": lambda route: route.abort("namenotresolved"),
    "captive portal": answer(200, PORTAL),
    "captive portal that accepts": answer(202, PORTAL),
    "captive portal with our type": answer(200, PORTAL, kind="application/json"),
    "firewall challenge": answer(202, x_amzn_waf_action="challenge"),
    "firewall challenge with a page": answer(405, PORTAL, x_amzn_waf_action="captcha"),
    "firewall block": answer(403, "<h1>Forbidden</h1>"),
    "firewall block in JSON": says(403, {"message": "Forbidden"}),
    "redirected to a login page": answer(302, Location="http://127.0.0.1:9/login"),
    "moved for ever": answer(301, Location="http://127.0.0.1:9/login"),
    "proxy wants a password": answer(407, "<h1>Proxy</h1>"),
    "not found by somebody else": answer(404, "<h1>Not Found</h1>"),
    "nothing": answer(200),
    "no content": answer(204),
    "half of a document": answer(200, '{"status":"recei', kind="application/json"),
    "a document after a page": answer(200, PORTAL + '{"status":"received"}'),
    "another's document": says(200, {"ok": True}),
    "a list": says(200, []),
    "a word": says(200, "received"),
    "null": says(200, None),
    "a refusal without a code": says(422, {"status": 422, "title": "No"}),
    "a refusal of another status": says(401, {"status": 200, "code": "bad_token"}),
    "a refusal that is a success": says(200, {"status": 200, "code": "bad_token"}),
    "server away": answer(502, "<h1>Bad gateway</h1>"),
    "server busy": says(503, {"code": "busy"}),
    "too many": answer(429, "slow down"),
}
"""By what they are. Each ends, and then the line is whole again."""


class Line:
    """One kind of call that meets a fault after the other; then whatever answered before answers."""

    def __init__(self, page: "Page", address: Any, faults: dict[str, Fault]) -> None:
        self._page = page
        self._left = list(faults.items())
        self.met: list[str] = []
        page.route(address, self._meet)

    def _meet(self, route: "Route") -> None:
        if not self._left:
            route.fallback()
            return
        name, fault = self._left.pop(0)
        self.met.append(name)
        fault(route)

    def each(self) -> Iterator[str]:
        """Yield the faults as they are met; in between, the line comes back and ends the page's wait."""
        seen = 0
        while True:
            self._page.locator("#line:not(:empty)").wait_for()
            if len(self.met) > seen:
                seen = len(self.met)
                yield self.met[-1]
            if not self._left:
                break
            self._again()
        self._again()

    def each_silent(self) -> Iterator[str]:
        """Yield the faults as they are met, whether or not the page names a line."""
        seen = 0
        while self._left:
            self._again()
            if len(self.met) > seen:
                seen = len(self.met)
                yield self.met[-1]

    def _again(self) -> None:
        before = len(self.met)
        for _ in range(200):
            self._page.evaluate("dispatchEvent(new Event('online'))")
            self._page.wait_for_timeout(5)
            if len(self.met) > before or not self._left:
                return
