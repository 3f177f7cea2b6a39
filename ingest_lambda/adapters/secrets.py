"""The functions' secrets: from the environment, or from Secrets Manager and read again every five minutes."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ingest_lambda.adapters.clients import open_client
from ingest_lambda.config import Config
from ingest_lambda.contract import (
    MalformedSecret,
    challenge_secrets_of,
    check_person_secret,
    token_keys_of,
)

REFRESH_SECONDS = 300
"""How old what a function goes by may be: a key that is added is known everywhere after this time."""
RETRY_SECONDS = 30
"""When Secrets Manager is asked again that did not answer."""
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Secrets:
    """What a function works with; a part that its configuration does not name is empty."""

    token_keys: str = ""
    person_secret: str = ""
    challenge_secrets: str = ""


_ARNS = {
    "token_keys": "token_keys_arn",
    "person_secret": "person_secret_arn",
    "challenge_secrets": "challenge_secrets_arn",
}
_CHECKS: dict[str, Callable[[str], object]] = {
    "token_keys": token_keys_of,
    "person_secret": check_person_secret,
    "challenge_secrets": challenge_secrets_of,
}


class SecretReader:
    """Keeps the secrets of one process.

    The first read must succeed, or the call fails before a message is judged.
    Later, a service that does not answer and a value that is malformed leave the
    last good one in force: an entry that waits is better than one that is called
    forged.
    """

    def __init__(
        self,
        settings: Config,
        client: Callable[[], Any],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._client = client
        self._arns = {part: arn for part, name in _ARNS.items() if (arn := getattr(settings, name))}
        self._fixed = {part: getattr(settings, part) for part in _ARNS if part not in self._arns}
        self._held: Secrets | None = Secrets(**self._fixed) if not self._arns else None
        self._read_again_at = 0.0

    def current(self) -> Secrets:
        """Return the secrets, at most five minutes old while Secrets Manager answers.

        Raises:
            MalformedSecret: the first read found one of another format.
            ClientError, BotoCoreError: the first read had no answer.
        """
        if not self._arns and self._held is not None:
            return self._held
        now = self._clock()
        if self._held is None:
            self._held = self._read()
            self._read_again_at = now + REFRESH_SECONDS
        elif now >= self._read_again_at:
            try:
                self._held = self._read()
                self._read_again_at = now + REFRESH_SECONDS
            except (ClientError, BotoCoreError, MalformedSecret) as error:
                logger.error("secrets_not_read", extra={"why": type(error).__name__})  # noqa: TRY400 - its text may hold one
                self._read_again_at = now + RETRY_SECONDS
        return self._held

    def _read(self) -> Secrets:
        found = {}
        for part, arn in self._arns.items():
            text = self._client().get_secret_value(SecretId=arn)["SecretString"]
            _CHECKS[part](text)
            found[part] = text.strip()
        return Secrets(**self._fixed, **found)


def open_secrets(settings: Config) -> SecretReader:
    """Read the secrets as the environment says; its client is made where it is needed."""

    @cache
    def client() -> Any:
        return open_client(
            "secretsmanager",
            settings,
            connect_timeout=1,
            read_timeout=2,
            retries={"total_max_attempts": 2},
        )

    return SecretReader(settings, client)
