"""The whole of ``manage.py deploy`` against the emulator: the account that it reads, and stack after stack."""

from pathlib import Path
from typing import Any

import pytest

from campaignhub.deployment.archives import build_here
from campaignhub.deployment.deploy import Deployment, Options
from campaignhub.deployment.errors import ReplacesWhatMustStay, StackFailed
from campaignhub.deployment.plan import Plan
from campaignhub.deployment.template import INGEST, TEMPLATES
from campaignhub.env import VAR
from campaignhub.local_aws.deploy import client
from campaignhub.local_aws.ministack import ACCOUNT, REGION
from tests.support.stack import Stack

pytestmark = pytest.mark.flow


class Emulated:
    """Makes clients as a session of boto3 does, for the emulator."""

    def __init__(self, stack: Stack) -> None:
        self._endpoint = stack.ministack.endpoint

    def client(self, service: str, region_name: str) -> Any:
        """Return a client; the emulator is in every region."""
        assert region_name == REGION
        return client(service, self._endpoint)


@pytest.fixture
def deployment(stack: Stack) -> Any:
    """Prepare deployments of a stack beside the one that tests use."""

    def make(said: list[str], ingest: Path = INGEST, **options: Any) -> Deployment:
        given = {
            "AllowedOrigins": "https://win.example.com",
            "Scale": "machine",
            # The emulator has no web ACL for a stage.
            "OriginSecret": "",
        }
        return Deployment(
            Plan(
                stack="another",
                account=ACCOUNT,
                region=REGION,
                ingest=given,
                edge={},
            ),
            build_here(VAR / "build"),
            Emulated(stack),
            said.append,
            secret={},
            options=Options(pause_seconds=0.1, **options),
            templates={**TEMPLATES, "ingest": ingest},
        )

    return make


def test_a_deployment_is_whole_the_same_again_changes_nothing_and_a_bad_one_leaves_it(
    stack: Stack, deployment: Any, tmp_path: Path
) -> None:
    said: list[str] = []
    outputs = deployment(said).run()
    assert {"TableName", "ApiUrl", "PublicApiUrl", "DistributionId"} <= set(outputs)
    stacks = stack.client("cloudformation")
    secret = stack.client("secretsmanager").get_secret_value(SecretId=outputs["OriginSecretArn"])
    distribution = stack.client("cloudfront").get_distribution(Id=outputs["DistributionId"])
    origins = distribution["Distribution"]["DistributionConfig"]["Origins"]["Items"]
    (header,) = next(o for o in origins if o["Id"] == "api")["CustomHeaders"]["Items"]
    assert header["HeaderValue"] == secret["SecretString"]
    assert len(header["HeaderValue"]) == 64
    for name in ("another-secrets", "another-ingest", "another-edge"):
        (found,) = stacks.describe_stacks(StackName=name)["Stacks"]
        assert found["EnableTerminationProtection"]

    said.clear()
    assert deployment(said).run() == outputs
    assert [line for line in said if "no changes" in line] == [
        "another-secrets: no changes.",
        "another-ingest: no changes.",
        "another-edge: no changes.",
    ]

    renamed = tmp_path / "renamed.yaml"
    renamed.write_text(INGEST.read_text().replace('-submissions"', '-entries"'))
    with pytest.raises(ReplacesWhatMustStay, match="SubmissionsQueue would be replaced"):
        deployment(said, renamed, check_only=True).run()

    broken = tmp_path / "broken.yaml"
    broken.write_text(
        INGEST.read_text().replace(
            "\nResources:\n",
            "\nResources:\n  Taken: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref CodeBucket}}\n",
            1,
        )
    )
    with pytest.raises(StackFailed, match=r"another-ingest: Taken .*failed: .*as it was before"):
        deployment(said, broken).run()
    assert deployment(said).run() == outputs
