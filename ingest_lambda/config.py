"""What the environment configures; the only reader of it in the public path."""

import os
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, Self


@dataclass(frozen=True)
class Config:
    """The environment of every function. A plain class, because pydantic-settings slows a cold start."""

    table_name: str = "campaignhub"
    stock_table_name: str = "campaignhub-stock"
    bucket_name: str = "campaignhub"
    aws_endpoint_url: str | None = None
    """Where the SDK finds every service; unset, AWS's own addresses."""
    s3_public_endpoint: str | None = None
    """Where browsers reach the bucket, if that is not its own address on AWS."""
    allowed_origins: str = "*"
    """Where browsers may call from, comma separated."""
    quarantine_queue_url: str = ""
    token_keys: str = field(default="", repr=False)
    person_secret: str = field(default="", repr=False)
    challenge_secrets: str = field(default="", repr=False)
    """``site key:secret``, comma separated: what the verifier knows us by."""
    token_keys_arn: str = ""
    """Where Secrets Manager holds the keys; empty: they are in the environment. So for the next two."""
    person_secret_arn: str = ""
    challenge_secrets_arn: str = ""
    behind_distribution: str = ""
    """Not empty: the gateway admits the distribution only, so its header with the address is trusted."""
    write_threads: int = 8

    @classmethod
    def from_environment(cls) -> Self:
        """Read the names in capitals; empty counts as not set.

        Raises:
            ValueError: ``WRITE_THREADS`` is no number from 1 to 32.
        """
        told = {f.name: os.environ.get(f.name.upper(), "") for f in fields(cls)}
        threads = int(told.pop("write_threads") or cls.write_threads)
        if not 1 <= threads <= 32:
            raise ValueError("WRITE_THREADS is from 1 to 32")
        given: dict[str, Any] = {name: value for name, value in told.items() if value}
        return cls(write_threads=threads, **given)


@cache
def config() -> Config:
    """Read the environment once per process."""
    return Config.from_environment()
