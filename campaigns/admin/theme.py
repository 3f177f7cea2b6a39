"""The admin as a product: its name and its navigation by task."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy

from campaigns.rules.roles import Capability


def _may(capability: Capability) -> Any:
    def permission(request: HttpRequest) -> bool:
        from campaigns.services.scope import can

        return request.user.is_authenticated and can(request.user, capability)

    return permission


def waiting(request: HttpRequest) -> str:
    """Count what waits for review, for the badge; up to 999, so that a million costs nothing."""
    from campaigns.admin.badges import waiting_count

    count = waiting_count(request)
    return "999+" if count > 999 else str(count)


def _link(title: str, icon: str, view: str, capability: Capability, **more: Any) -> dict[str, Any]:
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(view),
        "permission": _may(capability),
        **more,
    }


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "CampaignHub",
    "SITE_HEADER": "CampaignHub",
    "SITE_SUBHEADER": "Promotions, counted right",
    "SITE_SYMBOL": "confirmation_number",
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "COMMAND": {"search_models": True},
    "DASHBOARD_CALLBACK": "campaigns.admin.home.dashboard",
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": [
            {
                "title": "Campaigns",
                "items": [
                    _link(
                        "Campaigns",
                        "campaign",
                        "admin:campaigns_campaign_changelist",
                        Capability.CAMPAIGN_VIEW,
                    )
                ],
            },
            {
                "title": "Review",
                "items": [
                    _link(
                        "Submissions",
                        "inbox",
                        "admin:submissions_submission_changelist",
                        Capability.SUBMISSION_VIEW,
                        badge="campaigns.admin.theme.waiting",
                    )
                ],
            },
            {
                "title": "Entrants",
                "items": [
                    _link(
                        "Mails", "mail", "admin:submissions_mail_changelist", Capability.MAIL_VIEW
                    )
                ],
            },
            {
                "title": "People",
                "items": [
                    _link(
                        "Clients",
                        "apartment",
                        "admin:campaigns_client_changelist",
                        Capability.CLIENT_EDIT,
                    ),
                    _link(
                        "Staff",
                        "group",
                        "admin:campaigns_membership_changelist",
                        Capability.STAFF_MANAGE,
                    ),
                    _link(
                        "Audit log",
                        "history",
                        "admin:campaigns_auditentry_changelist",
                        Capability.AUDIT_VIEW,
                    ),
                ],
            },
        ],
    },
}
