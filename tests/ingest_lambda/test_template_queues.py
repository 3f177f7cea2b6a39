"""What the template says of queues and Pipes, and CloudFormation will not say for us."""

import pytest

from campaignhub.deployment.template import INGEST
from campaignhub.local_aws.pipes.pattern import passes
from ingest_lambda.adapters.quarantine import LARGEST_CHARS
from ingest_lambda.contract import (
    MAX_SUBMISSION_BYTES,
    MIRRORED,
)
from ingest_lambda.functions.images import LAST_DELIVERY
from ingest_lambda.pictures.limits import WALL_SECONDS
from tests.ingest_lambda.declared import (
    DEAD,
    PIPE_DEAD,
    QUEUES,
    SOURCES,
    default,
    resources,
    template,
)


def test_every_queue_that_is_worked_on_has_a_dead_letter_queue_of_its_own():
    assert set(QUEUES) == set(SOURCES) | set(DEAD) | PIPE_DEAD
    assert len(DEAD) == len(SOURCES)
    assert not set(DEAD) & set(SOURCES)


@pytest.mark.parametrize("name", sorted(DEAD))
def test_a_dead_letter_queue_takes_from_its_own_queue_only_and_keeps_at_least_as_long(name):
    source, dead = QUEUES[DEAD[name]], QUEUES[name]
    allowed = dead["RedriveAllowPolicy"]
    assert allowed["redrivePermission"] == "byQueue"
    (arn,) = allowed["sourceQueueArns"]
    assert arn["Fn::Sub"].endswith(":" + source["QueueName"]["Fn::Sub"])
    assert dead["MessageRetentionPeriod"] >= source["MessageRetentionPeriod"]


def test_what_was_forged_is_kept_for_seven_days():
    assert QUEUES["QuarantineQueue"]["MessageRetentionPeriod"] == 7 * 86_400


@pytest.mark.parametrize(
    ("queue", "timeout"),
    [
        ("SubmissionsQueue", {"Ref": "WriteTimeoutSeconds"}),
        ("ImagesQueue", {"Ref": "ImagesTimeoutSeconds"}),
        ("MirrorQueue", 10),
    ],
)
def test_a_message_stays_invisible_six_times_as_long_as_its_consumer_may_take(queue, timeout):
    assert default(QUEUES[queue]["VisibilityTimeout"]) >= 6 * default(timeout)


def given_by_the_embedded_default() -> dict[str, str]:
    """Return the times that `make up` gives the template."""
    text = (INGEST.parent.parent / "campaignhub" / "local_aws" / "deploy.py").read_text()
    return dict(
        line.strip().rstrip(",").replace('"', "").split(": ")
        for line in text.splitlines()
        if 'Seconds": "' in line
    )


def test_the_embedded_default_hides_a_message_longer_than_any_call_on_it_lasts():
    """AWS's factor of six is for pollers that are throttled; the embedded Pipe has no rival."""
    given = given_by_the_embedded_default()
    assert int(given["SubmissionsVisibilitySeconds"]) >= 3 * int(given["WriteTimeoutSeconds"])
    assert int(given["ImagesVisibilitySeconds"]) >= 2 * int(given["ImagesTimeoutSeconds"])
    assert int(given["ImagesTimeoutSeconds"]) >= WALL_SECONDS + 10


def test_a_photo_shares_its_delivery_with_no_other():
    assert template()["Resources"]["ImagesMapping"]["Properties"]["BatchSize"] == 1


def test_the_images_function_knows_the_last_delivery_of_its_queue():
    assert QUEUES["ImagesQueue"]["RedrivePolicy"]["maxReceiveCount"] == LAST_DELIVERY


def test_a_body_of_64_kb_fits_into_the_queue_and_not_much_more():
    most = QUEUES["SubmissionsQueue"]["MaximumMessageSize"]
    assert MAX_SUBMISSION_BYTES + 300 <= most <= MAX_SUBMISSION_BYTES + 1024


@pytest.mark.parametrize("name", sorted(QUEUES))
def test_every_queue_is_encrypted_and_speaks_tls_only(name):
    assert QUEUES[name]["SqsManagedSseEnabled"]
    denied = [
        statement
        for policy in resources("AWS::SQS::QueuePolicy").values()
        if {"Ref": name} in policy["Queues"]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
    ]
    assert [statement["Condition"] for statement in denied] == [
        {"Bool": {"aws:SecureTransport": "false"}}
    ]


def test_the_ingest_pipe_filters_nothing_away():
    ingest = resources("AWS::Pipes::Pipe")["IngestPipe"]
    assert "FilterCriteria" not in ingest["SourceParameters"]


def test_a_lonely_entry_waits_for_no_other():
    parameters = resources("AWS::Pipes::Pipe")["IngestPipe"]["SourceParameters"]
    queue = parameters["SqsQueueParameters"]
    # AWS allows no window of zero where a batch may have more than ten.
    assert queue["BatchSize"]["Fn::If"][2] == 10
    assert queue["MaximumBatchingWindowInSeconds"] == 0


def test_the_mirror_pipe_passes_what_django_mirrors_and_nothing_else():
    mirror = resources("AWS::Pipes::Pipe")["MirrorPipe"]
    parameters = mirror["SourceParameters"]["DynamoDBStreamParameters"]
    (declared,) = mirror["SourceParameters"]["FilterCriteria"]["Filters"]
    filters = [declared["Pattern"]]

    def passed(pk: str, sk: str, *, event: str = "MODIFY") -> bool:
        keys = {"pk": {"S": pk}, "sk": {"S": sk}}
        return passes(filters, {"eventName": event, "dynamodb": {"Keys": keys}})

    for word in MIRRORED:
        assert passed("SUBMISSION#1", word if word == "SUBMISSION" else f"{word}#1")
    assert passed("SUBMISSION#1", "SUBMISSION", event="INSERT")
    assert not passed("SUBMISSION#1", "SUBMISSION", event="REMOVE")
    for pk, sk in [
        ("SUBMISSION#1", "CODE#mug"),
        ("SUBMISSION#1", "SUBMISSIONS"),
        ("LIMIT#a#b#c", "2026-06-01"),
        ("MOMENT#a#1", "SUBMISSION"),
        ("CAMPAIGN#summer", "CURRENT"),
    ]:
        assert not passed(pk, sk)
    aimed = mirror["TargetParameters"]["SqsQueueParameters"]
    assert aimed == {"MessageGroupId": "$.dynamodb.NewImage.slug.S"}
    assert all("slug" in shape.model_fields for shape in MIRRORED.values())
    assert parameters["StartingPosition"] == "TRIM_HORIZON"
    assert parameters["DeadLetterConfig"]["Arn"] == {
        "Fn::GetAtt": ["MirrorPipeDeadLetterQueue", "Arn"]
    }


@pytest.mark.parametrize("name", ["Submissions", "Images"])
def test_a_message_outlives_twenty_minutes_in_which_every_call_is_throttled(name: str):
    queue = QUEUES[f"{name}Queue"]
    receives = queue["RedrivePolicy"]["maxReceiveCount"]
    embedded = int(given_by_the_embedded_default()[f"{name}VisibilitySeconds"])
    for visible_again in (default(queue["VisibilityTimeout"]), embedded):
        assert receives * visible_again >= 20 * 60


def test_a_poison_record_leaves_those_behind_it_most_of_the_stream_s_day():
    mirror = resources("AWS::Pipes::Pipe")["MirrorPipe"]
    parameters = mirror["SourceParameters"]["DynamoDBStreamParameters"]
    assert parameters["MaximumRecordAgeInSeconds"] == 3600
    alarm = resources("AWS::CloudWatch::Alarm")["MirrorPipeFailsAlarm"]
    assert alarm["Period"] * alarm["EvaluationPeriods"] < 3600


def test_no_pipe_has_a_name_that_its_replacement_would_collide_with():
    assert not [n for n, pipe in resources("AWS::Pipes::Pipe").items() if "Name" in pipe]


def test_no_log_of_a_pipe_holds_what_people_typed():
    for pipe in resources("AWS::Pipes::Pipe").values():
        assert set(pipe["LogConfiguration"]) == {"CloudwatchLogsLogDestination", "Level"}


def test_no_pipe_batches_more_than_its_target_takes():
    """A batch that the target's own batch call cannot hold is refused at creation.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-batching-concurrency.html
    """
    source = resources("AWS::Pipes::Pipe")["MirrorPipe"]["SourceParameters"]
    assert source["DynamoDBStreamParameters"]["BatchSize"] <= 10
    assert 1 <= source["DynamoDBStreamParameters"]["ParallelizationFactor"] <= 10


def test_quarantine_holds_all_that_the_submissions_queue_takes():
    assert QUEUES["SubmissionsQueue"]["MaximumMessageSize"] <= LARGEST_CHARS
    # Each character of it may be one that JSON escapes.
    assert QUEUES["QuarantineQueue"].get("MaximumMessageSize", 262_144) > 2 * LARGEST_CHARS


def test_both_pipes_stand_in_the_template_with_their_sources_and_targets():
    pipes = resources("AWS::Pipes::Pipe")
    assert set(pipes) == {"IngestPipe", "MirrorPipe"}
    assert pipes["IngestPipe"]["Source"] == {"Fn::GetAtt": ["SubmissionsQueue", "Arn"]}
    assert pipes["MirrorPipe"]["Target"] == {"Fn::GetAtt": ["MirrorQueue", "Arn"]}
    assert pipes["IngestPipe"]["DesiredState"]["Fn::If"][0] == "ConsumedByPipe"
