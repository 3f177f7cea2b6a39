"""What staff save is carried to the page and to the functions under its own name."""

import pytest

from campaigns.publishing.services.checks import facts_of
from campaigns.publishing.services.manifest import manifest_of, page_content
from campaigns.rendering import PageContent
from campaigns.setup.models import Campaign
from ingest_lambda.contract import Manifest
from tests.campaigns.factories import make_draft

pytestmark = pytest.mark.django_db


def test_the_typeface_and_the_words_of_the_logo_reach_the_page() -> None:
    campaign = make_draft(type_pair="serif", logo_alt={"en": "Nordlicht"})
    page = page_content(campaign, release=1)
    assert (page.type_pair, page.logo_alt) == ("serif", {"en": "Nordlicht"})


def test_each_column_of_the_name_of_a_field_is_carried() -> None:
    campaign = make_draft(privacy_urls={"en": "https://nordlicht.example/en"}, radius=3)
    page = page_content(campaign, release=1)
    manifest = manifest_of(campaign, release=1, page_sha256="0" * 64)
    columns = {field.name for field in Campaign._meta.concrete_fields}
    for name in columns & PageContent.model_fields.keys():
        assert plain(getattr(page, name)) == plain(getattr(campaign, name)), name
    for name in columns & Manifest.model_fields.keys():
        assert plain(getattr(manifest, name)) == plain(getattr(campaign, name)), name
    assert (page.name, page.legal_name) == (campaign.name, campaign.client.legal_name)
    assert facts_of(campaign).sender_email == campaign.client.sender_email


def plain(value: object) -> object:
    """Return a list for a tuple: JSON has no other."""
    return list(value) if isinstance(value, tuple) else value
