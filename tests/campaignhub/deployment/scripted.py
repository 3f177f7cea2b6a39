"""Clients of AWS that answer from a script: each request and answer is held against the service's model."""

from datetime import UTC, datetime
from typing import Any, Self

import boto3
from botocore.stub import ANY, Stubber

NOW = datetime(2026, 11, 27, tzinfo=UTC)
ARN = "arn:aws:cloudformation:eu-central-1:111122223333:changeSet/deploy-1/2"


class Scripted:
    """A client of one service whose calls are expected one after the other."""

    def __init__(self, service: Any, region: str = "eu-central-1") -> None:
        self.client = boto3.client(
            service, region_name=region, aws_access_key_id="x", aws_secret_access_key="x"
        )
        self._stubber = Stubber(self.client)
        self._stubber.activate()

    def then(self, operation: str, answer: dict[str, Any], asked: Any = None) -> Self:
        """Expect a call and answer it."""
        self._stubber.add_response(operation, answer, asked)
        return self

    def then_refused(self, operation: str, code: str, message: str = "no") -> Self:
        """Expect a call and refuse it."""
        self._stubber.add_client_error(operation, code, message)
        return self

    def all_asked(self) -> None:
        """Fail if an expected call did not come."""
        self._stubber.assert_no_pending_responses()


class Stacks(Scripted):
    """CloudFormation, in the sentences of these tests."""

    def __init__(self, name: str = "demo-ingest", region: str = "eu-central-1") -> None:
        super().__init__("cloudformation", region)
        self.name = name

    def absent(self) -> Self:
        """Answer that there is no such stack."""
        self.then_refused("describe_stacks", "ValidationError", "does not exist")
        return self

    def is_in(self, status: str, **more: Any) -> Self:
        """Answer with the stack in a state."""
        stack = {"StackName": self.name, "CreationTime": NOW, "StackStatus": status, **more}
        self.then("describe_stacks", {"Stacks": [stack]}, {"StackName": self.name})
        return self

    def proposes(self, kind: str, *changes: dict[str, Any], asked: Any = None) -> Self:
        """Answer with a change set."""
        expected = asked or {
            "StackName": self.name,
            "ChangeSetName": ANY,
            "ChangeSetType": kind,
            "TemplateBody": ANY,
            "Capabilities": ["CAPABILITY_IAM"],
            "Parameters": ANY,
            "Tags": ANY,
        }
        self.then("create_change_set", {"Id": ARN, "StackId": "arn:stack"}, expected)
        described = {"StackName": self.name, "ChangeSetName": ARN}
        self.then("describe_change_set", {"Status": "CREATE_PENDING"}, described)
        answer = {"Status": "CREATE_COMPLETE", "Changes": list(changes)}
        self.then("describe_change_set", answer, described)
        return self

    def proposes_nothing(self, reason: str) -> Self:
        """Answer that a change set failed, and expect it to be removed."""
        self.then("create_change_set", {"Id": ARN, "StackId": "arn:stack"})
        self.then("describe_change_set", {"Status": "FAILED", "StatusReason": reason})
        self.then("delete_change_set", {}, {"StackName": self.name, "ChangeSetName": ARN})
        return self

    def executes(self) -> Self:
        """Expect the change set to be carried out."""
        self.events()
        asked = {"StackName": self.name, "ChangeSetName": ARN, "RetainExceptOnCreate": True}
        self.then("execute_change_set", {}, asked)
        return self

    def events(self, *events: dict[str, Any]) -> Self:
        """Answer with what happened, the newest first as the service does."""
        shown = [
            {"StackId": "arn:stack", "StackName": self.name, "Timestamp": NOW, **event}
            for event in reversed(events)
        ]
        self.then("describe_stack_events", {"StackEvents": shown}, {"StackName": self.name})
        return self


def change(action: str, resource: str, kind: str, **more: Any) -> dict[str, Any]:
    """Return one change as ``DescribeChangeSet`` does."""
    names = more.pop("properties", ())
    return {
        "Type": "Resource",
        "ResourceChange": {
            "Action": action,
            "LogicalResourceId": resource,
            "ResourceType": kind,
            "Details": [
                {"Target": {"Attribute": "Properties", "Name": name}, "Evaluation": "Static"}
                for name in names
            ],
            **more,
        },
    }


def event(number: int, resource: str, status: str, reason: str = "") -> dict[str, Any]:
    """Return one event of a stack."""
    return {
        "EventId": str(number),
        "LogicalResourceId": resource,
        "ResourceType": "AWS::SQS::Queue",
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
    }
