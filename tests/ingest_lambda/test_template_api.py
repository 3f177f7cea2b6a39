"""What the template says of the API, and CloudFormation will not say for us."""

import copy
import json
import re

from campaignhub.deployment.template import INGEST
from ingest_lambda.contract import (
    MAX_TOKEN_CHARS,
    MessageKind,
    MessageRequest,
    SubmitRequest,
)
from tests.checks.api_hash import SNAPSHOT, api_hash, with_hash
from tests.ingest_lambda.declared import (
    KEPT,
    branches,
    default,
    resources,
    template,
)


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


def test_the_account_s_log_role_is_taken_over_only_on_request_and_outlives_the_stack():
    for name in ("GatewayLogRole", "GatewayLogAccount"):
        resource = template()["Resources"][name]
        assert resource["Condition"] == "OwnGatewayLogRole"
        assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == KEPT


def test_every_gateway_answer_is_a_problem_document():
    for name, response in resources("AWS::ApiGateway::GatewayResponse").items():
        problem = json.loads(response["ResponseTemplates"]["application/json"])
        assert {"type", "title", "code", "detail"} <= set(problem), name
        if "StatusCode" in response:
            assert str(problem["status"]) == response["StatusCode"]
        if response.get("StatusCode") == "503":
            assert "gatewayresponse.header.Retry-After" in response["ResponseParameters"]


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
