"""Is this process alive, and can it do its work? Answers say nothing of the inside."""

from botocore.exceptions import BotoCoreError, ClientError
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from campaignhub.aws import sqs
from campaignhub.env import env


def live(_request: HttpRequest) -> JsonResponse:
    """Answer as long as the process answers at all."""
    return JsonResponse({"status": "ok"})


def ready(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when database and queues can be reached, else 503 with the names of what cannot."""
    missing = []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        missing.append("database")
    try:
        sqs().get_queue_attributes(
            QueueUrl=env().mirror_queue_url, AttributeNames=["ApproximateNumberOfMessages"]
        )
    except (BotoCoreError, ClientError):
        missing.append("queues")
    return JsonResponse(
        {"status": "unavailable" if missing else "ok", "missing": missing},
        status=503 if missing else 200,
    )
