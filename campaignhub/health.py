"""Is this process alive, and can it do its work? Answers say nothing of the inside."""

from botocore.exceptions import BotoCoreError, ClientError
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
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
