"""Golden messages: read and written without a difference, and none of their fields left out.

Whoever changes a shape changes its sample here, and sees by it what the other side will get.
"""

import json
import typing
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from ingest_lambda import contract
from ingest_lambda.adapters.quarantine import quarantine_body
from ingest_lambda.adapters.table.keys import group_of, image_key, message_key, submission_item
from ingest_lambda.adapters.tokens import sign, verify
from ingest_lambda.contract import MIRRORED, Shape, read_stream_record
from ingest_lambda.functions.images import place_of
from tests.contract.reading import SAMPLES, sample

WHOLE: dict[str, type[Shape]] = {
    "token_payload": contract.TokenPayload,
    "block": contract.Block,
    "current": contract.Current,
    "decision": contract.Decision,
    "envelope_message": contract.MessageEnvelope,
    "envelope_submission": contract.SubmissionEnvelope,
    "given": contract.Given,
    "manifest": contract.Manifest,
    "moment": contract.Moment,
    "message_request": contract.MessageRequest,
    "page_state": contract.PageState,
    "start_answer": contract.StartAnswer,
    "start_request": contract.StartRequest,
    "submit_request": contract.SubmitRequest,
    "withdrawn_range": contract.WithdrawnRange,
}
"""Written with every field."""

SPARING: dict[str, type[Shape]] = {
    "problem": contract.Problem,
    "status_decided": contract.StatusAnswer,
    "status_queued": contract.StatusAnswer,
}
"""Answers to a page, which leave out what says nothing."""

STREAMED: dict[str, type[contract.Record]] = {
    "stream_award": contract.AwardRecord,
    "stream_image": contract.ImageRecord,
    "stream_message": contract.MessageRecord,
    "stream_submission": contract.SubmissionRecord,
}
OTHERS = {"token", "s3_notification", "quarantined", "patterns", "grammar"}
ABSENT = {"status_queued"}
"""Samples of the same shape as another one that is full; here much is absent by meaning."""


def shapes_in(annotation: Any) -> set[type[Shape]]:
    """The shapes that an annotation names, whatever they are wrapped in."""
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return {annotation}
    return {shape for inner in typing.get_args(annotation) for shape in shapes_in(inner)}


def reached(shape: type[Shape]) -> set[type[Shape]]:
    """A shape and all that it is made of."""
    found = {shape}
    for field in shape.model_fields.values():
        for inner in shapes_in(field.annotation):
            found |= reached(inner)
    return found


def every_shape() -> set[type[Shape]]:
    def below(parent: type[Shape]) -> set[type[Shape]]:
        return {child for c in parent.__subclasses__() for child in {c, *below(c)}}

    return {shape for shape in below(Shape) if shape.__module__.startswith("ingest_lambda.")}


def unsaid(shape: BaseModel, path: str = "") -> list[str]:
    """The fields of a shape that no part of it, of the same class, gives another value than its default."""
    said: dict[tuple[type[BaseModel], str], bool] = {}

    def look(value: Any) -> None:
        if isinstance(value, BaseModel):
            for name, field in type(value).model_fields.items():
                content = getattr(value, name)
                fixed = typing.get_origin(field.annotation) is typing.Literal and (
                    len(typing.get_args(field.annotation)) == 1
                )
                differs = fixed or content != field.get_default(call_default_factory=True)
                key = (type(value), name)
                said[key] = said.get(key, False) or differs
                look(content)
        elif isinstance(value, tuple | list):
            for one in value:
                look(one)

    look(shape)
    return [f"{kind.__name__}.{name}" for (kind, name), seen in said.items() if not seen]


def test_every_sample_is_known_here():
    named = {*WHOLE, *SPARING, *STREAMED, *OTHERS}
    assert {path.stem for path in SAMPLES.glob("*.json")} == named


def test_every_shape_of_the_contract_stands_in_a_sample():
    samples: set[type[Shape]] = {*WHOLE.values(), *SPARING.values(), *STREAMED.values()}
    shown = {inner for shape in samples for inner in reached(shape)}
    assert every_shape() - shown - {contract.Record} == set()


@pytest.mark.parametrize(("name", "shape"), WHOLE.items(), ids=lambda value: str(value))
def test_what_is_read_is_written_again_without_a_difference(name, shape):
    text = json.dumps(sample(name))
    assert json.loads(shape.model_validate_json(text).model_dump_json(by_alias=True)) == sample(
        name
    )


@pytest.mark.parametrize(("name", "shape"), SPARING.items(), ids=lambda value: str(value))
def test_an_answer_leaves_out_what_says_nothing(name, shape):
    answer = shape.model_validate_json(json.dumps(sample(name)))
    assert json.loads(answer.model_dump_json(exclude_none=True)) == sample(name)


@pytest.mark.parametrize(
    ("name", "shape"),
    [pair for pair in {**WHOLE, **SPARING}.items() if pair[0] not in ABSENT],
    ids=lambda value: str(value),
)
def test_a_sample_says_something_in_every_field(name, shape):
    assert unsaid(shape.model_validate_json(json.dumps(sample(name)))) in (
        [],
        # Fixed by RFC 9457 and by the version of the contract.
        ["Problem.type"],
        ["Manifest.schema_version"],
    )


@pytest.mark.parametrize("name", sorted(STREAMED))
def test_a_stream_record_says_something_in_every_field(name):
    record = read_stream_record(sample(name))
    assert type(record) is STREAMED[name]
    assert unsaid(record) == []


@pytest.mark.parametrize("name", sorted(STREAMED))
def test_a_record_is_written_as_the_stream_shows_it(name):
    record = read_stream_record(sample(name))
    item = sample(name)["dynamodb"]["NewImage"]
    if isinstance(record, contract.SubmissionRecord):
        written = submission_item(record)
    elif isinstance(record, contract.ImageRecord):
        written = {**image_key(record), **record.to_attributes()}
    elif isinstance(record, contract.MessageRecord):
        written = {**message_key(record), **record.to_attributes()}
    else:
        assert isinstance(record, contract.AwardRecord)
        key = {
            "pk": {"S": group_of(record.submission_id)},
            "sk": {"S": f"AWARD#{record.prize}"},
        }
        written = {**key, **record.to_attributes()}
    assert written == item


def test_every_kind_that_the_mirror_takes_has_a_stream_record():
    kinds = {
        sample(name)["dynamodb"]["Keys"]["sk"]["S"].partition("#")[0]: shape
        for name, shape in STREAMED.items()
    }
    assert kinds == MIRRORED


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_a_key_that_nobody_knows_is_refused_without_repeating_what_it_held(name):
    text = json.dumps({**sample(name), "surprise": "secret"})
    with pytest.raises(ValidationError) as raised:
        WHOLE[name].model_validate_json(text)
    assert "surprise" in str(raised.value)
    assert "secret" not in str(raised.value)


def test_a_token_is_signed_and_read_as_before():
    golden = sample("token")
    payload = contract.TokenPayload.model_validate_json(json.dumps(golden["payload"]))
    assert verify(golden["token"], token_keys=golden["keys"]) == payload
    assert sign(payload, token_keys=golden["keys"]) == golden["token"]


def test_the_bucket_tells_of_an_upload_by_a_key_that_says_where_it_belongs():
    (record,) = sample("s3_notification")["Records"]
    place = place_of(record["s3"]["object"]["key"])
    assert place is not None
    upload = contract.TokenPayload.model_validate_json(json.dumps(sample("token_payload"))).uploads[
        0
    ]
    assert place.key == upload.key
    assert (place.receipt, place.part) == (upload.receipt, upload.part)


def test_what_is_set_apart_carries_its_reason():
    golden = sample("quarantined")
    body = quarantine_body(
        golden["message"], why=golden["why"], sent_timestamp_ms=golden["sent_timestamp_ms"]
    )
    assert json.loads(body) == golden
