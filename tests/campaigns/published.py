"""What stands at the table and at the host after a publish."""

from campaigns.hosting.local import LocalHost
from campaigns.publishing.models import Placement
from campaigns.setup.models import Campaign
from ingest_lambda.contract import PageState


def placement_of(campaign: Campaign, *, is_test: bool = False) -> Placement:
    """Return what we know of a campaign's page."""
    return Placement.objects.get(campaign=campaign, is_test=is_test)


def shown_state(host: LocalHost, slug: str) -> PageState:
    """Return the state that the host shows."""
    content = host.read(slug, "state.json")
    assert content is not None
    return PageState.model_validate_json(content)


def shows(host: LocalHost, campaign: Campaign, words: bytes) -> bool:
    """Tell whether these words stand on the page that the host has."""
    page = host.read(campaign.slug, "index.html")
    assert page is not None
    return words in page
