"""A campaign words its reasons itself: sentences for entrants, labels for staff, and which of them the desk offers."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.utils.html import escape

from campaigns.publishing.services.manifest import manifest_of
from campaigns.setup.models import Campaign
from campaigns.setup.rules.reasons import (
    ALWAYS_OFFERED,
    HIDEABLE,
    LABELS,
    LONGEST_LABEL,
    LONGEST_SENTENCE,
    WORDED,
    is_offered,
    label_of,
)
from ingest_lambda.contract import FINAL, RETRYABLE, Reason, ReasonCode, sentence
from ingest_lambda.contract.sentences import reason_words
from tests.campaigns.admin_pages import campaign_data, change_address, manager_of
from tests.campaigns.factories import logged, make_client, make_draft

pytestmark = pytest.mark.django_db
HOSTILE = '<img src=x onerror="alert(1)"> {sentence} %s {{ 7 }}'
OWN = {"en": {"ILLEGIBLE": "Too dark."}, "de": {"ILLEGIBLE": "Zu dunkel."}}


@pytest.fixture
def campaign() -> Campaign:
    return Campaign.objects.create(
        client=make_client(), name="Summer", slug="summer", languages=["en", "de"]
    )


@pytest.fixture
def browser(campaign: Campaign) -> Browser:
    return manager_of(campaign.client)


def typed(name: str, texts: dict[str, dict[str, str]]) -> dict[str, str]:
    """Return own texts as the page's inputs are named."""
    return {
        f"{name}-{key}-{language}": text
        for language, said in texts.items()
        for key, text in said.items()
    }


def save(browser: Browser, campaign: Campaign, **changes: Any) -> Any:
    answer = browser.post(change_address(campaign), campaign_data(campaign, **changes))
    campaign.refresh_from_db()
    return answer


def test_every_reason_of_a_verdict_has_a_short_label_and_a_sentence_to_word() -> None:
    assert LABELS.keys() == RETRYABLE | FINAL
    assert {*WORDED, ReasonCode.OTHER} == RETRYABLE | FINAL
    assert max(len(label) for label in LABELS.values()) <= LONGEST_LABEL
    assert len(set(LABELS.values())) == len(LABELS)


def test_what_is_typed_is_stored_by_language_and_published_and_logged(
    browser: Browser, campaign: Campaign
) -> None:
    answer = save(
        browser,
        campaign,
        **typed("reason_texts", OWN),
        **typed("reason_labels", {"en": {"ILLEGIBLE": " Dark  photo "}}),
        hidden_reasons=["CARD_SLIP"],
    )
    assert answer.status_code == 302
    assert campaign.reason_texts == OWN
    assert campaign.reason_labels == {"en": {"ILLEGIBLE": "Dark photo"}}
    assert campaign.hidden_reasons == ["CARD_SLIP"]
    assert {"reason_texts", "reason_labels", "hidden_reasons"} <= logged("campaign.changed").keys()
    draft = make_draft(reason_texts=OWN)
    assert manifest_of(draft, release=1, page_sha256="0" * 64).reason_texts == OWN


def test_an_empty_text_and_one_that_says_what_we_say_are_none(
    browser: Browser, campaign: Campaign
) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(reason_texts=OWN)
    said = {"en": {"ILLEGIBLE": reason_words("en")["ILLEGIBLE"]}, "de": {"ILLEGIBLE": "  "}}
    save(browser, campaign, **typed("reason_texts", said))
    assert campaign.reason_texts == {}


def test_our_words_stand_in_the_inputs_and_saving_them_stores_none(
    browser: Browser, campaign: Campaign
) -> None:
    languages = ["en", "de", "es", "fr"]
    Campaign.objects.filter(pk=campaign.pk).update(languages=languages)
    said = {one: {code.value: reason_words(one)[code] for code in WORDED} for one in languages}
    page = browser.get(change_address(campaign)).content.decode()
    assert f">{escape(said['fr']['ILLEGIBLE'])}</textarea>" in page
    assert "Your own wording" not in page
    save(browser, campaign, languages=languages, **typed("reason_texts", said))
    assert campaign.reason_texts == {}
    Campaign.objects.filter(pk=campaign.pk).update(reason_texts=OWN)
    page = browser.get(change_address(campaign)).content.decode()
    assert (page.count("Your own wording"), ">Zu dunkel.</textarea>" in page) == (1, True)


def test_a_page_without_these_inputs_leaves_them_as_they_are(
    browser: Browser, campaign: Campaign
) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(reason_texts=OWN)
    save(browser, campaign, name="Winter")
    assert (campaign.name, campaign.reason_texts) == ("Winter", OWN)


@pytest.mark.parametrize(
    ("name", "most"), [("reason_texts", LONGEST_SENTENCE), ("reason_labels", LONGEST_LABEL)]
)
def test_a_text_has_a_longest(browser: Browser, campaign: Campaign, name: str, most: int) -> None:
    answer = save(browser, campaign, **typed(name, {"en": {"ILLEGIBLE": "x" * (most + 1)}}))
    assert f"use {most} characters at most" in answer.content.decode()
    save(browser, campaign, **typed(name, {"en": {"ILLEGIBLE": "x" * most}}))
    assert len(getattr(campaign, name)["en"]["ILLEGIBLE"]) == most


@pytest.mark.parametrize("code", ALWAYS_OFFERED)
def test_what_automatic_rules_give_and_what_some_entry_needs_is_always_offered(
    browser: Browser, campaign: Campaign, code: ReasonCode
) -> None:
    answer = save(browser, campaign, hidden_reasons=[code.value])
    assert answer.status_code == 200, "it was refused"
    assert campaign.hidden_reasons == []
    assert is_offered(code, [code.value])
    assert code not in HIDEABLE


def test_hostile_words_are_text_on_the_page_and_no_template(
    browser: Browser, campaign: Campaign
) -> None:
    words = {"en": {"RECEIPT_TOO_OLD": HOSTILE}}
    save(browser, campaign, **typed("reason_texts", words), **typed("reason_labels", words))
    assert campaign.reason_texts == words
    page = browser.get(change_address(campaign)).content.decode()
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page
    dated = Reason(code=ReasonCode.RECEIPT_TOO_OLD, found="2026-05-01", expected="2026-06-01")
    said = sentence(dated, locale="en", texts=words, timezone="Europe/London")
    assert said == f"{HOSTILE} We found: 1 May 2026. What counts: 1 June 2026."


def test_the_longest_own_sentence_with_the_longest_comparison_fits_a_reason() -> None:
    for language in ("en", "es", "de", "fr"):
        worded = sentence(
            Reason(code=ReasonCode.WRONG_VARIANT, found="f" * 200, expected="e" * 200),
            locale=language,
            texts={language: {"WRONG_VARIANT": "s" * LONGEST_SENTENCE}},
            timezone="Europe/London",
        )
        assert Reason(code=ReasonCode.WRONG_VARIANT, message=worded).message == worded


def test_a_label_is_the_campaigns_in_the_readers_language_else_ours() -> None:
    own = {"de": {"ILLEGIBLE": "Unlesbar"}, "en": {"ILLEGIBLE": "Dark"}}
    assert label_of(ReasonCode.ILLEGIBLE, own, languages=["de", "en"]) == "Unlesbar"
    assert label_of(ReasonCode.ILLEGIBLE, own, languages=["fr", "en"]) == "Dark"
    assert label_of(ReasonCode.ILLEGIBLE, own, languages=["fr"]) == "Can't be read"
    assert label_of(ReasonCode.HANDWRITTEN, own, languages=["de"]) == "Handwritten"
