"""The admin as a product: its name and environment label; its colours are in ``theme.css``."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse

from campaignhub.env import env


def environment(_request: HttpRequest) -> list[str] | None:
    """Return the installation's label, shown beside the title so that no one publishes in the wrong one."""
    label = env().environment_label
    return [label, "info"] if label else None


def _file(name: str) -> Any:
    return lambda _request: static(f"staff_site/{name}")


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "CampaignHub",
    "SITE_HEADER": "CampaignHub",
    "SITE_SUBHEADER": "Promotions, counted right",
    "SITE_URL": None,
    "SITE_ICON": _file("mark.svg"),
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "sizes": "any", "href": _file("mark.svg")}
    ],
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": False,
    "ENVIRONMENT": "campaignhub.staff_site.theme.environment",
    "STYLES": [_file("staff.css")],
    "SCRIPTS": [_file("parts.js"), _file("lists.js")],
    "COMMAND": {"search_models": False, "show_history": True},
    "DASHBOARD_CALLBACK": "campaignhub.staff_site.home.dashboard",
    "ACCOUNT": {
        "navigation": [
            {
                "title": "Change password",
                "link": lambda _request: reverse("admin:password_change"),
            }
        ],
    },
    "SIDEBAR": {
        "show_search": True,
        "command_search": True,
        "show_all_applications": False,
        "navigation": "campaignhub.staff_site.navigation.navigation",
    },
}
