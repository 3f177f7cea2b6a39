"""The one door to the public path: what Django may do to the table, and how.

No key, condition or token is written on this side; everything here hands over
to the functions' own code.
"""

from functools import cache
from typing import Any
from uuid import UUID

from campaignhub.aws import dynamodb, sqs
from campaignhub.env import env
from ingest_lambda import accept, batch, decide, load, quarantine, releases, table, tokens
from ingest_lambda.contract import Claims, Current, Decision, Manifest, SubmissionRecord
from ingest_lambda.errors import TryAgain
from ingest_lambda.rules import people, windows

IngestBusy = TryAgain
"""The table is busy or away; do the same again later."""
Superseded = load.Superseded
"""A later release or revision is in force already."""
SubmissionMissing = decide.SubmissionMissing
working_days_after = windows.working_days_after


@cache
def _table() -> table.Table:
    return table.Table(dynamodb(), env().table_name)


def publish_release(manifest: Manifest, current: Current) -> None:
    """Put a release and make it current, in one transaction; the same twice changes nothing.

    Raises:
        IngestBusy: try again later.
        Superseded: a later one is current, or the number belongs to other content.
    """
    load.publish(manifest, current, table=_table())


def set_current(current: Current) -> None:
    """Pause, resume, archive, or move the dates of the release in force.

    Raises:
        IngestBusy, Superseded: as :func:`publish_release`.
    """
    load.move(current, table=_table())


def read_current(slug: str) -> Current | None:
    """Read what is in force under a slug."""
    return _table().current(slug)


def read_release(slug: str, number: int) -> Manifest | None:
    """Read one release."""
    return _table().release(slug, number)


def read_submission(submission_id: UUID) -> SubmissionRecord | None:
    """Read a submission as the table holds it now."""
    return _table().submission(submission_id)


def apply_decision(decision: Decision) -> bool:
    """Carry a decision to the table; ``False`` where a later or equal one was there already.

    Raises:
        IngestBusy: try again later.
        SubmissionMissing: the table does not hold it.
    """
    return decide.apply_decision(decision, table=_table())


def sign_token(claims: Claims) -> str:
    """Sign a token, for a link in a mail."""
    return tokens.sign(claims, token_keys=env().token_keys)


def person_hash(campaign_id: str, email: str) -> str:
    """Return the keyed hash under which a person is known in a campaign."""
    return people.keyed_hash(
        "person",
        people.normalise_email(email),
        secret=env().person_secret,
        campaign_id=campaign_id,
    )


@cache
def _writer() -> accept.Writer:
    return accept.Writer(
        table=_table(),
        releases=releases.Releases(_table()),
        quarantine=quarantine.QuarantineQueue(sqs(), env().quarantine_queue_url),
        token_keys=env().token_keys,
        person_secret=env().person_secret,
    )


def write_records(records: list[dict[str, Any]]) -> list[str]:
    """Write records of the submissions queue (Lambda's spelling of them); return the ids to deliver again."""
    answer = batch.handle_batch(
        records,
        lambda body, sent: _writer().accept(body, sent_timestamp_ms=sent),
        threads=4,
        seconds_left=lambda: 60.0,
    )
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]
