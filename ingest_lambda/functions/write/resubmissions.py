"""Attempt n + 1: what an entrant sends when a new photo is asked for."""

from ingest_lambda.adapters.table import Table, Taken
from ingest_lambda.contract import (
    Manifest,
    ReasonCode,
    SubmissionRecord,
    SubmissionStatus,
    SubmitRequest,
    Suspicion,
    TokenPayload,
)
from ingest_lambda.functions.write import limits
from ingest_lambda.functions.write.duplicates import note_conflict
from ingest_lambda.functions.write.messages import missing
from ingest_lambda.functions.write.replacing import next_version, replace, take_what_is_free
from ingest_lambda.functions.write.validation import Circumstances, missing_hashes, missing_images
from ingest_lambda.rules.bodies import body_hash
from ingest_lambda.rules.scopes import guards_of


def store_resubmission(
    said: SubmitRequest,
    payload: TokenPayload,
    manifest: Manifest,
    known: Circumstances,
    table: Table,
    *,
    receives: int,
) -> str:
    """Store attempt n + 1, which is welcome only while a new photo is asked for.

    Judged by when it entered, not by when it is written: an answer that came in
    time beats the sweep that has rejected by then. One without the photo
    that the form requires uses up no link; the status call names what is
    missing. Answers and consents stay those of the first attempt. What it
    shows beyond that takes its own uses of the limits; where there is no room a
    person looks, for it was asked to come.

    Raises:
        NotKept: the first attempt has not come in several deliveries, or was deleted.
        TryAgain: it may still come, or the table is busy.
    """
    stored = table.submissions.get(payload.submission_id)
    if stored is None:
        raise missing(receives)
    other = body_hash(said.answers, said.consents, payload)
    if stored.attempt == payload.attempt and stored.body_hash != other:
        return note_conflict(stored, other, table)
    if stored.attempt >= payload.attempt:
        return "seen"
    if stored.attempt + 1 != payload.attempt or not _is_asked(stored, payload, known):
        return "not_asked"
    lacks = tuple(missing_images(payload, manifest))
    if lacks:
        if stored.reasons != lacks:
            replace(next_version(stored, reasons=lacks), table)
        return "incomplete"
    record = next_version(
        stored,
        attempt=payload.attempt,
        status=SubmissionStatus.PENDING_REVIEW,
        reasons=(),
        uploads=payload.uploads,
        earlier_keys=(*stored.earlier_keys, *(upload.key for upload in stored.uploads)),
        body_hash=other,
        conflict_hashes=(),
        suspicions=tuple(dict.fromkeys((*stored.suspicions, *missing_hashes(payload)))),
        written_at=known.written,
    )
    guards = tuple(g for g in guards_of(record, manifest) if g not in stored.guards_taken)
    places = limits.lacking(record, manifest, table=table)
    back = {taken.limit for taken in stored.limits_given_back}
    take_what_is_free(
        record,
        wanted=Taken(places, (*guards, *stored.guards_given_back)),
        lost_is={
            **dict.fromkeys(guards, Suspicion.IMAGE_SEEN_BEFORE),
            **{one.limit: Suspicion.OVER_LIMIT for one in places if one.limit not in back},
        },
        manifest=manifest,
        table=table,
    )
    return "resubmitted"


def _is_asked(stored: SubmissionRecord, payload: TokenPayload, known: Circumstances) -> bool:
    if known.entered > payload.expires_at or payload.epoch < stored.epoch:
        return False
    if stored.resubmit_until is not None and known.entered > stored.resubmit_until:
        return False
    if stored.shown_status is SubmissionStatus.NEEDS_RESUBMISSION:
        return True
    return (
        stored.shown_status is SubmissionStatus.REJECTED
        and stored.resubmit_until is not None
        and any(r.code is ReasonCode.RESUBMISSION_EXPIRED for r in stored.decision_reasons)
    )
