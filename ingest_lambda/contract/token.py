"""What a token says, and how one is cut out of a text. How it is signed: ``ingest_lambda.adapters.tokens``."""

import re
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from ingest_lambda.contract.manifest import Slug
from ingest_lambda.contract.names import Language, Name
from ingest_lambda.contract.shape import Instant, Shape
from ingest_lambda.contract.words import Channel, Mode, Purpose, Route

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

MAX_TOKEN_CHARS = 16_000
"""Room for 10 receipts of 6 images each."""

_SIGNED = re.compile(r"(?<![\w-])[\w-]{60,}+\.[\w-]{43,}+", re.ASCII)
"""A payload and its signature: two long runs of URL-safe base 64 with a stop between them.

Each run is read once (it starts where none is before it, and gives nothing
back), so a hostile text costs its length.
"""


def without_tokens(text: str) -> str:
    """Return ``text`` with every token cut out, under any key.

    For what staff read and what logs keep: an entrant may paste the link to
    their own status page into an answer, and its reader could act for them.
    """
    return _SIGNED.sub("[link removed]", text)


class Upload(Shape):
    """One image that the entrant announced: where it must lie and what it must be.

    ``sha256`` is what the browser claims; the images function finds the real
    one, and where they differ a person looks.
    """

    field: Name
    receipt: int = Field(ge=1, le=10)
    part: int = Field(ge=1, le=99)
    key: str = Field(max_length=300)
    size: int = Field(ge=1, le=15_000_000)
    content_type: str = Field(max_length=100)
    sha256: Sha256 | None = None
    processed: bool = False
    """The browser sent a smaller copy, so EXIF of the camera is missing for an honest reason."""


class TokenPayload(Shape):
    """What ``start`` promised to one submission, signed so that nothing needs to be stored.

    Signed, not encrypted: it holds keyed hashes of the address, never the
    address itself, and no answer.
    """

    submission_id: UUID
    attempt: int = Field(default=1, ge=1, le=20)
    slug: Slug
    campaign_id: str
    release: int = Field(ge=1)
    route: Route
    locale: Language
    channel: Channel = Channel.WEB
    mode: Mode = Mode.LIVE
    source: str | None = Field(default=None, max_length=60)
    partner: str | None = Field(default=None, max_length=60)
    address_hash: str | None = Field(default=None, max_length=64)
    device_hash: str | None = Field(default=None, max_length=64)
    """Of what tells devices apart (``rules.people.device_key``); nothing that a browser says."""
    network_hash: str | None = Field(default=None, max_length=64)
    """The address again, hashed for the client's block list."""
    challenge: Literal["passed", "failed", "unreachable"] | None = None
    """Absent where the campaign asks for none."""
    uploads: tuple[Upload, ...] = Field(default=(), max_length=60)
    keys_given: dict[Name, int] = {}
    """Field → how many places for a file were handed out for this attempt, replaced ones included."""
    issued_at: Instant
    """Of the first start of this attempt; a renewal keeps it."""
    touched_at: Instant | None = None
    """When the form was first touched, if that was in an earlier submission of the same page."""
    expires_at: Instant
    """After it, nothing may be submitted; status tokens carry the archive's far future."""
    purpose: Purpose = Purpose.OWN
    epoch: int = Field(default=1, ge=1)
    """Raised to make every earlier token of a submission worthless."""
