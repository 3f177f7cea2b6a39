"""The entry points of the functions: wiring, once per warm process. No rule is here.

Each builds only what its own path needs, and imports it late, so that a cold
start pays for nothing that another function uses.
"""

import logging
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from ingest_lambda.adapters.log_context import name_submission
from ingest_lambda.adapters.releases import Releases
from ingest_lambda.adapters.secrets import SecretReader, Secrets, open_secrets
from ingest_lambda.adapters.table import READ_ATTEMPTS, Table, open_table
from ingest_lambda.config import config
from ingest_lambda.contract import MalformedSecret

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest_lambda.adapters.stock import Stock
    from ingest_lambda.batch import Delivery
    from ingest_lambda.functions.images import ImageKeeper
    from ingest_lambda.functions.start import Starter
    from ingest_lambda.functions.status import StatusReader
    from ingest_lambda.functions.write import Writer

logger = Logger()
logger.registered_handler.addFilter(name_submission)
# What the modules below log goes out as the same JSON lines.
logging.getLogger("ingest_lambda").addHandler(logger.registered_handler)
logging.getLogger("ingest_lambda").propagate = False
metrics = Metrics()

Event = dict[str, Any]


@cache
def _table() -> Table:
    return open_table(config())


@cache
def _stock() -> "Stock":
    from ingest_lambda.adapters.stock import Stock

    return Stock(_table().store.client, config().stock_table_name)


@cache
def _releases() -> Releases:
    return Releases(_table())


@cache
def _visitors_table() -> Table:
    """For who answers a visitor: a read that fails is tried again, because no queue delivers their call a second time."""
    return open_table(config(), read_attempts=READ_ATTEMPTS)


@cache
def _visitors_stock() -> "Stock":
    from ingest_lambda.adapters.stock import Stock

    client = _visitors_table().store.client
    return Stock(client, config().stock_table_name, read_attempts=READ_ATTEMPTS)


@cache
def _visitors_releases() -> Releases:
    return Releases(_visitors_table())


@cache
def _secret_reader() -> SecretReader:
    return open_secrets(config())


def _starter() -> "Starter":
    return _starter_with(_secret_reader().current())


# One at a time: what was made with secrets that have changed is not kept.
@lru_cache(maxsize=1)
def _starter_with(secrets: Secrets) -> "Starter":
    from ingest_lambda.adapters.bucket import open_forms
    from ingest_lambda.adapters.challenge import Challenges
    from ingest_lambda.contract import challenge_secrets_of
    from ingest_lambda.functions.start import Starter

    settings = config()
    return Starter(
        table=_visitors_table(),
        releases=_visitors_releases(),
        forms=open_forms(settings),
        token_keys=secrets.token_keys,
        person_secret=secrets.person_secret,
        challenges=Challenges(challenge_secrets_of(secrets.challenge_secrets)),
    )


def _status_reader() -> "StatusReader":
    return _status_reader_with(_secret_reader().current())


@lru_cache(maxsize=1)
def _status_reader_with(secrets: Secrets) -> "StatusReader":
    from ingest_lambda.functions.status import StatusReader

    return StatusReader(
        table=_visitors_table(),
        stock=_visitors_stock(),
        releases=_visitors_releases(),
        token_keys=secrets.token_keys,
    )


def _writer() -> "Writer":
    return _writer_with(_secret_reader().current())


@lru_cache(maxsize=1)
def _writer_with(secrets: Secrets) -> "Writer":
    from ingest_lambda.adapters.quarantine import open_quarantine
    from ingest_lambda.contract import complete
    from ingest_lambda.functions.write import Giver, Writer

    complete()
    settings = config()
    return Writer(
        table=_table(),
        giver=Giver(_stock()),
        releases=_releases(),
        quarantine=open_quarantine(settings),
        token_keys=secrets.token_keys,
        person_secret=secrets.person_secret,
    )


@cache
def _image_keeper() -> "ImageKeeper":
    from ingest_lambda.adapters.bucket import open_bucket
    from ingest_lambda.functions.images import ImageKeeper

    keeper = ImageKeeper(table=_table(), releases=_releases(), bucket=open_bucket(config()))
    keeper.decoder.prepare()
    return keeper


def start(event: Event, _context: object) -> Event:
    """``POST …/start``, for pages and, with an API key, for partners."""
    from ingest_lambda import http
    from ingest_lambda.contract import Channel, StartAnswer, StartRequest
    from ingest_lambda.functions.start import Caller

    starter = _starter()

    def work() -> StartAnswer:
        # The gateway lets no request without a key through to this address.
        by_partner = "/partner/" in (event.get("resource") or "")
        caller = Caller(
            address=http.address_of(event, behind_distribution=bool(config().behind_distribution)),
            channel=Channel.PARTNER if by_partner else Channel.WEB,
            api_key=http.header(event, "x-api-key") if by_partner else None,
        )
        return starter.start(
            http.slug_of(event),
            http.body_of(event, StartRequest),
            caller=caller,
            at=datetime.now(UTC),
        )

    origin = http.origin_of(event, config().allowed_origins)
    return http.serve(work, origin=origin, logger=logger)


def status(event: Event, _context: object) -> Event:
    """``GET …/submissions/{id}`` with a bearer token."""
    from ingest_lambda import http
    from ingest_lambda.contract import StatusAnswer
    from ingest_lambda.errors import BadToken

    reader = _status_reader()

    def work() -> StatusAnswer:
        scheme, _, token = (http.header(event, "Authorization") or "").partition(" ")
        try:
            submission_id = UUID(event["pathParameters"]["id"])
        except ValueError as exc:
            raise BadToken from exc
        if scheme.lower() != "bearer":
            raise BadToken
        return reader.read(
            event["pathParameters"]["slug"], submission_id, token.strip(), at=datetime.now(UTC)
        )

    origin = http.origin_of(event, config().allowed_origins)
    return http.serve(work, origin=origin, logger=logger)


def _count(outcome: str, times: int = 1) -> None:
    """Count an outcome. In the thread of the call only: Powertools' metrics are not thread-safe."""
    metrics.add_metric(name=outcome, unit=MetricUnit.Count, value=times)


def _accepting() -> "Callable[[Delivery], str]":
    """Return what writes one delivery.

    Made before any is touched: a malformed secret ends the whole call, with an
    error that the function's alarm counts, and no message is judged by it.
    """
    try:
        writer = _writer()
    except MalformedSecret:
        _count("malformed_secret")
        raise

    def accept(delivery: "Delivery") -> str:
        return writer.accept(
            delivery.body,
            sent_timestamp_ms=delivery.sent_timestamp_ms,
            receives=delivery.receives,
        )

    return accept


def _answer_of(
    event: Any,
    context: Any,
    handle: "Callable[[Delivery], str]",
    threads: int,
    alone_from: int | None = None,
) -> Event:
    from ingest_lambda.batch import UnknownEvent, handle_batch

    try:
        handled = handle_batch(
            event,
            handle,
            threads=threads,
            alone_from=alone_from,
            seconds_left=lambda: context.get_remaining_time_in_millis() / 1000,
        )
    except UnknownEvent:
        _count("unknown_event")
        raise
    for outcome, times in handled.outcomes.items():
        _count(outcome, times)
    _count("delivered_again", len(handled.again))
    return handled.answer


@metrics.log_metrics
def write(event: Any, context: Any) -> Event:
    """Write a batch of the submissions queue."""
    return _answer_of(event, context, _accepting(), config().write_threads)


@metrics.log_metrics
def write_one(event: Event, context: Any) -> Event:
    """``POST /internal/submissions``: one record a call; 2xx for final, 503 for again.

    Never a 4xx: a stream of those would switch the Pipe off. A bug is a 503 as
    well, and its message ends in the dead-letter queue.
    """
    import json

    answer = _answer_of(json.loads(event["body"]), context, _accepting(), threads=1)
    if answer["batchItemFailures"]:
        return {"statusCode": 503, "headers": {"Retry-After": "4"}, "body": ""}
    return {"statusCode": 204, "body": ""}


@metrics.log_metrics
def images(event: Any, context: Any) -> Event:
    """Look at a batch of uploads."""
    from ingest_lambda.functions.images import ALONE_FROM

    keeper = _image_keeper()

    def keep(delivery: "Delivery") -> str:
        keeper.handle(
            delivery.body,
            receives=delivery.receives,
            seconds_left=lambda: context.get_remaining_time_in_millis() / 1000,
        )
        return "looked_at"

    return _answer_of(event, context, keep, threads=1, alone_from=ALONE_FROM)
