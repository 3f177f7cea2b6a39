"""What the API gets of a record: the same submission, whatever was typed into it."""

import json

from hypothesis import given
from hypothesis import strategies as st

from campaignhub.local_aws.pipes.input_template import filled_in
from ingest_lambda.batch import delivery_of, records_of
from tests.ingest_lambda.declared import resources

(_, DECLARED, _) = resources("AWS::Pipes::Pipe")["IngestPipe"]["TargetParameters"]["Fn::If"]
TEMPLATE = DECLARED["InputTemplate"]
TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    ['"', '\\"', '"}', '{"a":"<$.messageId>"}', "<$.body>", '\\\\"', "\u2028", "\uffff"]
)
ANSWERS = st.recursive(
    TEXTS | st.integers() | st.booleans() | st.none() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


def record(body: str) -> dict:
    return {
        "messageId": "m-1",
        "body": body,
        "attributes": {"SentTimestamp": "1700000000000", "ApproximateReceiveCount": "3"},
    }


@given(answers=st.dictionaries(TEXTS, ANSWERS, max_size=4), ascii_only=st.booleans())
def test_an_entry_with_nested_quotes_arrives_as_it_was_sent(answers, ascii_only):
    envelope = {"body": {"answers": answers}, "slug": "summer", "entered_at_ms": "5"}
    sent = filled_in(TEMPLATE, record(json.dumps(envelope, ensure_ascii=ascii_only)))
    (read,) = records_of(json.loads(sent))
    delivery = delivery_of(read)
    assert json.loads(delivery.body) == envelope
    assert (read["messageId"], delivery.sent_timestamp_ms, delivery.receives) == (
        "m-1",
        "1700000000000",
        3,
    )


@given(body=TEXTS)
def test_a_body_that_is_no_json_is_still_one_record_and_may_end_in_quarantine(body):
    (read,) = records_of(json.loads(filled_in(TEMPLATE, record(body))))
    assert read["messageId"] == "m-1"
    if isinstance(read["body"], str):
        assert delivery_of(read).body == read["body"]


def test_of_two_equal_keys_the_gateway_s_own_wins_on_this_way_too():
    forged = '{"body":{"a":1},"slug":"theirs","slug":"ours"}'
    (read,) = records_of(json.loads(filled_in(TEMPLATE, record(forged))))
    assert json.loads(delivery_of(read).body)["slug"] == "ours"


def test_no_quotes_stand_around_a_body_that_is_json():
    quoted = TEMPLATE.replace("<$.body>", '"<$.body>"')
    broken = filled_in(quoted, record('{"slug":"summer"}'))
    try:
        json.loads(broken)
    except ValueError:
        return
    raise AssertionError("quotes inside a text did not end it")
