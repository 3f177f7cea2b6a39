"""A consent's column is one meaning: until the first publish it follows the label, afterwards what changes is new."""

from typing import Any

import pytest

from campaigns.publishing.services.publish import CannotPublish, publish_campaign, publish_test
from campaigns.rendering import render_page
from campaigns.rendering.content import PageContent
from campaigns.setup.models import Campaign, FormField
from tests.campaigns.admin_pages import campaign_data, change_address, manager_of, rows, texts
from tests.campaigns.factories import NOON, make_draft, publish

pytestmark = pytest.mark.django_db
NEWS = {"kind": "consent", "purpose": "marketing", **texts("label", "Send me news.")}


@pytest.fixture
def campaign(table: Any, host: Any) -> Campaign:
    return make_draft()


def add_news(campaign: Campaign, **more: Any) -> FormField:
    row = {"name": "news", "label": {"en": "Send me news."}, "purpose": "marketing", **more}
    return FormField.objects.create(
        campaign=campaign, kind="consent", required=False, routes=campaign.routes, position=9, **row
    )


def amend(campaign: Campaign) -> None:
    publish_campaign(
        Campaign.objects.get(pk=campaign.pk), actor=None, at=NOON, reason="News.", accepted=()
    )


def published(campaign: Campaign) -> list[tuple[str, int]]:
    """Return the consents of the newest release, with their versions."""
    manifest = campaign.releases.filter(is_test=False).order_by("-number")[0].manifest
    return [(spec["name"], spec["version"]) for spec in manifest["consents"]]


def save(campaign: Campaign, *contents: dict[str, Any]) -> list[str]:
    """Save these rows as the only ones of the form; return the names of the consents."""
    manager_of(campaign.client).post(
        change_address(campaign), campaign_data(campaign, **rows("form_fields", list(contents)))
    )
    consents = FormField.objects.filter(campaign=campaign, kind="consent")
    return list(consents.values_list("name", flat=True))


@pytest.fixture
def draft() -> Campaign:
    campaign = make_draft()
    campaign.form_fields.all().delete()
    return campaign


def test_before_the_first_publish_its_column_follows_its_label(draft: Campaign) -> None:
    assert save(draft, NEWS) == ["send_me_news"]
    row = {"id": FormField.objects.get().pk, "name": "send_me_news"}
    reworded = NEWS | texts("label", "Tell me of offers.")
    assert save(draft, reworded | row) == ["tell_me_of_offers"]


def test_what_begins_as_accepting_the_rules_and_becomes_marketing_is_no_column_of_the_rules(
    draft: Campaign,
) -> None:
    accepts = {"kind": "consent", "purpose": "rules", **texts("label", "I accept the rules.")}
    assert save(draft, accepts) == ["accept_rules"]
    row = {"id": FormField.objects.get().pk, "name": "accept_rules"}
    assert save(draft, NEWS | row | {"required": "on"}) == ["send_me_news"]
    assert not FormField.objects.get().required, "marketing is optional by default"


def test_a_name_that_was_given_by_hand_stays(draft: Campaign) -> None:
    assert save(draft, NEWS | {"name": "newsletter"}) == ["newsletter"]
    row = {"id": FormField.objects.get().pk, "name": "newsletter"}
    assert save(draft, NEWS | texts("label", "Offers, please.") | row) == ["newsletter"]


def test_a_published_column_stays_when_its_wording_changes_which_is_a_new_version(
    campaign: Campaign,
) -> None:
    news = add_news(campaign)
    publish(campaign)
    assert published(campaign) == [("accept_rules", 1), ("news", 1)]
    FormField.objects.filter(pk=news.pk).update(label={"en": "Send me offers."})
    amend(campaign)
    assert published(campaign)[-1] == ("news", 2)
    amend(campaign)
    assert published(campaign)[-1] == ("news", 2), "unchanged"


def test_what_changes_beside_its_wording_is_no_new_version(campaign: Campaign) -> None:
    news = add_news(campaign, purpose="other")
    publish(campaign)
    FormField.objects.filter(pk=news.pk).update(required=True)
    amend(campaign)
    assert published(campaign)[-1] == ("news", 1)


def test_rewording_a_draft_uses_no_version_up(campaign: Campaign) -> None:
    news = add_news(campaign, version=7)
    news.label = {"en": "Send me offers."}
    news.save()
    publish(campaign)
    assert published(campaign)[-1] == ("news", 1)


@pytest.mark.parametrize(
    "change", [{"purpose": "privacy"}, {"party": "Corner Shop Ltd"}], ids=["purpose", "party"]
)
def test_another_purpose_or_party_is_another_column_from_the_next_release_on(
    campaign: Campaign, change: dict[str, str]
) -> None:
    news = add_news(campaign)
    publish(campaign)
    FormField.objects.filter(pk=news.pk).update(**change)
    amend(campaign)
    assert published(campaign)[-1] == ("send_me_news", 1)
    first = campaign.releases.get(number=1)
    assert first.manifest["consents"][-1]["name"] == "news", "old answers stay under the old one"
    FormField.objects.filter(pk=news.pk).update(purpose="other", party="")
    amend(campaign)
    assert published(campaign)[-1] == ("send_me_news_2", 1)


def test_a_consent_that_comes_back_under_its_name_goes_on_with_its_versions(
    campaign: Campaign,
) -> None:
    news = add_news(campaign)
    publish(campaign)
    news.delete()
    amend(campaign)
    add_news(campaign, label={"en": "Offers?"})
    amend(campaign)
    assert published(campaign)[-1] == ("news", 2)


def test_a_test_release_counts_as_none(campaign: Campaign) -> None:
    news = add_news(campaign)
    publish_test(campaign, actor=None, at=NOON)
    FormField.objects.filter(pk=news.pk).update(purpose="privacy")
    publish(campaign)
    assert published(campaign)[-1] == ("news", 1)


def test_a_required_consent_for_marketing_is_refused_at_publish(campaign: Campaign) -> None:
    FormField.objects.filter(pk=add_news(campaign).pk).update(required=True)
    with pytest.raises(CannotPublish, match="must be free"):
        publish(campaign)


def test_the_page_names_the_party_beside_the_box_as_text(campaign: Campaign) -> None:
    add_news(campaign, party="Corner <b>Shop</b>")
    add_news(campaign, name="more", party="")
    release = publish(campaign)
    files = render_page(
        PageContent.model_validate(release.page),
        api_url="https://api.example",
        upload_origin="https://bucket.example",
        images={},
    )
    page = files["index.html"].decode()
    assert "Given to Corner &lt;b&gt;Shop&lt;/b&gt;." in page
    assert f"Given to {campaign.client.name}." in page
