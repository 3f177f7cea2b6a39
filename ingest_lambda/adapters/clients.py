"""The SDK's clients of the functions, made so that a cold start does not pay for what it never uses.

By botocore itself, which is all that a client needs: boto3's session also
imports managed transfers and ``multiprocessing``.
"""

from functools import cache
from typing import Any

from botocore.config import Config as SdkConfig
from botocore.session import Session, get_session

from ingest_lambda.config import Config


@cache
def sdk_session() -> Session:
    """Return this process's session; its clients share what it has read of the services."""
    return get_session()


def open_client(
    service: str, settings: Config, *, connect_timeout: int, read_timeout: int, **options: Any
) -> Any:
    """Make the client of a service.

    The two limits, in seconds, are asked of every caller: the SDK's own are a
    minute each, longer than a function lives. ``options`` are the rest of
    botocore's ``Config``.
    """
    return sdk_session().create_client(
        service,
        endpoint_url=settings.aws_endpoint_url,
        config=SdkConfig(connect_timeout=connect_timeout, read_timeout=read_timeout, **options),
    )
