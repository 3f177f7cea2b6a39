"""Whatever is sent to the public addresses gets a clear answer, and nothing else is harmed."""

import io
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from PIL import Image

from campaignhub.embedded.deploy import client
from ingest_lambda.contract import Claims
from ingest_lambda.tokens import sign, verify
from tests.support.installation import Installation, wait_until
from tests.support.receipts import receipt_bytes
from tests.support.visitor import Visitor, announced

pytestmark = pytest.mark.flow

Scenery = dict[str, dict[str, Any]]


def fresh_receipt() -> bytes:
    """Return a receipt that nobody has sent before."""
    return receipt_bytes(uuid4().int % 10_000_000)


def refused(answer: httpx.Response, status: int, code: str) -> None:
    """Fail unless the answer is the problem document that the contract promises."""
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["detail"]


def held(installation: Installation, queue: str) -> list[str]:
    """Return the bodies of what a queue holds, without taking anything."""
    sqs, url = installation.aws("sqs"), installation.environment[queue]
    found: dict[str, dict[str, str]] = {}
    while messages := sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=10
    ).get("Messages"):
        found |= {message["MessageId"]: message for message in messages}
    for message in found.values():  # at once, or the next look would find only what came meanwhile
        sqs.change_message_visibility(
            QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
        )
    return [message["Body"] for message in found.values()]


def in_table(installation: Installation, submission_id: UUID | None) -> bool:
    """Whether the table holds the submission."""
    key = {"pk": {"S": f"SUBMISSION#{submission_id}"}, "sk": {"S": "SUBMISSION"}}
    table = installation.environment["TABLE_NAME"]
    return "Item" in installation.aws("dynamodb").get_item(TableName=table, Key=key)


def quarantined(installation: Installation, submission_id: UUID | None) -> bool:
    """Whether a message about the submission is in quarantine."""
    return any(str(submission_id) in body for body in held(installation, "QUARANTINE_QUEUE_URL"))


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


# ------------------------------------------------------------ files


def huge_png() -> bytes:
    """Return a valid PNG of 30,000 × 30,000 px in 110 KB."""
    side = 30_000
    row = b"\0" * (1 + side // 8)
    packer = zlib.compressobj(9)
    pixels = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = zlib.crc32(kind + content).to_bytes(4, "big")
        return len(content).to_bytes(4, "big") + kind + content + checksum

    size = side.to_bytes(4, "big")
    head = chunk(b"IHDR", size + size + bytes([1, 0, 0, 0, 0]))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def truncated() -> bytes:
    whole = io.BytesIO()
    Image.effect_noise((800, 800), 80).convert("RGB").save(whole, format="JPEG", quality=90)
    return whole.getvalue()[: whole.tell() // 3]


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00<html><script>alert(1)</script></html>"


@pytest.mark.parametrize(
    ("make", "content_type", "refusals"),
    [
        (lambda: b"just some text" * 20, "image/jpeg", {"not_an_image"}),
        (lambda: SVG, "image/png", {"not_an_image"}),
        (lambda: HTML, "image/jpeg", {"not_an_image", "damaged"}),
        (truncated, "image/jpeg", {"damaged"}),
        (huge_png, "image/png", {"too_many_pixels"}),
    ],
    ids=["text", "svg", "html with a JPEG head", "truncated", "30,000 px square"],
)
def test_a_file_that_is_no_picture_is_named_and_harms_nobody(
    embedded: Installation, make: Callable[[], bytes], content_type: str, refusals: set[str]
) -> None:
    visitor, beside = Visitor(embedded, "summer-receipts"), Visitor(embedded, "summer-receipts")
    content = make()
    visitor.send_photo(content, content_type=content_type)
    beside.enter(fresh_receipt())
    assert visitor.submit().status_code == 202

    ((sha256, refusal, _, _),) = visitor.images(1)
    assert sha256 == announced(content)["sha256"]
    assert refusal in refusals
    assert visitor.status()["status"] == "pending_review", "a person looks, nobody is locked out"
    ((_, refusal, _, _),) = beside.images(1)
    assert refusal == ""
    (pages,) = embedded.rows(
        "SELECT pages FROM submissions_receiptimage WHERE submission_id = ?",
        (visitor.id.hex if visitor.id else "",),
    )[0]
    assert json.loads(pages) == [], "nothing of it is ever shown"


@pytest.mark.parametrize(
    "changes",
    [
        {"size": 0},
        {"size": 15_000_001},
        {"content_type": "image/svg+xml"},
        {"content_type": "text/html"},
        {"field": "elsewhere"},
    ],
)
def test_a_file_that_could_never_be_taken_is_refused_before_it_is_sent(
    embedded: Installation, changes: dict[str, Any]
) -> None:
    visitor = Visitor(embedded, "summer-receipts")
    wanted = {**announced(b"x" * 1000), **changes}
    refused(visitor.call_start(wanted), 422, "upload_refused")


def test_a_form_takes_nothing_but_the_file_it_was_made_for(embedded: Installation) -> None:
    visitor, photo = Visitor(embedded, "summer-receipts"), fresh_receipt()
    visitor.start(announced(photo))
    (form,) = visitor.forms
    key = form["fields"]["key"]
    store, bucket = embedded.aws("s3"), embedded.environment["BUCKET_NAME"]

    assert visitor.upload(photo + b"more").status_code == 400
    assert visitor.upload(photo[:-1]).status_code == 400
    assert visitor.upload(b"").status_code == 400
    assert visitor.upload(photo, key="receipts/of/another").status_code == 403
    assert visitor.upload(photo, None, **{"Content-Type": "text/html"}).status_code == 403
    assert visitor.upload(photo, policy="AAAA").status_code == 400
    listed = store.list_objects_v2(Bucket=bucket, Prefix=key.rsplit("/", 1)[0])
    assert listed["KeyCount"] == 0

    assert visitor.upload(photo).status_code == 201
    visitor.images(1)


def test_a_form_after_its_time_takes_nothing(embedded: Installation) -> None:
    """The time itself is read from a real form in the contract's test; here it is over."""
    bucket, key = embedded.environment["BUCKET_NAME"], f"incoming/summer-receipts/{uuid4()}/late"
    address = f"http://127.0.0.1:{embedded.aws_port}"
    form = client("s3", address).generate_presigned_post(Bucket=bucket, Key=key, ExpiresIn=-1)
    answer = httpx.post(form["url"], data=form["fields"], files={"file": b"x"}, timeout=30)

    assert answer.status_code == 403
    assert "expired" in answer.text.lower()


def test_a_form_used_twice_changes_nothing_of_what_was_looked_at(embedded: Installation) -> None:
    visitor, photo = Visitor(embedded, "summer-receipts"), fresh_receipt()
    visitor.enter(photo)
    ((first, *_),) = visitor.images(1)
    key, pages = embedded.rows(
        "SELECT key, pages FROM submissions_receiptimage WHERE submission_id = ?",
        (visitor.id.hex if visitor.id else "",),
    )[0]
    shown = json.loads(pages)[0]["view_key"]
    store, bucket = embedded.aws("s3"), embedded.environment["BUCKET_NAME"]
    before = store.get_object(Bucket=bucket, Key=shown)["Body"].read()
    other = fresh_receipt()[: len(photo)].ljust(len(photo), b"\0")
    assert visitor.upload(photo).status_code == 201
    wait_until(lambda: gone(embedded, key), what="the second file is looked at")
    assert visitor.upload(other).status_code == 201
    wait_until(lambda: gone(embedded, key), what="the third file is looked at")

    after = store.get_object(Bucket=bucket, Key=shown)["Body"].read()
    assert after == before, "what a moderator sees is what the facts are about"
    assert [sha256 for sha256, *_ in visitor.images(1)] == [first]


def gone(installation: Installation, key: str) -> bool:
    """Whether an upload was taken away by the images function."""
    bucket = installation.environment["BUCKET_NAME"]
    listed = installation.aws("s3").list_objects_v2(Bucket=bucket, Prefix=key)
    return bool(listed["KeyCount"] == 0)


# ------------------------------------------------------------ tokens


def resigned(installation: Installation, token: str, **changes: Any) -> str:
    """Return a token with other claims, signed with this installation's own key."""
    keys = installation.environment["TOKEN_KEYS"]
    claims = verify(token, token_keys=keys).model_dump()
    return sign(Claims.model_validate({**claims, **changes}), token_keys=keys)


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
        ({"given_name": "Ada\x00Lovelace"}, "given_name", "ANSWER_NOT_UNDERSTOOD"),
        ({"given_name": "\ud83d"}, "given_name", "ANSWER_NOT_UNDERSTOOD"),
        ({"is_admin": True}, None, "UNKNOWN_FIELD"),
    ],
    ids=["missing", "blank", "long", "object", "number", "address", "NUL", "half", "unknown"],
)
def test_a_wrong_answer_is_kept_as_invalid_and_its_field_is_named(
    embedded: Installation, answers: dict[str, Any], field: str | None, code: str
) -> None:
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
        "\u202bשלום مرحبا\u202c",
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


# ------------------------------------------------------------ queues


@contextmanager
def impatient(installation: Installation, queue: str) -> Iterator[str]:
    """Let a queue give up after two tries of three seconds each, as long as this lasts."""
    sqs, url = installation.aws("sqs"), installation.environment[queue]
    names = ["VisibilityTimeout", "RedrivePolicy"]
    before = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    policy = {**json.loads(before["RedrivePolicy"]), "maxReceiveCount": 2}
    sqs.set_queue_attributes(
        QueueUrl=url, Attributes={"VisibilityTimeout": "3", "RedrivePolicy": json.dumps(policy)}
    )
    try:
        yield url
    finally:
        sqs.set_queue_attributes(QueueUrl=url, Attributes=before)


@pytest.mark.parametrize(
    ("queue", "end"),
    [
        ("SUBMISSIONS_QUEUE_URL", "QUARANTINE_QUEUE_URL"),
        ("IMAGES_QUEUE_URL", "IMAGES_DEAD_LETTER_QUEUE_URL"),
        ("MIRROR_QUEUE_URL", "MIRROR_DEAD_LETTER_QUEUE_URL"),
    ],
)
def test_a_message_that_is_no_json_is_put_aside_and_the_others_go_on(
    embedded: Installation, queue: str, end: str
) -> None:
    poison = f"no JSON {uuid4()}"
    before, visitor = (Visitor(embedded, "summer-receipts") for _ in range(2))
    with impatient(embedded, queue) as url:
        # A long poll under way still waits with the patience it began with; this one ends it.
        before.enter(fresh_receipt())
        before.row("id")
        before.images(1)
        for body in (poison, f"[{poison}"):
            embedded.aws("sqs").send_message(QueueUrl=url, MessageBody=body)
        visitor.enter(fresh_receipt())
        visitor.row("id")
        visitor.images(1)
        wait_until(
            # Delivered again before it was put aside, one may be there twice.
            lambda: len({body for body in held(embedded, end) if poison in body}) == 2,
            what=f"both messages in {end}",
        )
    assert not any(poison in body for body in held(embedded, queue))


def test_the_worker_knows_no_queue_but_its_own(embedded: Installation) -> None:
    """Celery deletes what it cannot read: a queue of plain JSON among its own would be emptied."""
    printed = embedded.python(
        "from campaignhub.celery import app\n"
        "transport = app.conf.broker_transport_options\n"
        "named = sorted(app.amqp.queues), app.conf.task_create_missing_queues\n"
        "print(named, [q['url'] for q in transport['predefined_queues'].values()])\n"
    )

    url = embedded.environment["CELERY_QUEUE_URL"]
    assert printed.splitlines()[-1] == f"(['celery'], False) ['{url}']"
