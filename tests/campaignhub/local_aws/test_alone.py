"""Each template can be deployed without the others; the emulator takes them as they are."""

from pathlib import Path

import pytest

from ingest_lambda.contract import challenge_secrets_of, check_person_secret, token_keys_of
from tests.support.stack import Stack

pytestmark = pytest.mark.flow

TEMPLATES = Path(__file__).parents[3] / "campaignhub/deployment/templates"
NOTICE = {"NoticeAddress": "ops@example.com"}
EDGE = {
    "ApiUrl": "https://a1b2c3.execute-api.eu-west-1.amazonaws.com/live",
    "OriginSecret": "o" * 40,
}
NOT_KNOWN = {"notices": ["DkimRecord1", "DkimRecord2", "DkimRecord3"]}
"""Outputs of which the emulator lacks the attribute."""


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("secrets", {}),
        ("edge", EDGE),
        ("edge", {**EDGE, **NOTICE, "DomainNames": "win.example.com,promo.example.org"}),
        ("notices", {"MailDomain": "mail.example.com"}),
        ("notices", {"MailDomain": "mail.example.com", **NOTICE}),
    ],
)
def test_a_template_stands_alone(stack: Stack, name: str, parameters: dict[str, str]) -> None:
    stacks, own = stack.client("cloudformation"), f"{name}-{len(parameters)}"
    text = (TEMPLATES / f"{name}.yaml").read_text()
    for output in NOT_KNOWN.get(name, ()):
        start = text.index(f"  {output}:\n")
        end = text.index("\n  ", text.index("Value:", start))
        text = text[:start] + text[end + 1 :]
    stacks.create_stack(
        StackName=own,
        TemplateBody=text,
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
    )
    stacks.get_waiter("stack_create_complete").wait(
        StackName=own, WaiterConfig={"Delay": 1, "MaxAttempts": 30}
    )
    (made,) = stacks.describe_stacks(StackName=own)["Stacks"]
    assert made["StackStatus"] == "CREATE_COMPLETE"
    outputs = {output["OutputKey"]: output["OutputValue"] for output in made["Outputs"]}
    assert all(outputs.values())
    if name == "secrets":
        manager = stack.client("secretsmanager")
        held = {
            output: manager.get_secret_value(SecretId=arn)["SecretString"]
            for output, arn in outputs.items()
            if output.endswith("Arn")
        }
        # What Secrets Manager makes up is what the functions take.
        assert list(token_keys_of(held["TokenKeysArn"])) == ["k1"]
        check_person_secret(held["PersonSecretArn"])
        assert challenge_secrets_of(held["ChallengeSecretsArn"]) == {}
        assert len(held["OriginSecretArn"]) == 64
