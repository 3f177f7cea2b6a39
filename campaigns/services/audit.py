"""The audit log: one line per act, in the act's own transaction."""

from datetime import datetime
from typing import Any

from campaigns.models import AuditEntry, Client, User


def record(
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
