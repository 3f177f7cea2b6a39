"""A member of staff by plain HTTP: signs in, opens pages and sends their forms, with no browser between."""

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any, Self

import httpx

from tests.support.installation import Installation
from tests.support.visitor import TLS


class Staff:
    """Somebody who is signed in to the admin of an installation."""

    def __init__(self, installation: Installation, username: str = "operator") -> None:
        web = installation.facts["web"]
        self._http = httpx.Client(
            base_url=installation.facts["admin"], headers={"Origin": web}, timeout=60, verify=TLS
        )
        accounts = {account["username"]: account for account in installation.facts["accounts"]}
        self.post("login/", username=username, password=accounts[username]["password"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._http.close()

    def open(self, address: str) -> str:
        """Return a page."""
        answer = self._http.get(address, follow_redirects=True)
        assert answer.status_code == 200, (address, answer.status_code)
        return answer.text

    def post(self, address: str, **values: Any) -> str:
        """Send a form of a page; return what is shown then."""
        return self._send(address, values, None)

    def _send(
        self, address: str, values: Mapping[str, Any], files: Mapping[str, Any] | None
    ) -> str:
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', self.open(address))
        assert token, address
        answer = self._http.post(
            address,
            data={"csrfmiddlewaretoken": token[1], **values},
            files=files,
            follow_redirects=True,
        )
        assert answer.status_code == 200, (address, answer.status_code)
        return answer.text

    def save(self, address: str, files: Mapping[str, Any]) -> str:
        """Send a page's form as it stands, with files."""
        form = _Form()
        form.feed(self.open(address))
        return self._send(address, form.values, files)


class _Form(HTMLParser):
    """What a browser would send of the controls on a page."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, Any] = {}
        self._area = self._choice = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "select":
            self._choice = name
        elif tag == "option" and "selected" in given and self._choice:
            self._add(self._choice, given.get("value", ""))
        elif tag == "textarea":
            self._area = name
            self.values[name] = ""
        elif tag == "input" and name and "disabled" not in given:
            kind = given.get("type", "text")
            if kind in ("checkbox", "radio"):
                if "checked" in given:
                    self._add(name, given.get("value", "on"))
            elif kind not in ("file", "submit", "button"):
                self._add(name, given.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._area:
            # A browser drops the line break after the tag.
            self.values[self._area] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._choice = ""

    def _add(self, name: str, value: str) -> None:
        if name in self.values:
            held = self.values[name]
            self.values[name] = [*(held if isinstance(held, list) else [held]), value]
        else:
            self.values[name] = value
