"""Three hundred broken bodies at a whole installation: each that got a 202 is found again, and no dead letter."""

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from uuid import UUID, uuid4

import httpx
import pytest

from ingest_lambda.adapters.tokens import sign, verify
from tests.flows.bad import fresh_receipt, held, in_table
from tests.support.installation import Installation, wait_until
from tests.support.junk import Call, Junk
from tests.support.visitor import Visitor

pytestmark = pytest.mark.flow

SEED = 20_261_127
JSON = {"Content-Type": "application/json"}
CODES = {202: None, 400: "bad_request", 413: "too_large"}
BODIES = 300
QUEUES = ("SUBMISSIONS_QUEUE_URL", "IMAGES_QUEUE_URL", "MIRROR_QUEUE_URL")
DEAD_LETTERS = (
    "SUBMISSIONS_DEAD_LETTER_QUEUE_URL",
    "IMAGES_DEAD_LETTER_QUEUE_URL",
    "MIRROR_DEAD_LETTER_QUEUE_URL",
    "MIRROR_PIPE_DEAD_LETTER_QUEUE_URL",
)


@dataclass(frozen=True)
class Sent:
    """One body, by the id that tells it from all others, and how it was answered."""

    call: Call
    submission_id: str
    own_id: str
    answer: httpx.Response


def depth(installation: Installation, queue: str) -> int:
    """Return how many messages a queue holds, those that are being worked on included."""
    names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
    attributes = installation.aws("sqs").get_queue_attributes(
        QueueUrl=installation.environment[queue], AttributeNames=list(names)
    )["Attributes"]
    return sum(int(attributes[name]) for name in names)


def drained(installation: Installation) -> bool:
    """Tell whether nothing waits to be written, looked at or brought to the site."""
    return not any(depth(installation, queue) for queue in QUEUES)


def is_kept(installation: Installation, sent: Sent, aside: str) -> bool:
    """Tell whether a body is in the table, as what it is, or in quarantine."""
    if sent.own_id in aside:
        return True
    if sent.call == "submissions":
        return in_table(installation, UUID(sent.submission_id))
    key = {"pk": {"S": f"SUBMISSION#{sent.submission_id}"}, "sk": {"S": f"MESSAGE#{sent.own_id}"}}
    table = installation.environment["TABLE_NAME"]
    return "Item" in installation.aws("dynamodb").get_item(TableName=table, Key=key)


def tokens(installation: Installation, slug: str) -> Callable[[UUID], str]:
    """Return what signs a token for any id, as ``start`` would have; one call of it is enough."""
    begun, keys = Visitor(installation, slug), installation.environment["TOKEN_KEYS"]
    begun.start()
    payload = verify(begun.token, token_keys=keys)
    return lambda own: sign(payload.model_copy(update={"submission_id": own}), token_keys=keys)


def test_no_body_that_a_stranger_sends_becomes_a_dead_letter(embedded: Installation) -> None:
    before = {queue: depth(embedded, queue) for queue in DEAD_LETTERS}
    junk, token_of = Junk(SEED), tokens(embedded, "quick-draw")
    entered = [Visitor(embedded, "quick-draw") for _ in range(4)]
    for visitor in entered:
        visitor.enter()
    for visitor in entered:
        visitor.status("approved")
    address = entered[0].address

    def body(number: int) -> tuple[Call, str, str, bytes]:
        """Return a call, the submission it is about, an id of the body's own, and the body."""
        if number % 3:
            own = junk.uuid()
            good = {"submission_id": str(own), "token": token_of(own)}
            return "submissions", str(own), str(own), junk.body("submissions", good)
        about, own = entered[number % 4], junk.uuid()
        good = {"submission_id": str(about.id), "token": about.token, "message_id": str(own)}
        return "messages", str(about.id), str(own), junk.body("messages", good)

    def post(made: tuple[Call, str, str, bytes]) -> Sent:
        call, about, own, content = made
        answer = client.post(f"{address}/{call}", content=content, headers=JSON)
        return Sent(call, about, own, answer)

    with httpx.Client(timeout=30) as client, ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(post, [body(number) for number in range(BODIES)]))
    statuses = Counter(sent.answer.status_code for sent in answers)
    assert statuses[202] >= 150, statuses
    for sent in answers:
        assert sent.answer.json().get("code") == CODES[sent.answer.status_code]

    wait_until(lambda: drained(embedded), what="every queue is empty", seconds=60)
    assert {queue: depth(embedded, queue) for queue in DEAD_LETTERS} == before
    aside = "\n".join(held(embedded, "QUARANTINE_QUEUE_URL")).lower()
    taken = [sent for sent in answers if sent.answer.status_code == 202]
    lost = [sent.own_id for sent in taken if not is_kept(embedded, sent, aside)]
    assert not lost
    print(  # noqa: T201 - what a person wants to see of it
        f"seed {SEED}: {dict(statuses)}; of {len(taken)} with a 202 "
        f"{sum(sent.own_id in aside for sent in taken)} in quarantine, the others in the table; "
        "dead letters: 0"
    )


@pytest.mark.parametrize("depth", [4, 40, 400, 4_000])
def test_what_nests_deep_is_refused_at_the_gateway(embedded: Installation, depth: int) -> None:
    visitor = Visitor(embedded, "quick-draw")
    visitor.start()
    deep = "[" * depth + "]" * depth
    head = json.dumps({"submission_id": str(visitor.id), "token": visitor.token})[:-1]
    told = f',"message_id":"{uuid4()}","kind":"appeal"'
    for call, body in (
        ("messages", f'{head}{told},"body":{{"a":{deep}}}}}'),
        ("messages", f'{head}{told},"body":{{"a":{{"b":{deep}}}}}}}'),
        ("submissions", f'{head},"answers":{{"given_name":{deep}}}}}'),
        ("submissions", f'{head},"consents":{{"accept_rules":{deep}}}}}'),
    ):
        answer = visitor.post(call, body.encode())
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


def test_odd_files_of_strangers_are_facts(embedded: Installation) -> None:
    """The form fixes key, size and type; what is in a file is the stranger's."""
    before = depth(embedded, "IMAGES_DEAD_LETTER_QUEUE_URL")
    whole = fresh_receipt()
    odd = [b"\x00", whole[:300], whole[:2] + b"\xff" * 500, b"%PDF-1.7\n%%EOF", b"RIFF0000WEBPVP8 "]
    visitors = [Visitor(embedded, "summer-receipts") for _ in odd]
    for visitor, content in zip(visitors, odd, strict=True):
        visitor.send_photo(content)
    for visitor in visitors:
        ((_, refusal, _, _),) = visitor.images(1)
        assert refusal
    assert depth(embedded, "IMAGES_DEAD_LETTER_QUEUE_URL") == before
