"""One stack of CloudFormation: proposed as a change set, executed, followed, and named where it failed.

The same for AWS and for the emulator, whose client differs by its endpoint only.
Whatever an earlier deployment left behind, that was killed or failed, is settled
first; a change set that fails is rolled back by CloudFormation.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from botocore.exceptions import ClientError

from campaignhub.deployment.changes import Change
from campaignhub.deployment.errors import StackFailed

CAPABILITIES = ("CAPABILITY_IAM",)
"""The templates make roles, and give none of them a name."""

BODY_BYTES = 51_200
"""The longest template that fits into a request; a longer one is read from a bucket."""

_DONE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE")

_CHANGEABLE = (*_DONE, "UPDATE_ROLLBACK_COMPLETE", "IMPORT_ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS")

_NO_CHANGES = ("didn't contain changes", "No updates are to be performed")

_ASK_EVENTS = "DescribeEvents"
"""What a reason names where it leaves the rest to another call."""

_OF_ANOTHER = (
    "OBSOLETE",
    "_IN_PROGRESS state",
    "DELETE_PENDING",
    "ChangeSetNotFound",
    "already exists",
)
"""What a refusal names where another deployment was quicker: the change set is none any more, or the stack is
at work, or there meanwhile."""

_CONSEQUENCES = ("Resource creation cancelled", "Resource update cancelled")
"""Why a resource failed that was not at fault: another one failed beside it."""


@dataclass(frozen=True)
class Request:
    """What a stack shall be."""

    template: Mapping[str, str]
    """``TemplateBody`` or ``TemplateURL``."""
    parameters: Mapping[str, str | None] = field(repr=False)
    """By name; None keeps the value that the stack has. Some are secret."""
    tags: Mapping[str, str]
    role: str = ""
    """ARN of the role that CloudFormation works with; empty, it works with what its caller may do."""


@dataclass(frozen=True)
class ChangeSet:
    """What CloudFormation would do."""

    arn: str
    changes: tuple[Change, ...]
    is_empty: bool
    creates: bool
    """There is no stack yet."""


@dataclass(frozen=True)
class Stack:
    """A stack by its name, in the region of its client."""

    client: Any
    name: str
    say: Callable[[str], None] = lambda _line: None
    pause_seconds: float = 4
    patience_seconds: float = 3600
    """How long one operation may take; a distribution takes a quarter of an hour."""

    def describe(self) -> dict[str, Any] | None:
        """Return the stack as it is now; None where there is none."""
        try:
            found: dict[str, Any] = self.client.describe_stacks(StackName=self.name)["Stacks"][0]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ValidationError":
                return None
            raise
        return None if found["StackStatus"] == "DELETE_COMPLETE" else found

    def settle(self) -> dict[str, Any] | None:
        """Bring the stack into a state that can be changed, and return it; None where it is to be created.

        What is under way is waited for. A first creation that was rolled back
        left an empty stack, which is deleted; a rollback that stopped is
        continued.

        Raises:
            StackFailed: it needs a person; the sentence says why.
        """
        found = self._waited_for()
        if found and found["StackStatus"] in (
            "ROLLBACK_COMPLETE",
            "ROLLBACK_FAILED",
            "CREATE_FAILED",
        ):
            self.say(f"{self.name}: removing what a failed creation left …")
            self.client.delete_stack(StackName=self.name)
            found = self._waited_for()
        elif found and found["StackStatus"] == "UPDATE_ROLLBACK_FAILED":
            self.say(f"{self.name}: continuing a rollback that stopped …")
            self.client.continue_update_rollback(StackName=self.name)
            found = self._waited_for()
        if found and found["StackStatus"] not in _CHANGEABLE:
            reason = found.get("StackStatusReason", "") or "CloudFormation gives no reason"
            raise StackFailed(f"{self.name} is in {found['StackStatus']}: {reason}.")
        return None if found is None or found["StackStatus"] == "REVIEW_IN_PROGRESS" else found

    def propose(self, request: Request, *, settles: bool = True) -> ChangeSet:
        """Have CloudFormation work out what a request changes; nothing is changed yet.

        Args:
            settles: Whether what an earlier deployment left may be settled first.

        Raises:
            StackFailed: the template or a parameter is refused, or another deployment was quicker.
        """
        before = self.settle() if settles else self.settled()
        with self._alone():
            made = self.client.create_change_set(
                StackName=self.name,
                ChangeSetName=f"deploy-{uuid4().hex[:16]}",
                ChangeSetType="CREATE" if before is None else "UPDATE",
                **request.template,
                Capabilities=list(CAPABILITIES),
                Parameters=[_parameter(*pair) for pair in request.parameters.items()],
                Tags=[{"Key": key, "Value": value} for key, value in request.tags.items()],
                **({"RoleARN": request.role} if request.role else {}),
            )
        return self._proposed(made["Id"], creates=before is None)

    def adopt(
        self, template: str, kind: str, resource: str, identifier: Mapping[str, str]
    ) -> ChangeSet:
        """Propose to take a resource over that outlived its stack; a stack can't create what is there."""
        made = self.client.create_change_set(
            StackName=self.name,
            ChangeSetName=f"adopt-{uuid4().hex[:16]}",
            ChangeSetType="IMPORT",
            TemplateBody=template,
            ResourcesToImport=[
                {
                    "ResourceType": kind,
                    "LogicalResourceId": resource,
                    "ResourceIdentifier": dict(identifier),
                }
            ],
        )
        return self._proposed(made["Id"], creates=True)

    def _proposed(self, arn: str, *, creates: bool) -> ChangeSet:
        with self._alone():
            found = self._wait(
                lambda: self.client.describe_change_set(StackName=self.name, ChangeSetName=arn),
                lambda answer: answer["Status"] not in ("CREATE_PENDING", "CREATE_IN_PROGRESS"),
            )
        if found["Status"] == "FAILED":
            reason = found.get("StatusReason", "")
            if not any(text in reason for text in _NO_CHANGES):
                if _ASK_EVENTS in reason:
                    reason = self._validated(change_set=arn) or reason
                self._forget(arn)
                raise StackFailed(f"{self.name} can't be changed: {reason}")
            self._forget(arn)
            return ChangeSet(arn, (), is_empty=True, creates=creates)
        answers = list(found["Changes"])
        while token := found.get("NextToken"):
            found = self.client.describe_change_set(
                StackName=self.name, ChangeSetName=arn, NextToken=token
            )
            answers += found["Changes"]
        changes = tuple(Change.of(answer) for answer in answers)
        return ChangeSet(arn, changes, is_empty=False, creates=creates)

    def withdraw(self, proposed: ChangeSet) -> None:
        """Remove a change set that is not to be executed, and the empty stack of a creation."""
        if proposed.is_empty:
            return
        self._forget(proposed.arn)
        if proposed.creates:
            self.client.delete_stack(StackName=self.name)

    def execute(self, proposed: ChangeSet) -> dict[str, Any]:
        """Carry a change set out, saying what happens, and return the stack.

        Raises:
            StackFailed: it was rolled back; the sentence names the first resource that failed.
        """
        seen = {event["EventId"] for event in self._events(set())}
        with self._alone():
            self.client.execute_change_set(
                StackName=self.name, ChangeSetName=proposed.arn, RetainExceptOnCreate=True
            )
        events: list[dict[str, Any]] = []

        def look() -> dict[str, Any]:
            # The stack first: what happened before it settled is then among the events.
            answer = self.describe() or {"StackStatus": "DELETE_COMPLETE"}
            for event in reversed(self._events(seen)):
                seen.add(event["EventId"])
                events.append(event)
                self._say_event(event)
            return answer

        found = self._wait(look, lambda answer: _is_settled(answer["StackStatus"]))
        if found["StackStatus"] not in _DONE:
            reasons = " ".join(event.get("ResourceStatusReason", "") for event in events)
            validated = self._validated() if _ASK_EVENTS in reasons else ""
            raise StackFailed(_failure(self.name, found["StackStatus"], events, validated))
        return dict(found)

    def protect(self, found: Mapping[str, Any]) -> None:
        """Switch termination protection on, where it is off."""
        if not found.get("EnableTerminationProtection"):
            self.client.update_termination_protection(
                StackName=self.name, EnableTerminationProtection=True
            )

    def settled(self) -> dict[str, Any] | None:
        """Return the stack where it can be changed as it is; None where it is to be created. Changes nothing.

        Raises:
            StackFailed: an operation is under way, or was left in the middle.
        """
        found = self.describe()
        if found and found["StackStatus"] not in _CHANGEABLE:
            raise StackFailed(f"{self.name} is in {found['StackStatus']}; a deployment settles it.")
        return None if found is None or found["StackStatus"] == "REVIEW_IN_PROGRESS" else found

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Say what to do where another deployment changes the stack at the same time."""
        try:
            yield
        except ClientError as error:
            said = error.response["Error"]
            if any(sign in f"{said.get('Code')} {said.get('Message')}" for sign in _OF_ANOTHER):
                raise StackFailed(
                    f"{self.name} is being changed by another deployment: {said.get('Message', '')} "
                    "Run this again; it waits for the end of that one."
                ) from error
            raise

    def _waited_for(self) -> dict[str, Any] | None:
        found = self.describe()
        if found and not _is_settled(found["StackStatus"]):
            self.say(f"{self.name} is in {found['StackStatus']}; waiting for its end …")
            found = self._wait(
                self.describe, lambda answer: answer is None or _is_settled(answer["StackStatus"])
            )
        return found

    def _wait(self, look: Callable[[], Any], is_done: Callable[[Any], bool]) -> Any:
        deadline = time.monotonic() + self.patience_seconds
        while True:
            found = look()
            if is_done(found):
                return found
            if time.monotonic() > deadline:
                raise StackFailed(
                    f"{self.name} is not done after {self.patience_seconds:.0f} seconds; it goes on "
                    "without us, and the next deployment waits for it."
                )
            time.sleep(self.pause_seconds)

    def _events(self, seen: set[str]) -> list[dict[str, Any]]:
        """Return the events that were not seen yet, the newest first."""
        found: list[dict[str, Any]] = []
        request = {"StackName": self.name}
        while True:
            answer = self.client.describe_stack_events(**request)
            for event in answer["StackEvents"]:
                if event["EventId"] in seen:
                    return found
                found.append(event)
            if "NextToken" not in answer:
                return found
            request["NextToken"] = answer["NextToken"]

    def _validated(self, *, change_set: str = "") -> str:
        """Say what CloudFormation found wrong before it touched anything: a name that is taken, for one."""
        of = {"ChangeSetName": change_set} if change_set else {}
        # The stack is named beside a change set, because a role is allowed stacks.
        answer = self.client.describe_events(
            StackName=self.name, **of, Filters={"FailedEvents": True}
        )
        return "; ".join(
            f"{event.get('LogicalResourceId', '')} failed: {event['ValidationStatusReason'].rstrip('.')}"
            for event in answer["OperationEvents"]
            if event.get("ValidationStatusReason")
        )

    def _say_event(self, event: Mapping[str, Any]) -> None:
        reason = event.get("ResourceStatusReason", "")
        status = event["ResourceStatus"]
        shown = f": {reason}" if reason and status.endswith("_FAILED") else ""
        self.say(f"{self.name}: {event['LogicalResourceId']} {status}{shown}")

    def _forget(self, arn: str) -> None:
        self.client.delete_change_set(StackName=self.name, ChangeSetName=arn)


def outputs_of(found: Mapping[str, Any]) -> dict[str, str]:
    """Return a stack's outputs by name."""
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", ())}


def _parameter(name: str, value: str | None) -> dict[str, Any]:
    if value is None:
        return {"ParameterKey": name, "UsePreviousValue": True}
    return {"ParameterKey": name, "ParameterValue": value}


def _is_settled(status: str) -> bool:
    return status == "REVIEW_IN_PROGRESS" or not status.endswith("_IN_PROGRESS")


def _failure(name: str, status: str, events: list[dict[str, Any]], validated: str) -> str:
    """Say in one sentence what failed first, and how the stack stands now."""
    failed = [
        event
        for event in events
        if event["ResourceStatus"].endswith("_FAILED")
        and event["LogicalResourceId"] != name
        and not event.get("ResourceStatusReason", "").startswith(_CONSEQUENCES)
    ]
    now = (
        "everything is as it was before"
        if status.endswith("ROLLBACK_COMPLETE")
        else f"the stack is in {status}, and the next deployment settles it"
    )
    if validated:
        return f"{name}: {validated}; {now}."
    if not failed:
        # An output that can't be worked out, for one, is no resource's fault.
        reasons = [event.get("ResourceStatusReason", "") for event in events]
        reason = next(filter(None, reasons), "CloudFormation gives no reason").rstrip(".")
        return f"{name} failed: {reason}; {now}."
    first = failed[0]
    kind = first.get("ResourceType", "").removeprefix("AWS::")
    reason = first.get("ResourceStatusReason", "no reason was given").rstrip(".")
    return f"{name}: {first['LogicalResourceId']} ({kind}) failed: {reason}; {now}."
