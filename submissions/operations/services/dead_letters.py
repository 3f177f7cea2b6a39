"""Dead letters: looked at without losing one, sent through again, or discarded for a reason."""

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from campaignhub.aws import impatient_sqs, sqs
from campaignhub.env import env
from campaignhub.errors import DomainError
from campaigns.accounts.models import Client, User
from campaigns.accounts.rules.lines import is_blank
from campaigns.accounts.services import audit
from ingest_lambda.contract import without_tokens
from submissions.operations.rules.dead_letters import (
    OF_TASKS,
    filed_message,
    judge,
    masked,
    submissions_of,
    with_entered_at,
)
from submissions.operations.services.ledger_rounds import ask_for_round
from submissions.operations.services.stuck import note_stuck

HOLD_SECONDS = 60
"""How long a message is out of others' sight while we look; longer than any of this takes."""
MOST_AT_ONCE = 1000
_A_CALL = 10
_NOT_TAKEN = frozenset({"InvalidParameterValue", "InvalidMessageContents"})
"""What SQS says of a message that is too long for a queue, or holds what it carries not."""
_EMPTY_ANSWERS = 3
"""SQS asks some of its machines only, so one empty answer does not mean an empty queue."""
_AWAY = "The queues don't answer. Please try again in a minute."


class QueueAway(DomainError):
    """The queue service did not answer."""


class ReasonMissing(DomainError):
    """A message is discarded for a reason, which the log keeps."""


@dataclass(frozen=True)
class Pair:
    """A queue, and where what it could not deliver ends."""

    name: str
    label: str
    source_url: str
    """Empty where no queue is in front: the mirror Pipe reads the table's stream."""
    dead_url: str


@dataclass(frozen=True)
class DeadLetter:
    """One message that did not get through; nothing in it is personal, and no token is."""

    queue: str
    message_id: str
    entered_at: datetime
    """When the queue first took it."""
    receives: int
    subject: str
    reason: str
    content: str


@dataclass(frozen=True)
class Depth:
    """How many messages a queue and its dead-letter queue hold, those in work included."""

    name: str
    waiting: int | None
    """``None`` where the queue could not be asked."""
    dead: int | None


def pairs() -> dict[str, Pair]:
    """Return the queues whose dead letters staff look after, by name.

    The quarantine is one of them: its messages were never issued by us, and may
    be sent to the writer again should that turn out to be a mistake (a key that
    the functions did not have for an hour makes strangers of everybody).
    """
    settings = env()
    known = (
        Pair(
            "submissions",
            "Submissions",
            settings.submissions_queue_url,
            settings.submissions_dead_letter_queue_url,
        ),
        Pair("images", "Photos", settings.images_queue_url, settings.images_dead_letter_queue_url),
        Pair("mirror", "Mirror", settings.mirror_queue_url, settings.mirror_dead_letter_queue_url),
        Pair("pipe", "Mirror Pipe", "", settings.mirror_pipe_dead_letter_queue_url),
        Pair(
            "notices",
            "E-mail notices",
            settings.mail_notices_queue_url,
            settings.mail_notices_dead_letter_queue_url,
        ),
        Pair(
            "mail_tasks",
            "Mail tasks",
            settings.mail_tasks_queue_url,
            settings.mail_tasks_dead_letter_queue_url,
        ),
        Pair("jobs", "Jobs", settings.jobs_queue_url, settings.jobs_dead_letter_queue_url),
        Pair(
            "quarantine",
            "Quarantine",
            settings.submissions_queue_url,
            settings.quarantine_queue_url,
        ),
    )
    return {pair.name: pair for pair in known if pair.dead_url}


def queue_urls() -> list[str]:
    """Return the addresses of all queues, those of dead letters included, each once."""
    known = pairs().values()
    return sorted({url for pair in known for url in (pair.source_url, pair.dead_url) if url})


def depths() -> list[Depth]:
    """Count what waits in every queue and behind it, all at once; silent about what does not answer."""
    urls = queue_urls()
    with ThreadPoolExecutor(len(urls) or 1) as threads:
        counts = dict(zip(urls, threads.map(depth_of, urls), strict=True))
    return [
        Depth(pair.name, counts.get(pair.source_url), counts[pair.dead_url])
        for pair in pairs().values()
    ]


def depth_of(url: str) -> int | None:
    """Count what a queue holds, also what is in work or put off; ``None`` where it does not answer."""
    try:
        return count_messages(url)
    except (BotoCoreError, ClientError):
        return None


def held_of(url: str) -> int:
    """Count what is out of sight because another looks at it, or did a minute ago: it comes back by itself.

    Raises:
        QueueAway: try again.
    """
    try:
        found = sqs().get_queue_attributes(
            QueueUrl=url, AttributeNames=["ApproximateNumberOfMessagesNotVisible"]
        )
    except (BotoCoreError, ClientError) as exc:
        raise QueueAway(_AWAY) from exc
    return int(found["Attributes"]["ApproximateNumberOfMessagesNotVisible"])


def count_messages(url: str) -> int:
    """Count what a queue holds, also what is in work or put off, within three seconds."""
    attributes = impatient_sqs().get_queue_attributes(
        QueueUrl=url,
        AttributeNames=[
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
            "ApproximateNumberOfMessagesDelayed",
        ],
    )["Attributes"]
    return sum(int(count) for count in attributes.values())


def list_dead_letters(queue: str, *, most: int = 100) -> list[DeadLetter]:
    """Return up to ``most`` dead letters of a queue, the oldest first; every one stays where it is.

    Raises:
        QueueAway: try again.
    """
    found = [_dead_letter(queue, message) for message in read_messages(queue, most=most)]
    return sorted(found, key=lambda letter: letter.entered_at)


def read_messages(queue: str, *, most: int) -> list[dict[str, Any]]:
    """Return up to ``most`` dead letters of a queue as they are; every one stays there.

    SQS has no way to look without taking, so each is taken, and put back at
    once; should we die in between, it comes back by itself.

    Raises:
        QueueAway: try again.
    """
    found: list[dict[str, Any]] = []

    def keep(message: dict[str, Any]) -> bool:
        found.append(message)
        return False

    _visit(pairs()[queue].dead_url, keep, most=most, deleted=[])
    return found


def _dead_letter(queue: str, message: dict[str, Any]) -> DeadLetter:
    attributes = message.get("Attributes", {})
    verdict = judge(queue, message["Body"])
    return DeadLetter(
        queue=queue,
        message_id=message["MessageId"],
        entered_at=_sent_at(message),
        receives=int(attributes.get("ApproximateReceiveCount", 1)),
        subject=without_tokens(verdict.subject),
        reason=without_tokens(verdict.reason),
        content="" if queue in OF_TASKS else without_tokens(masked(message["Body"])),
    )


def _sent_at(message: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC)


def replay(
    queue: str,
    *,
    message_ids: Collection[str] | None,
    actor: User,
    at: datetime,
    client: Client | None = None,
    sent_until: datetime | None = None,
    most: int = MOST_AT_ONCE,
    refused: set[str] | None = None,
) -> int:
    """Send dead letters to their queue again; all of them where no ids are given. Return how many went.

    With ``sent_until`` those that came later stay, and ``client`` is whose log tells of it.
    One that its queue does not take stays where it is, and its id is added to ``refused``.
    Each is deleted only after its queue has it again; should we die in between
    it is there twice, which does no harm, for everything behind a queue bears a
    second time. A submission keeps its time of entry. What the mirror Pipe gave
    up is no message but a stretch of the stream: for it the whole table is compared.

    Raises:
        QueueAway: try again; what went has gone.
    """
    pair = pairs()[queue]

    def send(message: dict[str, Any]) -> bool:
        if message_ids is not None and message["MessageId"] not in message_ids:
            return False
        if sent_until is not None and _sent_at(message) > sent_until:
            return False
        if pair.source_url:
            try:
                _send(pair, message, at)
            except ClientError as exc:
                if refused is None or exc.response["Error"]["Code"] not in _NOT_TAKEN:
                    raise
                refused.add(message["MessageId"])
                return False
        else:
            ask_for_round(actor=actor, at=at, lost_at=_sent_at(message))
        return True

    return _settle(pair, send, "deadletters.replayed", actor=actor, client=client, at=at, most=most)


def _send(pair: Pair, message: dict[str, Any], at: datetime) -> None:
    if pair.name in ("submissions", "quarantine"):
        note_stuck(submissions_of(message["Body"]), at=at)
    body, sent = message["Body"], message["Attributes"].get("SentTimestamp", "")
    if pair.name == "quarantine":
        body, sent = filed_message(body, sent_timestamp_ms=sent)
    if pair.name in ("submissions", "quarantine"):
        body = with_entered_at(body, sent_timestamp_ms=sent)
    more: dict[str, Any] = {}
    if attributes := message.get("MessageAttributes"):
        more["MessageAttributes"] = {
            name: {key: held for key, held in value.items() if not key.endswith("ListValues")}
            for name, value in attributes.items()
        }
    if group := message["Attributes"].get("MessageGroupId"):
        more["MessageGroupId"] = group
    sqs().send_message(QueueUrl=pair.source_url, MessageBody=body, **more)


def discard(
    queue: str,
    *,
    message_ids: Collection[str],
    reason: str,
    actor: User,
    at: datetime,
) -> int:
    """Throw dead letters away for good; return how many there were.

    Raises:
        ReasonMissing: no word on why.
        QueueAway: try again; what was thrown away is gone.
    """
    if is_blank(reason):
        raise ReasonMissing("Say why these messages are not needed; the log keeps it.")
    return _settle(
        pairs()[queue],
        lambda message: message["MessageId"] in message_ids,
        "deadletters.discarded",
        actor=actor,
        at=at,
        reason=reason.strip()[:300],
    )


def _settle(
    pair: Pair,
    act: Callable[[dict[str, Any]], bool],
    code: str,
    *,
    actor: User,
    at: datetime,
    client: Client | None = None,
    most: int = MOST_AT_ONCE,
    reason: str = "",
) -> int:
    """Act on dead letters; return how many went, and log those also where the queue breaks off."""
    went: list[str] = []
    try:
        _visit(pair.dead_url, act, most=most, deleted=went)
    finally:
        if went:
            audit.record_line(
                code,
                actor=actor,
                client=client,
                target=f"queue:{pair.name}",
                at=at,
                after={"count": len(went), "ids": went[:50], "reason": reason},
            )
    return len(went)


def _visit(
    url: str, act: Callable[[dict[str, Any]], bool], *, most: int, deleted: list[str]
) -> None:
    """Show each message to ``act`` once; delete those for which it says so, put the others back.

    The ids of those that were deleted are added to ``deleted`` one by one, so
    that what was done is known also where the queue breaks off.
    """
    seen: dict[str, str] = {}
    empty = 0
    try:
        try:
            while len(seen) + len(deleted) < most and empty < _EMPTY_ANSWERS:
                messages: list[Any] = (
                    sqs()
                    .receive_message(
                        QueueUrl=url,
                        MaxNumberOfMessages=min(_A_CALL, most - len(seen) - len(deleted)),
                        VisibilityTimeout=HOLD_SECONDS,
                        WaitTimeSeconds=0,
                        MessageSystemAttributeNames=["All"],
                        MessageAttributeNames=["All"],
                    )
                    .get("Messages", [])
                )
                empty = 0 if messages else empty + 1
                fresh = [message for message in messages if message["MessageId"] not in seen]
                # All of them first: where one breaks off, the others are put back with it.
                seen |= {message["MessageId"]: message["ReceiptHandle"] for message in messages}
                for message in fresh:
                    if act(message):
                        sqs().delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                        del seen[message["MessageId"]]
                        deleted.append(message["MessageId"])
        finally:
            _put_back(url, list(seen.values()))
    except (BotoCoreError, ClientError) as exc:
        raise QueueAway(_AWAY) from exc


def _put_back(url: str, handles: Sequence[str]) -> None:
    for begin in range(0, len(handles), _A_CALL):
        sqs().change_message_visibility_batch(
            QueueUrl=url,
            Entries=[
                {"Id": str(n), "ReceiptHandle": handle, "VisibilityTimeout": 0}
                for n, handle in enumerate(handles[begin : begin + _A_CALL])
            ],
        )
