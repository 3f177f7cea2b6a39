"""Submissions as the page of ``summer-receipts`` sends them, made without the page.

Each is another person with another receipt, its hash declared and its token
signed as ``start`` signs it, so that the writer has every limit and guard to
take. The photos themselves are not sent: what is measured is the submissions' way.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from bench.load import Request
from ingest_lambda.adapters.tokens import sign
from ingest_lambda.contract import Route, TokenPayload, Upload
from tests.support.installation import Installation

SLUG = "summer-receipts"


@dataclass
class Visitors:
    """Makes submissions, and knows which id the n-th of them has."""

    api: str
    campaign_id: str
    release: int
    token_keys: str
    answers: dict[str, str]
    consents: dict[str, bool]
    receipt_field: str

    def __post_init__(self) -> None:
        """Draw the run's own mark: no person and no receipt is that of another run."""
        self._run = uuid4().hex[:8]
        self._ids: dict[int, UUID] = {}

    @classmethod
    def of(cls, installation: Installation) -> "Visitors":
        """Make those who enter the demo campaign of an installation."""
        campaign = installation.campaign(SLUG)
        ((campaign_id,),) = installation.rows(
            "SELECT id FROM campaigns_campaign WHERE slug = ?", (SLUG,)
        )
        return cls(
            api=installation.facts["api"],
            campaign_id=str(UUID(campaign_id)),
            release=campaign["release"],
            token_keys=installation.environment["TOKEN_KEYS"],
            answers=campaign["answers"],
            consents=campaign["consents"],
            receipt_field=campaign["receipt_field"],
        )

    def id_of(self, number: int) -> UUID:
        """Return the id of the n-th submission."""
        return self._ids.setdefault(number, uuid4())

    def submission(self, number: int) -> Request:
        """Return the n-th submission as a request, with a token of two minutes ago."""
        submission_id, now = self.id_of(number), datetime.now(UTC)
        payload = TokenPayload(
            submission_id=submission_id,
            slug=SLUG,
            campaign_id=self.campaign_id,
            release=self.release,
            route=Route.PURCHASE,
            locale="en",
            address_hash=sha256(f"address {self._run} {number}".encode()).hexdigest(),
            device_hash=sha256(f"device {self._run} {number}".encode()).hexdigest(),
            uploads=(
                Upload(
                    field=self.receipt_field,
                    receipt=1,
                    part=1,
                    key=f"incoming/{SLUG}/{submission_id}/1/1-1-{self._run}",
                    size=98_000,
                    content_type="image/jpeg",
                    sha256=sha256(f"receipt {self._run} {number}".encode()).hexdigest(),
                ),
            ),
            issued_at=now - timedelta(minutes=2),
            expires_at=now + timedelta(hours=24),
        )
        body = {
            "submission_id": str(submission_id),
            "token": sign(payload, token_keys=self.token_keys),
            "answers": {**self.answers, "email": f"ada.{self._run}.{number}@example.com"},
            "consents": self.consents,
        }
        return Request(f"{self.api}/v1/campaigns/{SLUG}/submissions", json.dumps(body).encode())
