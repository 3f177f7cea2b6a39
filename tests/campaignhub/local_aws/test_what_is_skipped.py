"""What of our templates the emulator makes nothing of: properties that its code never asks for, printed by name."""

import json
import sys
from collections import defaultdict

import pytest

from campaignhub.deployment.template import INGEST, read_template
from tests.support.resolved import Resolved
from tests.support.stack import READ_OF_TEMPLATES, Stack


def test_every_type_is_made_and_what_is_skipped_of_it_is_said(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    given: dict[str, set[str]] = defaultdict(set)
    asked: dict[str, set[str]] = defaultdict(set)
    for line in (stack.directory / READ_OF_TEMPLATES).read_text().splitlines():
        kind, held, read = json.loads(line)
        given[kind].update(held)
        asked[kind].update(read)
    wanted = Resolved(read_template(INGEST), Scale="machine").resources.values()
    assert {resource["Type"] for resource in wanted} <= set(given)
    skipped = {kind: sorted(given[kind] - asked[kind]) for kind in sorted(given)}
    said = [f"{kind} {', '.join(names)}" for kind, names in skipped.items() if names]
    with capsys.disabled():
        sys.stdout.write(f"\nThe emulator skips: {'; '.join(said)}.\n")
    # What flows rely on is none of it.
    relied_on = {
        "AWS::SQS::Queue": {"RedrivePolicy", "VisibilityTimeout"},
        "AWS::ApiGateway::Method": {"RequestValidatorId", "RequestModels", "Integration"},
        "AWS::ApiGateway::RequestValidator": {"ValidateRequestBody"},
        "AWS::DynamoDB::Table": {"StreamSpecification", "GlobalSecondaryIndexes"},
        "AWS::Lambda::Function": {"Environment", "Timeout", "MemorySize"},
    }
    assert not [kind for kind, names in relied_on.items() if names & set(skipped[kind])]
