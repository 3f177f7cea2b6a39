"""A deployment that is killed, loses its credentials or meets another one: it is run again, and goes on."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.exceptions import ClientError

from campaignhub.deployment.archives import Archives
from campaignhub.deployment.deploy import Deployment, Options
from campaignhub.deployment.errors import CannotDeploy
from campaignhub.deployment.plan import Plan
from campaignhub.deployment.target import Target
from campaignhub.local_aws.ministack import ACCOUNT, CREDENTIALS, REGION
from tests.support.stack import Stack

pytestmark = pytest.mark.flow

SECRETS = """
Resources:
  Code: {Type: "AWS::S3::Bucket"}
Outputs:
  CodeBucket: {Value: !Ref Code}
"""
INGEST = """
Parameters:
  CodeBucket: {Type: String}
  LightCodeKey: {Type: String}
  Kept: {Type: String, NoEcho: true, Default: ""}
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties: {Tags: [{Key: code, Value: !Ref LightCodeKey}]}
Outputs:
  QueueUrl: {Value: !Ref Queue}
"""
FAILING = INGEST.replace(
    "\nOutputs:",
    "\n  Taken: {Type: AWS::S3::Bucket, DependsOn: Queue, Properties: {BucketName: !Ref CodeBucket}}\nOutputs:",
)


class Killed(BaseException):
    """The process is gone: what stands after the call is never run."""


class Interrupted:
    """Makes clients whose n-th call is not sent; ``do`` ends it."""

    def __init__(
        self, stack: Stack, do: Callable[[], None] = lambda: None, at: int | None = None
    ) -> None:
        self.calls: list[str] = []
        self._stack, self._do, self._at = stack, do, at

    def client(self, service: Any, region_name: str) -> Any:
        """Return a client of its own, as the hook is."""
        made = boto3.client(
            service,
            region_name=region_name,
            endpoint_url=self._stack.ministack.endpoint,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        )
        made.meta.events.register("before-call", self._note)
        return made

    def _note(self, model: Any, **_: Any) -> None:
        self.calls.append(model.name)
        if len(self.calls) == self._at:
            self._do()


def kill() -> None:
    """End the process."""
    raise Killed


def expire() -> None:
    """Refuse the credentials."""
    expired = "The security token included in the request is expired"
    raise ClientError({"Error": {"Code": "ExpiredToken", "Message": expired}}, "DescribeStacks")


@pytest.fixture
def deployment(tmp_path: Path) -> Callable[..., Deployment]:
    """Prepare deployments of two small stacks."""
    archives = Archives(tmp_path / "light-1.zip", tmp_path / "images-1.zip", Target())
    for path in (archives.light, archives.images):
        path.write_bytes(b"code")

    def make(name: str, clients: Interrupted, ingest: str = INGEST) -> Deployment:
        texts = {"secrets": SECRETS, "ingest": ingest}
        templates = {kind: tmp_path / f"{kind}-{uuid4().hex}.yaml" for kind in texts}
        for kind, path in templates.items():
            path.write_text(texts[kind])
        return Deployment(
            Plan(stack=name, account=ACCOUNT, region=REGION),
            archives,
            clients,
            lambda _line: None,
            options=Options(pause_seconds=0.02),
            templates=templates,
        )

    return make


def new_name() -> str:
    return f"n{uuid4().hex[:10]}"


def is_whole(stack: Stack, deployment: Callable[..., Deployment], name: str) -> None:
    """Fail unless a run completes what is there, and one more finds nothing to do."""
    outputs = deployment(name, Interrupted(stack)).run()
    assert {"CodeBucket", "QueueUrl"} <= set(outputs)
    again = Interrupted(stack)
    assert deployment(name, again).run() == outputs
    assert "ExecuteChangeSet" not in again.calls
    described = stack.client("cloudformation").describe_stacks()["Stacks"]
    mine = [one for one in described if one["StackName"].startswith(name)]
    assert len(mine) == 2
    assert all(one["EnableTerminationProtection"] for one in mine)
    assert all(one["StackStatus"].endswith("_COMPLETE") for one in mine)


CHANGING = {
    "CreateChangeSet",
    "ExecuteChangeSet",
    "PutObject",
    "UpdateTerminationProtection",
    "DeleteChangeSet",
}


def places(calls: list[str], *, every: bool) -> list[int]:
    """Return where to kill: before each call that changes something and after each execution, or at every call."""
    if every:
        return list(range(1, len(calls) + 1))
    before = {place for place, name in enumerate(calls, 1) if name in CHANGING}
    after = {place + 1 for place, name in enumerate(calls, 1) if name == "ExecuteChangeSet"}
    return sorted(before | after)


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.soak)])
def test_killed_wherever_it_stands_it_goes_on_from_there(
    stack: Stack, deployment: Callable[..., Deployment], every: bool
) -> None:
    whole = Interrupted(stack)
    deployment(new_name(), whole).run()
    assert CHANGING - {"DeleteChangeSet"} <= set(whole.calls)
    for place in places(whole.calls, every=every):
        name = new_name()
        with pytest.raises(Killed):
            deployment(name, Interrupted(stack, kill, place)).run()
        is_whole(stack, deployment, name)


@pytest.mark.parametrize("call", ["ExecuteChangeSet", "DescribeStackEvents", "PutObject"])
def test_credentials_that_end_in_the_middle_are_said_and_nothing_is_lost(
    stack: Stack, deployment: Callable[..., Deployment], call: str
) -> None:
    whole, name = Interrupted(stack), new_name()
    deployment(new_name(), whole).run()
    at = len(whole.calls) - whole.calls[::-1].index(call)
    with pytest.raises(CannotDeploy, match=r"expired .*Sign in again.* run the same command again"):
        deployment(name, Interrupted(stack, expire, at)).run()
    is_whole(stack, deployment, name)


def test_what_a_failed_first_creation_left_is_made_anew_also_where_a_secret_was_kept(
    stack: Stack, deployment: Callable[..., Deployment]
) -> None:
    name = new_name()
    with pytest.raises(CannotDeploy, match="Taken"):
        deployment(name, Interrupted(stack), FAILING).run()
    is_whole(stack, deployment, name)


@pytest.mark.parametrize(
    ("ingest", "why"),
    [
        (INGEST.replace("CodeBucket: {Type: String}", "Other: {Type: String}"), "Not given: Other"),
        (INGEST + "  - [", "can't be read: .* line "),
    ],
)
def test_a_template_that_is_wrong_is_said_by_what_is_wrong_and_mended_by_the_next(
    stack: Stack, deployment: Callable[..., Deployment], ingest: str, why: str
) -> None:
    name = new_name()
    with pytest.raises(CannotDeploy, match=why):
        deployment(name, Interrupted(stack), ingest).run()
    is_whole(stack, deployment, name)


def test_of_two_at_once_each_comes_to_its_end_or_says_to_run_it_again(
    stack: Stack, deployment: Callable[..., Deployment]
) -> None:
    name, said = new_name(), list[str]()
    gate = threading.Barrier(2)

    def run() -> None:
        gate.wait()
        try:
            deployment(name, Interrupted(stack)).run()
        except CannotDeploy as error:
            said.append(error.message)

    both = [threading.Thread(target=run) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert len(said) < 2, said
    signs = ("another deployment", "Run this again")
    assert not [text for text in said if any(sign not in text for sign in signs)]
    is_whole(stack, deployment, name)
