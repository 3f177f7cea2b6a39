"""The public contract, version 1: requests and answers of ``/v1/campaigns/{slug}``."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from ingest_lambda.contract.manifest import MOST_RELEASES
from ingest_lambda.contract.names import Language, Name
from ingest_lambda.contract.reasons import ReasonCode
from ingest_lambda.contract.shape import Instant, Shape
from ingest_lambda.contract.token import MAX_TOKEN_CHARS, Sha256
from ingest_lambda.contract.words import ImageState, MessageKind, Route, SubmissionStatus

MAX_SUBMISSION_BYTES = 64 * 1024
MAX_MESSAGE_BYTES = 16 * 1024
FORM_SECONDS = 30 * 60
"""How long a presigned form takes an upload."""
SUBMIT_SECONDS = 24 * 60 * 60
"""How long after the first start a submission may be sent."""
UNSENT_KEPT = timedelta(hours=48)
"""How long a photo that no submission names is kept after the end of its token."""
POLL_SECONDS = (1, 2, 4, 8, 15, 30)

Token = Annotated[str, Field(min_length=20, max_length=MAX_TOKEN_CHARS)]


class Wanted(Shape):
    """One image the page would like to upload."""

    field: Name
    receipt: int = Field(default=1, ge=1, le=10)
    part: int = Field(default=1, ge=1, le=99)
    content_type: str = Field(max_length=100)
    name: str | None = Field(default=None, max_length=255)
    """The file's own, by whose ending a type is known that says nothing; it is kept nowhere."""
    size: int = Field(ge=0, le=1_000_000_000)
    sha256: Sha256 | None = None
    processed: bool = False


class StartRequest(Shape):
    """Ask for an id, a token and upload forms; with ``token``, renew or change the photos.

    ``uploads`` is the whole list the submission shall carry. One that the
    token already names, unchanged, keeps its place in the store.
    """

    release: int = Field(ge=1, le=MOST_RELEASES)
    route: str = Field(default=Route.PURCHASE.value, max_length=60)
    """Any text: one that the campaign does not offer has an answer of its own."""
    locale: Language
    source: str | None = None
    """Any text: what a poster or a newsletter wrote into the page's address refuses nothing."""
    uploads: tuple[Wanted, ...] = Field(default=(), max_length=60)
    token: Token | None = None
    challenge: str | None = Field(default=None, max_length=4096)
    since: str | None = Field(default=None, max_length=MAX_TOKEN_CHARS)
    """Without ``token``: the first token that this form was given. Who mends a slip in a new
    submission, or takes another route, has had the form open since then. Any text: one that is
    no token of this campaign says nothing."""


class UploadForm(Shape):
    """A presigned POST: send ``fields`` first, then ``file``, to ``url``."""

    field: Name
    receipt: int
    part: int
    url: str
    fields: dict[str, str]


class StartAnswer(Shape):
    """What a page needs to upload and submit; ``expires_at`` ends submitting, not the forms."""

    submission_id: UUID
    reference: str
    attempt: int
    token: str
    expires_at: Instant
    uploads: tuple[UploadForm, ...]


Answers = dict[str, Any]


class SubmitRequest(Shape):
    """The submission itself; the gateway queues it without a look at the answers."""

    submission_id: UUID
    token: Token
    answers: Answers = {}
    consents: dict[str, Any] = {}
    trap: str = Field(default="", max_length=300)
    """A field that people don't see; a submission that fills it in goes to review."""


class MessageRequest(Shape):
    """Something its entrant says about a submission later; idempotent by ``message_id``."""

    submission_id: UUID
    message_id: UUID
    token: Token
    kind: MessageKind
    body: dict[str, Any] = {}


class ShownReason(Shape):
    """A reason as the entrant reads it: always with a sentence."""

    field: str | None = None
    code: ReasonCode
    message: str
    found: str | None = None
    expected: str | None = None


class ShownAward(Shape):
    """What became of one prize of the release, as the entrant may know of it.

    ``state`` is an ``AwardState`` if a unit is theirs, else the ``PrizeOutcome``.
    ``provisional`` is never worded as won. The code is there once the award is
    confirmed, and never before.
    """

    prize: Name
    name: str
    """In the language of the token."""
    state: str
    code: str | None = None


class ShownImage(Shape):
    """A photo that this submission announced, and what is known of it.

    Of other people's photos it says nothing: whether another entrant sent the same
    file is not for its sender to find out.
    """

    field: Name
    receipt: int
    part: int
    state: ImageState
    code: str | None = None
    """Of a refused one: an ``ImageRefusal``, or ``same_photo``."""


class Action(Shape):
    """Something the entrant may do now, and until when."""

    kind: str = Field(pattern=r"^(resubmit|correction|withdrawal|appeal|claim)$")
    until: Instant | None = None


class StatusAnswer(Shape):
    """What the entrant may know of a submission. No personal data: a mail may have gone astray.

    ``status`` is ``queued`` until the writer has stored it.
    """

    submission_id: UUID
    reference: str
    received_at: Instant | None = None
    status: SubmissionStatus | str
    decide_by: Instant | None = None
    images: tuple[ShownImage, ...] = ()
    """Told to the holder of the submission's own token, before it is sent and after."""
    reasons: tuple[ShownReason, ...] = ()
    awards: tuple[ShownAward, ...] = ()
    mail: str | None = None
    actions: tuple[Action, ...] = ()
    may_enter_again_at: Instant | None = None
    poll_after_seconds: int | None = None


class Problem(Shape):
    """An RFC 9457 problem document with a stable ``code``; ``detail`` is a fixed sentence."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    field: str | None = None
    until: Instant | None = None
