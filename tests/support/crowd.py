"""Many visitors at once: submissions as pages send them, their tokens signed as ``start`` signs them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from bench.load import Request
from ingest_lambda.adapters.tokens import sign
from ingest_lambda.contract import Route, TokenPayload, Upload
from tests.support.installation import Installation


def each_another(number: int) -> int:
    """Say that the n-th submission is the n-th person's, with the n-th receipt."""
    return number


@dataclass
class Crowd:
    """Makes the n-th submission to a campaign; ``person`` and ``receipt`` say whose and of what it is."""

    installation: Installation
    campaign: dict[str, Any]
    person: Callable[[int], int] = each_another
    receipt: Callable[[int], int] = each_another
    begun_before: timedelta = timedelta(minutes=2)
    """How long ago each of them opened the page."""
    ids: dict[int, UUID] = field(default_factory=dict)
    mark: str = field(default_factory=lambda: uuid4().hex[:8])
    """No person and no receipt of this crowd is one of another crowd's."""

    def __post_init__(self) -> None:
        """Read once what every submission needs."""
        self._keys = self.installation.environment["TOKEN_KEYS"]
        self._api = self.installation.facts["api"]

    def id_of(self, number: int) -> UUID:
        """Return the id of the n-th submission."""
        return self.ids.setdefault(number, uuid4())

    def submission(self, number: int) -> Request:
        """Return the n-th submission as a request."""
        slug = self.campaign["slug"]
        person = f"{self.mark}.{self.person(number)}"
        body = {
            "submission_id": str(self.id_of(number)),
            "token": sign(self._payload(number), token_keys=self._keys),
            "answers": {**self.campaign["answers"], "email": f"ada.{person}@example.com"},
            "consents": self.campaign["consents"],
        }
        address = f"{self._api}/v1/campaigns/{slug}/submissions"
        return Request(address, json.dumps(body).encode())

    def _payload(self, number: int) -> TokenPayload:
        begun = datetime.now(UTC) - self.begun_before
        slug, has_receipt = self.campaign["slug"], self.campaign["receipt_field"] is not None
        return TokenPayload(
            submission_id=self.id_of(number),
            slug=slug,
            campaign_id=self.campaign["id"],
            release=self.campaign["release"],
            route=Route.PURCHASE if has_receipt else Route.FREE,
            locale="en",
            address_hash=self._hash("address", number),
            device_hash=self._hash("device", number),
            uploads=(self._upload(number),) if has_receipt else (),
            issued_at=begun,
            expires_at=begun + timedelta(hours=24),
        )

    def _upload(self, number: int) -> Upload:
        place = f"incoming/{self.campaign['slug']}/{self.id_of(number)}/1/1-1-{self.mark}"
        return Upload(
            field=self.campaign["receipt_field"],
            receipt=1,
            part=1,
            key=place,
            size=98_000,
            content_type="image/jpeg",
            sha256=self._hash("receipt", self.receipt(number)),
        )

    def _hash(self, kind: str, number: int) -> str:
        return sha256(f"{kind} {self.mark} {number}".encode()).hexdigest()
