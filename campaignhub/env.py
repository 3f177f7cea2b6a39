"""The environment: the only reader of ``os.environ`` on Django's side."""

import os
from functools import cache
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import quote

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    JsonConfigSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from campaignhub.errors import DomainError
from ingest_lambda.contract.keys import check_person_secret, token_keys_of

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("CAMPAIGNHUB_VAR") or ROOT / "var").resolve()
"""Where this installation keeps what it writes; another directory is another installation."""

_THIS_MACHINE = {"127.0.0.1", "localhost", "[::1]"}


class WrongSettings(DomainError):
    """The environment or the file of settings is missing, can't be read, or has a value that is none."""


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


class _WrittenByUp(JsonConfigSettingsSource):
    """``var/env.json``: what the embedded default found out and made up at its first start."""

    def __init__(self, settings_cls: type[BaseSettings]) -> None:
        named = os.environ.get("CAMPAIGNHUB_ENV_FILE")
        if named and not Path(named).is_file():
            raise WrongSettings(
                f"CAMPAIGNHUB_ENV_FILE names {named}, and there is no such file. A deployment writes one "
                "(docs/deploy.md); without the variable the settings of manage.py up are read."
            )
        written = str(VAR / "env.json") if named is None else named
        super().__init__(settings_cls, json_file=Path(written) if written else None)

    def _read_file(self, file_path: Path | Traversable) -> dict[str, Any]:
        try:
            found = super()._read_file(file_path)
        except (OSError, ValueError) as error:
            raise WrongSettings(f"{file_path} can't be read: {error}.") from error
        if not isinstance(found, dict):
            raise WrongSettings(f"{file_path} must be one JSON object, of names and values.")
        return {name.lower(): value for name, value in found.items()}


class Env(BaseSettings):
    """Everything a deployment decides. Unset, it fits the embedded default on this machine.

    The real environment wins over ``var/env.json``. Input is hidden in errors,
    because half of these are secrets.
    """

    model_config = SettingsConfigDict(
        extra="ignore", hide_input_in_errors=True, case_sensitive=False
    )

    secret_key: str = Field(default="", repr=False)
    debug: bool = False
    production: bool = False
    """Served over TLS on its own name: secure cookies, HSTS, no key made up on the spot.

    Follows from ``allowed_hosts`` unless said, so that nobody can forget it.
    """
    allowed_hosts: str = "127.0.0.1,localhost,[::1]"
    csrf_trusted_origins: str = ""
    database_url: str = Field(default=f"sqlite:///{VAR / 'db.sqlite3'}", repr=False)
    database_statement_seconds: int = Field(default=60, ge=0)
    """The longest that one statement may take on PostgreSQL; 0 for a migration that builds an index."""

    trusted_proxies: int = Field(default=0, ge=0, le=8)
    """How many proxies of ours a request passes, each adding to ``X-Forwarded-For``.

    A load balancer is 1, a distribution before it 2. With 0 the header, which any
    client can send, is not read; sign-ins are then throttled by the peer's address.
    """

    undo_seconds: int = Field(default=60, ge=1, le=600)
    """How long a moderator may take a verdict back before its mail goes out."""

    web_port: int = Field(default=8000, ge=1, le=65535)
    """Where `manage.py up` serves the site; unset and taken, the next free one."""
    aws_port: int = Field(default=4566, ge=1, le=65535)
    """Where `manage.py up` runs the emulator; unset and taken, the next free one."""

    aws_region: str = "us-east-1"
    aws_endpoint_url: str | None = None
    """Where the SDK finds every service; unset, AWS's own addresses. An address and nothing more:
    what else differs between installations has a setting of its own."""
    aws_access_key_id: str | None = None
    """Of the endpoint; None on AWS, where the SDK finds keys itself, with the token of temporary ones."""
    aws_secret_access_key: str | None = Field(default=None, repr=False)

    table_name: str = "campaignhub"
    stock_table_name: str = "campaignhub-stock"
    bucket_name: str = "campaignhub"
    submissions_queue_url: str = ""
    submissions_dead_letter_queue_url: str = ""
    images_queue_url: str = ""
    images_dead_letter_queue_url: str = ""
    mirror_queue_url: str = ""
    mirror_dead_letter_queue_url: str = ""
    mirror_pipe_dead_letter_queue_url: str = ""
    """What the mirror Pipe gave up: where it is in the table's stream, not what it was."""
    quarantine_queue_url: str = ""
    mail_tasks_queue_url: str = ""
    """Of Celery's tasks that send mail; with the next one, what Celery's workers read."""
    mail_tasks_dead_letter_queue_url: str = ""
    jobs_queue_url: str = ""
    jobs_dead_letter_queue_url: str = ""
    write_function_name: str = ""
    ingest_pipe_name: str = ""
    mirror_pipe_name: str = ""

    api_id: str = ""
    api_stage_name: str = ""
    """Where partners' keys are admitted."""

    token_keys: str = Field(default="", repr=False)
    person_secret: str = Field(default="", repr=False)

    site_host: Literal["local", "s3", "amplify"] = "local"
    site_root: Path = VAR / "site"
    public_site_url: str = "http://127.0.0.1:8000"
    pages_bucket_name: str = ""
    live_pages_arn: str = ""
    """Of the key-value store that the distribution reads."""
    distribution_domain: str = ""
    page_domains: str = ""
    """The names, after a comma each, that the distribution answers to beside its own."""
    firewall_arn: str = ""
    """Of the distribution's web ACL; apps of Amplify get it too."""
    public_api_url: str = ""
    public_upload_url: str = ""
    """Origin of the bucket as browsers reach it; for the page's content security policy."""
    ingest_consumer: Literal["pipe", "celery"] = "pipe"
    pipe_target: Literal["lambda", "api"] = "lambda"

    metrics_token: str = Field(default="", repr=False)
    """What a scrape of ``/metrics`` sends as ``Authorization: Bearer``. Empty, only this machine may
    scrape, and nobody where the site has a public name."""

    environment_label: str = ""
    """Shown beside the site's name, so that no one publishes in the wrong installation."""

    default_from_email: str = "CampaignHub <hello@campaignhub.example>"
    mail_webhook_secret: str = Field(default="", repr=False)
    """``user:password`` by which the mail service's notices prove themselves; empty, none is taken."""
    mail_configuration_set: str = ""
    """What the mail service sends with, so that it tells what became of each mail; empty, it never does."""
    mail_notices_queue_url: str = ""
    mail_notices_dead_letter_queue_url: str = ""
    mails_per_second: float = Field(default=14.0, gt=0, le=1000)

    @field_validator("aws_endpoint_url")
    @classmethod
    def _empty_is_unset(cls, address: str | None) -> str | None:
        return address or None

    @field_validator("token_keys")
    @classmethod
    def _keys_are_whole(cls, text: str) -> str:
        if text:
            token_keys_of(text)
        return text

    @field_validator("person_secret")
    @classmethod
    def _secret_is_whole(cls, text: str) -> str:
        if text:
            check_person_secret(text)
        return text

    @model_validator(mode="after")
    def _keys_are_the_endpoint_s(self) -> Self:
        # Those of a signed-in person or a pipeline come with a session token. Passed on without it
        # they would be refused, and nothing refreshes them.
        if self.aws_endpoint_url is None:
            self.aws_access_key_id = self.aws_secret_access_key = None
        return self

    @model_validator(mode="after")
    def _production_unless_only_here(self) -> Self:
        if "production" not in self.model_fields_set:
            self.production = not set(self.hosts) <= _THIS_MACHINE
        return self

    @property
    def celery_broker_url(self) -> str:
        """Celery's broker: SQS at the endpoint, or this process's memory while nothing is deployed.

        In memory tasks are lost, which is better than sending them to whichever account is
        signed in on this machine. kombu takes an endpoint and its keys in the address only.
        """
        if not (self.mail_tasks_queue_url and self.jobs_queue_url):
            return "memory://"
        if self.aws_endpoint_url is None:
            return "sqs://"
        keys = (self.aws_access_key_id or "", self.aws_secret_access_key or "")
        host = self.aws_endpoint_url.split("://", 1)[1]
        return f"sqs://{':'.join(quote(key, safe='') for key in keys)}@{host}"

    @property
    def hosts(self) -> list[str]:
        """The names that the site answers to."""
        return _listed(self.allowed_hosts)

    @property
    def page_domains_list(self) -> list[str]:
        """The names that the distribution answers to, the installation's own first."""
        return _listed(self.page_domains)

    @property
    def trusted_origins(self) -> list[str]:
        """The origins whose forms are accepted besides the site's own."""
        return _listed(self.csrf_trusted_origins)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over what ``up`` wrote."""
        return init_settings, env_settings, _WrittenByUp(settings_cls)


@cache
def env() -> Env:
    """Read the environment once per process.

    Raises:
        WrongSettings: names what is wrong, and never its value.
    """
    try:
        return Env()
    except ValidationError as error:
        wrong = "; ".join(
            _clause(one["loc"], one["type"], one["msg"], one.get("ctx", {}))
            for one in error.errors(include_input=False)
        )
        raise WrongSettings(f"The environment or its file has a wrong value: {wrong}.") from None


_MUST_BE = {
    "int_parsing": "a whole number",
    "float_parsing": "a number",
    "bool_parsing": "true or false",
    "literal_error": "one of {expected}",
    "greater_than": "above {gt}",
    "greater_than_equal": "{ge} at least",
    "less_than_equal": "{le} at most",
}
"""By pydantic's type of an error, whose own words are for programmers."""


def _clause(loc: tuple[int | str, ...], kind: str, text: str, context: dict[str, Any]) -> str:
    name = "_".join(map(str, loc)).upper()
    if must_be := _MUST_BE.get(kind):
        return f"{name} must be {must_be.format(**context)}"
    return f"{name}: {context.get('error', text)}"


def environment_with(**values: str) -> dict[str, str]:
    """Return this process's environment for one that it starts, with other values."""
    return {**os.environ, **values}


def given_by_a_person(*names: str) -> dict[str, str]:
    """Return those variables that are set; of ``var/env.json``, whose secrets are this machine's, none."""
    return {name: os.environ[name] for name in names if os.environ.get(name)}
