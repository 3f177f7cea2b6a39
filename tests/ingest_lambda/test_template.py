"""The template says what must hold in production, and CloudFormation will not say for us."""

import copy
import dataclasses
import importlib
import json
import re

import pytest

from campaignhub.deployment.template import INGEST
from campaignhub.local_aws.pipes.pattern import passes
from ingest_lambda.adapters.quarantine import LARGEST_CHARS
from ingest_lambda.adapters.table import LedgerLine
from ingest_lambda.config import Config
from ingest_lambda.contract import (
    MAX_SUBMISSION_BYTES,
    MAX_TOKEN_CHARS,
    MIRRORED,
    MessageKind,
    MessageRequest,
    SubmitRequest,
)
from ingest_lambda.functions.images import LAST_DELIVERY
from ingest_lambda.pictures.limits import MEMORY_BYTES, WALL_SECONDS
from tests.checks.api_hash import SNAPSHOT, api_hash, with_hash
from tests.ingest_lambda.declared import (
    branches,
    default,
    functions,
    resources,
    template,
    variables,
)

QUEUES = resources("AWS::SQS::Queue")
SOURCES = {name: queue for name, queue in QUEUES.items() if "RedrivePolicy" in queue}
DEAD = {
    queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]: name
    for name, queue in SOURCES.items()
}
PIPE_DEAD = {"MirrorPipeDeadLetterQueue"}
KEPT = ("RetainExceptOnCreate", "Retain")
"""Outlives its stack, but a first create that failed leaves nothing in the way of the next."""


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


def test_the_images_function_outlives_its_decoder_and_has_room_for_it():
    function = functions()["ImagesFunction"]
    assert default(function["Timeout"]) >= WALL_SECONDS + 10
    assert function["MemorySize"] * 1_000_000 >= MEMORY_BYTES + 500_000_000


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
    assert ingest["SourceParameters"]["SqsQueueParameters"]["BatchSize"]["Fn::If"][2] == 25


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


def test_the_table_can_be_recovered_and_not_be_dropped_by_a_slip():
    table = template()["Resources"]["Table"]
    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == KEPT
    properties = table["Properties"]
    assert properties["DeletionProtectionEnabled"]
    assert properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]
    assert properties["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}
    assert properties["TimeToLiveSpecification"]["AttributeName"] == "expires_at"
    assert [index["IndexName"] for index in properties["GlobalSecondaryIndexes"]] == ["by_hour"]


def test_the_models_have_the_bounds_of_the_contract():
    models = {
        model["Name"]: model["Schema"] for model in resources("AWS::ApiGateway::Model").values()
    }
    for schema in models.values():
        assert schema["additionalProperties"] is False
        assert schema["properties"]["token"]["maxLength"] == MAX_TOKEN_CHARS
    kinds = models["Message"]["properties"]["kind"]["enum"]
    assert sorted(kinds) == sorted(kind.value for kind in MessageKind)


def test_the_access_log_leads_to_nobody():
    (stage,) = resources("AWS::ApiGateway::Stage").values()
    (setting,) = branches(stage["AccessLogSetting"])
    fields = json.loads(setting["Format"])
    told = " ".join(fields.values())
    for personal in ("identity", "path", "authorizer", "requestOverride", "querystring"):
        assert f"$context.{personal}" not in told
    for settings in stage["MethodSettings"]:
        assert settings.get("LoggingLevel", "OFF") == "OFF"
        assert not settings.get("DataTraceEnabled", False)


def test_every_public_path_answers_a_preflight_and_the_others_do_not():
    verbs: dict[str, set[str]] = {}
    for method in resources("AWS::ApiGateway::Method").values():
        verbs.setdefault(method["ResourceId"]["Ref"], set()).add(method["HttpMethod"])
    assert {path for path, known in verbs.items() if "OPTIONS" in known} == {
        "StartPath",
        "SubmissionsPath",
        "SubmissionPath",
        "MessagesPath",
    }


def test_the_inner_way_in_is_signed_and_the_partners_way_has_a_key():
    methods = resources("AWS::ApiGateway::Method")
    assert methods["PostInternalSubmission"]["AuthorizationType"] == "AWS_IAM"
    assert methods["PostPartnerStart"]["ApiKeyRequired"]


def test_the_deployment_waits_for_all_that_it_takes_a_picture_of():
    parts = set(resources("AWS::ApiGateway::Method")) | set(
        resources("AWS::ApiGateway::GatewayResponse")
    )
    for name, condition, left_out in (
        ("Deployment", "PipeCallsFunction", {"PostInternalSubmission"}),
        ("InnerDeployment", "PipeCallsApi", set()),
    ):
        deployment = template()["Resources"][name + api_hash(template())]
        assert deployment["Condition"] == condition
        assert set(deployment["DependsOn"]) == parts - left_out


def test_an_api_that_changed_has_another_deployment():
    changed = copy.deepcopy(template())
    assert api_hash(changed) == api_hash(template())
    response = changed["Resources"]["ThrottledResponse"]["Properties"]
    response["ResponseParameters"]["gatewayresponse.header.Retry-After"] = "'6'"
    assert api_hash(changed) != api_hash(template())
    text = INGEST.read_text()
    assert with_hash(text) == text
    assert with_hash(text.replace("Retry-After: \"'5'\"", "Retry-After: \"'6'\"")) != text


def test_no_parameter_stands_in_what_a_deployment_is_a_snapshot_of():
    """Its value could change without another deployment."""
    given_once = {"AWS::StackName", "AWS::Partition", "AWS::Region", "AWS::AccountId"}
    for name, resource in template()["Resources"].items():
        if resource["Type"] in SNAPSHOT:
            text = json.dumps(resource)
            named = set(re.findall(r'"Ref": "([^"]+)"', text)) | set(
                re.findall(r"\$\{([^}]+)\}", text)
            )
            free = {part.partition(".")[0] for part in named} - set(template()["Resources"])
            assert free <= given_once, name


def test_what_holds_an_entry_or_a_photo_outlives_its_stack():
    keeping = ("Submissions", "Images", "Quarantine")
    for name, resource in template()["Resources"].items():
        policies = (resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy"))
        match resource["Type"]:
            case "AWS::SQS::Queue":
                expected = KEPT if name.startswith(keeping) else ("Delete", "Delete")
                assert policies == expected, name
            case "AWS::DynamoDB::Table" | "AWS::S3::Bucket":
                assert policies == KEPT, name
            case "AWS::Logs::LogGroup":
                assert policies == ("Delete", "Delete"), name


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


def test_a_new_account_can_take_the_template_as_it_is():
    for name, parameter in template()["Parameters"].items():
        if name.endswith("Concurrency"):
            assert parameter["Default"] == 0, name
    capped = {n for n, f in functions().items() if "ReservedConcurrentExecutions" in f}
    assert capped == {"StartFunction", "StatusFunction"}
    assert template()["Parameters"]["AccessLogs"]["Default"] == "off"


def test_the_account_s_log_role_is_taken_over_only_on_request_and_outlives_the_stack():
    for name in ("GatewayLogRole", "GatewayLogAccount"):
        resource = template()["Resources"][name]
        assert resource["Condition"] == "OwnGatewayLogRole"
        assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == KEPT


def test_no_pipe_has_a_name_that_its_replacement_would_collide_with():
    assert not [n for n, pipe in resources("AWS::Pipes::Pipe").items() if "Name" in pipe]


def test_no_log_of_a_pipe_holds_what_people_typed():
    for pipe in resources("AWS::Pipes::Pipe").values():
        assert set(pipe["LogConfiguration"]) == {"CloudwatchLogsLogDestination", "Level"}


def test_every_gateway_answer_is_a_problem_document():
    for name, response in resources("AWS::ApiGateway::GatewayResponse").items():
        problem = json.loads(response["ResponseTemplates"]["application/json"])
        assert {"type", "title", "code", "detail"} <= set(problem), name
        if "StatusCode" in response:
            assert str(problem["status"]) == response["StatusCode"]
        if response.get("StatusCode") == "503":
            assert "gatewayresponse.header.Retry-After" in response["ResponseParameters"]


def test_each_function_holds_the_secrets_of_its_own_work_only():
    secret = {"TOKEN_KEYS", "PERSON_SECRET", "CHALLENGE_SECRETS"}
    for name in functions():
        held = variables(name)
        assert {f"{each}_ARN" for each in held & secret} == {
            each for each in held if each.endswith("_ARN")
        }
    assert {name: variables(name) & secret for name in functions()} == {
        "StartFunction": secret,
        "StatusFunction": {"TOKEN_KEYS"},
        "WriteFunction": {"TOKEN_KEYS", "PERSON_SECRET"},
        "WriteOneFunction": {"TOKEN_KEYS", "PERSON_SECRET"},
        # It opens strangers' files.
        "ImagesFunction": set(),
    }
    for name in ("TokenKeys", "PersonSecret", "ChallengeSecrets", "OriginSecret"):
        assert template()["Parameters"][name]["NoEcho"]


def test_every_variable_is_one_that_the_functions_read():
    known = {field.name.upper() for field in dataclasses.fields(Config)}
    for name in functions():
        ours = {v for v in variables(name) if not v.startswith("POWERTOOLS_")}
        assert ours <= known, name


@pytest.mark.parametrize("name", sorted(functions()))
def test_every_function_has_a_handler_that_is_there_a_bound_and_a_log_that_ends(name):
    properties = functions()[name]
    module, _, function = properties["Handler"].rpartition(".")
    assert callable(getattr(importlib.import_module(module), function))
    assert 0 < default(properties["Timeout"]) <= 60
    log = template()["Resources"][name.replace("Function", "Log")]["Properties"]
    assert log["RetentionInDays"] == {"Ref": "LogRetentionDays"}
    assert log["LogGroupName"]["Fn::Sub"].endswith(properties["FunctionName"]["Fn::Sub"])


def test_the_index_shows_what_the_ledger_compares_by():
    (index,) = template()["Resources"]["Table"]["Properties"]["GlobalSecondaryIndexes"]
    shown = set(index["Projection"]["NonKeyAttributes"])
    fields = {field.name for field in dataclasses.fields(LedgerLine)}
    # An id and a time are the key's; the status shown is made of two attributes more.
    assert shown == fields - {"id", "entered_at"} | {"decision_status", "decided_attempt"}


def test_the_submission_model_asks_what_the_contract_asks():
    models = resources("AWS::ApiGateway::Model")
    for name, shape in (("SubmissionModel", SubmitRequest), ("MessageModel", MessageRequest)):
        schema = models[name]["Schema"]
        assert set(schema["properties"]) == set(shape.model_fields)
        needed = {key for key, field in shape.model_fields.items() if field.is_required()}
        assert set(schema["required"]) == needed
    trap = models["SubmissionModel"]["Schema"]["properties"]["trap"]
    assert trap["maxLength"] == SubmitRequest.model_fields["trap"].metadata[0].max_length


def test_bodies_are_checked_before_they_are_queued():
    for name in ("PostSubmission", "PostMessage"):
        method = resources("AWS::ApiGateway::Method")[name]
        assert method["RequestValidatorId"] == {"Ref": "BodyValidator"}
        assert set(method["RequestModels"]) == {"application/json"}
        assert method["Integration"]["PassthroughBehavior"] == "NEVER"
    validator = template()["Resources"]["BodyValidator"]["Properties"]
    assert validator["ValidateRequestBody"] is True


def test_partners_have_a_plan_that_bounds_them():
    plan = template()["Resources"]["PartnerUsagePlan"]["Properties"]
    (stage,) = plan["ApiStages"]
    assert stage == {"ApiId": {"Ref": "Api"}, "Stage": {"Ref": "StageName"}}
    assert default(plan["Throttle"]["RateLimit"]) > 0
    assert plan["Quota"]["Period"] == "DAY"
    assert template()["Outputs"]["PartnerUsagePlanId"]["Value"] == {"Ref": "PartnerUsagePlan"}


def test_no_pipe_batches_more_than_its_target_takes():
    """A batch that the target's own batch call cannot hold is refused at creation.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-batching-concurrency.html
    """
    source = resources("AWS::Pipes::Pipe")["MirrorPipe"]["SourceParameters"]
    assert source["DynamoDBStreamParameters"]["BatchSize"] <= 10
    assert 1 <= source["DynamoDBStreamParameters"]["ParallelizationFactor"] <= 10


def test_an_upload_is_there_as_long_as_somebody_may_send_its_notice_again():
    (bucket,) = resources("AWS::S3::Bucket").values()
    (days,) = [
        rule["ExpirationInDays"]
        for rule in bucket["LifecycleConfiguration"]["Rules"]
        if rule.get("Prefix") == "incoming/"
    ]
    assert days * 86_400 > QUEUES["ImagesDeadLetterQueue"]["MessageRetentionPeriod"]


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


def test_a_dead_letter_is_told_to_somebody():
    watched = {
        dimension["Value"]["Fn::GetAtt"][0]
        for alarm in resources("AWS::CloudWatch::Alarm").values()
        for dimension in alarm.get("Dimensions", ())
        if dimension["Name"] == "QueueName"
    }
    # What nobody consumes is looked at by a person anyway.
    assert (set(DEAD) | PIPE_DEAD) - watched == {"QuarantineDeadLetterQueue"}
    assert "QuarantineQueue" in watched


def test_alarms_watch_what_visitors_and_staff_would_notice_late():
    alarms = resources("AWS::CloudWatch::Alarm")
    watched = {
        (alarm.get("Namespace"), alarm.get("MetricName"), json.dumps(alarm.get("Dimensions", "")))
        for alarm in alarms.values()
    }

    def watches(metric: str, what: str) -> bool:
        return any(metric == name and what in where for _, name, where in watched)

    for queue in ("SubmissionsQueue", "ImagesQueue", "MirrorQueue"):
        assert watches("ApproximateAgeOfOldestMessage", queue)
    assert watches("5XXError", "Stage")
    assert watches("ExecutionFailed", "MirrorPipe")
    for name, metric in (("ErrorsAlarm", "Errors"), ("ThrottlesAlarm", "Throttles")):
        told = json.dumps(alarms[name]["Metrics"])
        assert metric in told
        assert all(each in told for each in ("Start", "Write", "Status", "Images"))
    assert "Invocations" in json.dumps(alarms["MirrorPipeStandsAlarm"]["Metrics"])


def test_every_alarm_goes_to_the_one_address():
    topics = resources("AWS::SNS::Topic")
    assert [t["Subscription"][0]["Endpoint"] for t in topics.values()] == [{"Ref": "NoticeAddress"}]
    for name, alarm in resources("AWS::CloudWatch::Alarm").items():
        assert branches(alarm["AlarmActions"]) == [[{"Ref": "Notices"}]], name


def test_photos_of_receipts_are_kept_cheaply_and_not_for_ever():
    (bucket,) = resources("AWS::S3::Bucket").values()
    rules = bucket["LifecycleConfiguration"]["Rules"]
    (receipts,) = [rule for rule in rules if rule.get("Prefix") == "receipts/"]
    (transition,) = receipts["Transitions"]
    assert transition["StorageClass"] == "GLACIER_IR", "read at once, as the desk does"
    assert default(receipts["ExpirationInDays"]) > transition["TransitionInDays"]


def test_every_origin_of_a_page_may_upload_and_the_pages_are_told_where():
    (bucket,) = resources("AWS::S3::Bucket").values()
    (rule,) = bucket["CorsConfiguration"]["CorsRules"]
    assert rule["AllowedOrigins"] == {"Ref": "AllowedOrigins"}
    assert template()["Parameters"]["AllowedOrigins"]["Type"] == "CommaDelimitedList"
    assert "PublicUploadUrl" in template()["Outputs"]
