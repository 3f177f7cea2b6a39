"""One token gives a bounded number of places for photos, however its holder uses it."""

from collections.abc import Iterator
from hashlib import sha256
from itertools import count
from typing import Any

import boto3
import pytest

from ingest_lambda.contract import SubmissionStatus
from ingest_lambda.functions.start import MOST_KEYS
from tests.security.functions import Functions, Json, asked, deployed, photo

REFUSED = (422, "upload_refused", "receipt")
_NUMBERS = count()


@pytest.fixture
def functions(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Functions]:
    with deployed(monkeypatch, **getattr(request, "param", {})) as functions:
        yield functions


def another(receipt: int = 1) -> Json:
    """Announce a photo that was not announced before."""
    return photo(sha256(str(next(_NUMBERS)).encode()).hexdigest(), receipt=receipt)


def keys_of(answer: Json) -> set[str]:
    return {form["fields"]["key"] for form in answer["uploads"]}


def ask(functions: Functions, begun: Json, *uploads: Json) -> tuple[Any, Json]:
    status, answer = functions.start(asked(*uploads, token=begun["token"]))
    if status == 200:
        return status, answer
    return (status, answer["code"], answer.get("field")), answer


def items() -> int:
    scanned = boto3.client("dynamodb").scan(TableName="t", Select="COUNT")
    return int(scanned["Count"])


def test_twelve_replacements_one_after_another_are_one_too_many(functions: Functions) -> None:
    begun = functions.begin(another())
    keys = keys_of(begun)
    for _ in range(MOST_KEYS - 1):
        status, begun = ask(functions, begun, another())
        assert status == 200
        keys |= keys_of(begun)
    assert len(keys) == MOST_KEYS
    last = begun
    for _ in range(2):
        status, problem = ask(functions, last, another())
        assert status == REFUSED
        assert "very often" in problem["detail"]
    assert functions.submit(last) == SubmissionStatus.APPROVED, "what it has can be sent"


def test_so_are_those_that_all_begin_at_the_first_token(functions: Functions) -> None:
    begun = functions.begin(another())
    keys, refusals = keys_of(begun), 0
    for number in range(2 * MOST_KEYS):
        status, answer = ask(functions, begun, another(receipt=1 + number % 3))
        if status == 200:
            keys |= keys_of(answer)
        else:
            assert status == REFUSED
            refusals += 1
    assert (len(keys), refusals) == (MOST_KEYS, MOST_KEYS + 1)


def test_nor_does_it_help_to_drop_the_photos_or_to_go_back_to_an_older_token(
    functions: Functions,
) -> None:
    first = functions.begin(another(1), another(2), another(3))
    keys = keys_of(first)
    tokens = [first]
    while True:
        status, bare = ask(functions, tokens[len(tokens) // 2])
        assert status == 200, "to drop photos is always free"
        status, begun = ask(functions, bare, another(1), another(2))
        if status != 200:
            break
        keys |= keys_of(begun)
        tokens.append(begun)
    assert status == REFUSED
    assert len(keys) in (MOST_KEYS - 1, MOST_KEYS)


def test_to_ask_for_the_same_photos_again_takes_no_place_and_leaves_nothing(
    functions: Functions,
) -> None:
    before = items()
    mine = another()
    begun = functions.begin(mine)
    for _ in range(2 * MOST_KEYS):
        status, begun = ask(functions, begun, mine)
        assert status == 200
    assert items() == before
    assert ask(functions, begun, another())[0] == 200


@pytest.mark.parametrize(
    "functions",
    [
        {
            "fields": (
                {"name": "receipt", "kind": "receipt_image", "max_receipts": 10},
                {"name": "selfie", "kind": "other_image"},
            )
        }
    ],
    indirect=True,
)
def test_a_form_with_more_room_has_all_of_it_and_each_field_its_own(functions: Functions) -> None:
    whole = [{**another(n), "part": part} for n in range(1, 11) for part in (1, 2, 3)]
    begun = functions.begin(*whole)
    assert len(keys_of(begun)) == 30
    assert ask(functions, begun, another())[0] == REFUSED
    assert ask(functions, begun, {**another(), "field": "selfie"})[0] == 200


def test_a_second_photo_that_is_asked_for_has_places_of_its_own(functions: Functions) -> None:
    begun = functions.begin(another())
    for _ in range(MOST_KEYS - 1):
        _, begun = ask(functions, begun, another())
    functions.submit(begun)
    stored = functions.stored(begun)
    functions.table.submissions.replace(
        stored.model_copy(
            update={
                "decision_no": 1,
                "decision_status": SubmissionStatus.NEEDS_RESUBMISSION,
                "decided_attempt": 1,
                "version": stored.version + 1,
            }
        )
    )
    answers = [ask(functions, begun, another()) for _ in range(MOST_KEYS + 1)]
    assert [status for status, _ in answers] == [200] * MOST_KEYS + [REFUSED]
    keys = set().union(*(keys_of(answer) for status, answer in answers if status == 200))
    assert len(keys) == MOST_KEYS


def test_the_count_goes_with_its_token(functions: Functions) -> None:
    begun = functions.begin(another())
    ask(functions, begun, another())
    client = boto3.client("dynamodb")
    (found,) = client.query(
        TableName="t",
        KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
        ExpressionAttributeValues={
            ":pk": {"S": f"SUBMISSION#{begun['submission_id']}"},
            ":sk": {"S": "KEYS#"},
        },
    )["Items"]
    assert found["of_receipt"] == {"N": "2"}
    assert int(found["expires_at"]["N"]) > 0
