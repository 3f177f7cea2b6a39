"""A server that speaks bytes as broken proxies, portals and lines do: what a browser's router cannot answer with."""

import gzip
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from tests.browser.lines import PORTAL, Fault

if TYPE_CHECKING:
    from playwright.sync_api import Route

Spoken = Callable[[socket.socket], None]
OPEN = "Access-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: Date, Retry-After\r\n"
LATE_SECONDS = 40
"""How long what drips or is silent keeps a line: longer than the page waits for an answer."""


def head(status: int, *lines: str, version: str = "1.1") -> bytes:
    """Return the first lines of an answer, to the empty one."""
    more = "".join(f"{line}\r\n" for line in ("Connection: close", *lines))
    return f"HTTP/{version} {status} Said\r\n{OPEN}{more}\r\n".encode()


def whole(status: int, body: bytes | str, *lines: str) -> Spoken:
    """Say all of an answer, with its length."""
    data = body.encode() if isinstance(body, str) else body
    first = head(status, f"Content-Length: {len(data)}", *lines)
    return lambda line: line.sendall(first + data)


def said(data: bytes) -> Spoken:
    """Say these bytes and hang up."""
    return lambda line: line.sendall(data)


def reset(data: bytes) -> Spoken:
    """Say these bytes and drop the line as a phone does that loses its mast."""

    def speak(line: socket.socket) -> None:
        line.sendall(data)
        time.sleep(0.05)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return speak


def dripping(first: bytes, drop: bytes) -> Spoken:
    """Say the beginning of an answer, then a drop twice a second, and never end."""

    def speak(line: socket.socket) -> None:
        line.sendall(first)
        for _ in range(2 * LATE_SECONDS):
            time.sleep(0.5)
            line.sendall(drop)

    return speak


def broken_answers(status: int, ours: str) -> dict[str, Spoken]:
    """Return what is no answer of ours, though all of it may be in it: ``ours`` under ``status`` would be one."""
    packed = gzip.compress(ours.encode())
    length = len(ours)
    json = "Content-Type: application/json"
    return {
        "gzip that is none": whole(status, ours, json, "Content-Encoding: gzip"),
        "half of a gzip": whole(status, packed[: len(packed) // 2], "Content-Encoding: gzip"),
        "brotli that is none": whole(status, ours, json, "Content-Encoding: br"),
        "cut in its body": said(
            head(status, json, f"Content-Length: {length + 9}") + ours[:-3].encode()
        ),
        "reset in its body": reset(
            head(status, json, f"Content-Length: {length}") + ours[:5].encode()
        ),
        "a chunk that is cut": said(
            head(status, json, "Transfer-Encoding: chunked") + b"40\r\n" + ours[:9].encode()
        ),
        "a chunk without a length": said(
            head(status, json, "Transfer-Encoding: chunked") + b"zz\r\n" + ours.encode()
        ),
        "nothing at all": said(b""),
        "reset at once": reset(b""),
        "another protocol": said(b"220 mail.example ESMTP ready\r\n"),
        "half of its first line": said(b"HTTP/1.1 2"),
        "two lengths": said(
            head(status, json, "Content-Length: 3", f"Content-Length: {length}") + ours.encode()
        ),
        "continue and no more": said(b"HTTP/1.1 100 Continue\r\n\r\n"),
        "a part": whole(206, ours, json, f"Content-Range: bytes 0-{length - 1}/{length + 99}"),
        "not modified": said(head(304, json)),
        "reset content": said(head(205)),
        "another success": whole(226 if status != 226 else 227, ours, json),
        "several choices": whole(300, PORTAL),
        "see other": said(head(303, "Location: http://127.0.0.1:9/login", "Content-Length: 0")),
        "moved for now": said(head(307, "Location: /login", "Content-Length: 0")),
        "moved for good": said(head(308, "Location: //portal.invalid/", "Content-Length: 0")),
        "moved to nowhere": whole(302, PORTAL),
        "asks for a password": whole(401, PORTAL, "WWW-Authenticate: Basic realm=Wi-Fi"),
        "payment required": whole(402, PORTAL),
        "too slow, says a proxy": whole(408, PORTAL),
        "a teapot": whole(418, "<h1>I'm a teapot</h1>"),
        "blocked for law": whole(451, PORTAL),
        "too many, as a page": whole(429, PORTAL, "Retry-After: Wed, 21 Oct 2099 07:28:00 GMT"),
        "too many, for ever": whole(429, PORTAL, "Retry-After: 99999999999"),
        "broken, as a page": whole(500, "<h1>Error</h1>" + " " * 300_000),
        "gateway too slow": whole(504, PORTAL),
        "edge without an origin": whole(520, PORTAL),
        "log in to the network": whole(511, PORTAL),
        "two documents": whole(status, ours + ours, json),
        "a comma too many": whole(status, ours[:-1] + ",}", json),
        "a document with a remark": whole(status, f"/* proxy */ {ours}", json),
        "as a script": whole(status, f"callback({ours})", "Content-Type: text/javascript"),
        "behind a guard": whole(status, f")]}}',\n{ours}", json),
        "in a page": whole(status, f"<pre>{ours}</pre>", "Content-Type: text/html"),
        "in a string": whole(status, '"' + ours.replace('"', '\\"') + '"', json),
        "in capitals": whole(status, ours.upper(), json),
        "in wide characters": whole(status, ours.encode("utf-16"), json),
        "in noughts": whole(status, bytes(length), json),
        "in a list": whole(status, f"[{ours}]", json),
        "in an envelope": whole(status, f'{{"data":{ours}}}', json),
        "named by its parent": whole(status, f'{{"__proto__":{ours}}}', json),
        "a page of twenty megabytes": whole(status, PORTAL * 250_000),
        "brackets without end": whole(status, "[" * 200_000, json),
        "somebody's refusal": whole(403, '{"status":403,"message":"Access denied"}', json),
        "a refusal called as what every object has": whole(
            404, '{"status":"404","code":"constructor"}', json
        ),
    }


def late_answers(status: int, ours: str) -> dict[str, Spoken]:
    """Return what has not ended when the page stops waiting for it."""
    return {
        "a head, then silence": dripping(
            head(status, f"Content-Length: {len(ours)}") + ours[:3].encode(), b""
        ),
        "silence": dripping(b"", b""),
        "a drop at a time": dripping(head(status, "Content-Type: application/json") + b"{", b" "),
    }


def odd_answers(status: int, ours: str) -> dict[str, Spoken]:
    """Return answers of ours that took an odd way: all of it arrived, under its own status."""
    json = "Content-Type: application/json"
    return {
        "by an old proxy": said(head(status, json, version="1.0") + ours.encode()),
        "with a mark before it": whole(status, b"\xef\xbb\xbf" + ours.encode(), json),
        "without a type": whole(status, ours),
        "as a page": whole(status, ours, "Content-Type: text/html; charset=iso-8859-1"),
        "as a download": whole(status, ours, "Content-Disposition: attachment"),
        "after a hint": said(
            b"HTTP/1.1 103 Early Hints\r\n\r\n"
            + head(status, f"Content-Length: {len(ours)}")
            + ours.encode()
        ),
        "with more in it": whole(status, ours[:-1] + ',"more":{"":[null]},"status_":1}', json),
        "packed": whole(status, gzip.compress(ours.encode()), json, "Content-Encoding: gzip"),
        "packed, with a wrong sum": whole(
            status, gzip.compress(ours.encode())[:-8] + bytes(8), json, "Content-Encoding: gzip"
        ),
        "with a megabyte of spaces": whole(status, " " * 1_000_000 + ours, json),
        "with its name twice": whole(status, '{"status":"no",' + ours[1:], json),
        "dated long ago": whole(status, ours, json, "Date: Thu, 01 Jan 1970 00:00:00 GMT"),
    }


@contextmanager
def speaking(answers: dict[str, Spoken]) -> Iterator[dict[str, Fault]]:
    """Run a server that says each of these; yield them as what the router may meet a call with."""
    names = list(answers)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def speak(line: socket.socket) -> None:
            with line, suppress(OSError):
                line.settimeout(LATE_SECONDS)
                asked = b""
                while b"\r\n\r\n" not in asked:
                    asked += line.recv(65536)
                number = int(asked.split(b" ")[1].rsplit(b"/", 1)[1])
                answers[names[number]](line)
                line.shutdown(socket.SHUT_WR)
                while line.recv(65536):
                    pass  # the rest of what was asked: unread, it would reset the line

        def listen() -> None:
            with suppress(OSError):
                while True:
                    line, _ = server.accept()
                    threading.Thread(target=speak, args=(line,), daemon=True).start()

        threading.Thread(target=listen, daemon=True).start()

        def lead(number: int) -> Fault:
            def fault(route: "Route") -> None:
                route.continue_(url=f"http://127.0.0.1:{port}/{number}")

            return fault

        yield {name: lead(number) for number, name in enumerate(names)}
        server.shutdown(socket.SHUT_RDWR)
