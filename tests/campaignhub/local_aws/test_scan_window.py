"""Pages of the emulator: every item once and in order, however they are cut."""

import random
from typing import Any
from uuid import uuid4

import pytest

from tests.campaignhub.local_aws.conftest import Bench

pytestmark = pytest.mark.flow


def put_groups(bench: Bench, name: str, many: int) -> list[tuple[str, str]]:
    """Put two items into each of so many groups; return their keys in the table's order."""
    keys = [(f"{number:05}", sk) for number in range(many) for sk in ("a", "b")]
    for start in range(0, len(keys), 24):
        puts = [
            {"PutRequest": {"Item": {"pk": {"S": pk}, "sk": {"S": sk}}}}
            for pk, sk in keys[start : start + 24]
        ]
        bench.dynamodb.batch_write_item(RequestItems={name: puts})
    return keys


def scanned(bench: Bench, name: str, **how: Any) -> list[tuple[str, str]]:
    """Return the keys of a whole scan."""
    pages = bench.dynamodb.get_paginator("scan").paginate(TableName=name, **how)
    return [(item["pk"]["S"], item["sk"]["S"]) for page in pages for item in page["Items"]]


def test_a_scan_has_every_item_once_and_in_order_however_it_is_cut(bench: Bench) -> None:
    name, _ = bench.table()
    keys = put_groups(bench, name, 1_700)  # more than a part without a limit shows
    assert scanned(bench, name) == keys
    assert scanned(bench, name, Limit=777) == keys
    halves = [scanned(bench, name, Segment=half, TotalSegments=2) for half in (0, 1)]
    assert sorted(halves[0] + halves[1]) == keys
    only = {"FilterExpression": "sk = :b", "ExpressionAttributeValues": {":b": {"S": "b"}}}
    assert scanned(bench, name, Limit=500, **only) == [key for key in keys if key[1] == "b"]


def test_a_scan_goes_on_in_the_middle_of_a_group_and_behind_what_was_removed(bench: Bench) -> None:
    name, _ = bench.table()
    keys = put_groups(bench, name, 30)
    page = bench.dynamodb.scan(TableName=name, Limit=5)
    assert page["LastEvaluatedKey"] == {"pk": {"S": "00002"}, "sk": {"S": "a"}}
    for sk in ("a", "b"):
        bench.dynamodb.delete_item(TableName=name, Key={"pk": {"S": "00002"}, "sk": {"S": sk}})
    rest = scanned(bench, name, ExclusiveStartKey=page["LastEvaluatedKey"])
    assert rest == [key for key in keys if key[0] > "00002"]


def test_what_is_written_before_a_scan_begins_is_in_it(bench: Bench) -> None:
    name, _ = bench.table()
    for many in (1, 2, 3):
        keys = put_groups(bench, name, many)
        assert scanned(bench, name) == keys


def indexed_table(bench: Bench) -> str:
    """Make a table with an index; return its name."""
    name = uuid4().hex[:12]
    keys = [("pk", "HASH"), ("sk", "RANGE")], [("hour", "HASH"), ("moment", "RANGE")]
    own, of_index = (
        [{"AttributeName": key, "KeyType": kind} for key, kind in pairs] for pairs in keys
    )
    bench.dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk", "hour", "moment")
        ],
        KeySchema=own,
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by_hour",
                "KeySchema": of_index,
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    )
    return name


def of_hour(bench: Bench, name: str, **how: Any) -> list[str]:
    """Return what the index has of one hour, in order."""
    pages = bench.dynamodb.get_paginator("query").paginate(
        TableName=name,
        IndexName="by_hour",
        KeyConditionExpression="#h = :h",
        ExpressionAttributeNames={"#h": "hour"},
        ExpressionAttributeValues={":h": {"S": "12"}},
        **how,
    )
    return [item["pk"]["S"] for page in pages for item in page["Items"]]


def test_a_large_partition_of_an_index_is_read_once_and_in_order_however_it_is_cut(
    bench: Bench,
) -> None:
    name, many = indexed_table(bench), 3_200  # more than a part shows
    for start in range(0, many, 25):
        puts = [
            {
                "PutRequest": {
                    "Item": {
                        "pk": {"S": f"{number:05}"},
                        "sk": {"S": "a"},
                        "hour": {"S": "12"},
                        # Some at the same moment, and the last written are the first.
                        "moment": {"S": f"{(many - number) // 3:05}"},
                    }
                }
            }
            for number in range(start, start + 25)
        ]
        bench.dynamodb.batch_write_item(RequestItems={name: puts})
    order = sorted(range(many), key=lambda number: ((many - number) // 3, number))
    wanted = [f"{number:05}" for number in order]
    for how in ({}, {"Limit": 777}):
        assert of_hour(bench, name, **how) == wanted
    assert of_hour(bench, name, ScanIndexForward=False) == wanted[::-1]
    page = bench.dynamodb.query(
        TableName=name,
        IndexName="by_hour",
        KeyConditionExpression="#h = :h",
        ExpressionAttributeNames={"#h": "hour"},
        ExpressionAttributeValues={":h": {"S": "12"}},
        Limit=10,
    )
    for key in (wanted[9], wanted[10]):
        bench.dynamodb.delete_item(TableName=name, Key={"pk": {"S": key}, "sk": {"S": "a"}})
    rest = of_hour(bench, name, ExclusiveStartKey=page["LastEvaluatedKey"])
    assert rest == wanted[11:]


def of_partition(bench: Bench, name: str, *, behind: str | None = None, **how: Any) -> list[str]:
    """Return the sort keys of a partition, in the order of its pages."""
    condition, values = "pk = :pk", {":pk": {"S": "day"}}
    if behind is not None:
        condition, values = f"{condition} AND sk > :sk", {**values, ":sk": {"S": behind}}
    pages = bench.dynamodb.get_paginator("query").paginate(
        TableName=name,
        KeyConditionExpression=condition,
        ExpressionAttributeValues=values,
        ConsistentRead=True,
        **how,
    )
    return [item["sk"]["S"] for page in pages for item in page["Items"]]


@pytest.mark.parametrize("many", [1, 6, 7, 8, 50])
def test_a_partition_is_read_in_order_from_any_key_on(bench: Bench, many: int) -> None:
    name, _ = bench.table()
    keys = [f"{number:03}" for number in range(many)]
    for key in random.sample(keys, many):
        bench.dynamodb.put_item(TableName=name, Item={"pk": {"S": "day"}, "sk": {"S": key}})
    assert of_partition(bench, name) == keys
    assert of_partition(bench, name, Limit=7) == keys
    assert of_partition(bench, name, Limit=7, ScanIndexForward=False) == keys[::-1]
    for behind in ("", keys[0], keys[many // 2], f"{keys[0]}x", keys[-1]):
        wanted = [key for key in keys if key > behind]
        if behind:
            assert of_partition(bench, name, Limit=7, behind=behind) == wanted
    first = bench.dynamodb.query(
        TableName=name,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": "day"}},
        Limit=7,
    )
    assert [item["sk"]["S"] for item in first["Items"]] == keys[:7]
    assert ("LastEvaluatedKey" in first) == (many >= 7)
    if many > 7:
        bench.dynamodb.delete_item(TableName=name, Key=first["LastEvaluatedKey"])
        rest = of_partition(bench, name, Limit=3, ExclusiveStartKey=first["LastEvaluatedKey"])
        assert rest == keys[7:]
