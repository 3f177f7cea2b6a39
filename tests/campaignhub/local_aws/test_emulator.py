"""The emulator's queues behave as SQS's do, though only a part of each is walked."""

import json
import subprocess
from typing import Any

import pytest
from botocore.exceptions import ClientError

from campaignhub.env import ROOT
from ingest_lambda.adapters.table.keys import current_key
from tests.campaignhub.local_aws.conftest import Bench, eventually
from tests.support.stack import INTERPRETER

pytestmark = pytest.mark.flow


def send(bench: Bench, url: str, many: int) -> list[str]:
    """Send numbered messages; return their texts in order."""
    texts = [f"{number:04}" for number in range(many)]
    for start in range(0, many, 10):
        bench.sqs.send_message_batch(
            QueueUrl=url,
            Entries=[{"Id": text, "MessageBody": text} for text in texts[start : start + 10]],
        )
    return texts


def receive(bench: Bench, url: str, **how: int) -> list[dict[str, Any]]:
    """Receive up to ten at once."""
    answer = bench.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, **how)
    messages: list[dict[str, Any]] = answer.get("Messages", [])
    return messages


def drop(bench: Bench, url: str, messages: list[dict[str, Any]]) -> dict[str, Any]:
    """Delete messages; return what the queue answers."""
    entries = [
        {"Id": str(place), "ReceiptHandle": message["ReceiptHandle"]}
        for place, message in enumerate(messages)
    ]
    answer: dict[str, Any] = bench.sqs.delete_message_batch(QueueUrl=url, Entries=entries)
    return answer


def test_all_that_was_sent_is_handed_out_once_and_in_order(bench: Bench) -> None:
    _, url, _ = bench.queue(visibility=60)
    texts = send(bench, url, 120)

    seen: list[str] = []
    in_flight: list[dict[str, Any]] = []
    while messages := receive(bench, url):
        seen += [message["Body"] for message in messages]
        in_flight += messages
    for start in range(0, len(in_flight), 10):
        answer = drop(bench, url, in_flight[start : start + 10])
        assert len(answer["Successful"]) == 10

    assert seen == texts
    assert bench.waiting(url) == 0


def test_what_was_not_deleted_comes_again_between_those_that_never_came(bench: Bench) -> None:
    _, url, _ = bench.queue(visibility=60)
    texts = send(bench, url, 30)
    first = receive(bench, url)
    again = first[3:5]
    drop(bench, url, [message for message in first if message not in again])
    for message in again:
        bench.sqs.change_message_visibility(
            QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
        )

    assert [message["Body"] for message in receive(bench, url)] == [*texts[3:5], *texts[10:18]]


def test_a_handle_that_is_no_longer_good_is_refused_by_name(bench: Bench) -> None:
    _, url, _ = bench.queue(visibility=60)
    send(bench, url, 12)
    messages = receive(bench, url)
    drop(bench, url, messages[:1])

    answer = drop(bench, url, messages[:2])
    with pytest.raises(ClientError, match="ReceiptHandleIsInvalid"):
        bench.sqs.delete_message(QueueUrl=url, ReceiptHandle=messages[0]["ReceiptHandle"])
    bench.sqs.delete_message(QueueUrl=url, ReceiptHandle=messages[2]["ReceiptHandle"])

    assert [entry["Id"] for entry in answer["Successful"]] == ["1"]
    assert [(entry["Id"], entry["Code"]) for entry in answer["Failed"]] == [
        ("0", "ReceiptHandleIsInvalid")
    ]
    assert bench.waiting(url) == 9


def test_one_that_is_never_deleted_ends_among_the_dead_letters_while_the_rest_goes_on(
    bench: Bench,
) -> None:
    _, url, dead = bench.queue(visibility=60, attempts=2)
    texts = send(bench, url, 40)
    for _ in range(2):
        poison, *others = receive(bench, url)
        drop(bench, url, others)
        bench.sqs.change_message_visibility(
            QueueUrl=url, ReceiptHandle=poison["ReceiptHandle"], VisibilityTimeout=0
        )

    eventually(lambda: (drop(bench, url, receive(bench, url)[:1]), bench.waiting(dead))[1] == 1)
    assert bench.bodies(dead) == texts[:1]


def test_a_message_that_waits_for_its_time_holds_up_nobody(bench: Bench) -> None:
    _, url, _ = bench.queue(visibility=60)
    bench.sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=2)
    texts = send(bench, url, 10)

    assert [message["Body"] for message in receive(bench, url)] == texts
    eventually(lambda: [m["Body"] for m in receive(bench, url, WaitTimeSeconds=1)] == ["later"])


def test_in_a_queue_with_an_order_a_group_waits_for_its_first(bench: Bench) -> None:
    url = bench.sqs.create_queue(
        QueueName="ordered.fifo",
        Attributes={"FifoQueue": "true", "ContentBasedDeduplication": "true"},
    )["QueueUrl"]
    for group, text in (("a", "1"), ("a", "2"), ("b", "3")):
        bench.sqs.send_message(QueueUrl=url, MessageBody=text, MessageGroupId=group)

    (first,) = bench.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1)["Messages"]
    assert first["Body"] == "1"
    (other,) = bench.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1)["Messages"]
    assert other["Body"] == "3"
    bench.sqs.delete_message(QueueUrl=url, ReceiptHandle=first["ReceiptHandle"])
    (second,) = bench.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1)["Messages"]
    assert second["Body"] == "2"


def send_to(bench: Bench, url: str, group: str, many: int) -> None:
    """Send numbered messages of a group."""
    for start in range(0, many, 10):
        bench.sqs.send_message_batch(
            QueueUrl=url,
            Entries=[
                {"Id": str(n), "MessageBody": f"{group}{n}", "MessageGroupId": group}
                for n in range(start, min(many, start + 10))
            ],
        )


def test_a_backlog_of_one_group_is_no_backlog_of_another(bench: Bench) -> None:
    _, url, _ = bench.queue(visibility=60)
    send_to(bench, url, "flood", 300)
    receive(bench, url)
    send_to(bench, url, "quiet", 2)
    bodies = [message["Body"] for message in receive(bench, url)]
    assert bodies[:4] in (
        ["flood10", "quiet0", "flood11", "quiet1"],
        ["quiet0", "flood10", "quiet1", "flood11"],
    )


def test_photos_that_arrived_take_turns_by_the_campaign_in_their_key(bench: Bench) -> None:
    arn, url, _ = bench.queue(visibility=60)
    s3 = bench.stack.client("s3")
    s3.create_bucket(Bucket="turns")
    s3.put_bucket_notification_configuration(
        Bucket="turns",
        NotificationConfiguration={
            "QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]
        },
    )
    for name in (*(f"incoming/flood/{n}/1/1-1-x" for n in range(30)), "incoming/quiet/1/1/1-1-x"):
        s3.put_object(Bucket="turns", Key=name, Body=b"x")
    # One more than the photos: S3 tries the queue when the notification is set.
    eventually(lambda: bench.waiting(url) == 32)
    bodies = [message["Body"] for message in receive(bench, url)]
    assert any("incoming/quiet/" in body for body in bodies[:4])


def test_what_is_given_up_in_one_group_lets_the_others_go_on(bench: Bench) -> None:
    _, url, dead = bench.queue(visibility=60, attempts=1)
    send_to(bench, url, "a", 3)
    send_to(bench, url, "b", 1)
    for message in receive(bench, url):
        bench.sqs.change_message_visibility_batch(
            QueueUrl=url,
            Entries=[
                {"Id": "1", "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 0}
            ],
        )
    assert receive(bench, url) == []
    assert sorted(bench.bodies(dead)) == ["a0", "a1", "a2", "b0"]


def taken(slug: str) -> str:
    """Spell what the gateway takes at the address of a slug."""
    return json.dumps({"body": {}, "slug": slug}, separators=(",", ":"))


def send_as_the_gateway(bench: Bench, url: str, slugs: list[str]) -> None:
    """Send a message of each of these campaigns, in order."""
    for start in range(0, len(slugs), 10):
        bench.sqs.send_message_batch(
            QueueUrl=url,
            Entries=[
                {"Id": str(place), "MessageBody": taken(slug), "MessageGroupId": slug}
                for place, slug in enumerate(slugs[start : start + 10])
            ],
        )


def test_invented_campaigns_have_one_turn_together(bench: Bench) -> None:
    """Anybody may write any name in the place of a campaign, another in each message."""
    name, _stream = bench.table()
    for slug in ("honest", "other"):
        item = current_key(slug)
        bench.dynamodb.put_item(TableName=name, Item=item)
    _, url, _ = bench.queue(visibility=60)
    send_as_the_gateway(bench, url, [f"invented-{number}" for number in range(100)])
    send_as_the_gateway(bench, url, ["other"] * 20 + ["honest"])

    assert [message["Body"] for message in receive(bench, url)[:3]] == [
        taken("invented-0"),
        taken("other"),
        taken("honest"),
    ]
    seen = 10
    while messages := receive(bench, url):
        seen += len(messages)
    assert seen == 121, "nothing is lost of what nobody knows"


def test_what_sqs_refuses_is_refused(bench: Bench) -> None:
    _, url, _ = bench.queue()
    most = 262_144

    def refusal(call: Any, **how: Any) -> str:
        with pytest.raises(ClientError) as refused:
            call(QueueUrl=url, **how)
        return str(refused.value.response["Error"]["Code"]).rpartition(".")[2]

    bench.sqs.send_message(QueueUrl=url, MessageBody="x" * most)
    assert refusal(bench.sqs.send_message, MessageBody="x" * (most + 1)) == "InvalidParameterValue"
    assert refusal(bench.sqs.send_message, MessageBody="a\uffff") == "InvalidMessageContents"
    eleven = [{"Id": str(n), "MessageBody": "x"} for n in range(11)]
    batch = bench.sqs.send_message_batch
    assert refusal(batch, Entries=eleven) == "TooManyEntriesInBatchRequest"
    large = [{"Id": str(n), "MessageBody": "\u00e9" * 70_000} for n in range(2)]
    assert refusal(batch, Entries=large) == "BatchRequestTooLong"
    mixed = [{"Id": str(n), "MessageBody": text} for n, text in enumerate(["ok", "a\ufffe"])]
    answer = bench.sqs.send_message_batch(QueueUrl=url, Entries=mixed)
    assert [entry["Id"] for entry in answer["Failed"]] == ["1"]
    assert bench.waiting(url) == 2


# ---------------------------------------------------------------- what is kept of every write


def changes(bench: Bench, stream: str, *, most: int) -> list[dict[str, Any]]:
    """Read a stream from its beginning in pages of ``most``."""
    streams = bench.stack.client("dynamodbstreams")
    shard = streams.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"][0]["ShardId"]
    place = streams.get_shard_iterator(
        StreamArn=stream, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    found: list[dict[str, Any]] = []
    while page := (answer := streams.get_records(ShardIterator=place, Limit=most))["Records"]:
        found += page
        place = answer["NextShardIterator"]
    return found


def test_a_stream_tells_of_every_version_of_an_item_as_it_was(bench: Bench) -> None:
    name, stream = bench.table()
    key = {"pk": {"S": "a"}, "sk": {"S": "b"}}
    items = [
        {**key, "n": {"N": str(n)}, "word": {"S": "same"}, "on": {"BOOL": True}} for n in (1, 2)
    ]
    for item in items:
        bench.dynamodb.put_item(TableName=name, Item=item)
    bench.dynamodb.update_item(
        TableName=name,
        Key=key,
        UpdateExpression="ADD n :one SET copied = word",
        ExpressionAttributeValues={":one": {"N": "1"}},
    )
    last = {**items[1], "n": {"N": "3"}, "copied": {"S": "same"}}
    assert bench.dynamodb.get_item(TableName=name, Key=key)["Item"] == last
    bench.dynamodb.delete_item(TableName=name, Key=key)
    for most in (1, 100):
        seen = changes(bench, stream, most=most)
        assert [one["eventName"] for one in seen] == ["INSERT", "MODIFY", "MODIFY", "REMOVE"]
        assert [one["dynamodb"].get("NewImage") for one in seen] == [*items, last, None]
        assert all(one["dynamodb"]["Keys"] == key for one in seen)
        numbers = [one["dynamodb"]["SequenceNumber"] for one in seen]
        assert numbers == sorted(set(numbers))


def test_a_transaction_that_comes_twice_is_one_and_another_under_its_token_is_refused(
    bench: Bench,
) -> None:
    name, _ = bench.table()

    def add(number: str) -> Any:
        update = {
            "TableName": name,
            "Key": {"pk": {"S": "a"}, "sk": {"S": "b"}},
            "UpdateExpression": "ADD n :n",
            "ExpressionAttributeValues": {":n": {"N": number}},
        }
        return bench.dynamodb.transact_write_items(
            TransactItems=[{"Update": update}], ClientRequestToken="one-token"
        )

    for _ in range(2):
        add("1")
    (item,) = bench.dynamodb.scan(TableName=name)["Items"]
    assert item["n"] == {"N": "1"}
    with pytest.raises(ClientError, match="IdempotentParameterMismatch"):
        add("2")


WITHOUT_A_POLLER = """
import importlib.util, sys
found = importlib.util.spec_from_file_location("emulator", sys.argv[1])
program = importlib.util.module_from_spec(found)
found.loader.exec_module(program)
program.quicken()
from ministack.services import pipes
arn = "arn:aws:{}:us-east-1:000000000000:{}"
pipes.register_pipe(
    name="mirror",
    source=arn.format("dynamodb", "table/t/stream/s"),
    target=arn.format("sqs", "q"),
)
assert not pipes._poller_started
"""


def test_the_emulator_s_own_pipes_do_not_run() -> None:
    # Each would read its whole stream every second, so that a submission cost more the more there were.
    program = ROOT / "campaignhub" / "local_aws" / "emulator.py"
    subprocess.run([INTERPRETER, "-P", "-c", WITHOUT_A_POLLER, program], check=True)
