"""A mail service on a socket of this machine that misbehaves as told: SES as the network sees it."""

import base64
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.utils import parseaddr
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SENT = (200, {"MessageId": "0100-test"})
THROTTLED = (429, {"__type": "TooManyRequestsException", "message": "slower"})
REJECTED = (400, {"__type": "MessageRejected", "message": "ada@example.com is not verified"})
TOO_FAST = (
    429,
    {"__type": "TooManyRequestsException", "message": "Maximum sending rate exceeded."},
)
OVER_QUOTA = (
    429,
    {"__type": "TooManyRequestsException", "message": "Daily message quota exceeded."},
)
PAUSED = (400, {"__type": "SendingPausedException", "message": "paused"})
UNVERIFIED = "The following identities failed the check in region US-EAST-1: "
IN_THE_SANDBOX = (400, {"__type": "MessageRejected", "message": UNVERIFIED + "ada@example.com"})
SENDER_UNVERIFIED = (
    400,
    {"__type": "MessageRejected", "message": UNVERIFIED + "hello@campaignhub.example"},
)
BROKEN = (500, {"__type": "InternalFailure", "message": "oops"})
BUSY = (503, {"__type": "ServiceUnavailable", "message": "later"})
SILENCE: tuple[int, dict[str, str]] = (0, {})
"""Takes the request and never answers."""
HANGS_UP: tuple[int, dict[str, str]] = (-1, {})
"""Takes the request and closes the line."""


@dataclass
class MailService:
    """What it answers with, and how many requests it has taken."""

    url: str
    answer: tuple[int, dict[str, str]] = SENT
    taken: list[bytes] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)
    by_sender: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict)
    """What it answers instead to mails from an address."""

    def answer_to(self, body: bytes) -> tuple[int, dict[str, str]]:
        """Return the answer to a request."""
        mail = base64.b64decode(json.loads(body)["Content"]["Raw"]["Data"])
        sender = parseaddr(message_from_bytes(mail)["From"])[1]
        return self.by_sender.get(sender, self.answer)


@contextmanager
def mail_service() -> Iterator[MailService]:
    """Run the service on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.taken.append(body)
            status, answer = service.answer_to(body)
            if status == 0:
                service.closing.wait(30)
            if status <= 0:
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("x-amzn-ErrorType", answer.get("__type", ""))
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service = MailService(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield service
    finally:
        service.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()
