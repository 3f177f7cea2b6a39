"""Which addresses a campaign may have."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from campaigns.hosting.local import LocalHost
from campaigns.setup.models.campaign import new_test_slug
from campaigns.setup.rules.slugs import RESERVED, slug_problem
from ingest_lambda.adapters.table import Table
from ingest_lambda.contract import Slug
from tests.campaigns.factories import make_draft, publish


@pytest.mark.parametrize("slug", ["summer", "summer-receipts", "2026", "test-drive-2026", "a" * 60])
def test_plain_words_and_numbers_are_addresses(slug: str) -> None:
    assert slug_problem(slug) == ""


@pytest.mark.parametrize(
    "slug",
    [
        "",
        "Summer",
        "summer receipts",
        "-summer",
        "summer--x",
        "sümmer",
        "a" * 61,
        "admin",
        "unlisted-x",
    ],
)
def test_everything_else_is_refused_with_a_sentence(slug: str) -> None:
    assert slug_problem(slug).endswith(".")


@given(st.text(max_size=70))
def test_what_passes_is_a_slug_of_the_contract(slug: str) -> None:
    if not slug_problem(slug):
        assert TypeAdapter(Slug).validate_python(slug) == slug


def test_reserved_words_would_be_addresses_otherwise() -> None:
    assert all(slug_problem(f"{word}-prize") == "" for word in RESERVED)


def test_test_addresses_fit_the_contract_and_differ() -> None:
    made = {new_test_slug() for _ in range(200)}
    assert len(made) == 200
    for slug in made:
        TypeAdapter(Slug).validate_python(slug)


@pytest.mark.django_db
def test_a_published_address_is_kept_with_a_sentence(table: Table, host: LocalHost) -> None:
    campaign = make_draft()
    campaign.slug = "elsewhere"
    campaign.full_clean()
    campaign.save()
    publish(campaign)
    campaign.refresh_from_db()
    campaign.full_clean()
    campaign.slug = "somewhere"
    with pytest.raises(ValidationError, match="stays elsewhere"):
        campaign.full_clean()
