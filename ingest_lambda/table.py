"""The table: every key, item and condition of the public path is written here and nowhere else.

====================  ==============================================  =========================================
item                  pk                                              sk
====================  ==============================================  =========================================
current release       ``CAMPAIGN#{slug}``                             ``CURRENT``
release               ``CAMPAIGN#{slug}``                             ``RELEASE#{n}``
submission            ``SUBMISSION#{id}``                             ``SUBMISSION``
image facts           ``SUBMISSION#{id}``                             ``IMAGE#{attempt}#{receipt}#{part}#{nonce}``
message               ``SUBMISSION#{id}``                             ``MESSAGE#{message_id}``
award                 ``SUBMISSION#{id}``                             ``AWARD#{prize}``
limit                 ``LIMIT#{campaign}#{limit}#{scope hash}``       ``{window}``
guard                 ``GUARD#{campaign}#{kind}#{hash}``              ``GUARD``
====================  ==============================================  =========================================

Index ``by_hour``: ``{campaign}#{hour}#{shard}`` / ``{entered_at}#{id}``, for reconciling and export.
It holds no status, so that a decision does not move an item within it.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import boto3
from botocore.config import Config as SdkConfig
from botocore.exceptions import BotoCoreError, ClientError

from ingest_lambda.config import Config
from ingest_lambda.contract import (
    Attribute,
    AwardRecord,
    Current,
    ImageRecord,
    Manifest,
    MessageRecord,
    SubmissionRecord,
    instant_text,
)
from ingest_lambda.errors import TryAgain

HOUR_SHARDS = 4
Item = dict[str, Attribute]
_PASSING = {
    "TransactionConflict",
    "TransactionConflictException",
    "TransactionInProgressException",
    "ThrottlingError",
    "ThrottlingException",
    "ProvisionedThroughputExceeded",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "InternalServerError",
    "ServiceUnavailable",
}


class Cancelled(Exception):
    """A transaction's condition did not hold; ``failed`` are the places in its list, in order."""

    def __init__(self, failed: tuple[int, ...]) -> None:
        super().__init__(failed)
        self.failed = failed


@dataclass(frozen=True)
class LimitUse:
    """One use of a limit that a submission wants to take.

    ``times`` is set for rolling windows alone: the uses still inside the
    window, as read, with this one added; ``revision`` guards against another
    writer having added one in between.
    """

    limit: str
    scope_hash: str
    window: str
    count: int
    expires_at: datetime | None = None
    times: tuple[tuple[str, str], ...] | None = None
    revision: int = 0


def submission_key(submission_id: UUID) -> Item:
    """Return the key of a submission."""
    return {"pk": {"S": f"SUBMISSION#{submission_id}"}, "sk": {"S": "SUBMISSION"}}


def limit_key(campaign_id: str, limit: str, scope_hash: str, window: str) -> Item:
    """Return the key of a limit's counter."""
    return {"pk": {"S": f"LIMIT#{campaign_id}#{limit}#{scope_hash}"}, "sk": {"S": window}}


def guard_key(campaign_id: str, guard: str) -> Item:
    """Return the key of a guard, ``guard`` being ``kind:hash``."""
    kind, _, value = guard.partition(":")
    return {"pk": {"S": f"GUARD#{campaign_id}#{kind}#{value}"}, "sk": {"S": "GUARD"}}


def _campaign_key(slug: str, sk: str) -> Item:
    return {"pk": {"S": f"CAMPAIGN#{slug}"}, "sk": {"S": sk}}


def _image_key(record: ImageRecord) -> Item:
    nonce = record.key.rsplit("-", 1)[-1]
    sk = f"IMAGE#{record.attempt}#{record.receipt}#{record.part}#{nonce}"
    return {"pk": {"S": f"SUBMISSION#{record.submission_id}"}, "sk": {"S": sk}}


def submission_item(record: SubmissionRecord) -> Item:
    """Return a submission as its item, with the keys of the index by hour."""
    hour = record.entered_at.strftime("%Y-%m-%dT%H")
    shard = record.id.int % HOUR_SHARDS
    return {
        **submission_key(record.id),
        "gsi1pk": {"S": f"{record.campaign_id}#{hour}#{shard}"},
        "gsi1sk": {"S": f"{instant_text(record.entered_at)}#{record.id}"},
        **record.to_attributes(),
    }


class Table:
    """The table's client and the promises that hang on its conditions.

    SDK retries are off: a transaction that met a conflict is tried again by the
    writer, which knows what it may repeat; two layers of retries would multiply.
    """

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._name = name

    # ------------------------------------------------------------ reading

    def _get(self, key: Item, *, consistent: bool = True) -> Item | None:
        try:
            answer = self._client.get_item(TableName=self._name, Key=key, ConsistentRead=consistent)
        except (BotoCoreError, ClientError) as exc:
            raise TryAgain(type(exc).__name__) from exc
        item: Item | None = answer.get("Item")
        return item

    def current(self, slug: str) -> Current | None:
        """Read which release of a campaign is in force."""
        item = self._get(_campaign_key(slug, "CURRENT"))
        return Current.model_validate_json(item["content"]["S"]) if item else None

    def release(self, slug: str, number: int) -> Manifest | None:
        """Read one release; it never changes once it is there."""
        item = self._get(_campaign_key(slug, f"RELEASE#{number}"))
        return Manifest.model_validate_json(item["content"]["S"]) if item else None

    def submission(self, submission_id: UUID) -> SubmissionRecord | None:
        """Read a submission as it stands now."""
        item = self._get(submission_key(submission_id))
        return SubmissionRecord.from_attributes(item) if item else None

    def awards(self, submission_id: UUID) -> tuple[AwardRecord, ...]:
        """Read the awards of a submission."""
        try:
            answer = self._client.query(
                TableName=self._name,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
                ExpressionAttributeValues={
                    ":pk": {"S": f"SUBMISSION#{submission_id}"},
                    ":sk": {"S": "AWARD#"},
                },
            )
        except (BotoCoreError, ClientError) as exc:
            raise TryAgain(type(exc).__name__) from exc
        return tuple(AwardRecord.from_attributes(item) for item in answer["Items"])

    def rolling_uses(
        self, campaign_id: str, limit: str, scope_hash: str
    ) -> tuple[tuple[tuple[str, str], ...], int]:
        """Read the uses of a rolling limit, as (instant, submission id), and their revision."""
        item = self._get(limit_key(campaign_id, limit, scope_hash, "rolling"))
        if item is None:
            return (), 0
        times = tuple((at, who) for at, who in json.loads(item["times"]["S"]))
        return times, int(item["revision"]["N"])

    # ------------------------------------------------------------ writing

    def _transact(self, operations: Sequence[dict[str, Any]]) -> None:
        for operation in operations:
            for inner in operation.values():
                inner["TableName"] = self._name
        try:
            self._client.transact_write_items(TransactItems=list(operations))
        except ClientError as exc:
            if exc.response["Error"]["Code"] in _PASSING:
                raise TryAgain(exc.response["Error"]["Code"]) from exc
            if exc.response["Error"]["Code"] != "TransactionCanceledException":
                raise
            codes = [why.get("Code") for why in exc.response.get("CancellationReasons", [])]
            if any(code in _PASSING for code in codes):
                raise TryAgain("TransactionConflict") from exc
            failed = tuple(n for n, code in enumerate(codes) if code == "ConditionalCheckFailed")
            if not failed:
                raise
            raise Cancelled(failed) from exc
        except BotoCoreError as exc:
            raise TryAgain(type(exc).__name__) from exc

    def create_submission(self, record: SubmissionRecord, *, uses: Sequence[LimitUse] = ()) -> None:
        """Store a submission with the limits and guards it takes, all or nothing.

        Raises:
            Cancelled: place 0 is the submission (it is there already), then
                ``uses`` in order, then ``record.guards_taken`` in order.
            TryAgain: another transaction was at one of the items.
        """
        put = {
            "Put": {
                "Item": submission_item(record),
                "ConditionExpression": "attribute_not_exists(pk)",
            }
        }
        self._transact([put, *self._takes(record, uses)])

    def replace_submission(
        self, record: SubmissionRecord, *, uses: Sequence[LimitUse] = ()
    ) -> None:
        """Store the next version of a submission, if nobody wrote one meanwhile.

        Raises:
            Cancelled, TryAgain: as :meth:`create_submission`; place 0 means that
                the version has moved on.
        """
        put = {
            "Put": {
                "Item": submission_item(record),
                "ConditionExpression": "version = :before",
                "ExpressionAttributeValues": {":before": {"N": str(record.version - 1)}},
            }
        }
        self._transact([put, *self._takes(record, uses)])

    def _takes(self, record: SubmissionRecord, uses: Iterable[LimitUse]) -> list[dict[str, Any]]:
        operations = [self._take(record.campaign_id, use) for use in uses]
        operations += [
            {
                "Put": {
                    "Item": {
                        **guard_key(record.campaign_id, guard),
                        "submission_id": {"S": str(record.id)},
                    },
                    "ConditionExpression": "attribute_not_exists(pk) OR submission_id = :id",
                    "ExpressionAttributeValues": {":id": {"S": str(record.id)}},
                }
            }
            for guard in record.guards_taken
        ]
        return operations

    def _take(self, campaign_id: str, use: LimitUse) -> dict[str, Any]:
        key = limit_key(campaign_id, use.limit, use.scope_hash, use.window)
        expiry = (
            {"expires_at": {"N": str(int(use.expires_at.timestamp()))}} if use.expires_at else {}
        )
        if use.times is not None:
            return {
                "Put": {
                    "Item": {
                        **key,
                        **expiry,
                        "times": {"S": json.dumps(use.times)},
                        "revision": {"N": str(use.revision + 1)},
                    },
                    "ConditionExpression": "attribute_not_exists(pk) OR revision = :before",
                    "ExpressionAttributeValues": {":before": {"N": str(use.revision)}},
                }
            }
        update = "SET n = if_not_exists(n, :zero) + :one"
        values = {":zero": {"N": "0"}, ":one": {"N": "1"}, ":most": {"N": str(use.count)}}
        if expiry:
            update += ", expires_at = :expiry"
            values[":expiry"] = expiry["expires_at"]
        return {
            "Update": {
                "Key": key,
                "UpdateExpression": update,
                "ConditionExpression": "attribute_not_exists(n) OR n < :most",
                "ExpressionAttributeValues": values,
            }
        }

    def decide_submission(
        self, record: SubmissionRecord, *, gives_back: SubmissionRecord | None
    ) -> None:
        """Store a decided submission; with ``gives_back`` its slots and guards become free.

        The counters go down and the guards go away in the same transaction that
        empties the submission's lists of them, so that a second delivery finds
        nothing to give back.

        Raises:
            Cancelled, TryAgain: as :meth:`replace_submission`.
        """
        operations: list[dict[str, Any]] = [
            {
                "Put": {
                    "Item": submission_item(record),
                    "ConditionExpression": "version = :before",
                    "ExpressionAttributeValues": {":before": {"N": str(record.version - 1)}},
                }
            }
        ]
        for taken in gives_back.limits_taken if gives_back else ():
            key = limit_key(record.campaign_id, taken.limit, taken.scope_hash, taken.window)
            if taken.window == "rolling":
                times, revision = self.rolling_uses(
                    record.campaign_id, taken.limit, taken.scope_hash
                )
                kept = tuple(use for use in times if use[1] != str(record.id))
                operations.append(
                    self._take(
                        record.campaign_id,
                        LimitUse(
                            limit=taken.limit,
                            scope_hash=taken.scope_hash,
                            window="rolling",
                            count=0,
                            times=kept,
                            revision=revision,
                        ),
                    )
                )
                continue
            operations.append(
                {
                    "Update": {
                        "Key": key,
                        "UpdateExpression": "SET n = if_not_exists(n, :one) - :one",
                        "ConditionExpression": "attribute_not_exists(n) OR n >= :one",
                        "ExpressionAttributeValues": {":one": {"N": "1"}},
                    }
                }
            )
        operations += [
            {
                "Delete": {
                    "Key": guard_key(record.campaign_id, guard),
                    "ConditionExpression": "attribute_not_exists(pk) OR submission_id = :id",
                    "ExpressionAttributeValues": {":id": {"S": str(record.id)}},
                }
            }
            for guard in (gives_back.guards_taken if gives_back else ())
        ]
        self._transact(operations)

    def _put_if_absent(self, item: Item) -> bool:
        try:
            self._client.put_item(
                TableName=self._name, Item=item, ConditionExpression="attribute_not_exists(pk)"
            )
        except ClientError as exc:
            code = exc.response["Error"]["Code"]
            if code == "ConditionalCheckFailedException":
                return False
            if code in _PASSING:
                raise TryAgain(code) from exc
            raise
        except BotoCoreError as exc:
            raise TryAgain(type(exc).__name__) from exc
        return True

    def put_image(self, record: ImageRecord) -> bool:
        """Store the facts of one file, unless they are there; tell whether they were new."""
        return self._put_if_absent({**_image_key(record), **record.to_attributes()})

    def has_image(self, record: ImageRecord) -> bool:
        """Tell whether the facts of this file are there already."""
        return self._get(_image_key(record)) is not None

    def put_message(self, record: MessageRecord) -> bool:
        """Store a message under its id, unless it is there; tell whether it was new."""
        key = {
            "pk": {"S": f"SUBMISSION#{record.submission_id}"},
            "sk": {"S": f"MESSAGE#{record.message_id}"},
        }
        return self._put_if_absent({**key, **record.to_attributes()})

    def hold_guard(self, campaign_id: str, guard: str, submission_id: UUID) -> UUID:
        """Take a guard for a submission, or find whose it is; return the holder either way."""
        key = guard_key(campaign_id, guard)
        if self._put_if_absent({**key, "submission_id": {"S": str(submission_id)}}):
            return submission_id
        item = self._get(key)
        return UUID(item["submission_id"]["S"]) if item else submission_id

    def publish(self, manifest: Manifest, current: Current) -> None:
        """Put a release and make it the current one, in one transaction.

        Refused when a later release is current, so that two publishers at once
        cannot take a campaign back, and when the number is taken by other content.
        """
        self._transact(
            [
                {
                    "Put": {
                        "Item": {
                            **_campaign_key(manifest.slug, f"RELEASE#{manifest.release}"),
                            "content": {"S": manifest.model_dump_json()},
                        },
                        # A release never changes: functions remember it for ever.
                        "ConditionExpression": "attribute_not_exists(pk) OR content = :content",
                        "ExpressionAttributeValues": {
                            ":content": {"S": manifest.model_dump_json()}
                        },
                    }
                },
                self._move_current(current),
            ]
        )

    def _move_current(self, current: Current) -> dict[str, Any]:
        return {
            "Put": {
                "Item": {
                    **_campaign_key(current.slug, "CURRENT"),
                    "release": {"N": str(current.release)},
                    "content": {"S": current.model_dump_json()},
                    "written_at": {"S": instant_text(datetime.now(UTC))},
                },
                "ConditionExpression": "attribute_not_exists(pk) OR #release <= :release",
                "ExpressionAttributeNames": {"#release": "release"},
                "ExpressionAttributeValues": {":release": {"N": str(current.release)}},
            }
        }

    def set_current(self, current: Current) -> None:
        """Change dates or the pause of the release in force."""
        self._transact([self._move_current(current)])


def open_table(settings: Config) -> Table:
    """Connect to the table with short time limits and no retries below ours."""
    client = boto3.client(
        "dynamodb",
        endpoint_url=settings.aws_endpoint_url,
        config=SdkConfig(
            connect_timeout=1,
            read_timeout=3,
            retries={"total_max_attempts": 1},
            max_pool_connections=max(settings.write_threads, 10),
        ),
    )
    return Table(client, settings.table_name)
