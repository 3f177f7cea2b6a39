"""Pipes on the emulator behave as Pipes on AWS."""

import json
import time
from dataclasses import replace
from uuid import uuid4

import pytest

from campaignhub.local_aws.pipes.declaration import (
    Pipe,
    QueueParameters,
    StreamParameters,
    read_pipes,
)
from campaignhub.local_aws.pipes.queue_source import BUSY_SECONDS
from campaignhub.local_aws.pipes.target import failed_records
from tests.campaignhub.local_aws.conftest import Bench, eventually

pytestmark = pytest.mark.flow


def make_pipe(source: str, target: str, parameters, *filters: str) -> Pipe:
    name = uuid4().hex[:12]
    return Pipe(
        name=name,
        arn=f"arn:aws:pipes:us-east-1:000000000000:pipe/{name}",
        running=True,
        source=source,
        target=target,
        filters=filters,
        parameters=parameters,
    )


def send(bench: Bench, url: str, *bodies: str) -> None:
    for body in bodies:
        bench.sqs.send_message(
            QueueUrl=url,
            MessageBody=body,
            MessageAttributes={"slug": {"DataType": "String", "StringValue": "summer"}},
        )


def test_the_template_declares_both_pipes_and_their_parameters_are_read_from_it(stack):
    ingest, mirror = sorted(
        read_pipes(stack.ministack.endpoint, "campaignhub"), key=lambda p: p.name
    )

    assert ingest.name == stack.outputs["IngestPipeName"]
    assert ingest.parameters == QueueParameters(batch_size=10, window_seconds=0)
    assert ingest.source.endswith(":campaignhub-submissions")
    assert ingest.target.endswith(":function:campaignhub-write")
    assert ingest.filters == ()
    assert ingest.running
    assert mirror.name == stack.outputs["MirrorPipeName"]
    assert mirror.source == stack.outputs["TableStreamArn"]
    assert isinstance(mirror.parameters, StreamParameters)
    assert mirror.parameters.dead_letter_arn is not None
    assert mirror.parameters.starting_position == "TRIM_HORIZON"
    assert len(mirror.filters) == 1
    assert mirror.group_path == ("dynamodb", "NewImage", "slug", "S")
    assert ingest.group_path == ()


def test_the_function_gets_a_bare_array_in_the_shape_that_pipes_uses(bench):
    arn, url, _ = bench.queue()
    function, calls = bench.function()
    send(bench, url, '{"n": 1}')
    before = int(time.time() * 1000)
    bench.run(make_pipe(arn, function, QueueParameters(batch_size=25, window_seconds=1)))
    # Once, or once more where a busy machine starts the function too slowly for the first call.
    eventually(lambda: bool(calls()))

    call = calls()[0]
    assert call["bare"]
    (record,) = call["records"]
    assert set(record) == {
        "messageId",
        "receiptHandle",
        "body",
        "attributes",
        "messageAttributes",
        "md5OfBody",
        "eventSource",
        "eventSourceARN",
        "awsRegion",
    }
    assert record["body"] == '{"n": 1}'
    assert record["eventSource"] == "aws:sqs"
    assert record["eventSourceARN"] == arn
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert abs(int(record["attributes"]["SentTimestamp"]) - before) < 60_000
    assert record["messageAttributes"]["slug"] == {
        "stringListValues": [],
        "binaryListValues": [],
        "dataType": "String",
        "stringValue": "summer",
    }
    eventually(lambda: bench.waiting(url) == 0)


def test_a_batch_is_as_large_as_declared_and_no_larger(bench):
    arn, url, _ = bench.queue(visibility=30)
    function, calls = bench.function()
    send(bench, url, *map(str, range(60)))
    bench.run(make_pipe(arn, function, QueueParameters(batch_size=25, window_seconds=1)))
    eventually(lambda: bench.waiting(url) == 0)

    sizes = [len(call["records"]) for call in calls()]
    assert sum(sizes) == 60
    assert max(sizes) <= 25
    assert len(sizes) <= 6
    bodies = [record["body"] for call in calls() for record in call["records"]]
    assert sorted(bodies, key=int) == [str(n) for n in range(60)]


def test_only_the_reported_record_comes_again_and_ends_as_a_dead_letter(bench):
    arn, url, dead = bench.queue(visibility=6, attempts=2)
    function, calls = bench.function(bad="poison")
    send(bench, url, "good 1", "poison", "good 2")
    bench.run(make_pipe(arn, function, QueueParameters(batch_size=25, window_seconds=0.5)))
    eventually(lambda: bench.waiting(dead) == 1)

    assert bench.bodies(dead) == ["poison"]
    assert bench.waiting(url) == 0
    seen = [record["body"] for call in calls() for record in call["records"]]
    assert seen.count("good 1") == 1
    assert seen.count("good 2") == 1
    assert seen.count("poison") == 2


def test_a_function_that_fails_gets_the_whole_batch_again_after_its_visibility(bench):
    arn, url, dead = bench.queue(visibility=5)
    function, calls = bench.function(raise_first=True)
    send(bench, url, "a", "b")
    started = time.monotonic()
    bench.run(make_pipe(arn, function, QueueParameters(batch_size=25, window_seconds=0.5)))
    eventually(lambda: bench.waiting(url) == 0)

    assert time.monotonic() - started >= 5
    seen = [record["body"] for call in calls() for record in call["records"]]
    assert sorted(seen) == ["a", "a", "b", "b"]
    assert bench.waiting(dead) == 0


def test_what_a_throttled_target_refuses_is_offered_again_and_spends_no_receive(bench):
    arn, url, dead = bench.queue(visibility=30, attempts=1)
    function, calls = bench.function()
    functions, name = bench.stack.client("lambda"), function.rpartition(":")[2]
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    send(bench, url, "a", "b")
    bench.run(make_pipe(arn, function, QueueParameters(batch_size=25, window_seconds=0.5)))
    time.sleep(BUSY_SECONDS + 2)
    assert calls() == []
    functions.delete_function_concurrency(FunctionName=name)
    eventually(lambda: bench.waiting(url) == 0)
    assert sorted(record["body"] for call in calls() for record in call["records"]) == ["a", "b"]
    assert bench.waiting(dead) == 0


def test_what_arrives_while_the_emulator_is_away_is_delivered_when_it_is_back(bench):
    arn, url, _ = bench.queue()
    function, calls = bench.function()
    nowhere = make_pipe(
        arn.replace(":us-east-1:", ":us-east-1:") + "-gone", function, QueueParameters()
    )
    pipe = make_pipe(arn, function, QueueParameters())
    bench.run(nowhere, pipe)
    send(bench, url, "still served")

    eventually(lambda: len(calls()) == 1)


def test_a_stream_passes_what_its_filter_names_and_nothing_else(bench):
    table, stream = bench.table()
    _, url, _ = bench.queue(visibility=30)
    (mirror,) = [
        pipe for pipe in read_pipes(bench.stack.ministack.endpoint, "campaignhub") if pipe.filters
    ]
    stop = bench.run(make_pipe(stream, bench.arn(url), mirror.parameters, *mirror.filters))
    keys = [
        ("SUBMISSION#1", "SUBMISSION"),
        ("SUBMISSION#1", "IMAGE#1#1#1"),
        ("SUBMISSION#1", "MESSAGE#1"),
        ("SUBMISSION#1", "AWARD#mug"),
        ("SUBMISSION#1", "CODE#mug"),
        ("MOMENT#1", "SUBMISSION"),
        ("LIMIT#1#day#x", "2026-06-01"),
        ("CAMPAIGN#summer", "CURRENT"),
    ]
    for pk, sk in keys:
        item = {"pk": {"S": pk}, "sk": {"S": sk}, "n": {"N": "1"}, "raw": {"B": b"\x00\xff"}}
        bench.dynamodb.put_item(TableName=table, Item=item)
    stop()

    records = [json.loads(body) for body in bench.bodies(url)]
    assert {record["dynamodb"]["Keys"]["sk"]["S"] for record in records} == {
        sk for _, sk in keys[:4]
    }
    for record in records:
        assert record["eventSource"] == "aws:dynamodb"
        assert record["eventName"] == "INSERT"
        assert record["eventSourceARN"] == stream
        assert record["dynamodb"]["NewImage"]["n"] == {"N": "1"}
        assert record["dynamodb"]["NewImage"]["raw"] == {"B": "AP8="}


def put(bench: Bench, table: str, *names: str) -> None:
    for name in names:
        item = {"pk": {"S": "SUBMISSION#1"}, "sk": {"S": name}}
        bench.dynamodb.put_item(TableName=table, Item=item)


def test_a_queue_gets_each_record_in_the_group_that_it_names(bench):
    table, stream = bench.table()
    _, url, _ = bench.queue(visibility=30)
    for name, group in (("a", {"S": "summer"}), ("b", {"S": "winter"}), ("c", {"N": "1"})):
        bench.dynamodb.put_item(
            TableName=table,
            Item={"pk": {"S": "SUBMISSION#1"}, "sk": {"S": name}, "slug": group},
        )
    parameters = StreamParameters(starting_position="TRIM_HORIZON")
    path = ("dynamodb", "NewImage", "slug", "S")
    bench.run(replace(make_pipe(stream, bench.arn(url), parameters), group_path=path))()
    received = bench.sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["MessageGroupId"]
    )["Messages"]
    groups = {
        json.loads(message["Body"])["dynamodb"]["Keys"]["sk"]["S"]: message.get("Attributes")
        for message in received
    }
    assert groups == {
        "a": {"MessageGroupId": "summer"},
        "b": {"MessageGroupId": "winter"},
        "c": None,
    }


def test_a_stream_is_read_on_from_where_it_was_delivered(bench):
    table, stream = bench.table()
    _, url, _ = bench.queue(visibility=30)
    pipe = make_pipe(stream, bench.arn(url), StreamParameters(starting_position="TRIM_HORIZON"))
    put(bench, table, "a", "b")
    stop = bench.run(pipe)
    eventually(lambda: bench.waiting(url) == 2)
    stop()
    put(bench, table, "c")
    bench.run(pipe)()

    assert bench.waiting(url) == 3


def test_a_stream_goes_on_while_its_position_cannot_be_written(bench, caplog):
    table, stream = bench.table()
    _, url, _ = bench.queue(visibility=30)
    pipe = make_pipe(stream, bench.arn(url), StreamParameters(starting_position="TRIM_HORIZON"))
    # A folder is in the way of its file: a full disk says no as well.
    (bench.stack.directory / "positions" / f"{pipe.name}.json").mkdir(parents=True)
    put(bench, table, "a")
    bench.run(pipe)
    eventually(lambda: bench.waiting(url) == 1)
    put(bench, table, "b")
    eventually(lambda: bench.waiting(url) == 2)

    assert "its position was not written" in caplog.text


def test_a_stop_empties_the_stream_because_the_emulator_forgets_it(bench):
    table, stream = bench.table()
    _, url, _ = bench.queue(visibility=30)
    parameters = StreamParameters(starting_position="TRIM_HORIZON", batch_size=10)
    put(bench, table, *(f"{n:03}" for n in range(200)))
    bench.run(make_pipe(stream, bench.arn(url), parameters))()

    assert bench.waiting(url) == 200


def test_a_record_that_cannot_be_delivered_is_buried_by_its_place_and_the_stream_goes_on(bench):
    table, stream = bench.table()
    _, url, dead = bench.queue(visibility=30)
    bench.sqs.set_queue_attributes(QueueUrl=url, Attributes={"MaximumMessageSize": "2000"})
    parameters = StreamParameters(
        starting_position="TRIM_HORIZON",
        maximum_attempts=2,
        bisect=True,
        dead_letter_arn=bench.arn(dead),
    )
    bench.run(make_pipe(stream, bench.arn(url), parameters))
    bench.dynamodb.put_item(
        TableName=table,
        Item={"pk": {"S": "SUBMISSION#1"}, "sk": {"S": "large"}, "x": {"S": "y" * 3000}},
    )
    put(bench, table, "small")
    eventually(lambda: bench.waiting(dead) == 1 and bench.waiting(url) == 1)

    (letter,) = map(json.loads, bench.bodies(dead))
    assert letter["DDBStreamBatchInfo"]["batchSize"] == 1
    assert letter["DDBStreamBatchInfo"]["streamArn"] == stream
    assert "y" * 100 not in json.dumps(letter)


def test_a_record_with_a_character_that_no_queue_takes_is_buried_and_its_neighbours_arrive(bench):
    table, stream = bench.table()
    _, url, dead = bench.queue(visibility=30)
    parameters = StreamParameters(
        starting_position="TRIM_HORIZON",
        maximum_attempts=2,
        bisect=True,
        dead_letter_arn=bench.arn(dead),
    )
    for name, text in (("a", "fine"), ("b", "raw \uffff"), ("c", '{"nested":"\\uffff"}')):
        bench.dynamodb.put_item(
            TableName=table,
            Item={"pk": {"S": "SUBMISSION#1"}, "sk": {"S": name}, "x": {"S": text}},
        )
    bench.run(make_pipe(stream, bench.arn(url), parameters))
    eventually(lambda: bench.waiting(dead) == 1 and bench.waiting(url) == 2)


@pytest.mark.parametrize(
    ("answer", "failed"),
    [
        (b"", []),
        (b"null", []),
        (b"{}", []),
        (b'"fine"', []),
        (b'{"batchItemFailures":[]}', []),
        (b'{"batchItemFailures":null}', []),
        (b'{"batchItemFailures":[{"itemIdentifier":"2"}]}', [1]),
        (b'{"batchItemFailures":[{"itemIdentifier":"2"},{"itemIdentifier":"1"}]}', [0, 1]),
        (b'{"batchItemFailures":[{"itemIdentifier":""}]}', [0, 1]),
        (b'{"batchItemFailures":[{"itemIdentifier":null}]}', [0, 1]),
        (b'{"batchItemFailures":[{"item":"2"}]}', [0, 1]),
        (b'{"batchItemFailures":[{"itemIdentifier":"9"}]}', [0, 1]),
    ],
)
def test_an_answer_is_read_by_the_rules_of_aws(answer, failed):
    assert failed_records(answer, [{"messageId": "1"}, {"messageId": "2"}]) == failed
