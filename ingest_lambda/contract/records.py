"""The records of one submission, as the table holds them and as Django mirrors them.

This is the only codec: the functions write items with it, and Django reads the new
images of the stream with it. Attributes that a condition or a key uses are scalars.
Everything nested is one JSON text, so that no Decimal is made. The JSON is ASCII,
because a character that the mirror's queue refuses would stop its whole shard.
"""

import json
import re
from collections.abc import Iterable
from typing import Any, ClassVar, Self
from uuid import UUID

from pydantic import Field, ValidationError

from ingest_lambda.contract.names import Name
from ingest_lambda.contract.reasons import Reason
from ingest_lambda.contract.shape import Instant, Shape
from ingest_lambda.contract.status import shown_status
from ingest_lambda.contract.token import Upload
from ingest_lambda.contract.words import (
    AwardState,
    Channel,
    ImageRefusal,
    MessageKind,
    Mode,
    PrizeOutcome,
    Route,
    SubmissionStatus,
    Suspicion,
)

_KEY = re.compile(r"[A-Z_]{1,20}#[\w.:/-]{1,100} [\w#.:/-]{1,120}", re.ASCII)
"""Our own keys: whatever else stands in the place of one is not quoted."""
Attribute = dict[str, Any]
"""One DynamoDB attribute value, such as ``{"S": "text"}``."""


class UnreadableItem(ValueError):
    """An item that has attributes of a shape that nothing of ours writes, as after an edit by hand.

    Its text names the attributes and the kind of error, never a value.
    """

    def __init__(self, attributes: Iterable[str], kind: str) -> None:
        self.attributes = tuple(sorted(set(attributes)))
        super().__init__(f"{', '.join(self.attributes)}: {kind}")


class Record(Shape):
    """A shape that is also a DynamoDB item (without its keys: those are in ``adapters.table.keys``)."""

    nested: ClassVar[frozenset[str]] = frozenset()

    def to_attributes(self) -> dict[str, Attribute]:
        """Return the attributes of every field that is set: text, number, boolean, or JSON text if nested."""
        written: dict[str, Attribute] = {}
        for name, value in self.model_dump(mode="json").items():
            if value is None or value in ([], {}):
                continue
            if name in self.nested:
                written[name] = {"S": json.dumps(value, separators=(",", ":"))}
            elif isinstance(value, bool):
                written[name] = {"BOOL": value}
            elif isinstance(value, int):
                written[name] = {"N": str(value)}
            else:
                written[name] = {"S": str(value)}
        return written

    @classmethod
    def from_attributes(cls, item: dict[str, Attribute]) -> Self:
        """Read an item or the new image of a stream record; unknown attributes are ignored.

        Raises:
            UnreadableItem: it has an attribute of another shape, or lacks one.
        """
        fields, read, name = cls.model_fields, dict[str, Any](), ""
        try:
            for name, value in item.items():
                if name not in fields:
                    continue
                ((kind, content),) = value.items()
                if name in cls.nested:
                    read[name] = json.loads(content)
                elif kind == "N":
                    read[name] = int(content)
                else:
                    read[name] = content
        except (ValueError, TypeError, AttributeError, RecursionError) as exc:
            raise UnreadableItem([name], type(exc).__name__) from exc
        try:
            return cls.model_validate(read)
        except ValidationError as exc:
            named = [str(error["loc"][0]) for error in exc.errors() if error["loc"]]
            raise UnreadableItem(named, type(exc).__name__) from exc


class TakenLimit(Shape):
    """A use of a limit, as it has to be given back."""

    limit: Name
    scope_hash: str
    window: str
    """The sort key of the limit item: a day, a week, ``campaign`` or ``rolling``."""
    gives_back_when_rejected: bool = True
    amount: int = Field(default=1, ge=1)
    """How many uses it took: one, or the number of receipts if the limit counts receipts."""


class SubmissionRecord(Record):
    """The ingest facts of a submission. Only the writer (and ``decide`` for its own columns) writes them."""

    nested: ClassVar[frozenset[str]] = frozenset(
        {
            "answers",
            "consents",
            "reasons",
            "suspicions",
            "uploads",
            "earlier_keys",
            "limits_taken",
            "guards_taken",
            "limits_given_back",
            "guards_given_back",
            "decision_reasons",
            "conflict_hashes",
            "prizes",
        }
    )

    id: UUID
    slug: str
    campaign_id: str
    release: int
    attempt: int = 1
    route: Route
    channel: Channel
    mode: Mode
    locale: str
    source: str | None = None
    partner: str | None = None
    status: SubmissionStatus
    """The ingest status; the decision's is beside it."""
    reasons: tuple[Reason, ...] = ()
    suspicions: tuple[Suspicion, ...] = ()
    answers: dict[str, Any] = {}
    consents: dict[str, Any] = {}
    """Name → ``{"given": bool, "version": int}``."""
    uploads: tuple[Upload, ...] = ()
    earlier_keys: tuple[str, ...] = ()
    """Keys of the photos of earlier attempts; :attr:`uploads` has those of the newest attempt."""
    person_hash: str | None = None
    phone_hash: str | None = None
    household_hash: str | None = None
    address_hash: str | None = None
    """Hash of the internet address; never a reason to refuse or review by itself."""
    device_hash: str | None = None
    limits_taken: tuple[TakenLimit, ...] = ()
    guards_taken: tuple[str, ...] = ()
    """Hashes of the guards it holds, as ``image:<sha256>``."""
    guards_give_back: bool = True
    """The campaign's choice for its guards, as :attr:`TakenLimit.gives_back_when_rejected`."""
    limits_given_back: tuple[TakenLimit, ...] = ()
    guards_given_back: tuple[str, ...] = ()
    """What a rejection freed; taken again, if still free, when the rejection is reversed."""
    body_hash: str
    conflict_hashes: tuple[str, ...] = ()
    """Hashes of other bodies for the same id and attempt; the first body is the one kept."""
    held: bool = False
    """It was entered while the campaign was paused and has been offered no prize."""
    prizes: dict[Name, PrizeOutcome] = {}
    """What became of each prize of its release. A mail tells nothing of prizes that is not here."""
    entries: int = 1
    started_at: Instant
    entered_at: Instant
    """Time of entry of the first attempt; a resubmission keeps it."""
    written_at: Instant
    version: int = 1
    """Rises by one with every write to the item; a mirror takes only a newer one."""
    decision_no: int = 0
    """The last decision that was applied; 0 for none. Beside it, for the status call:"""
    decision_status: SubmissionStatus | None = None
    decided_attempt: int = 0
    decide_by: Instant | None = None
    """Promised by that decision; :func:`ingest_lambda.rules.promises.promised_verdict` reckons the others."""
    decision_reasons: tuple[Reason, ...] = ()
    resubmit_until: Instant | None = None
    epoch: int = 1

    @property
    def shown_status(self) -> SubmissionStatus:
        """The status that the entrant sees."""
        return shown_status(
            self.status,
            self.decision_status,
            attempt=self.attempt,
            decided_attempt=self.decided_attempt,
        )

    def names(self, key: str) -> bool:
        """Tell whether the upload ``key`` belongs to this attempt or to an earlier one."""
        return key in self.earlier_keys or any(upload.key == key for upload in self.uploads)


class Page(Shape):
    """One picture made from an upload: the upright, clean copy and its thumbnail."""

    view_key: str
    thumbnail_key: str
    width: int
    height: int


class ImageRecord(Record):
    """The facts about one uploaded file, put once by the images function."""

    nested: ClassVar[frozenset[str]] = frozenset({"pages", "exif"})

    submission_id: UUID
    slug: str | None = None
    """The campaign's slug, by which the mirror queue is fair (``MirrorPipe``); absent in older items."""
    attempt: int
    receipt: int
    part: int
    key: str
    """The incoming key; matches :attr:`Upload.key`."""
    original_key: str | None = None
    content_type: str
    """Determined by content, not by what the browser declared."""
    size: int
    sha256: str
    width: int | None = None
    height: int | None = None
    pages: tuple[Page, ...] = ()
    refusal: ImageRefusal | None = None
    """Why the file gives no picture; absent if it does."""
    seen_on: UUID | None = None
    """Another submission of the campaign that holds the same file."""
    exif: dict[str, str] = {}
    """For fraud checks only; the copies that staff see have no EXIF."""
    checked_at: Instant
    version: int = 1


class MessageRecord(Record):
    """A later message of the entrant, stored once under its ``message_id``."""

    nested: ClassVar[frozenset[str]] = frozenset({"body"})

    submission_id: UUID
    slug: str | None = None
    """As :attr:`ImageRecord.slug`."""
    message_id: UUID
    kind: MessageKind
    body: dict[str, Any] = {}
    entered_at: Instant
    written_at: Instant
    version: int = 1


class WonMoment(Shape):
    """The winning moment that an award came from: where its unit goes back to."""

    set: str
    at: Instant
    until: Instant | None = None
    rank: int


class AwardRecord(Record):
    """One prize unit given to a submission, as the table has it. Its code is in the stock table only."""

    nested: ClassVar[frozenset[str]] = frozenset({"limits_taken", "moment"})

    submission_id: UUID
    slug: str | None = None
    """As :attr:`ImageRecord.slug`."""
    prize: Name
    unit: str
    """As :data:`ingest_lambda.contract.stock.Unit`."""
    state: AwardState
    entered_at: Instant | None = None
    """The time of entry by which it was given; an earlier copy of the submission changes it no more."""
    moment: WonMoment | None = None
    limits_taken: tuple[TakenLimit, ...] = ()
    """Uses of award limits, given back with a release."""
    awarded_at: Instant | None = None
    version: int = Field(default=1, ge=1)


MIRRORED: dict[str, type[Record]] = {
    "SUBMISSION": SubmissionRecord,
    "IMAGE": ImageRecord,
    "MESSAGE": MessageRecord,
    "AWARD": AwardRecord,
}
"""First word of the sort key → its record. The mirror Pipe's filter names the same words (template.yaml)."""


def read_stream_record(record: dict[str, Any]) -> Record | None:
    """Read one DynamoDB stream record from the mirror queue; ``None`` if Django does not mirror its kind.

    Raises:
        UnreadableItem: one of its attributes can't be read.
        ValueError, KeyError, TypeError, AttributeError: it has none of the shapes.
    """
    image = record.get("dynamodb", {}).get("NewImage")
    if image is None:
        return None
    kind = MIRRORED.get(str(image["sk"]["S"]).split("#", 1)[0])
    return kind.from_attributes(image) if kind else None


def stream_key(record: Any) -> str:
    """Return the key of the item that a stream record is of, as ``pk sk``; nothing where it has none of ours."""
    try:
        keys = record["dynamodb"]["Keys"]
        found = f"{keys['pk']['S']} {keys['sk']['S']}"
    except (KeyError, TypeError):
        return ""
    return found if _KEY.fullmatch(found) else ""
