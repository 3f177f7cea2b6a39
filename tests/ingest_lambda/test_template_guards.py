"""Who may do what, who is let in, and what nobody may see: the template's guards."""

import json
from fnmatch import fnmatchcase
from typing import Any
from uuid import UUID

import pytest

from ingest_lambda.adapters.table import keys
from tests.ingest_lambda.declared import branches, functions, listed, resources, template
from tests.support.resolved import Resolved


def statements() -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{name}/{policy['PolicyName']}/{statement['Sid']}", statement)
        for name, role in resources("AWS::IAM::Role").items()
        for policy in role.get("Policies", ())
        for declared in policy["PolicyDocument"]["Statement"]
        for statement in branches(declared)
    ]


@pytest.mark.parametrize(("name", "statement"), statements(), ids=lambda value: str(value)[:60])
def test_a_role_may_do_named_things_to_named_resources(name, statement):
    for action in listed(statement["Action"]):
        assert "*" not in action
    if statement["Sid"] == "Trace":
        # X-Ray knows no resources for these two (AWS's Service Authorization Reference).
        assert statement["Action"] == ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
        return
    if statement["Action"] == "dynamodb:ListStreams":
        # Nor does this: with an ARN it matches nothing.
        assert statement["Resource"] == "*"
        return
    for resource in listed(statement["Resource"]):
        # Of a resource with parts, a part: everything below one prefix of the bucket.
        text = json.dumps(resource)
        assert text.count("*") == ("Bucket.Arn}/" in text)
        assert '"*"' not in text


def test_every_function_is_traced_and_may_say_so():
    traced = {name.split("/")[0] for name, s in statements() if s["Sid"] == "Trace"}
    for properties in functions().values():
        assert properties["TracingConfig"] == {"Mode": "Active"}
        assert properties["Role"]["Fn::GetAtt"][0] in traced


def test_the_gateway_s_traces_which_hold_addresses_are_kept_only_where_somebody_asks_for_them():
    (stage,) = resources("AWS::ApiGateway::Stage").values()
    assert stage["TracingEnabled"] == {"Ref": "TraceRequests"}
    assert template()["Parameters"]["TraceRequests"]["Default"] == "false"


def test_start_reads_what_it_answers_by_and_no_limit_guard_or_block_list():
    (reads,) = [s for name, s in statements() if name.startswith("StartRole/own-work/ReadReleases")]
    assert reads["Action"] == ["dynamodb:GetItem"]
    allowed = reads["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
    needed = [
        keys.current_key("s"),
        keys.release_key("s", 1),
        keys.partner_key("h"),
        keys.submission_key(UUID(int=1)),
    ]
    others = [
        keys.block_list_key("k"),
        keys.limit_key("c", "l", "h", "campaign"),
        keys.guard_key("c", "image:h"),
    ]

    def may(key: keys.Item) -> bool:
        return any(fnmatchcase(key["pk"]["S"], pattern) for pattern in allowed)

    assert all(map(may, needed))
    assert not any(map(may, others))


def test_start_writes_beside_a_submission_and_nowhere_else():
    mine = [s for name, s in statements() if name.startswith("StartRole")]
    writing = [
        (action, s.get("Condition"))
        for s in mine
        for action in listed(s["Action"])
        if action.startswith("dynamodb:") and action != "dynamodb:GetItem"
    ]
    beside = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["SUBMISSION#*"]}}
    assert writing == [("dynamodb:UpdateItem", beside)]


def test_what_opens_strangers_files_touches_no_campaign_and_reads_no_receipt():
    mine = [s for name, s in statements() if name.startswith("ImagesRole")]
    (puts,) = [s for s in mine if "dynamodb:PutItem" in listed(s["Action"])]
    allowed = puts["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]

    def may(key: keys.Item) -> bool:
        return any(fnmatchcase(key["pk"]["S"], pattern) for pattern in allowed)

    assert may(keys.submission_key(UUID(int=1)))
    assert may(keys.guard_key("c", "file:h"))
    for other in (
        keys.release_key("s", 1),
        keys.current_key("s"),
        keys.partner_key("h"),
        keys.block_list_key("k"),
        keys.limit_key("c", "l", "h", "campaign"),
    ):
        assert not may(other)
    for statement in mine:
        if "s3:GetObject" in listed(statement["Action"]):
            assert "receipts" not in json.dumps(statement["Resource"])


def test_nobody_is_trusted_but_the_service_that_needs_it():
    for name, role in resources("AWS::IAM::Role").items():
        for statement in role["AssumeRolePolicyDocument"]["Statement"]:
            assert list(statement["Principal"]) == ["Service"], name
            assert statement["Principal"]["Service"].endswith(".amazonaws.com")


def test_the_bucket_is_private_and_tls_only():
    (bucket,) = resources("AWS::S3::Bucket").values()
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    (policy,) = resources("AWS::S3::BucketPolicy").values()
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert bucket["CorsConfiguration"]["CorsRules"][0]["AllowedMethods"] == ["POST"]


def rules_of(name: str) -> dict[str, dict[str, Any]]:
    acl = resources("AWS::WAFv2::WebACL")[name]
    return {rule["Name"]: rule for declared in acl["Rules"] for rule in branches(declared)}


def test_start_takes_the_distributions_word_only_where_nobody_comes_round_it():
    told = functions()["StartFunction"]["Environment"]["Variables"]["BEHIND_DISTRIBUTION"]
    assert told == {"Fn::If": ["BehindDistribution", "yes", ""]}
    assert template()["Resources"]["OriginOnly"]["Condition"] == "BehindDistribution"


def test_no_partner_uses_up_what_another_s_key_was_promised():
    """A method's throttle counts all callers together; each key's own plan bounds it."""
    (stage,) = resources("AWS::ApiGateway::Stage").values()
    assert not [s for s in stage["MethodSettings"] if "partner" in s["ResourcePath"]]


def test_behind_a_distribution_the_gateway_admits_its_secret_and_what_is_signed_inside():
    first, *more = resources("AWS::WAFv2::WebACL")["OriginOnly"]["Rules"]
    assert first["Name"] == "from-the-distribution"
    assert {rule["Fn::If"][0]: rule["Fn::If"][1]["Name"] for rule in more} == {
        "OriginSecretChanges": "from-the-distribution-before",
        "PipeCallsApi": "signed-inside",
    }
    assert all(rule["Fn::If"][2] == {"Ref": "AWS::NoValue"} for rule in more)
    # Without a secret of before, its rule would admit whoever sends an empty header.
    changes = template()["Conditions"]["OriginSecretChanges"]
    assert changes == {"Fn::Not": [{"Fn::Equals": [{"Ref": "OriginSecretBefore"}, ""]}]}


def test_there_is_no_inner_way_in_where_the_pipe_calls_the_function():
    inner = {
        "WriteOneFunction",
        "WriteOneLog",
        "InternalPath",
        "InternalSubmissionsPath",
        "PostInternalSubmission",
        "WriteOnePermission",
    }
    for name, resource in template()["Resources"].items():
        assert (resource.get("Condition") == "PipeCallsApi") == (
            name in inner or name.startswith("InnerDeployment")
        ), name
    (target,) = (s for name, s in statements() if name.endswith("TargetApi"))
    assert "internal" in target["Resource"]["Fn::Sub"]
    assert resources("AWS::WAFv2::WebACL")["OriginOnly"]["DefaultAction"] == {"Block": {}}


def test_no_web_acl_keeps_samples_of_visitors_or_stands_in_the_embedded_default():
    for name, resource in template()["Resources"].items():
        if resource["Type"].startswith("AWS::WAFv2"):
            assert "Condition" in resource, name
    (acl,) = resources("AWS::WAFv2::WebACL").values()
    for part in (acl, *rules_of("OriginOnly").values()):
        assert part["VisibilityConfig"]["SampledRequestsEnabled"] is False
    assert template()["Parameters"]["OriginSecret"]["Default"] == ""


@pytest.mark.parametrize("policy", ["WebAccess", "WorkerAccess"])
def test_the_site_may_touch_what_it_works_on_and_grants_itself_nothing(policy: str):
    statements = Resolved(template()).policies()[policy]
    for statement in statements:
        for action in listed(statement["Action"]):
            assert "*" not in action
            assert action.partition(":")[0] not in {"iam", "lambda", "cloudformation"}
    written = {a for s in statements for a in listed(s["Action"]) if s["Resource"] == "*"}
    assert written == {"cloudwatch:GetMetricData"}


@pytest.mark.parametrize(("consumer", "reads"), [("pipe", False), ("celery", True)])
def test_the_worker_reads_submissions_only_where_no_pipe_does_and_web_never(
    consumer: str, reads: bool
):
    policies = Resolved(template(), IngestConsumer=consumer).policies()
    readers = {
        policy
        for policy in ("WebAccess", "WorkerAccess")
        for statement in policies[policy]
        if "sqs:ReceiveMessage" in listed(statement["Action"])
        and any(arn.endswith(":SubmissionsQueue") for arn in listed(statement["Resource"]))
    }
    assert readers == ({"WorkerAccess"} if reads else set())


@pytest.mark.parametrize("policy", ["WebAccess", "WorkerAccess"])
def test_a_policy_is_short_enough_also_where_every_name_is_long(policy: str):
    """AWS takes 6,144 characters of a managed policy, blanks not counted."""
    document = Resolved(template(), IngestConsumer="celery").policies()[policy]
    written = json.dumps(document, separators=(",", ":"))
    # A stack's name of 30, and 13 that the service adds, before and behind each name here.
    assert len(written) + 43 * written.count("arn:") < 6_144
