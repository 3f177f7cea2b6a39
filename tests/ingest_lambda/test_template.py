"""The template says what must hold in production, and CloudFormation will not say for us."""

import dataclasses
import importlib
import json

import pytest

from ingest_lambda.adapters.table import LedgerLine
from ingest_lambda.config import Config
from ingest_lambda.pictures.limits import MEMORY_BYTES, WALL_SECONDS
from tests.ingest_lambda.declared import (
    DEAD,
    KEPT,
    PIPE_DEAD,
    QUEUES,
    branches,
    default,
    functions,
    resources,
    template,
    variables,
)


def test_the_images_function_outlives_its_decoder_and_has_room_for_it():
    function = functions()["ImagesFunction"]
    assert default(function["Timeout"]) >= WALL_SECONDS + 10
    assert function["MemorySize"] * 1_000_000 >= MEMORY_BYTES + 500_000_000


def test_the_table_can_be_recovered_and_not_be_dropped_by_a_slip():
    table = template()["Resources"]["Table"]
    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == KEPT
    properties = table["Properties"]
    assert properties["DeletionProtectionEnabled"]
    assert properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]
    assert properties["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}
    assert properties["TimeToLiveSpecification"]["AttributeName"] == "expires_at"
    assert [index["IndexName"] for index in properties["GlobalSecondaryIndexes"]] == ["by_hour"]


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


def test_a_new_account_can_take_the_template_as_it_is():
    for name, parameter in template()["Parameters"].items():
        if name.endswith("Concurrency"):
            assert parameter["Default"] == 0, name
    capped = {n for n, f in functions().items() if "ReservedConcurrentExecutions" in f}
    assert capped == {"StartFunction", "StatusFunction"}
    assert template()["Parameters"]["AccessLogs"]["Default"] == "off"


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


def test_an_upload_is_there_as_long_as_somebody_may_send_its_notice_again():
    (bucket,) = resources("AWS::S3::Bucket").values()
    (days,) = [
        rule["ExpirationInDays"]
        for rule in bucket["LifecycleConfiguration"]["Rules"]
        if rule.get("Prefix") == "incoming/"
    ]
    assert days * 86_400 > QUEUES["ImagesDeadLetterQueue"]["MessageRetentionPeriod"]


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
