"""Units of prizes: loaded, restored, taken out, and to whom they are given."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from campaignhub.ingest import clients
from ingest_lambda.contract import (
    Block,
    Given,
    Moment,
    WithdrawnRange,
)
from ingest_lambda.functions import held


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
    return clients.stock_table().moments.load(campaign_id, moment_set, moments, timezone=timezone)


def load_blocks(campaign_id: str, prize: str, batch: str, blocks: Iterable[Block]) -> int:
    """Put blocks of a batch that is not open yet; return how many. The same again is harmless.

    Raises:
        BatchIsOpen: its units are given already.
        IngestBusy: load the same blocks again.
    """
    return clients.stock_table().blocks.load(campaign_id, prize, batch, blocks)


def open_batch(campaign_id: str, prize: str, batch: str, *, blocks: int) -> bool:
    """Let the units of a loaded batch be given; tell whether it was not open yet. Blocks are numbered from 0.

    Raises:
        IngestBusy: try again later.
    """
    return clients.stock_table().blocks.open(campaign_id, prize, batch, blocks=blocks)


def restore_given(campaign_id: str, given: Iterable[Given]) -> int:
    """Note units as given that the stock does not know as such; return how many.

    Of a republish the first step: what is put back after it may hold a unit that is
    given, and no one else may get that.

    Raises:
        IngestBusy: again is harmless.
    """
    return sum(clients.stock_table().given.put_if_absent(campaign_id, one) for one in given)


def restore_moments(
    campaign_id: str, moment_set: str, moments: Iterable[Moment], *, timezone: str
) -> int:
    """Put back the moments that are absent, after :func:`restore_given`; return how many.

    Leave out what is given: each costs a transaction to be taken away again.

    Raises:
        IngestBusy: again is harmless.
    """
    return clients.stock_table().moments.restore(
        campaign_id, moment_set, moments, timezone=timezone
    )


def restore_blocks(campaign_id: str, prize: str, batch: str, blocks: Iterable[Block]) -> int:
    """Put back the blocks that are absent, after :func:`restore_given`; return how many.

    Raises:
        IngestBusy: again is harmless.
    """
    return clients.stock_table().blocks.restore(campaign_id, prize, batch, blocks)


def withdraw_from_blocks(
    campaign_id: str,
    prize: str,
    batch: str,
    numbers: Sequence[int],
    *,
    most: int,
    withdrawal: str,
) -> list[WithdrawnRange]:
    """Take up to ``most`` free units out of blocks, in the order of ``numbers``; return which.

    Again, under the name of the same ``withdrawal``, is harmless.

    Raises:
        IngestBusy: try again later.
    """
    return clients.stock_table().withdrawals.from_blocks(
        campaign_id, prize, batch, numbers, most=most, withdrawal=withdrawal
    )


def withdraw_units(campaign_id: str, prize: str, units: Iterable[str]) -> list[str]:
    """Take units out of the stock by name, for ever; return those that were free. Again is harmless.

    Raises:
        IngestBusy: try again later.
    """
    return clients.stock_table().withdrawals.by_name(campaign_id, prize, units)


def returned_units(campaign_id: str, prize: str, *, most: int) -> list[str]:
    """Return the names of the first units that winners gave back and that are still free.

    Raises:
        IngestBusy: try again later.
    """
    return [
        one.unit for one in clients.stock_table().blocks.returned(campaign_id, prize, most=most)
    ]


def put_fallback(campaign_id: str, prize: str, code: str) -> None:
    """Put the code that everyone gets once a prize has no unit left; who has an earlier one keeps that.

    Raises:
        IngestBusy: again is harmless.
    """
    clients.stock_table().given.put_fallback(campaign_id, prize, code)


def read_given(campaign_id: str, prize: str, unit: str) -> Given | None:
    """Read to whom a unit is given, with its code.

    Raises:
        IngestBusy: try again later.
    """
    return clients.stock_table().given.get(campaign_id, prize, unit)


def read_given_units(
    campaign_id: str, units: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Given]:
    """Read to whom units are given, each named by its prize and itself, a hundred in one call.

    Raises:
        IngestBusy: try again later.
    """
    return clients.stock_table().given.get_many(campaign_id, units)


def confirm_awards(submission_id: UUID) -> bool:
    """Confirm the provisional awards of a submission that counts without a decision; tell whether there were any.

    For a campaign without review, once the photos are what the submission announced.

    Raises:
        IngestBusy: try again later.
    """
    return held.confirm_awards(
        submission_id, table=clients.submissions_table(), giver=clients.giver()
    )


def offer_held(slug: str, *, most: int) -> held.HeldOffered:
    """Offer prizes to the first ``most`` submissions that were held while paused, in order of entry.

    Raises:
        IngestBusy: go on later; what was offered is done.
    """
    return held.offer_held(
        slug, most=most, table=clients.submissions_table(), giver=clients.giver()
    )
