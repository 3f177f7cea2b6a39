"""Keys of the stock table. Written here and nowhere else; the table of them is in this package's docstring."""

from datetime import datetime

from ingest_lambda.adapters.table import Item
from ingest_lambda.contract import instant_text

RETURNED = "RETURNED"
"""What takes the place of a day or a block for units that came back."""


def _key(pk: str, sk: str) -> Item:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def moments_pk(campaign_id: str, moment_set: str, day: str) -> str:
    """Return the partition of a local day's moments, or of those that were returned.

    What was returned lies in one partition for all sets of a campaign: an amendment names
    a new set, in which the moment is gone if somebody tried it while it was given.
    """
    if day == RETURNED:
        return f"MOMENT#{campaign_id}#{RETURNED}"
    return f"MOMENT#{campaign_id}#{moment_set}#{day}"


def moment_sk(at: datetime, rank: int, prize: str, unit: str) -> str:
    """Return a moment's sort key: the oldest first, then the dearest."""
    return f"{instant_text(at)}#{rank:02d}#{prize}#{unit}"


def moment_key(campaign_id: str, moment_set: str, day: str, sk: str) -> Item:
    """Return the key of a moment."""
    return _key(moments_pk(campaign_id, moment_set, day), sk)


def block_key(campaign_id: str, prize: str, batch: str, block: int) -> Item:
    """Return the key of a block of units."""
    return _key(f"UNIT#{campaign_id}#{prize}#{batch}#{block}", "BLOCK")


def returned_pk(campaign_id: str, prize: str) -> str:
    """Return the partition of the units of a prize that came back."""
    return f"UNIT#{campaign_id}#{prize}#{RETURNED}"


def returned_key(campaign_id: str, prize: str, unit: str) -> Item:
    """Return the key of a unit that came back."""
    return _key(returned_pk(campaign_id, prize), unit)


def pool_pk(campaign_id: str, prize: str) -> str:
    """Return the partition of a prize's batches."""
    return f"POOL#{campaign_id}#{prize}"


def pool_key(campaign_id: str, prize: str, batch: str) -> Item:
    """Return the key of a batch in its pool."""
    return _key(pool_pk(campaign_id, prize), batch)


def fallback_key(campaign_id: str, prize: str) -> Item:
    """Return the key of the code that everyone gets once a prize has no unit left."""
    return _key(f"FALLBACK#{campaign_id}#{prize}", "FALLBACK")


def given_key(campaign_id: str, prize: str, unit: str) -> Item:
    """Return the key of what makes a unit given once."""
    return _key(f"GIVEN#{campaign_id}#{prize}#{unit}", "GIVEN")
