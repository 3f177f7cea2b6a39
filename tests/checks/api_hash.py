"""The hash of the API in the logical ids of its deployments.

API Gateway serves a snapshot, and CloudFormation takes one only where it makes a
deployment: under a logical id that it has not seen. So the id ends in a hash of
all that the snapshot is of, as SAM and CDK have it.

``python -m tests.checks.api_hash`` writes the hash into the template; ``… check``
fails where it is another one.
"""

import hashlib
import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from campaignhub.deployment.template import parse_template

FILE = Path(__file__).parents[2] / "ingest_lambda/template.yaml"
SNAPSHOT = tuple(
    f"AWS::ApiGateway::{kind}"
    for kind in ("RestApi", "Resource", "Method", "Model", "RequestValidator", "GatewayResponse")
)
"""The kinds of resources that a deployment is a snapshot of."""
_DEPLOYMENT = re.compile(r"\b((?:Inner)?Deployment)[0-9a-f]{12}\b")


def api_hash(template: Mapping[str, Any]) -> str:
    """Return twelve hex digits that change with anything that a deployment is a snapshot of."""
    parts = {
        name: resource
        for name, resource in template["Resources"].items()
        if resource["Type"] in SNAPSHOT
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:12]


def with_hash(text: str) -> str:
    """Return a template's text with the hash in the names of its deployments."""
    return _DEPLOYMENT.sub(rf"\g<1>{api_hash(parse_template(text))}", text)


def main(arguments: list[str]) -> int:
    """Write the hash, or check it."""
    text = FILE.read_text()
    current = with_hash(text)
    if arguments == ["check"]:
        if current == text:
            return 0
        print("The API has changed and its deployment has not: python -m tests.checks.api_hash")
        return 1
    FILE.write_text(current)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
