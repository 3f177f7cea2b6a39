"""The admin as a product: its name and its navigation by task."""

from typing import Any

UNFOLD: dict[str, Any] = {"SITE_TITLE": "CampaignHub", "SITE_HEADER": "CampaignHub"}
