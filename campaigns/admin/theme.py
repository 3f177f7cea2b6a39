"""The admin as a product: its name, colours, type, environment label and login page."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse

from campaignhub.env import env


def environment(_request: HttpRequest) -> list[str] | None:
    """Name the installation beside the title, so that nobody publishes in the wrong one."""
    if env().aws_endpoint_url:
        return ["On this machine", "info"]
    return None


def _file(name: str) -> Any:
    return lambda _request: static(f"campaigns/admin/{name}")


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
    "BORDER_RADIUS": "8px",
    "ENVIRONMENT": "campaigns.admin.theme.environment",
    "LOGIN": {"image": _file("login.svg")},
    "STYLES": [_file("staff.css")],
    "SCRIPTS": [_file("lists.js")],
    "COMMAND": {"search_models": False, "show_history": True},
    "DASHBOARD_CALLBACK": "campaigns.admin.home.dashboard",
    "ACCOUNT": {
        "navigation": [
            {
                "title": "Change password",
                "link": lambda _request: reverse("admin:password_change"),
            }
        ],
    },
    # Petrol on warm greys: the accent stays apart from the colours that say state.
    "COLORS": {
        "base": {
            "50": "#faf9f7",
            "100": "#f3f1ed",
            "200": "#e5e2dc",
            "300": "#d1cdc5",
            "400": "#97928a",
            "500": "#6b665f",
            "600": "#524e48",
            "700": "#3c3935",
            "800": "#282623",
            "900": "#1b1a18",
            "950": "#100f0e",
        },
        "primary": {
            "50": "#eef8f8",
            "100": "#d5eded",
            "200": "#addbdd",
            "300": "#78c1c5",
            "400": "#429fa6",
            "500": "#27838b",
            "600": "#1b6974",
            "700": "#18555f",
            "800": "#18464e",
            "900": "#183b42",
            "950": "#0a252b",
        },
    },
    "SIDEBAR": {
        "show_search": True,
        "command_search": True,
        "show_all_applications": False,
        "navigation": "campaigns.admin.navigation.navigation",
    },
}
