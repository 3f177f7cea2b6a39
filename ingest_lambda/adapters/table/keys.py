"""Keys and items: where everything lies. Written here and nowhere else."""

from datetime import datetime
from uuid import UUID

from ingest_lambda.contract import (
    Attribute,
    ImageRecord,
    MessageRecord,
    Record,
    SubmissionRecord,
    instant_text,
)
from ingest_lambda.rules.storable import storable_text

HOUR_SHARDS = 4
"""One partition of the index takes 1,000 writes a second; four take the peak of one campaign."""
Item = dict[str, Attribute]
ROLLING = "rolling"
"""The sort key of a rolling limit: one item holds all its uses."""


def _key(pk: str, sk: str) -> Item:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def group_of(submission_id: UUID) -> str:
    """Return the partition that holds a submission and all that belongs to it."""
    return f"SUBMISSION#{submission_id}"


def submission_key(submission_id: UUID) -> Item:
    """Return the key of a submission."""
    return _key(group_of(submission_id), "SUBMISSION")


def image_key(record: ImageRecord) -> Item:
    """Return the key of the facts about one file; a replaced photo has a nonce of its own."""
    nonce = record.key.rsplit("-", 1)[-1]
    sk = f"IMAGE#{record.attempt}#{record.receipt}#{record.part}#{nonce}"
    return _key(group_of(record.submission_id), sk)


def mirrored_key(submission_id: UUID, kind: str, name: str) -> Item:
    """Return the key of an item that the mirror takes, by the name it has on the site's side.

    A photo's is the key of its upload (``contract.incoming_key``), of which
    :func:`image_key` makes its own.
    """
    if kind == "IMAGE":
        *_, attempt, file = name.split("/")
        receipt, part, nonce = file.split("-", 2)
        name = f"{attempt}#{receipt}#{part}#{nonce}"
    return _key(group_of(submission_id), f"{kind}#{name}" if name else kind)


def keys_key(submission_id: UUID, attempt: int) -> Item:
    """Return the key of how many places for photos an attempt was given, by field."""
    return _key(group_of(submission_id), f"KEYS#{attempt}")


def message_key(record: MessageRecord) -> Item:
    """Return the key of a later message."""
    return _key(group_of(record.submission_id), f"MESSAGE#{record.message_id}")


def held_key(record: SubmissionRecord) -> Item:
    """Return the key of what says that a submission waits to be offered prizes."""
    shard = record.id.int % HOUR_SHARDS
    at = instant_text(record.entered_at)
    return _key(held_pk(record.campaign_id, shard), f"{at}#{record.id}")


def held_pk(campaign_id: str, shard: int) -> str:
    """Return a partition of those that wait, in their order of entry."""
    return f"HELD#{campaign_id}#{shard}"


def limit_key(campaign_id: str, limit: str, scope_hash: str, window: str) -> Item:
    """Return the key of a limit's counter."""
    return _key(f"LIMIT#{campaign_id}#{limit}#{scope_hash}", window)


def guard_key(campaign_id: str, guard: str) -> Item:
    """Return the key of a guard, ``guard`` being ``kind:hash``."""
    kind, _, value = guard.partition(":")
    return _key(f"GUARD#{campaign_id}#{kind}#{value}", "GUARD")


def current_key(slug: str) -> Item:
    """Return the key of what is in force under a slug."""
    return _key(f"CAMPAIGN#{slug}", "CURRENT")


def release_key(slug: str, number: int) -> Item:
    """Return the key of one release."""
    return _key(f"CAMPAIGN#{slug}", f"RELEASE#{number}")


def block_list_key(client_id: str) -> Item:
    """Return the key of a client's block list."""
    return _key(f"CLIENT#{client_id}", "BLOCKLIST")


def partner_key(key_hash: str) -> Item:
    """Return the key of whom a partner's key was made for."""
    return _key(f"PARTNER#{key_hash}", "PARTNER")


def token_keys_key() -> Item:
    """Return the key of the names of the keys that sign tokens."""
    return _key("TOKEN_KEYS", "ANNOUNCED")


def hour_key(campaign_id: str, hour: datetime, shard: int) -> str:
    """Return the index's partition of one campaign, hour of entry (UTC) and shard."""
    return f"{campaign_id}#{hour:%Y-%m-%dT%H}#{shard}"


def submission_item(record: SubmissionRecord) -> Item:
    """Return a submission as its item, with the keys of the index by hour."""
    shard = record.id.int % HOUR_SHARDS
    return {
        **submission_key(record.id),
        "gsi1pk": {"S": hour_key(record.campaign_id, record.entered_at, shard)},
        "gsi1sk": {"S": f"{instant_text(record.entered_at)}#{record.id}"},
        **attributes_of(record),
    }


def attributes_of(record: Record) -> Item:
    """Return a record's attributes, every text in characters that all stores behind it take.

    Behind the table's stream stands a queue, which refuses some that the table
    does not. What people send is judged before; this holds for what comes any
    other way, such as a partner's name.
    """
    return {
        name: {"S": storable_text(value["S"])} if "S" in value else value
        for name, value in record.to_attributes().items()
    }
