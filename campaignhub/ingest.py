"""The one door to the public path: what Django may do to the table, and how.

No key, condition or token is written on this side; everything here hands over
to the functions' own code.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from campaignhub.aws import dynamodb, sqs
from campaignhub.env import env
from ingest_lambda import batch
from ingest_lambda.adapters import quarantine, releases, stock, table, tokens
from ingest_lambda.contract import (
    AwardRecord,
    Block,
    Current,
    Decision,
    Given,
    ImageRecord,
    Manifest,
    MessageRecord,
    Moment,
    Record,
    SubmissionRecord,
    TokenPayload,
    WithdrawnRange,
    complete,
    token_keys_of,
)
from ingest_lambda.errors import TryAgain
from ingest_lambda.functions import decide, freeing, held, publish, restore, write
from ingest_lambda.rules import people, promises, windows

complete()  # every process of Django's comes by here before it starts a thread

IngestBusy = TryAgain
"""The table is busy or away; do the same again later."""
Superseded = publish.Superseded
"""A later release or revision is in force already."""
SubmissionMissing = decide.SubmissionMissing
LedgerLine = table.LedgerLine
"""One submission as the index by hour tells of it."""
ItemLine = table.ItemLine
"""One item of the table by name and version."""
UnsentPhoto = table.UnsentPhoto
"""A photo that no submission named when it was looked for."""
BlockListTooLong = table.BlockListTooLong
HeldOffered = held.HeldOffered
"""How many held submissions were offered prizes, and whether more wait."""
BatchIsOpen = stock.BatchIsOpen
"""The pool names the batch already, so its blocks may not be put again."""
MOST_BLOCKED = table.MOST_BLOCKED
working_days_after = windows.working_days_after
promised_verdict = promises.promised_verdict


@cache
def _table() -> table.Table:
    return table.Table(table.quickened(dynamodb()), env().table_name)


@cache
def _stock() -> stock.Stock:
    return stock.Stock(table.quickened(dynamodb()), env().stock_table_name)


def publish_release(manifest: Manifest, current: Current) -> None:
    """Put a release and make it current, in one transaction; the same twice changes nothing.

    Raises:
        IngestBusy: try again later.
        Superseded: a later one is current, or the number belongs to other content.
    """
    publish.publish(manifest, current, table=_table())


def set_current(current: Current) -> None:
    """Pause, resume, archive, or move the dates of the release in force.

    Raises:
        IngestBusy, Superseded: as :func:`publish_release`.
    """
    publish.move(current, table=_table())


def read_current(slug: str) -> Current | None:
    """Read what is in force under a slug."""
    return _table().published.current(slug)


def read_release(slug: str, number: int) -> Manifest | None:
    """Read one release."""
    return _table().published.release(slug, number)


def read_submission(submission_id: UUID) -> SubmissionRecord | None:
    """Read a submission as the table holds it now."""
    return _table().submissions.get(submission_id)


def submissions_of_hour(campaign_id: str, hour: datetime) -> Iterator[LedgerLine]:
    """Yield every submission of a campaign (or test id) that entered in a UTC hour.

    Raises:
        IngestBusy: the table is busy or away.
    """
    return _table().ledger.submissions_of_hour(campaign_id, hour)


def records_of(submission_id: UUID) -> tuple[Record, ...]:
    """Read all that the mirror takes of one submission, to repair it."""
    return _table().ledger.records_of(submission_id)


def all_records(*, segment: int = 0, segments: int = 1) -> Iterator[Record]:
    """Yield everything that the mirror takes, of every campaign, for an empty mirror.

    Raises:
        IngestBusy: the table is busy or away; begin anew, for twice is once.
    """
    return _table().ledger.all_records(segment=segment, segments=segments)


def records_after(position: str = "", *, most: int = 200) -> tuple[list[Record], str]:
    """Read all that the mirror takes on from a position in the whole table; see ``LedgerItems.records_after``.

    Raises:
        IngestBusy: the table is busy or away; go on from the same position.
    """
    return _table().ledger.records_after(position, most=most)


def items_after(position: str = "", *, most: int = 1000) -> tuple[list[ItemLine], str]:
    """Read names and versions on from a position in the whole table; see ``LedgerItems.items_after``.

    Raises:
        IngestBusy: the table is busy or away; go on from the same position.
    """
    return _table().ledger.items_after(position, most=most)


def absent_items(lines: Collection[ItemLine]) -> list[ItemLine]:
    """Return which of ``lines`` the table does not have, or in an older version.

    Raises:
        IngestBusy: the table is busy or away.
    """
    return _table().ledger.absent_items(lines)


def restore_submission(record: SubmissionRecord) -> bool:
    """Put a submission back where the table has none or an older version; tell whether it did.

    Raises:
        IngestBusy: the table is busy or away, or it lacks the release.
    """
    return restore.restore_submission(record, table=_table())


def mend_submission(record: SubmissionRecord) -> tuple[str, ...]:
    """Replace what can't be read of a submission in the table by what is here; return the attributes' names.

    Raises:
        IngestBusy: the table is busy or away, or has another version.
    """
    return restore.mend_submission(record, table=_table())


def restore_item(record: ImageRecord | MessageRecord | AwardRecord) -> bool:
    """Put what hangs on a submission back where the table has none; tell whether it did.

    Raises:
        IngestBusy: the table is busy or away.
    """
    return restore.restore_item(record, table=_table())


def forget_photo(photo: UnsentPhoto) -> bool:
    """Delete the facts of a photo that no submission names, unless one does by now; tell whether they went.

    Raises:
        IngestBusy: the table is busy or away.
    """
    return _table().photos.forget(photo)


def delete_submission(submission_id: UUID, *, gives_back: bool = False) -> int:
    """Delete all items of a submission; return how many.

    ``gives_back`` is for test data: limits become free, and what it won goes back into the stock.

    Raises:
        IngestBusy: the table is busy, or somebody wrote to it at the same moment.
    """
    if gives_back:
        freeing.free_awards(submission_id, table=_table(), stock=_stock())
    return _table().ledger.delete_submission(submission_id, gives_back=gives_back)


def block_hash(client_id: str, kind: str, value: str, *, country: str = "") -> str:
    """Hash an ``email``, ``phone`` or ``device_address`` for a client's block list.

    ``country`` (ISO 3166) completes a national phone number.
    """
    return people.blocked_hash(
        kind, value, secret=env().person_secret, client_id=client_id, country=country
    )


def is_phone(value: str, *, country: str = "") -> bool:
    """Tell whether ``value`` can be a phone number; ``country`` completes a national one."""
    return people.normalise_phone(value, countries=[country]) is not None


def put_block_list(client_id: str, hashes: Iterable[str]) -> None:
    """Publish a client's whole block list; the writer knows it within 30 seconds.

    Raises:
        BlockListTooLong: over ``MOST_BLOCKED`` of them.
        IngestBusy: try again later.
    """
    _table().published.put_block_list(client_id, hashes)


def api_key_hash(value: str) -> str:
    """Return the hash under which a partner's key is known; the key itself is kept nowhere."""
    return people.api_key_hash(value)


def bind_partner(key_hash: str, *, client_id: str, name: str) -> None:
    """Let a partner's key open the campaigns of a client, within seconds.

    Raises:
        IngestBusy: try again later.
    """
    _table().published.put_partner(key_hash, table.Partner(client_id, name))


def unbind_partner(key_hash: str) -> None:
    """Let a key open nothing any more, within 30 seconds; again is harmless.

    Raises:
        IngestBusy: try again later.
    """
    _table().published.drop_partner(key_hash)


def apply_decision(decision: Decision) -> bool:
    """Carry a decision to the table; ``False`` where a later or equal one was there already.

    Raises:
        IngestBusy: try again later.
        SubmissionMissing: the table does not hold it.
    """
    return decide.apply_decision(decision, table=_table(), giver=_giver())


def load_moments(
    campaign_id: str, moment_set: str, moments: Iterable[Moment], *, timezone: str
) -> tuple[str, ...]:
    """Put a whole set of winning moments; return the local days that a manifest names with it.

    Under a new set name, before a manifest names it. Again, whole, is harmless
    until then. ``campaign_id`` is the manifest's, so test releases have a stock of
    their own.

    Raises:
        IngestBusy: load the whole set again.
    """
    return _stock().moments.load(campaign_id, moment_set, moments, timezone=timezone)


def load_blocks(campaign_id: str, prize: str, batch: str, blocks: Iterable[Block]) -> int:
    """Put blocks of a batch that is not open yet; return how many. The same again is harmless.

    Raises:
        BatchIsOpen: its units are given already.
        IngestBusy: load the same blocks again.
    """
    return _stock().blocks.load(campaign_id, prize, batch, blocks)


def open_batch(campaign_id: str, prize: str, batch: str, *, blocks: int) -> bool:
    """Let the units of a loaded batch be given; tell whether it was not open yet. Blocks are numbered from 0.

    Raises:
        IngestBusy: try again later.
    """
    return _stock().blocks.open(campaign_id, prize, batch, blocks=blocks)


def restore_given(campaign_id: str, given: Iterable[Given]) -> int:
    """Note units as given that the stock does not know as such; return how many.

    Of a republish the first step: what is put back after it may hold a unit that is
    given, and nobody gets that again.

    Raises:
        IngestBusy: again is harmless.
    """
    return sum(_stock().given.put_if_absent(campaign_id, one) for one in given)


def restore_moments(
    campaign_id: str, moment_set: str, moments: Iterable[Moment], *, timezone: str
) -> int:
    """Put back the moments that are absent, after :func:`restore_given`; return how many.

    Leave out what is given: each costs a transaction to be taken away again.

    Raises:
        IngestBusy: again is harmless.
    """
    return _stock().moments.restore(campaign_id, moment_set, moments, timezone=timezone)


def restore_blocks(campaign_id: str, prize: str, batch: str, blocks: Iterable[Block]) -> int:
    """Put back the blocks that are absent, after :func:`restore_given`; return how many.

    Raises:
        IngestBusy: again is harmless.
    """
    return _stock().blocks.restore(campaign_id, prize, batch, blocks)


def withdraw_from_blocks(
    campaign_id: str,
    prize: str,
    batch: str,
    numbers: Sequence[int],
    *,
    most: int,
    withdrawal: str,
) -> list[WithdrawnRange]:
    """Take up to ``most`` units that nobody has out of blocks, in the order of ``numbers``; return which.

    Again, under the name of the same ``withdrawal``, is harmless.

    Raises:
        IngestBusy: try again later.
    """
    return _stock().withdrawals.from_blocks(
        campaign_id, prize, batch, numbers, most=most, withdrawal=withdrawal
    )


def withdraw_units(campaign_id: str, prize: str, units: Iterable[str]) -> list[str]:
    """Take units out of the stock by name, for ever; return those that nobody has. Again is harmless.

    Raises:
        IngestBusy: try again later.
    """
    return _stock().withdrawals.by_name(campaign_id, prize, units)


def returned_units(campaign_id: str, prize: str, *, most: int) -> list[str]:
    """Return the names of the first units that winners gave back and nobody has again.

    Raises:
        IngestBusy: try again later.
    """
    return [one.unit for one in _stock().blocks.returned(campaign_id, prize, most=most)]


def put_fallback(campaign_id: str, prize: str, code: str) -> None:
    """Put the code that everyone gets once a prize has no unit left; who has an earlier one keeps that.

    Raises:
        IngestBusy: again is harmless.
    """
    _stock().given.put_fallback(campaign_id, prize, code)


def read_given(campaign_id: str, prize: str, unit: str) -> Given | None:
    """Read to whom a unit is given, with its code.

    Raises:
        IngestBusy: try again later.
    """
    return _stock().given.get(campaign_id, prize, unit)


def read_given_units(
    campaign_id: str, units: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Given]:
    """Read to whom units are given, each named by its prize and itself, a hundred in one call.

    Raises:
        IngestBusy: try again later.
    """
    return _stock().given.get_many(campaign_id, units)


def confirm_awards(submission_id: UUID) -> bool:
    """Confirm the provisional awards of a submission that counts without a decision; tell whether there were any.

    For a campaign that nobody reviews, once the photos are what the submission announced.

    Raises:
        IngestBusy: try again later.
    """
    return held.confirm_awards(submission_id, table=_table(), giver=_giver())


def offer_held(slug: str, *, most: int) -> HeldOffered:
    """Offer prizes to the first ``most`` submissions that were held while paused, in order of entry.

    Raises:
        IngestBusy: go on later; what was offered is done.
    """
    return held.offer_held(slug, most=most, table=_table(), giver=_giver())


def announce_token_keys() -> None:
    """Say in the table which keys sign tokens now; functions that lack one of them wait for it.

    Raises:
        IngestBusy: try again later.
    """
    _table().published.announce_token_keys(token_keys_of(env().token_keys))


def sign_token(payload: TokenPayload) -> str:
    """Sign a token, for a link in a mail."""
    return tokens.sign(payload, token_keys=env().token_keys)


def person_hash(campaign_id: str, email: str) -> str:
    """Return the keyed hash under which a person is known in a campaign."""
    return people.keyed_hash(
        "person",
        people.normalise_email(email),
        secret=env().person_secret,
        campaign_id=campaign_id,
    )


def mailbox_hash(campaign_id: str, email: str) -> str:
    """Return the keyed hash under which a mailbox is known in a campaign, for limits on what it is sent."""
    return people.keyed_hash(
        "mailbox",
        people.normalise_mailbox(email),
        secret=env().person_secret,
        campaign_id=campaign_id,
    )


@cache
def _giver() -> write.Giver:
    return write.Giver(_stock())


@cache
def _writer() -> write.Writer:
    return write.Writer(
        table=_table(),
        giver=_giver(),
        releases=releases.Releases(_table()),
        quarantine=quarantine.QuarantineQueue(sqs, env().quarantine_queue_url),
        token_keys=env().token_keys,
        person_secret=env().person_secret,
    )


def write_records(records: list[dict[str, Any]]) -> list[str]:
    """Write records of the submissions queue (Lambda's spelling of them); return the ids to deliver again."""
    writer = _writer()  # before any message is touched: a malformed secret judges none
    handled = batch.handle_batch(
        records,
        lambda delivery: writer.accept(
            delivery.body,
            sent_timestamp_ms=delivery.sent_timestamp_ms,
            receives=delivery.receives,
        ),
        threads=4,
        seconds_left=lambda: 60.0,
    )
    return list(handled.again)
