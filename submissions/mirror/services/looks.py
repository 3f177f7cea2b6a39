"""Who looked at whom: a line in the log for each page view, under each client whose people stood there unmasked."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from campaigns.accounts.models import User
from campaigns.accounts.services import audit
from ingest_lambda.contract import tidy_reference
from submissions.mirror.models import Submission
from submissions.mirror.rules.names import fold


@dataclass(frozen=True)
class Search:
    """What was searched for, and where: with hits or without, it stands in the log of each client."""

    by: str
    """What was typed: a name, an e-mail address, a reference or an id."""
    term: str
    hits: Mapping[int, int]
    """Of each client whose people were searched and are shown unmasked: how many fit, here and on later pages."""


def note_look(
    room: Literal["submission", "mail"],
    *,
    rows: Iterable[Submission],
    actor: User,
    at: datetime,
    target: str = "",
    search: Search | None = None,
    only: Collection[str] = (),
) -> None:
    """Note that ``actor`` opened a list, or searched it, before it is shown.

    ``rows`` are the submissions whose people stand on the page unmasked, with
    their campaigns loaded; ``only`` names the filters in force. One line a
    client, written with one query, however many rows there are: it names the
    entries that were shown, and of a search the term as a keyed hash and the
    number of hits. A list that shows nobody leaves no line; a search always does.
    """
    entries: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        entries[row.campaign.client_id].append(row.reference)
    said: dict[str, Any] = {"only": list(only)} if only else {}
    found: dict[int, dict[str, Any]]
    if search is None:
        found = {
            client: {"shown": len(names), "entries": names, **said}
            for client, names in entries.items()
        }
    else:
        term = tidy_reference(search.term) or "" if search.by == "reference" else ""
        found = {
            client: {
                "by": search.by,
                "term": audit.term_hash(term or fold(search.term), client_id=client),
                "hits": hits,
                "entries": entries.get(client, []),
                **said,
            }
            for client, hits in search.hits.items()
        }
    audit.record_for_each(
        f"{room}.{'searched' if search else 'listed'}",
        actor=actor,
        target=target or f"{room}s",
        at=at,
        found=found,
    )
