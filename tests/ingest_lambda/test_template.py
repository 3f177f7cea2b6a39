"""The template says what must hold in production, and CloudFormation will not say for us."""

import dataclasses
import importlib
import json
from fnmatch import fnmatchcase
from functools import cache
from typing import Any
from uuid import UUID

import pytest

from campaignhub.embedded.deploy import TEMPLATE
from campaignhub.embedded.pipes.declaration import parse_template
from campaignhub.embedded.pipes.pattern import passes
from ingest_lambda.config import Config
from ingest_lambda.contract import (
    MAX_SUBMISSION_BYTES,
    MAX_TOKEN_CHARS,
    MIRRORED,
    MessageKind,
    MessageRequest,
    SubmitRequest,
)
from ingest_lambda.table import LedgerLine, keys


@cache
def template() -> dict[str, Any]:
    return parse_template(TEMPLATE.read_text())


def resources(kind: str) -> dict[str, dict[str, Any]]:
    return {
        name: resource["Properties"]
        for name, resource in template()["Resources"].items()
        if resource["Type"] == kind
    }


def default(parameter: Any) -> int:
    """The number that a property has when nobody sets its parameter."""
    if isinstance(parameter, dict):
        return int(template()["Parameters"][parameter["Ref"]]["Default"])
    return int(parameter)


QUEUES = resources("AWS::SQS::Queue")
SOURCES = {name: queue for name, queue in QUEUES.items() if "RedrivePolicy" in queue}
DEAD = {
    queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]: name
    for name, queue in SOURCES.items()
}
PIPE_DEAD = {"MirrorPipeDeadLetterQueue"}


def statements() -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{name}/{policy['PolicyName']}/{statement['Sid']}", statement)
        for name, role in resources("AWS::IAM::Role").items()
        for policy in role.get("Policies", ())
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


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


def test_the_embedded_default_hides_a_message_longer_than_any_call_on_it_lasts():
    """AWS's factor of six is for pollers that are throttled; the embedded Pipe has no rival."""
    text = (TEMPLATE.parent.parent / "campaignhub" / "embedded" / "deploy.py").read_text()
    given = dict(
        line.strip().rstrip(",").replace('"', "").split(": ")
        for line in text.splitlines()
        if 'Seconds": "' in line
    )
    assert int(given["SubmissionsVisibilitySeconds"]) >= 3 * int(given["WriteTimeoutSeconds"])
    assert int(given["ImagesVisibilitySeconds"]) >= 6 * int(given["ImagesTimeoutSeconds"])


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

    def passed(pk: str, sk: str) -> bool:
        return passes(filters, {"dynamodb": {"Keys": {"pk": {"S": pk}, "sk": {"S": sk}}}})

    for word in MIRRORED:
        assert passed("SUBMISSION#1", word if word == "SUBMISSION" else f"{word}#1")
    for pk, sk in [
        ("SUBMISSION#1", "CODE#mug"),
        ("SUBMISSION#1", "SUBMISSIONS"),
        ("LIMIT#a#b#c", "2026-06-01"),
        ("MOMENT#a#1", "SUBMISSION"),
        ("CAMPAIGN#summer", "CURRENT"),
    ]:
        assert not passed(pk, sk)
    assert parameters["StartingPosition"] == "TRIM_HORIZON"
    assert parameters["DeadLetterConfig"]["Arn"] == {
        "Fn::GetAtt": ["MirrorPipeDeadLetterQueue", "Arn"]
    }


@pytest.mark.parametrize(("name", "statement"), statements(), ids=lambda value: str(value)[:60])
def test_a_role_may_do_named_things_to_named_resources(name, statement):
    for action in listed(statement["Action"]):
        assert "*" not in action
    for resource in listed(statement["Resource"]):
        # Of a resource with parts, a part: everything below one prefix of the bucket.
        text = json.dumps(resource)
        assert text.count("*") == ("Bucket.Arn}/" in text)
        assert '"*"' not in text


def test_start_reads_what_it_answers_by_and_no_limit_guard_or_block_list():
    (reads,) = [s for name, s in statements() if name.startswith("StartRole/own-work/Read")]
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


def test_the_table_can_be_recovered_and_not_be_dropped_by_a_slip():
    table = template()["Resources"]["Table"]
    assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == "Retain"
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
    fields = json.loads(stage["AccessLogSetting"]["Format"])
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
    waits = set(template()["Resources"]["Deployment"]["DependsOn"])
    assert waits == set(resources("AWS::ApiGateway::Method")) | set(
        resources("AWS::ApiGateway::GatewayResponse")
    )


def test_every_gateway_answer_is_a_problem_document():
    for name, response in resources("AWS::ApiGateway::GatewayResponse").items():
        problem = json.loads(response["ResponseTemplates"]["application/json"])
        assert {"type", "title", "code", "detail"} <= set(problem), name
        if "StatusCode" in response:
            assert str(problem["status"]) == response["StatusCode"]
        if response.get("StatusCode") == "503":
            assert "gatewayresponse.header.Retry-After" in response["ResponseParameters"]


def functions() -> dict[str, dict[str, Any]]:
    return resources("AWS::Lambda::Function")


def variables(name: str) -> set[str]:
    return set(functions()[name]["Environment"]["Variables"])


def test_each_function_holds_the_secrets_of_its_own_work_only():
    secret = {"TOKEN_KEYS", "PERSON_SECRET", "CHALLENGE_SECRETS"}
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


def rules_of(name: str) -> dict[str, dict[str, Any]]:
    acl = resources("AWS::WAFv2::WebACL")[name]
    return {rule["Name"]: rule for rule in acl["Rules"]}


def test_the_distribution_bounds_an_address_and_only_counts_what_reads_bodies():
    rules = rules_of("DistributionRules")
    rated = [r for r in rules.values() if "RateBasedStatement" in r["Statement"]]
    assert {r["Statement"]["RateBasedStatement"]["AggregateKeyType"] for r in rated} == {"IP"}
    limits = [default(r["Statement"]["RateBasedStatement"]["Limit"]) for r in rated]
    assert limits == sorted(limits)
    assert min(limits) >= 100
    managed = rules["managed-core"]["Statement"]["ManagedRuleGroupStatement"]
    assert managed["Name"] == "AWSManagedRulesCommonRuleSet"
    assert {o["Name"] for o in managed["RuleActionOverrides"]} >= {
        "SizeRestrictions_BODY",
        "CrossSiteScripting_BODY",
        "GenericLFI_BODY",
        "GenericRFI_BODY",
    }
    assert all(o["ActionToUse"] == {"Count": {}} for o in managed["RuleActionOverrides"])


def test_start_takes_the_distributions_word_only_where_nobody_comes_round_it():
    told = functions()["StartFunction"]["Environment"]["Variables"]["BEHIND_DISTRIBUTION"]
    assert told == {"Fn::If": ["BehindDistribution", "yes", ""]}
    assert template()["Resources"]["OriginOnly"]["Condition"] == "BehindDistribution"


def test_a_partners_server_is_bound_by_its_keys_plan_and_not_as_one_visitor():
    starts = rules_of("DistributionRules")["starts-by-address"]["Statement"]["RateBasedStatement"]
    counted, partners = starts["ScopeDownStatement"]["AndStatement"]["Statements"]
    path = "/v1/partner/campaigns/{slug}/start"
    assert path.endswith(counted["ByteMatchStatement"]["SearchString"])
    excepted = partners["NotStatement"]["Statement"]["ByteMatchStatement"]
    assert path.startswith(excepted["SearchString"])
    assert not "/v1/campaigns/{slug}/start".startswith(excepted["SearchString"])
    # Or a visitor would walk round by /v1/partner/../campaigns/.
    assert [step["Type"] for step in excepted["TextTransformations"]] == ["NORMALIZE_PATH"]


def test_behind_a_distribution_the_gateway_admits_its_secret_and_what_is_signed_inside():
    assert set(rules_of("OriginOnly")) == {"from-the-distribution", "signed-inside"}
    assert resources("AWS::WAFv2::WebACL")["OriginOnly"]["DefaultAction"] == {"Block": {}}


def test_no_web_acl_keeps_samples_of_visitors_or_stands_in_the_embedded_default():
    for name, resource in template()["Resources"].items():
        if resource["Type"].startswith("AWS::WAFv2"):
            assert "Condition" in resource, name
    for acl in resources("AWS::WAFv2::WebACL").values():
        for part in (acl, *acl["Rules"]):
            assert part["VisibilityConfig"]["SampledRequestsEnabled"] is False
    assert template()["Parameters"]["OriginSecret"]["Default"] == ""
    assert template()["Parameters"]["ProtectDistribution"]["Default"] == "false"


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
        for dimension in alarm["Dimensions"]
    }
    # What nobody consumes is looked at by a person anyway.
    assert (set(DEAD) | PIPE_DEAD) - watched == {"QuarantineDeadLetterQueue"}
