"""Whatever is sent to the public addresses gets a clear answer, and nothing else is harmed."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from ingest_lambda.adapters.tokens import sign, verify
from ingest_lambda.contract import TokenPayload
from tests.flows.bad import Scenery, held, in_table, refused
from tests.support.installation import Installation, wait_until
from tests.support.visitor import Visitor
from tests.support.ways_in import BY_API, chosen_way_in

pytestmark = pytest.mark.flow
HALF = "\ud83d"
"""Half of a surrogate pair: JSON can spell it, UTF-8 can't."""


# ------------------------------------------------------------ campaigns
@pytest.mark.parametrize(
    ("slug", "status", "code"),
    [
        ("nobody-published-this", 404, "unknown_campaign"),
        ("not-yet", 409, "not_open"),
        ("long-gone", 409, "not_open"),
        ("on-a-break", 409, "paused"),
    ],
)
def test_a_campaign_that_takes_no_entries_says_so(
    embedded: Installation, scenery: Scenery, slug: str, status: int, code: str
) -> None:
    facts = scenery.get(slug, embedded.campaign("quick-draw"))
    visitor = Visitor(embedded, slug, campaign=facts)
    refused(visitor.call_start(), status, code)


def test_an_older_page_is_told_to_load_again(embedded: Installation) -> None:
    visitor = Visitor(embedded, "quick-draw")
    refused(visitor.call_start(release=99), 409, "release_changed")


@pytest.mark.parametrize("slug", ["not-yet", "long-gone"])
def test_an_entry_outside_the_dates_is_kept_as_invalid(
    embedded: Installation, scenery: Scenery, slug: str
) -> None:
    """A token of another day, or a clock that is wrong: never silently dropped."""
    donor = Visitor(embedded, "quick-draw")
    donor.start()
    facts = scenery[slug]
    visitor = Visitor(embedded, slug, campaign=facts)
    visitor.id = uuid4()
    visitor.token = resigned(
        embedded,
        donor.token,
        submission_id=visitor.id,
        slug=slug,
        campaign_id=facts["id"],
        release=facts["release"],
    )
    assert visitor.submit().status_code == 202

    shown = visitor.status("invalid")
    code = {"not-yet": "ENTERED_TOO_EARLY", "long-gone": "ENTERED_TOO_LATE"}[slug]
    assert [reason["code"] for reason in shown["reasons"]] == [code]
    assert visitor.row("status") == ("invalid",)


# ------------------------------------------------------------ tokens
def resigned(installation: Installation, token: str, **changes: Any) -> str:
    """Return a token with another payload, signed with this installation's own key."""
    keys = installation.environment["TOKEN_KEYS"]
    payload = verify(token, token_keys=keys).model_dump()
    return sign(TokenPayload.model_validate({**payload, **changes}), token_keys=keys)


def test_a_token_that_is_not_good_here_opens_nothing(embedded: Installation) -> None:
    visitor, stranger = Visitor(embedded, "summer-receipts"), Visitor(embedded, "quick-draw")
    visitor.start()
    stranger.start()
    middle = len(stranger.token) // 2
    letter = "A" if stranger.token[middle] != "A" else "B"
    altered = stranger.token[:middle] + letter + stranger.token[middle + 1 :]
    forged = sign(
        verify(stranger.token, token_keys=embedded.environment["TOKEN_KEYS"]),
        token_keys="k1:" + "00" * 32,
    )

    for token in (visitor.token, altered, forged, "x" * 40, "." * 900):
        refused(stranger.call_start(token=token), 401, "bad_token")
        refused(stranger.call_status(token), 401, "bad_token")
        answer = stranger.submit(token=token)
        assert (answer.status_code, answer.json()) == (202, {"status": "received"})
    wait_until(
        lambda: (
            sum(str(stranger.id) in body for body in held(embedded, "QUARANTINE_QUEUE_URL")) == 5
        ),
        what="all five in quarantine",
    )
    assert not in_table(embedded, stranger.id)
    assert not in_table(embedded, visitor.id)

    assert stranger.submit().status_code == 202
    stranger.status("approved")


def test_an_expired_token_is_told_and_what_was_sent_with_it_is_kept(
    embedded: Installation,
) -> None:
    visitor = Visitor(embedded, "quick-draw")
    visitor.start()
    begun = datetime.now(UTC) - timedelta(hours=25)
    expired = resigned(
        embedded, visitor.token, issued_at=begun, expires_at=begun + timedelta(hours=24)
    )
    refused(visitor.call_start(token=expired), 401, "token_expired")
    assert visitor.submit(token=expired).status_code == 202

    shown = visitor.status("invalid")
    assert [reason["code"] for reason in shown["reasons"]] == ["TOKEN_EXPIRED"]


# ------------------------------------------------------------ answers
@pytest.mark.parametrize(
    ("answers", "field", "code"),
    [
        ({"email": None}, "email", "ANSWER_MISSING"),
        ({"given_name": "   "}, "given_name", "ANSWER_MISSING"),
        ({"given_name": "x" * 81}, "given_name", "ANSWER_TOO_LONG"),
        ({"given_name": {"a": ["b"]}}, "given_name", "ANSWER_NOT_UNDERSTOOD"),
        ({"given_name": 7}, "given_name", "ANSWER_NOT_UNDERSTOOD"),
        ({"email": "not an address"}, "email", "ANSWER_NOT_UNDERSTOOD"),
        ({"given_name": "\x00\x01"}, "given_name", "ANSWER_MISSING"),
        ({"given_name": HALF}, "given_name", "ANSWER_MISSING"),
        ({"is_admin": True}, None, "UNKNOWN_FIELD"),
    ],
    ids=["missing", "blank", "long", "object", "number", "address", "NUL", "half", "unknown"],
)
def test_a_wrong_answer_is_kept_as_invalid_and_its_field_is_named(
    embedded: Installation, answers: dict[str, Any], field: str | None, code: str
) -> None:
    if chosen_way_in() == BY_API and answers == {"given_name": HALF}:
        pytest.skip(
            "An API is called in UTF-8, which has no half: another character comes instead."
        )
    visitor = Visitor(embedded, "quick-draw")
    visitor.start()
    given = {**visitor.answers, **answers}
    body = json.dumps(visitor.body(answers=given)).encode()
    assert visitor.post("submissions", body).status_code == 202

    shown = visitor.status("invalid")
    assert [(reason.get("field"), reason["code"]) for reason in shown["reasons"]] == [(field, code)]
    assert shown["reasons"][0]["message"]
    assert visitor.row("status") == ("invalid",)


def test_consent_is_not_taken_for_given(embedded: Installation) -> None:
    visitor = Visitor(embedded, "quick-draw")
    visitor.start()
    assert visitor.submit(consents={"accept_rules": "yes"}).status_code == 202

    assert [r["code"] for r in visitor.status("invalid")["reasons"]] == ["CONSENT_MISSING"]


@pytest.mark.parametrize(
    "name",
    [
        "Zoë \U0001f469\u200d\U0001f469\u200d\U0001f467",
        "שלום مرحبا",
        '"); DROP TABLE submissions; --',
        "<script>alert(1)</script>",
        "{{7*7}} ${7*7} $input.body",
    ],
)
def test_any_text_that_is_a_text_arrives_as_it_was_typed(embedded: Installation, name: str) -> None:
    visitor = Visitor(embedded, "quick-draw")
    visitor.answers["given_name"] = name
    visitor.enter()
    visitor.row("id")

    ((stored,),) = embedded.rows(
        "SELECT answers FROM submissions_submissionanswers WHERE submission_id = ?",
        (visitor.id.hex if visitor.id else "",),
    )
    assert json.loads(stored)["given_name"] == name


# ------------------------------------------------------------ bodies
@pytest.mark.parametrize("call", ["start", "submissions", "messages"])
@pytest.mark.parametrize("body", [b"", b"nope", b"[]", b"{}", b'{"a":', b"\xff\xfe"])
def test_a_body_of_another_shape_is_refused(embedded: Installation, call: str, body: bytes) -> None:
    refused(Visitor(embedded, "quick-draw").post(call, body), 400, "bad_request")


def test_a_body_of_a_megabyte_is_refused(embedded: Installation) -> None:
    visitor = Visitor(embedded, "quick-draw")
    visitor.start()
    answer = visitor.submit(answers={"given_name": "x" * 1_000_000})
    refused(answer, 413, "too_large")
    assert not in_table(embedded, visitor.id)


@pytest.mark.parametrize("call", ["submissions", "messages"])
def test_text_is_not_json_even_if_it_reads_like_it(embedded: Installation, call: str) -> None:
    visitor = Visitor(embedded, "quick-draw")
    visitor.start()
    message = {"message_id": str(uuid4()), "kind": "withdrawal", "answers": None, "consents": None}
    body = visitor.body(**(message if call == "messages" else {}))
    answer = visitor.post(call, json.dumps(body).encode(), Content_Type="text/plain")
    refused(answer, 415, "unsupported_media_type")
