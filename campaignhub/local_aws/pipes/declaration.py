"""What the deployed template declares of its Pipes.

The emulator's ``describe_pipe`` knows source, target and state, which a person
may have changed since; the parameters are only in the template.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from botocore.exceptions import ClientError

from campaignhub.deployment.template import parse_template
from campaignhub.local_aws.deploy import client
from campaignhub.local_aws.ministack import ACCOUNT, REGION

NO_VALUE = object()


@dataclass(frozen=True)
class QueueParameters:
    """How a queue is read: at most ``batch_size`` records, waiting at most ``window_seconds`` for them."""

    batch_size: int = 10
    window_seconds: float = 0


@dataclass(frozen=True)
class StreamParameters:
    """How a stream is read; ``-1`` stands for without end."""

    batch_size: int = 100
    window_seconds: float = 0
    starting_position: str = "LATEST"
    maximum_attempts: int = -1
    maximum_age_seconds: int = -1
    bisect: bool = False
    parallel: int = 1
    dead_letter_arn: str | None = None


@dataclass(frozen=True)
class Pipe:
    """One Pipe as declared and as it stands."""

    name: str
    arn: str
    running: bool
    source: str
    target: str
    filters: tuple[str, ...]
    parameters: QueueParameters | StreamParameters
    group_path: tuple[str, ...] = ()
    """Where a record has the message group that a queue as target gets with it; empty: nowhere."""
    input_template: str = ""
    """What the target gets of a record; empty: the record."""


class NotSettled(Exception):
    """A deployment is under way: template and resources do not fit together yet."""


def read_pipes(endpoint: str, stack: str) -> list[Pipe]:
    """Return the Pipes of a stack; none where there is no stack yet.

    Raises:
        NotSettled: ask again in a moment.
    """
    stacks = client("cloudformation", endpoint)
    try:
        described = stacks.describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":
            return []
        raise
    if described["StackStatus"].endswith("_IN_PROGRESS"):
        raise NotSettled
    try:
        return _declared(endpoint, stack, described)
    except KeyError as missing:
        # A deployment that began between two of the calls.
        raise NotSettled from missing


def _declared(endpoint: str, stack: str, described: Mapping[str, Any]) -> list[Pipe]:
    changed_at = described.get("LastUpdatedTime") or described["CreationTime"]
    template, values, physical = _deployed(endpoint, stack, described["StackId"], changed_at)
    pipes = client("pipes", endpoint)
    return [
        _pipe(values, resource, pipes.describe_pipe(Name=physical[logical]))
        for logical, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Pipes::Pipe" and logical in physical
    ]


@lru_cache(maxsize=2)
def _deployed(
    endpoint: str, stack: str, _stack_id: str, _changed_at: datetime
) -> tuple[Mapping[str, Any], "Values", Mapping[str, str]]:
    """Read a deployment's template, its values and the names of what it made.

    Remembered until the stack says that it changed: asked for every few
    seconds, they cost the emulator as much as a dozen submissions each time.
    """
    stacks = client("cloudformation", endpoint)
    # The original: for the processed one the emulator parses it anew at every call, half a second long.
    body = stacks.get_template(StackName=stack, TemplateStage="Original")["TemplateBody"]
    template = parse_template(body) if isinstance(body, str) else body
    (described,) = stacks.describe_stacks(StackName=stack)["Stacks"]
    given = {
        entry["ParameterKey"]: entry["ParameterValue"] for entry in described.get("Parameters", ())
    }
    physical = {
        entry["LogicalResourceId"]: entry["PhysicalResourceId"]
        for entry in stacks.describe_stack_resources(StackName=stack)["StackResources"]
        if entry.get("PhysicalResourceId")
    }
    return template, Values(template, given, physical), physical


def _pipe(values: "Values", resource: Mapping[str, Any], state: Mapping[str, Any]) -> Pipe:
    declared = values.resolve(resource["Properties"].get("SourceParameters", {}))
    aimed = values.resolve(resource["Properties"].get("TargetParameters", {}))
    aimed = {} if aimed is NO_VALUE else aimed
    filters = declared.get("FilterCriteria", {}).get("Filters", ())
    return Pipe(
        name=state["Name"],
        arn=state["Arn"],
        running=state["DesiredState"] == "RUNNING" and state["CurrentState"] == "RUNNING",
        source=state["Source"],
        target=state["Target"],
        filters=tuple(entry["Pattern"].strip() for entry in filters),
        parameters=_stream(declared["DynamoDBStreamParameters"])
        if "DynamoDBStreamParameters" in declared
        else _queue(declared.get("SqsQueueParameters", {})),
        group_path=_path(aimed.get("SqsQueueParameters", {}).get("MessageGroupId", "")),
        input_template=aimed.get("InputTemplate", ""),
    )


def _path(declared: str) -> tuple[str, ...]:
    """Read a dynamic parameter in the one notation that our Pipes use: ``$.some.names``.

    Raises:
        ValueError: something else; AWS would take it for a fixed text, or knows more than we do.
    """
    if not declared:
        return ()
    start, *names = declared.split(".")
    if start != "$" or not names or not all(name.isalnum() for name in names):
        raise ValueError(f"The Pipes' parameters use {declared}, which is not worked out here.")
    return tuple(names)


def _queue(declared: Mapping[str, Any]) -> QueueParameters:
    return QueueParameters(
        batch_size=int(declared.get("BatchSize", 10)),
        window_seconds=float(declared.get("MaximumBatchingWindowInSeconds", 0)),
    )


def _stream(declared: Mapping[str, Any]) -> StreamParameters:
    return StreamParameters(
        batch_size=int(declared.get("BatchSize", 100)),
        window_seconds=float(declared.get("MaximumBatchingWindowInSeconds", 0)),
        starting_position=declared["StartingPosition"],
        maximum_attempts=int(declared.get("MaximumRetryAttempts", -1)),
        maximum_age_seconds=int(declared.get("MaximumRecordAgeInSeconds", -1)),
        bisect=declared.get("OnPartialBatchItemFailure") == "AUTOMATIC_BISECT",
        parallel=int(declared.get("ParallelizationFactor", 1)),
        dead_letter_arn=declared.get("DeadLetterConfig", {}).get("Arn"),
    )


class Values:
    """The functions of a template that its Pipes' parameters use, worked out for one stack."""

    def __init__(
        self, template: Mapping[str, Any], given: Mapping[str, str], physical: Mapping[str, str]
    ) -> None:
        defaults = {
            name: parameter.get("Default")
            for name, parameter in template.get("Parameters", {}).items()
        }
        self._parameters = {**defaults, **given}
        self._conditions = template.get("Conditions", {})
        self._resources = template["Resources"]
        self._physical = physical

    def resolve(self, node: Any) -> Any:
        """Replace every function below ``node`` by its value.

        Raises:
            ValueError: a function or attribute that no Pipe of ours has used yet.
        """
        if isinstance(node, list):
            return [value for value in map(self.resolve, node) if value is not NO_VALUE]
        if not isinstance(node, Mapping):
            return node
        if len(node) == 1:
            name, argument = next(iter(node.items()))
            if name == "Ref":
                return self._ref(argument)
            if name.startswith("Fn::"):
                return self._call(name, argument)
        resolved = {name: self.resolve(value) for name, value in node.items()}
        return {name: value for name, value in resolved.items() if value is not NO_VALUE}

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NO_VALUE
        return self._parameters[name] if name in self._parameters else self._physical[name]

    def _call(self, name: str, argument: Any) -> Any:
        match name:
            case "Fn::If":
                condition, yes, no = argument
                return self.resolve(yes if self._holds(condition) else no)
            case "Fn::Equals":
                first, second = map(self.resolve, argument)
                return str(first) == str(second)
            case "Fn::Not":
                return not self.resolve(argument[0])
            case "Fn::GetAtt":
                return self._attribute(*argument)
            case _:
                raise ValueError(f"The Pipes' parameters use {name}, which is not worked out here.")

    def _holds(self, condition: str) -> bool:
        return bool(self.resolve(self._conditions[condition]))

    def _attribute(self, logical: str, attribute: str) -> str:
        kind = self._resources[logical]["Type"]
        if (kind, attribute) != ("AWS::SQS::Queue", "Arn"):
            raise ValueError(f"The Pipes' parameters use {logical}.{attribute}.")
        queue = self._physical[logical].rpartition("/")[2]
        return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}"
