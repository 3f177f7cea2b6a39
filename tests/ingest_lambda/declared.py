"""What the template declares, to be read by tests; and its table made in moto: keys, index and all."""

from functools import cache
from typing import Any

from campaignhub.deployment.template import INGEST, read_template


@cache
def template() -> dict[str, Any]:
    return read_template(INGEST)


def resources(kind: str) -> dict[str, dict[str, Any]]:
    return {
        name: resource["Properties"]
        for name, resource in template()["Resources"].items()
        if resource["Type"] == kind
    }


QUEUES = resources("AWS::SQS::Queue")
SOURCES = {name: queue for name, queue in QUEUES.items() if "RedrivePolicy" in queue}
"""The queues that are worked on."""
DEAD = {
    queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]: name
    for name, queue in SOURCES.items()
}
"""The dead-letter queues of these, each with the name of its own."""
PIPE_DEAD = {"MirrorPipeDeadLetterQueue"}
KEPT = ("RetainExceptOnCreate", "Retain")
"""Outlives its stack, but a first create that failed leaves nothing in the way of the next."""


def default(parameter: Any) -> int:
    """The number that a property has when nobody sets its parameter."""
    if isinstance(parameter, dict):
        return int(template()["Parameters"][parameter["Ref"]]["Default"])
    return int(parameter)


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def branches(value: Any) -> list[Any]:
    """Both sides of an ``Fn::If``, or the value itself; what stands for nothing is left out."""
    sides = value["Fn::If"][1:] if isinstance(value, dict) and "Fn::If" in value else [value]
    return [side for side in sides if side != {"Ref": "AWS::NoValue"}]


def functions() -> dict[str, dict[str, Any]]:
    return resources("AWS::Lambda::Function")


def variables(name: str) -> set[str]:
    return set(functions()[name]["Environment"]["Variables"])


@cache
def _declared(logical_id: str) -> dict[str, Any]:
    properties = resources("AWS::DynamoDB::Table")[logical_id]
    indexes = [
        # A condition of the template, and no capacity that moto knows.
        {name: value for name, value in index.items() if name != "WarmThroughput"}
        for index in properties.get("GlobalSecondaryIndexes", ())
    ]
    kept = ("BillingMode", "AttributeDefinitions", "KeySchema")
    declared = {name: properties[name] for name in kept}
    return {**declared, "GlobalSecondaryIndexes": indexes} if indexes else declared


def create_table(client: Any, name: str) -> None:
    """Create the declared table under a name."""
    client.create_table(TableName=name, **_declared("Table"))


def create_stock_table(client: Any, name: str) -> None:
    """Create the declared table of prizes under a name."""
    client.create_table(TableName=name, **_declared("StockTable"))
