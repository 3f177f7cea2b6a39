"""Campaigns that flow tests share, beside the demo's two."""

from typing import Any

import pytest

from tests.support.installation import Installation
from tests.support.scenery import make_campaigns

PERSON_FIVE = {"scope": "person", "count": 5, "window": "campaign"}
RECEIPT_ONCE = {"scope": "receipt", "count": 1, "window": "campaign"}
FIVE_EACH = {"like": "summer-receipts", "limits": [PERSON_FIVE, RECEIPT_ONCE]}


@pytest.fixture(scope="session")
def scenery(embedded: Installation) -> dict[str, dict[str, Any]]:
    """Publish campaigns in every state and with the limits that flows need, once."""
    return make_campaigns(
        embedded,
        {
            "not-yet": {"like": "quick-draw", "opens_in_hours": 24},
            "long-gone": {
                "like": "quick-draw",
                "published_in_hours": -48,
                "opens_in_hours": -40,
                "closes_in_hours": -1,
            },
            "on-a-break": {"like": "quick-draw", "paused": True},
            "two-each": {"like": "quick-draw", "limits": [{**PERSON_FIVE, "count": 2}]},
            "five-each": FIVE_EACH,
        },
    )
