"""What the list of submissions is narrowed by: filters as chips, each an address without it."""

from typing import Any
from uuid import UUID

from django.http import QueryDict

from campaigns.setup.models import Campaign
from submissions.mirror.models.submission import STATUSES

FLAGS = {
    "test": "Test entries",
    "photo": "Trouble with a photo",
    "conflict": "Came twice, differently",
}
"""Parameter → what the list is narrowed to by it."""


def query_of(asked: QueryDict, **changes: str | None) -> str:
    """Return the part of an address that keeps the filters in force, with ``changes``."""
    kept = QueryDict(mutable=True)
    for name in ("status", "campaign", *FLAGS):
        if asked.get(name):
            kept[name] = asked.get(name, "")
    for name, value in changes.items():
        kept.pop(name, None)
        if value:
            kept[name] = value
    return kept.urlencode()


def chips_of(asked: QueryDict, campaigns: dict[UUID, Campaign]) -> list[dict[str, str]]:
    """Return the filters in force, each with the address of the list without it."""
    chips = []
    if label := dict(STATUSES).get(asked.get("status", "")):
        chips.append({"name": "State", "value": label, "without": query_of(asked, status=None)})
    if named := asked.get("campaign"):
        names = [row.name for pk, row in campaigns.items() if str(pk) == named]
        shown = names[0] if names else "none that you may see"
        chips.append(
            {"name": "Campaign", "value": shown, "without": query_of(asked, campaign=None)}
        )
    chips += [
        {"name": "", "value": label, "without": query_of(asked, **{name: None})}
        for name, label in FLAGS.items()
        if name in asked
    ]
    return chips


def filters_of(asked: QueryDict, campaigns: dict[UUID, Campaign]) -> list[dict[str, Any]]:
    """Return what the list can still be narrowed by."""
    offered: list[dict[str, Any]] = []
    if not asked.get("status"):
        choices = [(label, query_of(asked, status=code)) for code, label in STATUSES]
        offered.append({"name": "State", "choices": choices})
    if not asked.get("campaign") and len(campaigns) > 1:
        choices = [(row.name, query_of(asked, campaign=str(pk))) for pk, row in campaigns.items()]
        offered.append({"name": "Campaign", "choices": choices})
    flags = [
        (label, query_of(asked, **{name: "1"}))
        for name, label in FLAGS.items()
        if name not in asked
    ]
    if flags:
        offered.append({"name": "More", "choices": flags})
    return offered


def in_force(asked: QueryDict) -> list[str]:
    """Return the filters in force by state and flag, in words."""
    state = dict(STATUSES).get(asked.get("status", ""))
    return [*([state] if state else []), *(text for name, text in FLAGS.items() if name in asked)]
