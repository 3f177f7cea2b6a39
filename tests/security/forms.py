"""The forms of a page, filled in as somebody hostile would, and sent as a browser sends them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

TYPED = {"text", "search", "email", "url", "tel", "textarea"}


@dataclass
class Form:
    """A form: where it goes, what stands in it, what may be typed, and its buttons."""

    action: str
    method: str
    values: list[tuple[str, str]] = field(default_factory=list)
    typed: list[tuple[str, int]] = field(default_factory=list)
    """Name and the most characters that a browser lets in."""
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def filled(self, words: Any) -> list[dict[str, Any]]:
        """Return what is sent by each button, with ``words(most)`` in everything that is typed."""
        data: dict[str, Any] = {}
        for name, value in self.values:
            data.setdefault(name, []).append(value)
        data |= {name: words(most) for name, most in self.typed}
        return [
            data | ({name: value} if name else {}) for name, value in self.buttons or [("", "")]
        ]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self._by_id: dict[str, Form] = {}
        self._now: Form | None = None
        self._choices: str | None = None
        self._template = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value if value is not None else "" for name, value in attrs}
        if tag == "template":
            self._template += 1
        if self._template or "disabled" in given:
            return
        if tag == "form":
            self._now = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._now)
            self._by_id[given.get("id", "")] = self._now
        form = self._by_id.get(given["form"]) if "form" in given else self._now
        if form is None:
            return
        name = given.get("name", "")
        if tag == "select":
            self._choices = name
        elif tag == "option" and self._choices and "selected" in given:
            form.values.append((self._choices, given.get("value", "")))
        elif tag == "button" and given.get("type", "submit") == "submit":
            form.buttons.append((name, given.get("value", "")))
        elif tag == "textarea" and name:
            form.typed.append((name, int(given.get("maxlength") or 2000)))
        elif tag == "input" and name:
            self._input(form, name, given)

    def _input(self, form: Form, name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind in TYPED:
            form.typed.append((name, int(given.get("maxlength") or 2000)))
        elif kind == "submit":
            form.buttons.append((name, given.get("value", "")))
        elif kind not in ("checkbox", "radio", "file") or "checked" in given:
            form.values.append((name, given.get("value", "on")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._template -= 1
        elif tag == "form":
            self._now = None
        elif tag == "select":
            self._choices = None


def forms_in(page: str) -> list[Form]:
    """Return the forms of a page."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.forms
