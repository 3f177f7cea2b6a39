"""Is this process alive, and can it do its work? Answers say nothing of the inside."""

from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache

from campaignhub.aws import impatient_sqs
from campaignhub.env import env


@never_cache
def live(_request: HttpRequest) -> JsonResponse:
    """Answer as long as the process answers at all."""
    return JsonResponse({"status": "ok"})


@never_cache
def ready(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when database and queues can be reached, else 503 with the names of what cannot."""
    checks = {"database": _database_answers, "queues": _queues_answer}
    missing = [name for name, answers in checks.items() if not answers()]
    return JsonResponse(
        {"status": "unavailable" if missing else "ok", "missing": missing},
        status=503 if missing else 200,
    )


def answer_probes(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Answer both probes before the host is checked and led to TLS.

    A load balancer asks each machine by its address and over plain HTTP. Refused or
    redirected it would take every one for dead.
    """
    probes: dict[str, Callable[[HttpRequest], HttpResponseBase]] = {
        "/healthz": live,
        "/readyz": ready,
    }

    def answer(request: HttpRequest) -> HttpResponseBase:
        return probes.get(request.path_info, get_response)(request)

    return answer


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _queues_answer() -> bool:
    try:
        impatient_sqs().get_queue_attributes(
            QueueUrl=env().mirror_queue_url, AttributeNames=["QueueArn"]
        )
    except (BotoCoreError, ClientError):
        return False
    return True
