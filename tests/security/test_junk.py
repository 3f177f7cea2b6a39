"""Whatever a stranger sends ends as an answer, a stored fact or in quarantine; a dead letter is a fault of ours.

Every body here goes to the functions themselves, as if the gateway had let it through: its model
is the first bound and not the only one.
"""

import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image

from campaigns.setup.models import Campaign
from ingest_lambda.adapters.tokens import sign, verify
from ingest_lambda.contract import Purpose
from ingest_lambda.rules.people import api_key_hash
from submissions.intake.services.mirroring import mirror_records
from submissions.mirror.models import EntrantMessage, Submission
from tests.campaigns.factories import make_release
from tests.ingest_lambda.writing import EMAIL_FIELD, KEYS
from tests.security.functions import PARTNER_KEY, Functions, Json, asked, deployed, envelope, photo
from tests.submissions.factories import NOON, make_campaign
from tests.support.junk import Junk

pytestmark = pytest.mark.django_db

NUMBER = {"name": "number", "kind": "number", "required": False}
LONG = {"name": "story", "kind": "long_text", "required": False}
PHONE = {"name": "phone", "kind": "phone", "meaning": "phone", "required": False}
CHOICES = {"name": "some", "kind": "choices", "choices": ("a", "b"), "required": False}
BORN = {"name": "born", "kind": "birth_date", "required": False}
FORM = (EMAIL_FIELD, NUMBER, LONG, PHONE, CHOICES, BORN)
REFUSED_BY_SQS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html"""


@pytest.fixture
def campaign() -> Campaign:
    made = make_campaign()
    make_release(made)
    return made


@pytest.fixture
def functions(monkeypatch: pytest.MonkeyPatch, campaign: Campaign) -> Iterator[Functions]:
    with deployed(monkeypatch, campaign_id=str(campaign.pk), fields=FORM) as functions:
        yield functions


def entered(functions: Functions) -> Json:
    """Enter, so that there is a submission to say something about."""
    begun = functions.begin()
    assert functions.submit(begun) == "approved"
    return begun


def say(begun: Json, body: str, kind: str = "appeal") -> str:
    """Write a message about a submission, its body as it is written."""
    said = {
        "submission_id": begun["submission_id"],
        "message_id": str(uuid4()),
        "token": begun["token"],
        "kind": kind,
    }
    return envelope(json.dumps(said)[:-1] + f',"body":{body}}}', kind="message")


def reaches_the_site(functions: Functions) -> Counter[str]:
    """Carry the whole table to the site, as stream, queue and mirror would; return what is there by kind."""
    for item in functions.table.store.client.scan(TableName="t")["Items"]:
        assert not REFUSED_BY_SQS.search("".join(v.get("S", "") for v in item.values()))
    records = list(functions.table.ledger.all_records())
    assert mirror_records(records, at=NOON, notify=True).refused == []
    return Counter(type(record).__name__ for record in records)


def nested(depth: int) -> str:
    return '{"a":' + "[" * depth + "]" * depth + "}"


# ------------------------------------------------------------ messages


@pytest.mark.parametrize("depth", [9, 100, 199, 201, 400, 950, 985, 3000])
def test_a_message_that_nests_deep_is_put_aside_at_once(functions: Functions, depth: int) -> None:
    begun = entered(functions)
    assert functions.write(say(begun, nested(depth))) == []
    assert functions.quarantined() == ["not_understood"]


@pytest.mark.parametrize(
    "body",
    [
        '{"a":NaN}',
        '{"a":-Infinity}',
        '{"a":1e400}',
        '{"a":[{"b":-1e999}]}',
        f'{{"a":{"9" * 4301}}}',
    ],
)
def test_a_message_with_a_number_that_no_database_takes_is_put_aside(
    functions: Functions, body: str
) -> None:
    begun = entered(functions)
    assert functions.write(say(begun, body)) == []
    assert functions.quarantined() == ["not_understood"]
    assert reaches_the_site(functions) == {"SubmissionRecord": 1}


@pytest.mark.parametrize(
    "text",
    [r"\u0000", r"\ud800", "\uffff", r"\uffff", r"\ufffe\u0007", "\U0010ffff", r"\udbff\udfff"],
    ids=ascii,
)
def test_a_message_with_characters_that_some_store_refuses_reaches_the_site(
    functions: Functions, text: str
) -> None:
    begun = entered(functions)
    assert functions.write(say(begun, f'{{"text":"a{text}b","{text}":["{text}"]}}')) == []
    assert reaches_the_site(functions)["MessageRecord"] == 1
    kept = EntrantMessage.objects.get().body["text"]
    assert (kept[0], kept[-1]) == ("a", "b")


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        '{"a":{"b":[1,null,true,"x"]}}',
        f'{{"n":{"9" * 60}}}',
        '{"a":1,"a":2}',
        '{"":""}',
        '{"a":-0.0}',
    ],
)
def test_an_odd_message_is_kept(functions: Functions, body: str) -> None:
    begun = entered(functions)
    assert functions.write(say(begun, body)) == []
    assert reaches_the_site(functions)["MessageRecord"] == 1


# ------------------------------------------------------------ submissions


def test_an_answer_about_an_entry_that_was_deleted_is_put_aside_and_is_no_dead_letter(
    functions: Functions,
) -> None:
    """As when a campaign's test data are deleted while a tester holds the link to send again."""
    begun = entered(functions)
    payload = verify(begun["token"], token_keys=KEYS)
    again = payload.model_copy(update={"attempt": 2, "purpose": Purpose.RESUBMIT})
    said = {
        "submission_id": begun["submission_id"],
        "token": sign(again, token_keys=KEYS),
        "answers": {"email": "ada@example.com"},
    }
    functions.table.ledger.delete_submission(payload.submission_id)
    late = envelope(json.dumps(said))
    assert functions.write(late, receives=1) == [late]
    assert functions.write(late, receives=4) == []
    assert functions.quarantined() == ["unknown_submission"]


@pytest.mark.parametrize(
    "answers",
    [
        '{"email":"a@example.com","number":1e400}',
        '{"email":"a@example.com","number":NaN}',
        f'{{"email":"a@example.com","number":{"9" * 4300}}}',
        '{"email":"a@example.com","some":[{"a":1},["b"],null]}',
        '{"email":"a@example.com","born":"0000-00-00"}',
        '{"email":"a@example.com","phone":"\\u0661\\u0662\\u0663"}',
        '{"email":"a@xn--\\u0080.example"}',
        '{"email":["a@example.com"]}',
        '{"email":"a@example.com","":"","__proto__":{},"\\ud800":1}',
    ],
)
def test_a_bad_answer_is_a_fact(functions: Functions, answers: str) -> None:
    begun = functions.begin()
    said = json.dumps({"submission_id": begun["submission_id"], "token": begun["token"]})
    assert functions.write(envelope(f'{said[:-1]},"answers":{answers}}}')) == []
    assert functions.stored(begun).status == "invalid"
    assert reaches_the_site(functions) == {"SubmissionRecord": 1}
    assert Submission.objects.get().status == "invalid"


@pytest.mark.parametrize("odd", ["\\uffff", "\\ufffe", "\\u0000", "\\ud83d", "\\u202e"])
def test_a_character_that_no_store_takes_is_left_out_of_an_answer(
    functions: Functions, odd: str
) -> None:
    begun = functions.begin()
    said = json.dumps({"submission_id": begun["submission_id"], "token": begun["token"]})
    answers = f'{{"email":"a@example.com","story":"Anna{odd}"}}'
    assert functions.write(envelope(f'{said[:-1]},"answers":{answers}}}')) == []
    assert functions.stored(begun).answers["story"] == "Anna"
    assert reaches_the_site(functions) == {"SubmissionRecord": 1}


@pytest.mark.parametrize("place", ["answers", "consents"])
@pytest.mark.parametrize("depth", [200, 400, 950, 985, 3000])
def test_a_submission_that_nests_deep_is_put_aside_at_once(
    functions: Functions, place: str, depth: int
) -> None:
    begun = functions.begin()
    said = json.dumps({"submission_id": begun["submission_id"], "token": begun["token"]})
    assert functions.write(envelope(f'{said[:-1]},"{place}":{nested(depth)}}}')) == []
    assert functions.quarantined() == ["not_understood"]


def test_where_a_visitor_came_from_is_kept_in_characters_that_every_store_takes(
    functions: Functions,
) -> None:
    status, begun = functions.start(asked(source="poster\x00\uffff 7"))
    assert status == 200
    functions.submit(begun)
    assert reaches_the_site(functions) == {"SubmissionRecord": 1}
    assert Submission.objects.get().source == "poster 7"


@pytest.mark.parametrize("odd", ["\uffff", "\ufffe\x07"], ids=ascii)
def test_what_staff_have_named_is_kept_in_such_characters_too(
    functions: Functions, odd: str
) -> None:
    """A partner's name is in every entry of the partner; in the table it may be an old one."""
    key_hash = api_key_hash(PARTNER_KEY)
    functions.table.store.client.put_item(
        TableName="t",
        Item={
            "pk": {"S": f"PARTNER#{key_hash}"},
            "sk": {"S": "PARTNER"},
            "client_id": {"S": "k1"},
            "name": {"S": f"Kiosk {odd}"},
        },
    )
    status, begun = functions.start(asked(), key=PARTNER_KEY)
    assert status == 200
    assert functions.submit(begun) == "approved"
    functions.table.published.drop_partner(key_hash)  # no part of the stream that the site hears
    assert reaches_the_site(functions) == {"SubmissionRecord": 1}
    assert Submission.objects.get().partner.startswith("Kiosk ?")


# ------------------------------------------------------------ what is asked and answered at once


@pytest.mark.parametrize(
    ("slug", "body", "status"),
    [
        ("x" * 3000, asked(), 404),
        ("\uffff", asked(), 404),
        ("summer#RELEASE#1", asked(), 404),
        ("", asked(), 404),
        ("summer", asked(release=10**40), 400),
        ("summer", asked(release=10**4000), 400),
        ("summer", asked(token="t" * 16_000), 401),
        ("summer", asked(token="new.é.é" + "x" * 20), 401),
        ("summer", asked(locale="\ud800"), 400),
        ("summer", asked(photo(), photo(size=10**30)), 400),
        ("summer", '{"release":1,"locale":"en","route":' + "[" * 5000, 400),
        ("summer", "", 400),
    ],
)
def test_every_start_has_an_answer(functions: Functions, slug: str, body: Any, status: int) -> None:
    text = body if isinstance(body, str) else json.dumps(body)
    assert functions.start(text, slug=slug)[0] == status


@pytest.mark.parametrize(
    "token", ["", ".", "..", "new..", "new.a.", "x" * 20_000, "new.é.é", "\udcff.\udcff.\udcff"]
)
@pytest.mark.parametrize("path", [{}, {"slug": "x" * 3000}, {"id": "{}"}, {"id": "\ud800"}])
def test_a_status_with_any_token_is_an_answer(
    functions: Functions, token: str, path: dict[str, str]
) -> None:
    begun = functions.begin()
    assert functions.status(begun, token=token or " ", **path)[0] == 401


# ------------------------------------------------------------ files


def test_a_photo_s_own_words_are_kept_in_characters_that_every_store_takes(
    monkeypatch: pytest.MonkeyPatch, campaign: Campaign
) -> None:
    picture, exif, out = Image.new("RGB", (40, 30), "white"), Image.Exif(), io.BytesIO()
    exif[0x010F], exif[0x0110] = "Maker\x00\x01 of\uffff", b"\xef\xbf\xbf\x02\x00"
    picture.save(out, "JPEG", exif=exif)
    with deployed(monkeypatch, campaign_id=str(campaign.pk)) as functions:
        begun = functions.begin(photo(size=len(out.getvalue())))
        assert functions.look_at(begun["uploads"][0]["fields"]["key"], out.getvalue()) == []
        assert reaches_the_site(functions) == {"ImageRecord": 1}


@pytest.mark.parametrize(
    "content", [b"", b"\x00", b"%PDF-1.7", b"\xff\xd8\xff", b"RIFF\x00\x00\x00\x00WEBP", b"<svg/>"]
)
def test_any_file_is_a_fact(
    monkeypatch: pytest.MonkeyPatch, campaign: Campaign, content: bytes
) -> None:
    with deployed(monkeypatch, campaign_id=str(campaign.pk)) as functions:
        begun = functions.begin(photo())
        assert functions.look_at(begun["uploads"][0]["fields"]["key"], content) == []
        assert reaches_the_site(functions) == {"ImageRecord": 1}


# ------------------------------------------------------------ anything


def send_junk(functions: Functions, junk: Junk, count: int) -> Counter[str]:
    """Send broken bodies and starts; return what became of them. None comes again, none is an error."""
    became: Counter[str] = Counter()
    begun = entered(functions)
    for number in range(count):
        call = ("submissions", "messages")[number % 2]
        if number % 40 == 0:
            begun = entered(functions)  # one submission keeps fifty messages
        told = functions.begin() if call == "submissions" else begun
        good = {"submission_id": told["submission_id"], "token": told["token"]}
        if call == "messages":
            good["message_id"] = str(junk.uuid())
        body = junk.body(call, good)
        text = envelope(body.decode("utf-8", "surrogateescape"), kind=call.removesuffix("s"))
        assert functions.write(text, receives=9) == [], body
        status, _ = functions.start(junk.start(asked(photo())))
        assert status < 500
        became[str(status)] += 1
    became["quarantined"] = len(functions.quarantined())
    return became + reaches_the_site(functions)


def test_sixty_broken_bodies_leave_nothing_to_deliver_again(functions: Functions) -> None:
    became = send_junk(functions, Junk(8), 60)
    assert became["422"] + became["400"] > 10
    assert became["SubmissionRecord"] + became["MessageRecord"] > 12
    assert became["quarantined"] > 10


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(3))
def test_thousands_of_broken_bodies_leave_nothing_to_deliver_again(
    functions: Functions, seed: int
) -> None:
    became = send_junk(functions, Junk(1000 + seed), 1000)
    print(f"seed {seed}: {dict(became)}")  # noqa: T201 - what `make soak` shows
    assert became["MessageRecord"] > 50
