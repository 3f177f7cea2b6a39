"""What table, site and queues of an installation hold, by id: the ledger that flow tests close."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from tests.support.installation import Installation


def items(installation: Installation, prefix: str) -> Iterator[dict[str, Any]]:
    """Read every item of the table whose partition key begins with ``prefix``."""
    pages = installation.aws("dynamodb").get_paginator("scan")
    for page in pages.paginate(
        TableName=installation.environment["TABLE_NAME"],
        FilterExpression="begins_with(pk, :prefix)",
        ExpressionAttributeValues={":prefix": {"S": prefix}},
    ):
        yield from page["Items"]


def ids_in_table(installation: Installation) -> list[UUID]:
    """Return the id of every submission in the table."""
    return [
        UUID(item["pk"]["S"].removeprefix("SUBMISSION#"))
        for item in items(installation, "SUBMISSION#")
        if item["sk"]["S"] == "SUBMISSION"
    ]


def ids_in_django(installation: Installation) -> list[UUID]:
    """Return the id of every submission in the site's database."""
    return [UUID(str(key)) for (key,) in installation.rows("SELECT id FROM submissions_submission")]


def waiting(installation: Installation, *queues: str) -> int:
    """Count what queues hold, on its way or not."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    total = 0
    for queue in queues:
        got = installation.aws("sqs").get_queue_attributes(
            QueueUrl=installation.environment[queue], AttributeNames=names
        )
        total += sum(int(got["Attributes"][name]) for name in names)
    return total
