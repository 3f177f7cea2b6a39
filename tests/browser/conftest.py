"""The demo's campaigns, by the addresses of their pages."""

import pytest

from tests.support.installation import Installation


@pytest.fixture
def receipts(embedded: Installation) -> str:
    """Return the address of the campaign with a receipt."""
    address: str = embedded.campaign("summer-receipts")["page"]
    return address


@pytest.fixture
def quick(embedded: Installation) -> str:
    """Return the address of the campaign without one."""
    address: str = embedded.campaign("quick-draw")["page"]
    return address
