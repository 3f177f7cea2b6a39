"""The navigation by task, with counts beside what waits."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from campaigns.admin.badges import mail_trouble_count, waiting_count
from campaigns.rules.roles import Capability
from campaigns.services.scope import capabilities_of


@dataclass(frozen=True)
class _Item:
    title: str
    icon: str
    view: str
    capability: Capability
    count: Any = None
    variant: str = "primary"
    for_operators: bool = False


_TASKS: tuple[tuple[str, tuple[_Item, ...]], ...] = (
    (
        "Campaigns",
        (
            _Item(
                "Campaigns",
                "campaign",
                "admin:campaigns_campaign_changelist",
                Capability.CAMPAIGN_VIEW,
            ),
        ),
    ),
    (
        "Review",
        (
            _Item(
                "Review next",
                "play_circle",
                "admin:submissions_review_next",
                Capability.SUBMISSION_REVIEW,
                waiting_count,
            ),
            _Item(
                "Submissions",
                "inbox",
                "admin:submissions_submission_changelist",
                Capability.SUBMISSION_VIEW,
            ),
        ),
    ),
    (
        "Entrants",
        (
            _Item(
                "Mails",
                "mail",
                "admin:submissions_mail_changelist",
                Capability.MAIL_VIEW,
                mail_trouble_count,
                "danger",
            ),
        ),
    ),
    (
        "Operations",
        (
            _Item(
                "Operations",
                "monitoring",
                "admin:submissions_operations",
                Capability.OPERATIONS,
            ),
        ),
    ),
    (
        "People",
        (
            _Item(
                "Clients",
                "apartment",
                "admin:campaigns_client_changelist",
                Capability.CLIENT_EDIT,
            ),
            _Item(
                "Senders",
                "outgoing_mail",
                "admin:campaigns_senderidentity_changelist",
                Capability.CLIENT_EDIT,
                for_operators=True,
            ),
            _Item(
                "Staff",
                "group",
                "admin:campaigns_membership_changelist",
                Capability.STAFF_MANAGE,
            ),
            _Item(
                "Block lists",
                "block",
                "admin:campaigns_blockentry_changelist",
                Capability.CLIENT_EDIT,
            ),
            _Item(
                "Partner keys",
                "key",
                "admin:campaigns_partnerkey_changelist",
                Capability.CLIENT_EDIT,
            ),
            _Item(
                "Audit log",
                "history",
                "admin:campaigns_auditentry_changelist",
                Capability.AUDIT_VIEW,
            ),
        ),
    ),
)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the groups that this person may enter, for unfold's sidebar.

    A room whose pages are not there (or not for this person) is left out whole.
    """
    granted = capabilities_of(request.user)  # type: ignore[arg-type]
    home = {"title": "Home", "icon": "home", "link": reverse("admin:index")}
    groups: list[dict[str, Any]] = [{"title": None, "items": [home]}]
    for title, items in _TASKS:
        shown = [
            _shown(item, request)
            for item in items
            if item.capability in granted and (request.user.is_superuser or not item.for_operators)
        ]
        if present := [item for item in shown if item]:
            groups.append({"title": title, "items": present})
    _mark_the_room(groups, request.path)
    return groups


def _mark_the_room(groups: list[dict[str, Any]], path: str) -> None:
    """Mark one link as the room one is in: the longest that leads here, for rooms lie within rooms."""
    items = [item for group in groups for item in group["items"]]
    here = [item["link"] for item in items[1:] if path.startswith(item["link"])] or [path]
    for item in items:
        item["active"] = item["link"] == max(here, key=len)


def _shown(item: _Item, request: HttpRequest) -> dict[str, Any] | None:
    try:
        link = reverse(item.view)
    except NoReverseMatch:
        return None
    shown: dict[str, Any] = {"title": item.title, "icon": item.icon, "link": link}
    if item.count and (count := item.count(request)):
        shown["badge"] = "999+" if count > 999 else str(count)
        shown["badge_variant"] = item.variant
    return shown
