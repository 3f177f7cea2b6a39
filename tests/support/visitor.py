"""A visitor by plain HTTP: the public contract as a browser speaks it, nothing of our code between."""

import hashlib
import json
import ssl
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx

from tests.support.installation import Installation, wait_until

Json = dict[str, Any]
TLS = ssl.create_default_context()
"""Read once: httpx reads every certificate of the machine for each call, though none of these is encrypted."""


def announced(
    photo: bytes,
    *,
    field_name: str = "receipt",
    receipt: int = 1,
    part: int = 1,
    content_type: str = "image/jpeg",
    **changes: Any,
) -> Json:
    """Describe a photo as ``start`` wants to know of it."""
    return {
        "field": field_name,
        "receipt": receipt,
        "part": part,
        "content_type": content_type,
        "size": len(photo),
        "sha256": hashlib.sha256(photo).hexdigest(),
        **changes,
    }


@dataclass
class Visitor:
    """One person at the page of one campaign, with what ``start`` gave."""

    installation: Installation
    slug: str
    email: str = field(default_factory=lambda: f"ada.{uuid4().hex[:12]}@example.com")
    campaign: Json = field(default_factory=dict)
    """The campaign's facts, where it is none of those in ``up.json``."""
    id: UUID | None = None
    reference: str = ""
    attempt: int = 0
    token: str = ""
    forms: list[Json] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Learn what the page tells: the release, and what a good answer is."""
        self.campaign = self.campaign or self.installation.campaign(self.slug)
        self.answers: Json = {**self.campaign["answers"], "email": self.email}
        self.consents: Json = dict(self.campaign["consents"])

    @property
    def address(self) -> str:
        """Where the campaign's calls are."""
        return f"{self.installation.facts['api']}/v1/campaigns/{self.slug}"

    # ------------------------------------------------------------ the calls

    def call_start(self, *uploads: Json, **changes: Any) -> httpx.Response:
        """Call ``start`` and keep nothing of the answer."""
        body = {
            "release": self.campaign["release"],
            "route": "purchase" if self.campaign["receipt_field"] else "free",
            "locale": "en",
            "uploads": list(uploads),
            **changes,
        }
        body = {name: value for name, value in body.items() if value is not None}
        return self.post("start", body)

    def start(self, *uploads: Json, **changes: Any) -> Json:
        """Call ``start``, first or again, and keep what it gives."""
        if self.token:
            changes = {"token": self.token, **changes}
        answer = self.call_start(*uploads, **changes)
        assert answer.status_code == 200, answer.text
        started: Json = answer.json()
        self.id, self.token = UUID(started["submission_id"]), started["token"]
        self.reference, self.attempt = started["reference"], started["attempt"]
        self.forms = started["uploads"]
        return started

    def upload(self, photo: bytes, form: Json | None = None, **changes: str) -> httpx.Response:
        """Send a file with a form, the first one unless another is given."""
        form = form or self.forms[0]
        fields = {**form["fields"], **changes}
        return httpx.post(
            form["url"], data=fields, files={"file": ("receipt.jpg", photo)}, timeout=30, verify=TLS
        )

    def body(self, **changes: Any) -> Json:
        """Return the body of a submission; what is ``None`` is left out."""
        body = {
            "submission_id": str(self.id),
            "token": self.token,
            "answers": self.answers,
            "consents": self.consents,
            **changes,
        }
        return {name: value for name, value in body.items() if value is not None}

    def submit(self, **changes: Any) -> httpx.Response:
        """Send the submission."""
        return self.post("submissions", self.body(**changes))

    def say(self, kind: str, body: Json, message_id: UUID | None = None) -> httpx.Response:
        """Send a message about the submission."""
        return self.post(
            "messages",
            {
                "submission_id": str(self.id),
                "message_id": str(message_id or uuid4()),
                "token": self.token,
                "kind": kind,
                "body": body,
            },
        )

    def call_status(self, token: str | None = None) -> httpx.Response:
        """Ask what became of the submission."""
        return httpx.get(
            f"{self.address}/submissions/{self.id}",
            headers={"Authorization": f"Bearer {token or self.token}"},
            timeout=30,
            verify=TLS,
        )

    def post(self, call: str, body: Json | bytes, **headers: str) -> httpx.Response:
        """Post to one of the campaign's addresses."""
        return self.post_to(f"{self.address}/{call}", body, **headers)

    @staticmethod
    def post_to(address: str, body: Json | bytes, **headers: str) -> httpx.Response:
        """Post JSON, or bytes that claim to be, to any address."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.post(
            address,
            content=content,
            headers={"Content-Type": "application/json", **named},
            timeout=30,
            verify=TLS,
        )

    # ------------------------------------------------------------ what came of it

    def send_photo(self, photo: bytes, **changes: Any) -> None:
        """Start with one photo and upload it."""
        self.start(announced(photo, **changes))
        assert self.upload(photo).status_code == 201

    def enter(self, photo: bytes | None = None) -> None:
        """Go the whole way to the 202, with a photo where the campaign wants one."""
        if photo is None:
            self.start()
        else:
            self.send_photo(photo)
        answer = self.submit()
        assert (answer.status_code, answer.json()) == (202, {"status": "received"})

    def status(self, *wanted: str, seconds: float = 60) -> Json:
        """Wait until the submission shows one of the wanted statuses, or any but ``queued``."""

        def look() -> Json | None:
            answer = self.call_status()
            assert answer.status_code == 200, answer.text
            shown: Json = answer.json()
            good = shown["status"] in wanted if wanted else shown["status"] != "queued"
            return shown if good else None

        found = wait_until(look, what=f"{self.reference} is {wanted or 'written'}", seconds=seconds)
        assert found is not None
        return found

    def row(self, columns: str, *, seconds: float = 60) -> tuple[Any, ...]:
        """Wait for the submission in Django and return columns of it."""
        assert self.id is not None
        query = f"SELECT {columns} FROM submissions_submission WHERE id = ?"
        found = wait_until(
            lambda: self.installation.rows(query, (self.id.hex if self.id else "",)),
            what=f"{self.reference} in Django",
            seconds=seconds,
        )
        assert len(found) == 1
        return found[0]

    def images(self, count: int, *, seconds: float = 60) -> list[tuple[Any, ...]]:
        """Wait for the facts of so many photos in Django: (sha256, refusal, content type, attempt)."""
        assert self.id is not None
        query = (
            "SELECT sha256, refusal, content_type, attempt FROM submissions_receiptimage "
            "WHERE submission_id = ? ORDER BY checked_at"
        )

        def look() -> list[tuple[Any, ...]] | None:
            found = self.installation.rows(query, (self.id.hex if self.id else "",))
            return found if len(found) >= count else None

        found = wait_until(look, what=f"{count} photos of {self.reference}", seconds=seconds)
        assert found is not None
        assert len(found) == count
        return found

    def mail(self, kind: str, *, seconds: float = 60) -> str:
        """Wait for a mail to this person and return the token in its link."""
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(self.installation.facts["api"]))
        query = (
            "SELECT message_id FROM mail_mail WHERE submission_id = ? AND kind = ? "
            "AND state IN ('sent', 'delivered')"
        )
        assert self.id is not None
        ((message_id,),) = wait_until(
            lambda: self.installation.rows(query, (self.id.hex if self.id else "", kind)),
            what=f"a mail of kind {kind} to {self.reference}",
            seconds=seconds,
        )
        answer = httpx.get(f"{origin}/_ministack/ses/messages", timeout=30, verify=TLS)
        (text,) = [
            mail["BodyText"]
            for box in answer.json()["messages"].values()
            for mail in box
            if mail["MessageId"] == message_id
        ]
        return str(text)
