"""The columns of our tables that hold what somebody typed, so that a new one is not forgotten."""

from collections.abc import Iterator

from django.apps import apps
from django.db import models

from tests.security.hostile import MARK

OURS = ("campaigns", "submissions")
TEXT = (models.CharField, models.TextField, models.JSONField)
NOT_TYPED: dict[str, str] = {
    "Campaign": "slug test_slug timezone languages countries excluded_regions currency routes notices "
    "hidden_reasons embed_origins brand_colour accent_colour surface_colour text_colour",
    "Prize": "key weekdays",
    "BroughtMoments": "times",
    "SealedSet": "set_id nonce moments sha256 plan",
    "StockWithdrawal": "ranges names planned place",
    "CodeBatch": "skipped begun",
    "CodeBlock": "codes",
    "CodeUpload": "sha256 format place",
    "Client": "page_domain",
    "Placement": "page_version earlier_page_version",
    "AmplifyApp": "app_id default_domain domain settings_sha256",
    "AmplifyBranch": "slug version job_id framed_by",
    "FormField": "name routes minimum maximum countries",
    "Release": "manifest images accepted_warnings",
    "StateChange": "before after",
    "Job": "kind parameters only_one cursor counts last_error",
    "AuditEntry": "code",
    "SendingHold": "scope",
    "BlockEntry": "value_hash",
    "Invitation": "token_hash mailbox_hash mail_error",
    "PartnerKey": "key_id key_hash usage_plan_id last_four",
    "User": "password username",
    "SignInCount": "key",
    "Submission": "reference route channel locale suspicions consents uploads person_hash body_hash "
    "prizes",
    "SubmissionAnswers": "given_name_key family_name_key",
    "ReceiptImage": "key content_type sha256 pages refusal exif",
    "SubmittedFile": "key sha256",
    "SubmissionEvent": "kind dedupe detail",
    "Award": "prize moment limits_taken",
    "Mail": "event address_hash suppressed_hash message_id",
    "LedgerCheck": "depths rows",
    "Reading": "name value last_error",
    "MinuteSample": "values",
    "LedgerRound": "position gaps",
    "UnsentRound": "why position",
    "Heartbeat": "id kind host last_error",
    "OutboxDecision": "decision",
    "ReasonUse": "code",
    "ConsentAnswer": "name",
}
"""Columns that hold keys, codes, hashes, numbers or files of ours, or a value from a list of ours."""


def typed_columns() -> Iterator[tuple[type[models.Model], str]]:
    """Name every column that holds what somebody typed."""
    for model in apps.get_models():
        if model.__module__.split(".")[0] not in OURS:
            continue
        not_typed = NOT_TYPED.get(model.__name__, "").split()
        for column in model._meta.concrete_fields:
            if isinstance(column, TEXT) and not column.choices and column.name not in not_typed:
                yield model, column.name


def untouched_columns() -> list[str]:
    """Name the columns that hold what somebody typed, and nothing hostile in any row."""
    sign = MARK.removeprefix("data-")
    return [
        f"{model.__name__}.{name}"
        for model, name in typed_columns()
        if not any(
            sign in str(value) or "><b" in str(value)
            for value in model._default_manager.values_list(name, flat=True)
        )
    ]
