"""Who deploys from a pipeline: a run's role may do what `manage.py deploy` calls, a pull request's no more than look."""

import re
from pathlib import Path
from typing import Any

import boto3
import pytest

from campaignhub.deployment import account, origin_secret, stack, upload
from campaignhub.deployment.template import ORDER, parse_template
from tests.ingest_lambda.declared import listed
from tests.support.resolved import ACCOUNT, Resolved

FILE = ORDER["secrets"].with_name("pipeline.yaml")
GIVEN = {
    "Installation": "demo",
    "Repository": "acme/campaigns",
    "DeployEnvironment": "staging",
    "ReadEnvironment": "staging-read",
}
CALLS: dict[tuple[Any, Any], str] = {
    (stack, "cloudformation"): r"self\.client\.(\w+)\(",
    (upload, "s3"): r"store\.(\w+)\(",
    (origin_secret, "secretsmanager"): r"manager\.(\w+)\(",
    **{
        (account, service): rf'client\("{service}"[^)]*\)\.(\w+)\('
        for service in ("sts", "lambda", "apigateway", "sesv2")
    },
}
"""By module of the deployment and service, how its calls are written there."""
NAMED = {
    "s3:HeadObject": "s3:GetObject",
    "apigateway:GetAccount": "apigateway:GET",
    "sesv2:GetAccount": "ses:GetAccount",
}
"""Operations whose action has another name."""
WITHOUT_A_CALL = {
    "TagResource": "CloudFormation asks for it where a change set sets tags",
    "ListBucket": "S3 asks for it to say that an object is missing",
    "PassRole": "IAM asks for it where a change set names CloudFormation's role",
}


def pipeline(**given: str) -> Resolved:
    return Resolved(parse_template(FILE.read_text()), **{**GIVEN, **given})


def called() -> set[str]:
    """Return the actions that the code of a deployment needs, by what is written in it."""
    actions = set()
    for (module, service), written in CALLS.items():
        assert module.__file__
        found = set(re.findall(written, Path(module.__file__).read_text()))
        assert found, (module, service)
        operations = boto3.client(service, region_name="eu-central-1").meta.method_to_api_mapping
        names = {f"{service}:{operations[method]}" for method in found}
        actions |= {NAMED.get(name, name) for name in names}
    return actions


def granted(policy: str) -> set[str]:
    statements = pipeline().policies()[policy]
    assert all(statement["Effect"] == "Allow" for statement in statements)
    return {action for statement in statements for action in listed(statement["Action"])}


def test_a_run_may_do_what_the_deployment_calls_and_nothing_else() -> None:
    allowed = granted("ShowAccess") | granted("DeployAccess")
    assert called() - allowed == set()
    idle = {action for action in allowed - called() if action.split(":")[1] not in WITHOUT_A_CALL}
    assert idle == set()


def test_a_pull_request_executes_nothing_and_reads_no_secret() -> None:
    assert pipeline().resources["ReadRole"]["Properties"]["ManagedPolicyArns"] == ["ShowAccess"]
    changing = {"ExecuteChangeSet", "UpdateTerminationProtection", "ContinueUpdateRollback"}
    assert not {action.split(":")[1] for action in granted("ShowAccess")} & changing
    assert "secretsmanager:GetSecretValue" not in granted("ShowAccess")


@pytest.mark.parametrize("policy", ["ShowAccess", "DeployAccess"])
def test_a_run_touches_the_stacks_of_its_installation_only(policy: str) -> None:
    for statement in pipeline().policies()[policy]:
        for place in listed(statement["Resource"]):
            named = {
                "cloudformation": ":stack/demo-*/*",
                "s3": "demo-secrets-code-*",
                "iam": f"arn:aws:iam::{ACCOUNT}:role/CloudFormationRole",
            }.get(listed(statement["Action"])[0].split(":")[0], "")
            assert named in place


@pytest.mark.parametrize(
    ("role", "environment"), [("DeployRole", "staging"), ("ReadRole", "staging-read")]
)
def test_a_role_trusts_one_environment_of_one_repository_and_no_wildcard(
    role: str, environment: str
) -> None:
    (trust,) = statements_of_trust(role)
    (condition,) = trust["Condition"].items()
    assert condition == (
        "StringEquals",
        {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": f"repo:acme/campaigns:environment:{environment}",
        },
    )
    assert trust["Action"] == "sts:AssumeRoleWithWebIdentity"


def statements_of_trust(role: str) -> list[dict[str, Any]]:
    policy = pipeline().resources[role]["Properties"]["AssumeRolePolicyDocument"]
    statements: list[dict[str, Any]] = policy["Statement"]
    return statements


def test_cloudformation_s_role_is_handed_to_cloudformation_only() -> None:
    (trust,) = statements_of_trust("CloudFormationRole")
    assert trust["Principal"] == {"Service": "cloudformation.amazonaws.com"}
    (handed,) = [s for s in pipeline().policies()["ShowAccess"] if s["Action"] == "iam:PassRole"]
    assert handed["Condition"] == {
        "StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}
    }


def test_a_provider_that_the_account_has_is_taken() -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
    there = pipeline(ProviderArn=arn)
    assert "Provider" not in there.resources
    trust = there.resources["DeployRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]
    assert trust["Principal"] == {"Federated": arn}
    assert "ReadRole" not in pipeline(ReadEnvironment="").resources
