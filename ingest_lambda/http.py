"""The edge to API Gateway: events in, answers out, one table from error to problem document."""

from collections.abc import Callable
from typing import Any, TypeVar

from aws_lambda_powertools import Logger
from pydantic import BaseModel, ValidationError

from ingest_lambda import errors
from ingest_lambda.adapters.log_context import log_about
from ingest_lambda.contract import Problem, is_slug

Event = dict[str, Any]
Answer = dict[str, Any]
Body = TypeVar("Body", bound=BaseModel)

PROBLEMS: dict[type[errors.Refused], tuple[int, str]] = {
    errors.BadRequest: (400, "Not understood"),
    errors.BadToken: (401, "Not allowed"),
    errors.TokenExpired: (401, "Not allowed any more"),
    errors.UnknownCampaign: (404, "Not found"),
    errors.NotOpen: (409, "Not open"),
    errors.Paused: (409, "Paused"),
    errors.ReleaseChanged: (409, "Changed meanwhile"),
    errors.LinkUsed: (410, "Used already"),
    errors.ChallengeFailed: (403, "Not confirmed"),
    errors.UploadRefused: (422, "Photo not taken"),
    errors.UnknownRoute: (422, "Unknown route"),
}


def answer(status: int, body: BaseModel, *, origin: str, kind: str = "application/json") -> Answer:
    """Return an answer that no cache keeps."""
    return {
        "statusCode": status,
        "headers": {
            "Content-Type": kind,
            "Cache-Control": "no-store",
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Expose-Headers": "Date, Retry-After",
            "Vary": "Origin",
        },
        "body": body.model_dump_json(exclude_none=True),
    }


def problem(error: errors.Refused, *, origin: str) -> Answer:
    """Return the problem document of a refusal: a code and a fixed sentence, nothing of the inside."""
    # A narrower refusal answers as the one it is a kind of.
    status, title = next(PROBLEMS[kind] for kind in type(error).__mro__ if kind in PROBLEMS)
    document = Problem(
        title=title,
        status=status,
        code=error.code,
        detail=error.detail,
        field=error.field,
        until=error.until,
    )
    return answer(status, document, origin=origin, kind="application/problem+json")


def serve(work: Callable[[], BaseModel], *, origin: str, logger: Logger) -> Answer:
    """Do the work of one call and answer for it, whatever happens.

    A busy table is a 503 with ``Retry-After``. A bug is a 500 and is logged once,
    with its traceback and without the request.
    """
    log_about(None)
    try:
        return answer(200, work(), origin=origin)
    except errors.Refused as refused:
        return problem(refused, origin=origin)
    except errors.TryAgain as passing:
        logger.warning("passing", extra={"why": str(passing)})
        busy = Problem(
            title="Busy",
            status=503,
            code="busy",
            detail="Lots of people are entering right now. Please try again in a few seconds.",
        )
        reply = answer(503, busy, origin=origin, kind="application/problem+json")
        reply["headers"]["Retry-After"] = "4"
        return reply
    except Exception:
        logger.exception("unforeseen")
        broken = Problem(
            title="Our fault", status=500, code="internal", detail="Something went wrong with us."
        )
        return answer(500, broken, origin=origin, kind="application/problem+json")


def body_of(event: Event, shape: type[Body]) -> Body:
    """Read the request's body as ``shape``.

    Raises:
        BadRequest: not JSON, or not of the shape; what was sent is not repeated.
    """
    try:
        return shape.model_validate_json(event.get("body") or "")
    except ValidationError as exc:
        raise errors.BadRequest from exc


def slug_of(event: Event) -> str:
    """Return the campaign's slug in the address.

    Raises:
        UnknownCampaign: it is none. The table would not look for just any text: a
            key that is too long is an error there.
    """
    slug: str = event["pathParameters"]["slug"]
    if not is_slug(slug):
        raise errors.UnknownCampaign
    return slug


def header(event: Event, name: str) -> str | None:
    """Return a header whatever its case."""
    headers = event.get("headers") or {}
    return next((value for key, value in headers.items() if key.lower() == name.lower()), None)


def origin_of(event: Event, allowed: str) -> str:
    """Return the origin that may read the answer: the caller's if it is allowed, else the first allowed.

    ``allowed`` is a comma-separated list; ``https://*.example.com`` in it stands for every
    name one step below, as the bucket reads it. A page of another origin gets an answer
    that its browser does not show it, so it has no token to go on with.
    """
    origins = [origin.strip() for origin in allowed.split(",")]
    asking = header(event, "Origin") or ""
    scheme, _, host = asking.partition("://")
    below = f"{scheme}://*.{host.partition('.')[2]}"
    return asking if asking in origins or below in origins else origins[0]


def address_of(event: Event, *, behind_distribution: bool) -> str | None:
    """Return the visitor's address: the distribution's word for it, where there is one, else the gateway's.

    Where none stands before the gateway, anybody may write that header, and be
    another device with every entry.
    """
    viewer = header(event, "CloudFront-Viewer-Address") if behind_distribution else None
    if viewer:
        return viewer.rsplit(":", 1)[0].strip("[]")
    identity = (event.get("requestContext") or {}).get("identity") or {}
    address: str | None = identity.get("sourceIp")
    return address
