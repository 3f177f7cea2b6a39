"""Which changes of our templates replace a resource: read from the schemas that cfn-lint ships.

``python -m tests.checks.replacements`` writes ``campaignhub/deployment/replacements.json``;
``… check`` fails where the file is another, so that a new type of resource is not forgotten.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cfnlint.data.AdditionalSpecs
from cfnlint.helpers import load_resource
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from campaignhub.deployment.changes import RULES
from campaignhub.deployment.template import TEMPLATES, read_template

ROOT = Path(__file__).parents[2]
REGION = "us-east-1"
LENGTHS = {"AWS::SQS::Queue.QueueName": 80, "AWS::Lambda::Function.FunctionName": 64}
"""Where the schema does not say how long a name may be, the service does."""
EXPIRING = {"AWS::Logs::LogGroup"}
"""Holds data, and nobody misses it."""
ADDRESSES = {
    "AWS::ApiGateway::RestApi": "has the address that published pages call",
    "AWS::CloudFront::Distribution": "has the address that pages and the site's domain lead to",
    "AWS::SES::EmailIdentity": "has the DKIM keys that the domain's records name",
    "AWS::SNS::Topic": "has the subscriptions that people confirmed",
}


def rules() -> dict[str, dict[str, Any]]:
    """Return the rules of every type that a template of ours has."""
    stateful = set(
        load_resource(cfnlint.data.AdditionalSpecs, "StatefulResources.json")["ResourceTypes"]
    )
    return {kind: _rule(kind, kind in stateful - EXPIRING) for kind in sorted(set(_kinds()))}


def _kinds() -> Iterator[str]:
    for template in TEMPLATES.values():
        for resource in read_template(template)["Resources"].values():
            yield resource["Type"]


def _rule(kind: str, is_stateful: bool) -> dict[str, Any]:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, kind).schema
    pointers = [
        pointer.split("/")[2:]
        for key in ("createOnlyProperties", "conditionalCreateOnlyProperties")
        for pointer in schema.get(key) or ()
    ]
    create_only = {path[0] for path in pointers if len(path) == 1}
    # Of what is further down CloudFormation says it itself: the rest of such a property may change.
    partly = {path[0] for path in pointers} - create_only
    written = {pointer.split("/")[2] for pointer in schema.get("readOnlyProperties") or ()}
    identity = {pointer.split("/")[2] for pointer in schema.get("primaryIdentifier") or ()}
    names = {
        name: LENGTHS.get(f"{kind}.{name}") or schema["properties"][name].get("maxLength")
        for name in sorted((create_only | identity) - written)
        if name.endswith("Name")
    }
    why = ADDRESSES.get(kind) or ("holds data" if is_stateful else "")
    return {
        "create_only": sorted(create_only),
        "partly_create_only": sorted(partly),
        "names": names,
        "stateful": why,
    }


def main() -> int:
    """Write the file, or compare it."""
    text = json.dumps(rules(), indent=1) + "\n"
    if "check" not in sys.argv[1:]:
        RULES.write_text(text)
        return 0
    if RULES.read_text() != text:
        print(f"{RULES.relative_to(ROOT)} is old: python -m tests.checks.replacements")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
