"""The gateway tells a visitor what the queue's refusal was for, in the emulator as on AWS."""

import json

import pytest

from campaignhub.local_aws.response_templates import (
    after_filling_in,
    before_filling_in,
    error_as_json,
)
from tests.ingest_lambda.declared import resources

XML = (
    "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>So.</Message></Error>"
    "<RequestId>1</RequestId></ErrorResponse>"
)


@pytest.mark.parametrize("method", ["PostSubmission", "PostMessage"])
@pytest.mark.parametrize(
    ("code", "status", "told"),
    [
        ("InvalidParameterValue", 413, "too_large"),
        ("InvalidMessageContents", 400, "bad_request"),
        ("AWS.SimpleQueueService.NonExistentQueue", 503, "busy"),
        ("KMS.DisabledException", 503, "busy"),
        ("AccessDenied", 503, "busy"),
        ("", 503, "busy"),
    ],
)
def test_what_is_wrong_with_the_body_is_said_and_anything_else_is_tried_again(
    method: str, code: str, status: int, told: str
) -> None:
    declared = resources("AWS::ApiGateway::Method")[method]
    responses = declared["Integration"]["IntegrationResponses"]
    (response,) = (one for one in responses if one.get("SelectionPattern") == "400")
    template = before_filling_in(response["ResponseTemplates"]["application/json"])
    filled = "\n".join(template.split("\n")[1:]).replace("$code", code)
    found, body = after_filling_in(filled, int(response["StatusCode"]))
    assert (found, json.loads(body)["code"], json.loads(body)["status"]) == (status, told, status)


def test_an_error_is_read_as_the_gateway_gets_it() -> None:
    read = json.loads(error_as_json(XML.format(code="AccessDenied")))
    assert read["Error"] == {"Type": "Sender", "Code": "AccessDenied", "Message": "So."}
    assert error_as_json("<html>") == "<html>"


def test_an_answer_without_choices_stays_as_it_is() -> None:
    assert after_filling_in('{"status":"received"}', 202) == (202, '{"status":"received"}')
