"""The audit log: one line per act, in the act's own transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.crypto import salted_hmac

from campaigns.accounts.models import AuditEntry, Client, User
from campaigns.accounts.tenancy import TenantModel


def record(
    row: TenantModel, code: str, *, actor: User | None, at: datetime, **values: Any
) -> AuditEntry:
    """Add a line about a row, under its client; ``before`` and ``after`` as :func:`record_line`."""
    owner: Any = row
    while not isinstance(owner, Client):
        owner = getattr(owner, owner.belongs_to)
    target = name_of(row)
    return record_line(code, actor=actor, client=owner, target=target, at=at, **values)


def name_of(row: TenantModel) -> str:
    """Return what the log calls a row."""
    return row.log_name.format(row=row)


def record_line(
    code: str,
    *,
    actor: User | None,
    client: Client | None,
    target: str,
    at: datetime,
    before: Any = None,
    after: Any = None,
) -> AuditEntry:
    """Add a line. ``code`` is dotted and greppable (``campaign.published``); no personal data."""
    return AuditEntry.objects.create(
        code=code,
        actor=actor,
        client=client,
        target=target[:120],
        at=at,
        before=before,
        after=after,
    )


def record_for_each(
    code: str,
    *,
    actor: User,
    target: str,
    at: datetime,
    found: Mapping[int, Mapping[str, Any]],
) -> None:
    """Add a line under each of several clients, with one query.

    ``found`` is what the line of a client says, by the client's id: each is
    read by that client's people, so nothing of another may stand in it.
    """
    AuditEntry.objects.bulk_create(
        AuditEntry(
            code=code,
            actor=actor,
            client_id=client_id,
            target=target[:120],
            at=at,
            after=dict(after),
        )
        for client_id, after in sorted(found.items())
    )


def term_hash(term: str, *, client_id: int) -> str:
    """Return a search term as the log keeps it: 32 hex digits, keyed.

    The same term has the same hash within a client's log, so that a search for
    a known name can be proven; without the key no list of names gives it away,
    and two clients can't compare theirs.
    """
    text = f"{client_id}:{term}"
    return salted_hmac("campaigns.audit.term", text, algorithm="sha256").hexdigest()[:32]
