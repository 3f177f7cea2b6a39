"""What the gateway makes of a body and of the queue's answer, read by two engines."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.ingest_lambda.declared import resources
from tests.support.examples import examples
from tests.support.velocity import Airspeed, Filled, javascript

METHODS = {"PostSubmission": "submission", "PostMessage": "message"}
TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    [
        "it's",
        '"}',
        '","slug":"theirs"}',
        "\U0001f469‍\U0001f467",
        "$input.body ${slug} $util #set($a=1) #end ## *# #if(1)",
        "$util.urlEncode($slug)",
        "a+b&Action=DeleteQueue%41;=?#~!'()*",
        " \x00\t\r\n",
    ]
)
JSON = st.recursive(
    TEXTS | st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
BODIES = st.dictionaries(TEXTS, JSON, max_size=4)
NOW = "1790000000123"
AT_FAULT = {
    "InvalidParameterValue": (413, "too_large"),
    "InvalidMessageContents": (400, "bad_request"),
}
"""What a client is told, by what the queue says of a body."""


@pytest.fixture(scope="module", autouse=True)
def engine_ended() -> Iterator[None]:
    yield
    if (engine := javascript()) is not None:
        engine.close()
        javascript.cache_clear()


def request_template(method: str) -> str:
    integration = resources("AWS::ApiGateway::Method")[method]["Integration"]
    (joined,) = integration["RequestTemplates"].values()
    between, parts = joined["Fn::Join"]
    return str(between.join(parts))


def fill_in(template: str, **call: Any) -> Filled:
    """Fill in with both engines, which have to agree but for blank lines around a choice."""
    told = Airspeed().fill_in(template, **call)
    if (engine := javascript()) is not None:
        second = engine.fill_in(template, **call)
        assert (second.text.strip("\n"), second.status) == (told.text.strip("\n"), told.status)
    return told


def message_of(method: str, raw: str, slug: str = "summer") -> dict[str, Any]:
    """Return the one action that the queue is asked for."""
    filled = fill_in(
        request_template(method),
        body=raw,
        params={"slug": slug},
        context={"requestTimeEpoch": NOW},
    )
    asked = parse_qs(filled.text, strict_parsing=True, keep_blank_values=True)
    assert all(len(values) == 1 for values in asked.values())
    assert set(asked) == {
        "Action",
        "MessageGroupId",
        "MessageAttribute.1.Name",
        "MessageAttribute.1.Value.DataType",
        "MessageAttribute.1.Value.StringValue",
        "MessageBody",
    }
    assert asked["Action"] == ["SendMessage"]
    return {name: values[0] for name, values in asked.items()}


@pytest.mark.parametrize("method", METHODS)
@given(body=BODIES, ascii_only=st.booleans(), indent=st.sampled_from([None, 2]))
@settings(max_examples=examples(60))
def test_any_body_becomes_the_same_body_in_one_message(method, body, ascii_only, indent):
    raw = json.dumps(body, ensure_ascii=ascii_only, indent=indent)
    envelope = json.loads(message_of(method, raw)["MessageBody"])
    assert envelope == {
        "body": body,
        "slug": "summer",
        "kind": METHODS[method],
        "schema": 1,
        "entered_at_ms": NOW,
    }


@pytest.mark.parametrize("method", METHODS)
@given(body=BODIES, forged=TEXTS)
@example(body={}, forged='"slug":"theirs","entered_at_ms":"1","kind":"message","schema":9')
@settings(max_examples=examples(40))
def test_a_body_that_closes_its_brace_changes_nothing_of_ours(method, body, forged):
    """The request model refuses it; without that, a reader would still take our fields."""
    sent = message_of(method, json.dumps(body) + "," + forged)
    try:
        envelope = json.loads(sent["MessageBody"])
    except ValueError:
        return
    ours = (envelope["slug"], envelope["kind"], envelope["schema"], envelope["entered_at_ms"])
    assert ours == ("summer", METHODS[method], 1, NOW)


@pytest.mark.parametrize("method", METHODS)
@given(slug=TEXTS.filter(bool))
@settings(max_examples=examples(40))
def test_a_slug_that_is_none_stays_encoded_and_names_no_campaign(method, slug):
    sent = message_of(method, "{}", slug)
    envelope = json.loads(sent["MessageBody"])
    named = {sent["MessageGroupId"], sent["MessageAttribute.1.Value.StringValue"], envelope["slug"]}
    assert len(named) == 1
    (told,) = named
    assert set(told) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789*-._%+")


def responses(method: str) -> dict[str, dict[str, Any]]:
    declared = resources("AWS::ApiGateway::Method")[method]["Integration"]["IntegrationResponses"]
    return {response.get("SelectionPattern", ""): response for response in declared}


@pytest.mark.parametrize("method", METHODS)
@given(code=TEXTS | st.sampled_from([*AT_FAULT]))
@settings(max_examples=examples(40))
def test_only_a_body_at_fault_is_told_so_and_anything_else_to_try_again(method, code):
    response = responses(method)["400"]
    (template,) = response["ResponseTemplates"].values()
    said = json.dumps({"Error": {"Code": code, "Message": "So.", "Type": "Sender"}})
    filled = fill_in(template, body=said, params={}, context={})
    status = filled.status or int(response["StatusCode"])
    problem = json.loads(filled.text)
    assert (status, problem["code"]) == AT_FAULT.get(code, (503, "busy"))
    assert problem["status"] == status


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("said", ["", "<html>", "[]", "{}", '{"Error":null}', '{"Error":"x"}'])
def test_an_answer_that_is_no_error_of_the_queue_says_try_again(method, said):
    (template,) = responses(method)["400"]["ResponseTemplates"].values()
    filled = fill_in(template, body=said, params={}, context={})
    assert (filled.status, json.loads(filled.text)["code"]) == (503, "busy")


@pytest.mark.parametrize("method", METHODS)
def test_every_other_answer_is_fixed(method):
    for pattern, response in responses(method).items():
        if pattern != "400":
            (template,) = response["ResponseTemplates"].values()
            filled = fill_in(template, body="{}", params={}, context={})
            assert filled == Filled(template)
            json.loads(filled.text)
