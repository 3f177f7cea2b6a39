"""The table: every key, item and condition of the public path is written here and nowhere else.

====================  ==============================================  =========================================
item                  pk                                              sk
====================  ==============================================  =========================================
current release       ``CAMPAIGN#{slug}``                             ``CURRENT``
release               ``CAMPAIGN#{slug}``                             ``RELEASE#{n}``
block list            ``CLIENT#{client}``                             ``BLOCKLIST``
partner               ``PARTNER#{SHA-256 of the key}``                ``PARTNER``
names of token keys   ``TOKEN_KEYS``                                  ``ANNOUNCED``
submission            ``SUBMISSION#{id}``                             ``SUBMISSION``
image facts           ``SUBMISSION#{id}``                             ``IMAGE#{attempt}#{receipt}#{part}#{nonce}``
places for photos     ``SUBMISSION#{id}``                             ``KEYS#{attempt}``
message               ``SUBMISSION#{id}``                             ``MESSAGE#{message_id}``
award                 ``SUBMISSION#{id}``                             ``AWARD#{prize}``
held                  ``HELD#{campaign}#{shard}``                     ``{entered_at}#{id}``
limit                 ``LIMIT#{campaign}#{limit}#{scope hash}``       ``{window}``
guard                 ``GUARD#{campaign}#{kind}#{hash}``              ``GUARD``
====================  ==============================================  =========================================

Index ``by_hour``: ``{campaign}#{hour}#{shard}`` / ``{entered_at}#{id}``, for reconciling and export.
Its key holds no status, so that a decision does not move an item within it; version and status are
projected into it, so that an hour is compared without reading its submissions (template.yaml names
the same attributes).
"""

from typing import Any

from ingest_lambda.adapters import quick_client
from ingest_lambda.adapters.clients import open_client
from ingest_lambda.adapters.table.keys import HOUR_SHARDS as HOUR_SHARDS
from ingest_lambda.adapters.table.keys import ROLLING as ROLLING
from ingest_lambda.adapters.table.keys import Item as Item
from ingest_lambda.adapters.table.keys import guard_key as guard_key
from ingest_lambda.adapters.table.ledger import ItemLine as ItemLine
from ingest_lambda.adapters.table.ledger import LedgerItems as LedgerItems
from ingest_lambda.adapters.table.ledger import LedgerLine as LedgerLine
from ingest_lambda.adapters.table.limits import KEPT_AFTER_WINDOW as KEPT_AFTER_WINDOW
from ingest_lambda.adapters.table.limits import NOTHING as NOTHING
from ingest_lambda.adapters.table.limits import LimitItems
from ingest_lambda.adapters.table.limits import LimitUse as LimitUse
from ingest_lambda.adapters.table.limits import Taken as Taken
from ingest_lambda.adapters.table.limits import award_limit_part as award_limit_part
from ingest_lambda.adapters.table.limits import guard_part as guard_part
from ingest_lambda.adapters.table.photos import PhotoItems
from ingest_lambda.adapters.table.photos import UnsentPhoto as UnsentPhoto
from ingest_lambda.adapters.table.published import CURRENT as CURRENT
from ingest_lambda.adapters.table.published import MOST_BLOCKED as MOST_BLOCKED
from ingest_lambda.adapters.table.published import BlockListTooLong as BlockListTooLong
from ingest_lambda.adapters.table.published import Partner as Partner
from ingest_lambda.adapters.table.published import PublishedItems
from ingest_lambda.adapters.table.store import READ_ATTEMPTS as READ_ATTEMPTS
from ingest_lambda.adapters.table.store import Store as Store
from ingest_lambda.adapters.table.submissions import HeldItem as HeldItem
from ingest_lambda.adapters.table.submissions import SubmissionItems as SubmissionItems
from ingest_lambda.adapters.table.submissions import award_part as award_part
from ingest_lambda.adapters.table.transaction import ON_PRIZES as ON_PRIZES
from ingest_lambda.adapters.table.transaction import ON_UNITS as ON_UNITS
from ingest_lambda.adapters.table.transaction import SUBMISSION as SUBMISSION
from ingest_lambda.adapters.table.transaction import Cancelled as Cancelled
from ingest_lambda.adapters.table.transaction import InConflict as InConflict
from ingest_lambda.adapters.table.transaction import Operation as Operation
from ingest_lambda.adapters.table.transaction import Part as Part
from ingest_lambda.adapters.table.transaction import PartKind as PartKind
from ingest_lambda.adapters.table.transaction import TooManyParts as TooManyParts
from ingest_lambda.adapters.table.transaction import Write as Write
from ingest_lambda.config import Config

OPERATIONS = frozenset(
    {
        "batch_get_item",
        "batch_write_item",
        "delete_item",
        "get_item",
        "put_item",
        "query",
        "scan",
        "transact_write_items",
        "update_item",
    }
)


class Table:
    """One table in parts by subject, which share its client."""

    def __init__(self, client: Any, name: str, *, read_attempts: int = 1) -> None:
        self.store = Store(client, name, read_attempts=read_attempts)
        self.published = PublishedItems(self.store)
        self.limits = LimitItems(self.store)
        self.submissions = SubmissionItems(self.store, self.limits)
        self.photos = PhotoItems(self.store, self.limits)
        self.ledger = LedgerItems(self.store, self.submissions, self.limits)


def open_table(settings: Config, *, read_attempts: int = 1) -> Table:
    """Connect to the table with short time limits and no retries below ours."""
    client = open_client(
        "dynamodb",
        settings,
        connect_timeout=1,
        read_timeout=3,
        retries={"total_max_attempts": 1},
        max_pool_connections=max(settings.write_threads, 10),
        # Both cost CPU on every call: our items are typed already, and the list of the SDK's parts
        # in the agent's name has no reader.
        parameter_validation=False,
        user_agent="campaignhub",
    )
    return Table(quickened(client), settings.table_name, read_attempts=read_attempts)


def quickened(client: Any) -> Any:
    """Let a client make the calls of the table, and of the stock, in a quarter of the SDK's time."""
    return quick_client.quickened(client, OPERATIONS)
