"""The table as the template declares it, made in moto: keys, index and all."""

from functools import cache
from typing import Any

from campaignhub.embedded.deploy import TEMPLATE
from campaignhub.embedded.pipes.declaration import parse_template


@cache
def _declared() -> dict[str, Any]:
    properties: dict[str, Any] = parse_template(TEMPLATE.read_text())["Resources"]["Table"][
        "Properties"
    ]
    return {
        name: properties[name]
        for name in (
            "BillingMode",
            "AttributeDefinitions",
            "KeySchema",
            "GlobalSecondaryIndexes",
        )
    }


def create_table(client: Any, name: str) -> None:
    """Create the declared table under a name."""
    client.create_table(TableName=name, **_declared())
