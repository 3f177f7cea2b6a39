"""What processes of an installation called on AWS, and what the policies of their roles allow."""

import json
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from campaignhub.deployment.template import ORDER, read_template
from campaignhub.local_aws.deploy import NOTICES_STACK, STACK
from tests.ingest_lambda.declared import listed
from tests.support.installation import Installation
from tests.support.recorded_calls import Call
from tests.support.resolved import Resolved

POLICIES = {
    "web": {"ingest": "WebAccess", "notices": "MailWebAccess"},
    "worker": {"ingest": "WorkerAccess", "notices": "MailWorkerAccess"},
}
"""By process, the stack and name of each of its policies. Pages lie in the bucket of another stack, which the
emulator lacks (tests/campaigns/hosting/test_calls_of_hosts.py)."""


PROGRAM = "shell"
"""A program of a test's, which may do what no process does."""


def calls_of(installation: Installation, *, programs: bool = True) -> dict[str, set[Call]]:
    """Return what was noted, by policy's process; commands of ``manage.py`` have the worker's.

    With what programs of tests called in an installation's Django, or without.
    """
    found: dict[str, set[Call]] = {process: set() for process in POLICIES}
    names = dict(logical_names(installation))
    for line in (installation.directory / "calls.jsonl").read_text().splitlines():
        process, action, resource, key = json.loads(line)
        if programs or process != PROGRAM:
            held = found["web" if process == "web" else "worker"]
            held.add(Call(action, deployed_as(resource, names), key))
    return found


_SERVICES = {
    "AWS::S3::Bucket": "s3",
    "AWS::SQS::Queue": "sqs",
    "AWS::DynamoDB::Table": "dynamodb",
    "AWS::Pipes::Pipe": "pipes",
}


def logical_names(installation: Installation) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield service and name of each resource in the emulator, and its name in the template."""
    for stack in (STACK, NOTICES_STACK):
        found = installation.aws("cloudformation").describe_stack_resources(StackName=stack)
        for one in found["StackResources"]:
            if service := _SERVICES.get(one["ResourceType"]):
                physical = one["PhysicalResourceId"].rpartition("/")[2]
                yield (service, physical), one["LogicalResourceId"]


def deployed_as(resource: str, names: Mapping[tuple[str, str], str]) -> str:
    """Name the resource of a call as its template resolved does."""
    if resource.startswith("arn:aws:s3:::"):
        bucket, _, key = resource.removeprefix("arn:aws:s3:::").partition("/")
        name = names.get(("s3", bucket), bucket).lower()
        return f"arn:aws:s3:::{name}{'/' if key else ''}{key}"
    *head, tail = resource.split(":")
    if resource == "*" or len(head) < 3:
        return resource
    named = (
        names.get((head[2], part)) or _NAMED_BY_STACK.sub(r"\1", part) for part in tail.split("/")
    )
    return ":".join([*head, "/".join(named)])


_NAMED_BY_STACK = re.compile(f"^(?:{NOTICES_STACK}|{STACK})-(\\w+)-[0-9A-F]{{13}}$")
"""As the emulator names what has no name of its own; one that was killed has lost what it named before."""


def granted(installation: Installation, process: str) -> set[tuple[str, str, str]]:
    """Return what the policies of a process allow, where submissions take this way in: statement, action, resource."""
    ways = installation.environment_too
    given = {
        "IngestConsumer": ways.get("INGEST_CONSUMER", "pipe"),
        "PipeTarget": ways.get("PIPE_TARGET", "lambda"),
    }
    return {
        (statement["Sid"], action, place)
        for stack, policy in POLICIES[process].items()
        for statement in Resolved(read_template(ORDER[stack]), **given).policies()[policy]
        for action in listed(statement["Action"])
        for place in listed(statement["Resource"])
    }


def allows(action: str, place: str, call: Call) -> bool:
    """Tell whether a grant is for a call."""
    return call.action == action and fnmatchcase(call.resource, place)


def refused(installation: Installation) -> dict[str, set[Call]]:
    """Return by process what was called so far and no policy allows; programs of tests may do more."""
    return {
        process: {
            call
            for call in calls
            if not any(allows(action, place, call) for _, action, place in allowed)
        }
        for process, calls in calls_of(installation, programs=False).items()
        for allowed in [granted(installation, process)]
    }
