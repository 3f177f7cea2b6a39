"""Who deploys from a pipeline: which runs may assume which role, and on what; test_calls_of_deployers.py compares calls."""

from typing import Any

import pytest

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


def pipeline(**given: str) -> Resolved:
    return Resolved(parse_template(FILE.read_text()), **{**GIVEN, **given})


def granted(policy: str) -> set[str]:
    statements = pipeline().policies()[policy]
    assert all(statement["Effect"] == "Allow" for statement in statements)
    return {action for statement in statements for action in listed(statement["Action"])}


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
