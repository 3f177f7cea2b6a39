"""What the functions are told by their environment; the only reader of it in the public path."""

from functools import cache

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Config(BaseSettings):
    """The environment of every function. Input stays out of errors, for half of it is secret."""

    model_config = SettingsConfigDict(extra="ignore", hide_input_in_errors=True)

    table_name: str = "campaignhub"
    bucket_name: str = "campaignhub"
    aws_endpoint_url: str | None = None
    s3_public_endpoint: str | None = None
    """Where browsers reach the bucket, when that is not where functions do."""
    allowed_origin: str = "*"
    quarantine_queue_url: str = ""
    token_keys: str = Field(default="", repr=False)
    person_secret: str = Field(default="", repr=False)
    write_threads: int = Field(default=8, ge=1, le=32)


@cache
def config() -> Config:
    """Read the environment once per process."""
    return Config()
