"""A campaign whose release is in the table too."""

from typing import Any

from campaignhub import ingest
from campaigns.setup.models import Campaign
from ingest_lambda.contract import Current, Manifest
from tests.submissions.factories import make_campaign, make_record


def published(**words: Any) -> Campaign:
    """Make a campaign and put its release into the table, with other ``words`` in its manifest."""
    campaign = make_campaign()
    make_record(campaign)  # makes its release
    manifest = Manifest.model_validate(campaign.releases.get().manifest)
    manifest = manifest.model_copy(update=words)
    dates = {"opens_at": manifest.opens_at, "closes_at": manifest.closes_at}
    ingest.publish_release(manifest, Current(slug=manifest.slug, release=1, **dates))
    return campaign
