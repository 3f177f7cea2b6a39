"""An account for the commands of who deploys: CloudFormation and what moto lacks answered here, the rest by moto."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import boto3
import pytest
from botocore import handlers
from botocore.awsrequest import AWSResponse, create_request_object
from botocore.compat import HTTPHeaders

from campaignhub.deployment.template import ORDER, read_template
from tests.support.recorded_calls import Call, read_request
from tests.support.simulated_aws import empty_account

BUCKET = "demo-secrets-code-0a1b2c"
"""As CloudFormation names the bucket ``Code`` of the stack ``demo-secrets``."""
_LIMITS = {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 1000}
Answer = dict[str, Any]


class Refused(Exception):
    """An error that the service answers with."""


@dataclass
class Stacks:
    """CloudFormation as the documentation has it, every stack made of nothing: state after state, and what is kept."""

    given: Mapping[str, str]
    """Outputs by name; one that is not here is made up."""
    fails: dict[str, str] = field(default_factory=dict)
    """By stack, the state in which the next change ends."""
    is_refused: bool = False
    """The next change set is found wrong before anything is touched."""
    held: dict[str, Answer] = field(default_factory=dict)
    _asked: dict[str, Answer] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)

    def DescribeStacks(self, asked: Answer) -> Answer:
        return {"Stacks": [self._stack(asked)]}

    def CreateChangeSet(self, asked: Answer) -> Answer:
        new = {"StackStatus": "REVIEW_IN_PROGRESS", "StackName": asked["StackName"]}
        if asked["ChangeSetType"] == "CREATE":
            self.held[asked["StackName"]] = new
        stack = self._stack(asked)
        arn = f"arn:aws:cloudformation:eu-central-1:123456789012:changeSet/{next(self._numbers)}"
        wanted = {one["ParameterKey"]: one.get("ParameterValue") for one in asked["Parameters"]}
        self._asked[arn] = {**asked, "wanted": stack.get("wanted", {}) | wanted}
        return {"Id": arn, "StackId": stack["StackName"]}

    def DescribeChangeSet(self, asked: Answer) -> Answer:
        reason = ""
        if self.is_refused:
            self.is_refused, reason = False, "To troubleshoot, use the DescribeEvents API."
        elif self._stack(asked).get("wanted") == self._asked[asked["ChangeSetName"]]["wanted"]:
            reason = "The submitted information didn't contain changes."
        status = "FAILED" if reason else "CREATE_COMPLETE"
        return {"Status": status, "StatusReason": reason, "Changes": []}

    def DeleteChangeSet(self, asked: Answer) -> Answer:
        del self._asked[asked["ChangeSetName"]]
        return {}

    def ExecuteChangeSet(self, asked: Answer) -> Answer:
        stack, change = self._stack(asked), self._asked.pop(asked["ChangeSetName"])
        done = f"{change['ChangeSetType']}_COMPLETE"
        stack["StackStatus"] = self.fails.pop(stack["StackName"], done)
        if stack["StackStatus"] == done:
            template = read_template(ORDER[stack["StackName"].removeprefix("demo-")])
            stack["wanted"] = change["wanted"]
            stack["Parameters"] = [
                {"ParameterKey": name, "ParameterValue": "****" if is_secret else value}
                for name, value in change["wanted"].items()
                for is_secret in [template["Parameters"][name].get("NoEcho")]
            ]
            stack["Outputs"] = [
                {"OutputKey": name, "OutputValue": self.given.get(name, name)}
                for name in template["Outputs"]
            ]
        return {}

    def DescribeStackEvents(self, asked: Answer) -> Answer:
        return {"StackEvents": []}

    def DescribeEvents(self, asked: Answer) -> Answer:
        return {"OperationEvents": [{"ValidationStatusReason": "The name is taken."}]}

    def DeleteStack(self, asked: Answer) -> Answer:
        assert not self._stack(asked).get("EnableTerminationProtection")
        del self.held[asked["StackName"]]
        return {}

    def ContinueUpdateRollback(self, asked: Answer) -> Answer:
        self._stack(asked)["StackStatus"] = "UPDATE_ROLLBACK_COMPLETE"
        return {}

    def UpdateTerminationProtection(self, asked: Answer) -> Answer:
        self._stack(asked)["EnableTerminationProtection"] = asked["EnableTerminationProtection"]
        return {}

    def _stack(self, asked: Answer) -> Answer:
        if asked["StackName"] not in self.held:
            raise Refused("ValidationError")
        return self.held[asked["StackName"]]


@dataclass
class DeployersAccount:
    """What is in the account, and what was called there, as each request was signed."""

    stacks: Stacks
    calls: list[Call] = field(default_factory=list)
    _is_noting: bool = True

    def note(self, **signed: Any) -> None:
        """Note what a request needs that is being signed."""
        if self._is_noting:
            self.calls.extend(
                read_request(signed["signing_name"], signed["operation_name"], signed["request"])
            )

    @contextmanager
    def uncounted(self) -> Iterator[None]:
        """Let a test arrange something, whose calls are not noted."""
        self._is_noting = False
        yield
        self._is_noting = True

    def answer(self, model: Any, params: Any, request_signer: Any, context: Any, **_: Any) -> Any:
        """Sign a request that moto can't answer, and answer it."""
        by_hand: dict[str, Callable[[Answer], Answer]] = {
            "lambda.GetAccountSettings": lambda _asked: {"AccountLimit": _LIMITS},
            "sesv2.GetAccount": lambda _asked: {"ProductionAccessEnabled": True},
        }
        service = model.service_model.service_name
        act = by_hand.get(f"{service}.{model.name}")
        if service == "cloudformation":
            act = getattr(self.stacks, model.name)
        if act is None:
            return None
        request_signer.sign(model.name, create_request_object(params))
        response = AWSResponse(params["url"], 200, HTTPHeaders(), None)
        try:
            return response, act(context["asked"])
        except Refused as refused:
            response.status_code = 400
            return response, {"Error": {"Code": str(refused), "Message": "no"}}


def _keep(params: Any, context: Any, **_: Any) -> None:
    context["asked"] = params


@contextmanager
def deployers_account() -> Iterator[DeployersAccount]:
    """Have every session that is made in the meantime work in such an account, boto3's own among them."""
    with empty_account(), pytest.MonkeyPatch.context() as patch:
        account = DeployersAccount(Stacks({}))
        hooks = [
            ("before-parameter-build", _keep),
            ("before-call", account.answer),
            ("before-sign", account.note),
        ]
        patch.setattr(handlers, "BUILTIN_HANDLERS", [*handlers.BUILTIN_HANDLERS, *hooks])
        patch.setattr(boto3, "DEFAULT_SESSION", None)
        with account.uncounted():
            account.stacks.given = _what_stacks_give()
        yield account


def _what_stacks_give() -> dict[str, str]:
    """Make the code bucket and the secrets, and return the outputs that name them."""
    store = boto3.client("s3", region_name="eu-central-1")
    store.create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    manager = boto3.client("secretsmanager", region_name="eu-central-1")
    texts = {
        "TokenKeys": "11" * 32,
        "PersonSecret": "22" * 32,
        "OriginSecret": "33" * 32,
        "ChallengeSecrets": " ",
    }
    made = {
        name: manager.create_secret(Name=f"{name}-0a1b2c", SecretString=text)
        for name, text in texts.items()
    }
    return {"CodeBucket": BUCKET, **{f"{name}Arn": one["ARN"] for name, one in made.items()}}
