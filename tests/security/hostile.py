"""Text that would become markup, code or confusion wherever it is not treated as text; and eyes for it."""

from html.parser import HTMLParser

MARK = "data-hostile"
"""The attribute of every element that the text would make; no page of ours has one."""
FOREIGN = "foreign.example"
TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

PIECES = (
    f'"><b {MARK}>',
    f"'><i {MARK}>",
    f'"><img src=//{FOREIGN}/x onerror=alert(1) {MARK}>',
    f"</textarea></title></script></style><svg onload=alert(2) {MARK}>",
    f'<p {MARK} x-data x-init="alert(3)" @click="alert(4)" hx-get="//{FOREIGN}/y" hx-trigger="load">',
    '{{ 7|add:7 }}{% now "Y" %}${7*7}{{constructor.constructor("alert(5)")()}}',
    f"javascript:alert(6)//' onmouseover='alert(7)' {MARK}='",
    f'=HYPERLINK("//{FOREIGN}/z")',
    "\u2028\u2029\u200bW" + "W" * 99,
)
SHORT = '"><b>'


def hostile(most: int = 2000, *, turn: int = 0) -> str:
    """Return hostile text of at most so many characters; another ``turn`` begins with another piece."""
    chosen = ""
    for number in range(len(PIECES)):
        piece = PIECES[(turn + number) % len(PIECES)]
        if len(chosen) + len(piece) <= most:
            chosen += piece
    return chosen or SHORT[:most]


HOSTILE_EMAIL = f'"\'><b {MARK}>"@{FOREIGN}'
"""As an address may be by its grammar: anything in quotes."""
HOSTILE_URL = f"https://{FOREIGN}/?q=\"'><b {MARK} onmouseover=alert(8)>"


class _Eyes(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        shown = self.get_starttag_text() or tag
        for name, value in named.items():
            address = value.strip().lower()
            if name == MARK or name.startswith("on"):
                self.found.append(f"an element made of text: {shown[:200]}")
            elif name.startswith(("x-", "@", ":", "hx-")) and MARK in value:
                self.found.append(f"text read as an expression: {shown[:200]}")
            elif name in ("href", "src", "action", "formaction") and address.startswith(
                "javascript:"
            ):
                self.found.append(f"text run as an address: {shown[:200]}")
            elif name in ("src", "srcset", "action", "data", "poster") and FOREIGN in value:
                self.found.append(f"text asked for as an address: {shown[:200]}")
        if tag == "script" and "src" not in named and named.get("type") != "application/json":
            self.found.append(f"a script in the page: {shown[:200]}")

    handle_startendtag = handle_starttag


def raw_in(page: str) -> list[str]:
    """Name what a page holds of hostile text as markup, code or address."""
    eyes = _Eyes()
    eyes.feed(page)
    eyes.close()
    return eyes.found
