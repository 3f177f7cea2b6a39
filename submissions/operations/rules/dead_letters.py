"""Dead letters: what kind of message each is, why it may be there, and how it reads without personal data."""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from ingest_lambda.contract import (
    Envelope,
    SubmissionRecord,
    UnreadableItem,
    read_stream_record,
    stream_key,
)
from submissions.mail.rules.notices import NoNotice, read_message

_ENVELOPE: TypeAdapter[Any] = TypeAdapter(Envelope)
_SAID_IN_FULL = frozenset(
    {
        "kind",
        "schema",
        "slug",
        "submission_id",
        "message_id",
        "entered_at_ms",
        "sent_timestamp_ms",
        "eventName",
        "eventTime",
        "pk",
        "sk",
        "status",
        "attempt",
        "version",
        "release",
        "campaign_id",
        "why",
        "eventType",
        "notificationType",
    }
)
"""Keys whose values say what a message is about and nothing about a person."""
_ENVELOPES = frozenset({"body", "dynamodb", "Keys", "NewImage", "OldImage"})
"""What our own words are wrapped in. Anywhere deeper a key is a form's own, and may be called ``status``."""
_WORD = re.compile(r"[\w#:./-]{1,200}", re.ASCII)
"""What our own words look like: no address, no sentence."""
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
"""What a key of ours or a field of a form is called. Others may be anything, an address too."""
_ABOUT = re.compile(
    r'"submission_id"\s*:\s*"([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})"',
    re.ASCII | re.IGNORECASE,
)
_ID = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.ASCII)
OF_TASKS = frozenset({"mail_tasks", "jobs"})
"""The queues of Celery's tasks."""
_MENTIONS = 5
_MOST_CHARS = 4000
HIDDEN = "•••"
"""What stands for each word that is not ours."""
UNNAMED = "Never issued by us"
"""What a message in quarantine is called that names no entry."""


@dataclass(frozen=True)
class Verdict:
    """What a message is: ``subject`` names it, ``reason`` says why it may not have got through."""

    subject: str
    reason: str


def judge(queue: str, body: str) -> Verdict:
    """Tell what a dead letter of ``queue`` is, by its shape.

    SQS keeps no error beside a message. Where the shape is wrong, that is the
    reason; where it is right, the consumer could not finish it in all its tries.
    """
    try:
        return _task(body) if queue in OF_TASKS else _of_plain_json(queue, body)
    except RecursionError:
        return Verdict("Unreadable", "It is nested deeper than anything we send.")


def _of_plain_json(queue: str, body: str) -> Verdict:
    try:
        content = json.loads(body)
    except ValueError:
        return Verdict("Unreadable", "It is not JSON.")
    if not isinstance(content, dict):
        return Verdict("Unreadable", "It is JSON of no shape that we send.")
    judges = {
        "submissions": _envelope,
        "quarantine": _quarantined,
        "images": _upload,
        "mirror": _record,
        "pipe": _span_of_stream,
        "notices": _notice,
    }
    return judges[queue](content)


def _envelope(content: dict[str, Any]) -> Verdict:
    try:
        envelope = _ENVELOPE.validate_python(content)
    except ValidationError as exc:
        places = sorted({".".join(map(_part, error["loc"][:3])) for error in exc.errors()})
        return Verdict("Unreadable", f"It has another shape than we send: {', '.join(places[:3])}.")
    return Verdict(
        f"{envelope.kind.capitalize()} {envelope.body.submission_id}",
        "The writer could not finish it in all its tries: the table was away, or this is a bug.",
    )


def _word(said: Any) -> str:
    """Return what a message says of itself where it has the shape of our own words: anybody may have written it."""
    text = str(said)
    return text if _WORD.fullmatch(text) else HIDDEN


def _part(of_place: str | int) -> str:
    text = str(of_place)
    return text if text.isdecimal() or _NAME.fullmatch(text) else HIDDEN


def _quarantined(content: dict[str, Any]) -> Verdict:
    """Say of which entry it says to be, and why it was set apart; neither is to be believed."""
    why = _word(content.get("why", "unknown")).replace("_", " ")
    named = sorted(map(str, submissions_of(str(content.get("message", "")))))
    subject = f"Says to be {named[0]}" if named else UNNAMED
    return Verdict(subject, f"Kept apart for seven days: {why}.")


def _upload(content: dict[str, Any]) -> Verdict:
    try:
        key = _word(content["Records"][0]["s3"]["object"]["key"])
    except (KeyError, IndexError, TypeError):
        return Verdict("Unreadable", "It is no notice of an upload.")
    return Verdict(f"Photo {key}", "The images function could not finish it in all its tries.")


def _record(content: dict[str, Any]) -> Verdict:
    try:
        record = read_stream_record(content)
    except UnreadableItem as exc:
        return Verdict(
            stream_key(content) or "Unreadable",
            f"Its item in the table can't be read ({exc}). Nothing of ours writes such an item: look "
            "who changed it, and repair it in the table first.",
        )
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        return Verdict(
            "Unreadable", f"It is no record that the site can read ({type(exc).__name__})."
        )
    if record is None:
        return Verdict("Not for the site", "It tells of something that the site does not keep.")
    kind = type(record).__name__.removesuffix("Record")
    about = (
        record.id if isinstance(record, SubmissionRecord) else getattr(record, "submission_id", "")
    )
    return Verdict(
        f"{kind} {about}",
        "The site could not take it in: its campaign is not known here, the database "
        "refused it, or the database was away all the time.",
    )


def _span_of_stream(content: dict[str, Any]) -> Verdict:
    """Say what a Pipe says of records that it gave up: where they are in the stream, not what they are.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-batching-concurrency.html
    """
    span, context = content.get("DDBStreamBatchInfo"), content.get("context")
    if not isinstance(span, dict) or not isinstance(context, dict):
        return Verdict("Unreadable", "It is no notice of the Pipe.")
    count, condition = span.get("batchSize"), context.get("condition")
    changes = f"{count} changes" if isinstance(count, int) else "Changes"
    tries = {
        "RetryAttemptsExhausted": "in all its tries",
        "MaximumRecordAgeExceeded": "within a day",
    }.get(str(condition), "to the end")
    return Verdict(
        f"{changes} of the table",
        f"The Pipe could not bring them to the mirror queue {tries}. The table still has them: to send "
        "them again is to compare everything in it with this site.",
    )


def _notice(content: dict[str, Any]) -> Verdict:
    """Say what a notice of the mail service is, in SNS's envelope or without."""
    try:
        notice = read_message(json.dumps(content))
    except NoNotice:
        return Verdict("Unreadable", "It is no notice of the mail service.")
    if notice is None:
        return Verdict("Not about a mail", "It tells of the subscription.")
    return Verdict(
        f"Notice: {notice.event}",
        "The site could not note it in all its tries: the database was away, or this is a bug.",
    )


def _task(body: str) -> Verdict:
    try:
        headers = json.loads(base64.b64decode(body))["headers"]
        name = _word(headers["task"])
    except (ValueError, binascii.Error, KeyError, TypeError):
        return Verdict("Unreadable", "It is no task of ours.")
    return Verdict(f"Task {name}", "The worker could not finish it, or died with it each time.")


def masked(body: str) -> str:
    """Return a message as staff may read it: its shape, with everything that people typed hidden.

    Said in full is only what stands where we write it, under a name that we gave
    it, in the shape of our own words: a message may come from anybody, nested to
    no end. Of a name that no field can have only its place is said.
    """
    try:
        content = json.loads(body)
        return json.dumps(_masked(content, is_ours=True), indent=1, ensure_ascii=False)[
            :_MOST_CHARS
        ]
    except RecursionError:
        return f"{len(body)} characters that are nested too deep to be shown"
    except ValueError:
        return f"{len(body)} characters that are not JSON"


def _masked(value: Any, *, is_ours: bool, key: str = "") -> Any:
    """Mask one value that stands under ``key``; ``is_ours``: whether we gave the names at its place."""
    if isinstance(value, dict):
        # A stream spells a value {"S": …}: what may be said of the key may be said of it.
        if is_ours and len(value) == 1 and set(value) <= {"S", "N", "BOOL"}:
            return {kind: _masked(held, is_ours=True, key=key) for kind, held in value.items()}
        return {
            _shown_name(name, place): _masked(
                held, is_ours=is_ours and (not key or key in _ENVELOPES), key=str(name)
            )
            for place, (name, held) in enumerate(value.items(), start=1)
        }
    if isinstance(value, list):
        return [_masked(held, is_ours=False) for held in value]
    if value is None or isinstance(value, bool):
        return value
    if is_ours and key in _SAID_IN_FULL and _WORD.fullmatch(str(value)):
        return value
    if is_ours and key == "message" and isinstance(value, str):
        try:
            return _masked(json.loads(value), is_ours=True)
        except ValueError:
            return HIDDEN
    return HIDDEN


def _shown_name(name: str, place: int) -> str:
    """Return a key as it may be read: whoever sends a form names its fields as they like."""
    return name if _NAME.fullmatch(name) else f"{HIDDEN} {place}"


def filed_message(body: str, *, sent_timestamp_ms: str) -> tuple[str, str]:
    """Return the message inside a quarantine's note (``ingest_lambda.adapters.quarantine``) and when the queue took it.

    What is no such note is returned as it is, with the time that is known of it.
    """
    try:
        note = json.loads(body)
    except (ValueError, RecursionError):
        return body, sent_timestamp_ms
    inner = note.get("message") if isinstance(note, dict) else None
    if not isinstance(inner, str):
        return body, sent_timestamp_ms
    return inner, str(note.get("sent_timestamp_ms") or sent_timestamp_ms)


def submissions_of(body: str) -> set[UUID]:
    """Return the submission that a message of the public path, or its note in quarantine, is about.

    By its first mentions, one of which is its own: also of what this version
    cannot read, since a later one may.
    """
    inner, _ = filed_message(body, sent_timestamp_ms="")
    return {UUID(found[1]) for found in islice(_ABOUT.finditer(inner), _MENTIONS)}


def submission_in(subject: str) -> UUID | None:
    """Return the submission that a verdict's ``subject`` names, in whichever way; ``None`` where it names none."""
    found = _ID.search(subject)
    return UUID(found[0]) if found else None


def with_entered_at(body: str, *, sent_timestamp_ms: str) -> str:
    """Return the body of a submission with its time of entry filled in, so that a replay keeps it for ever.

    What already says when it entered, or is no envelope, stays as it is.
    """
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return body
    if not isinstance(content, dict) or content.get("entered_at_ms") or "kind" not in content:
        return body
    return json.dumps({**content, "entered_at_ms": sent_timestamp_ms})
