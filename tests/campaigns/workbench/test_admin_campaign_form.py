"""What staff type on a campaign's tabs is what is stored."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from campaigns.accounts.models import AuditEntry
from campaigns.accounts.rules.roles import Role
from campaigns.setup.models import Campaign, Limit
from tests.campaigns.admin_pages import campaign_data, change_address, manager_of, rows, texts
from tests.campaigns.factories import make_client, make_draft

pytestmark = pytest.mark.django_db

EMAIL = {"kind": "email", "required": "on", **texts("label", "E-mail")}


@pytest.fixture
def campaign() -> Campaign:
    return Campaign.objects.create(client=make_client(), name="Summer", slug="summer")


@pytest.fixture
def browser(campaign: Campaign) -> Browser:
    return manager_of(campaign.client)


def save(browser: Browser, campaign: Campaign, **changes: Any) -> Any:
    answer = browser.post(change_address(campaign), campaign_data(campaign, **changes))
    campaign.refresh_from_db()
    return answer


def errors(answer: Any) -> str:
    assert answer.status_code == 200, "it was saved"
    context = answer.context
    found = [context["adminform"].form.errors.as_text()]
    for inline in context["inline_admin_formsets"]:
        found += [form.errors.as_text() for form in inline.formset.forms]
    return "\n".join(found)


# ---------------------------------------------------------------- basics


def test_a_new_campaign_is_a_draft_with_an_address_made_from_its_name() -> None:
    client = make_client()
    Campaign.objects.create(client=client, name="x", slug="cafe-summer")
    blank = Campaign(client=client, name="Café Summer", slug="")
    answer = manager_of(client).post(
        reverse("admin:campaigns_campaign_add"), campaign_data(blank) | {"_continue": "1"}
    )
    made = Campaign.objects.get(name="Café Summer")
    assert answer["Location"] == change_address(made)
    assert (made.slug, made.state) == ("cafe-summer-2", "draft")


def test_a_new_campaign_begins_with_what_most_campaigns_have() -> None:
    client = make_client()
    page = manager_of(client).get(reverse("admin:campaigns_campaign_add"))
    form = page.context["adminform"].form
    begun = {name: form[name].value() for name in ("client", "languages", "countries", "routes")}
    assert begun == {
        "client": client.pk,
        "languages": ["en"],
        "countries": ["GB"],
        "routes": ["purchase"],
    }


def test_dates_are_typed_in_the_campaigns_zone_and_the_last_minute_counts(
    browser: Browser, campaign: Campaign
) -> None:
    save(
        browser,
        campaign,
        timezone="America/New_York",
        opens_at="2026-06-01T09:00",
        closes_at="2026-06-30T23:59",
    )
    assert campaign.opens_at == datetime(2026, 6, 1, 13, tzinfo=UTC)
    assert campaign.closes_at == datetime(2026, 7, 1, 4, tzinfo=UTC)
    page = browser.get(change_address(campaign)).content.decode()
    assert 'value="2026-06-01T09:00"' in page
    assert 'value="2026-06-30T23:59"' in page
    assert "30 days" in page


def test_a_time_that_the_clocks_skip_is_refused(browser: Browser, campaign: Campaign) -> None:
    answer = save(browser, campaign, opens_at="2027-03-28T01:30")  # London goes to 02:00 at 01:00
    assert "this time never comes" in errors(answer)


@pytest.mark.parametrize("name", ["opens_at", "closes_at"])
def test_a_published_campaign_is_not_saved_without_its_dates(name: str) -> None:
    published = make_draft(state="scheduled")
    dates = {"opens_at": "2026-06-01T09:00", "closes_at": "2026-06-30T23:59"}
    answer = save(manager_of(published.client), published, **dates | {name: ""})
    assert answer.context["adminform"].form.errors.keys() == {name}
    assert getattr(published, name) is not None


def test_an_end_before_the_opening_is_refused(browser: Browser, campaign: Campaign) -> None:
    answer = save(browser, campaign, opens_at="2026-06-02T00:00", closes_at="2026-06-01T23:58")
    assert "after the opening" in errors(answer)


def test_the_first_language_comes_first_and_texts_of_others_are_kept(
    browser: Browser, campaign: Campaign
) -> None:
    save(
        browser,
        campaign,
        languages=["en", "de"],
        default_language="de",
        **texts("headline", "Win", "", "Gewinne"),
    )
    assert campaign.languages == ["de", "en"]
    assert campaign.headline == {"en": "Win", "de": "Gewinne"}
    save(browser, campaign, languages=["en"], **texts("headline", "Win", "", "Gewinne"))
    assert campaign.languages == ["en"]
    assert campaign.headline["de"] == "Gewinne"


def test_only_the_campaigns_languages_have_inputs_that_show(
    browser: Browser, campaign: Campaign
) -> None:
    save(browser, campaign, languages=["en", "es"])
    page = browser.get(change_address(campaign)).content.decode()
    assert '<div class="texts-line" data-language="es"><' in page
    assert '<div class="texts-line" data-language="de" hidden><' in page


def test_no_campaign_takes_an_address_that_is_kept_for_tests(
    browser: Browser, campaign: Campaign
) -> None:
    assert "kept for tests" in errors(save(browser, campaign, slug="unlisted-summer"))


def test_another_clients_campaigns_are_not_to_be_had_by_choosing_the_client(
    browser: Browser, campaign: Campaign
) -> None:
    assert "client" in errors(save(browser, campaign, client=make_client("Another").pk))


def test_the_log_keeps_what_was_there_before_and_after(
    browser: Browser, campaign: Campaign
) -> None:
    save(browser, campaign, name="Summer 2026")
    line = AuditEntry.objects.get(code="campaign.changed")
    assert line.before is not None
    assert line.after is not None
    assert line.before["name"] == "Summer"
    assert line.after["name"] == "Summer 2026"


# ---------------------------------------------------------------- rows of the form


def test_rows_name_themselves_and_stand_in_the_order_in_which_they_were_left(
    browser: Browser, campaign: Campaign
) -> None:
    text = {"kind": "text", "required": "on"}
    save(
        browser,
        campaign,
        **rows(
            "form_fields",
            [
                {**EMAIL, "position": 2},
                {**text, "position": 0, **texts("label", "Lieblingsgetränk?")},
                {**text, "position": 1, "meaning": "given_name", **texts("label", "First name")},
            ],
        ),
    )
    made = list(campaign.form_fields.values_list("name", "meaning", "routes"))
    assert made == [
        ("lieblingsgetrank", "", ["purchase"]),
        ("given_name", "given_name", ["purchase"]),
        ("email", "email", ["purchase"]),
    ]


def test_the_same_label_twice_makes_two_names(browser: Browser, campaign: Campaign) -> None:
    text = {"kind": "text", **texts("label", "Colour")}
    save(browser, campaign, **rows("form_fields", [text, text]))
    assert set(campaign.form_fields.values_list("name", flat=True)) == {"colour", "colour_2"}


def test_a_name_that_is_typed_twice_is_refused_in_words(
    browser: Browser, campaign: Campaign
) -> None:
    text = {"kind": "text", "name": "colour", **texts("label", "Colour")}
    answer = save(browser, campaign, **rows("form_fields", [text, text]))
    assert "Another row is called “colour” already" in errors(answer)


def test_choices_have_a_label_per_language_and_keep_their_values(
    browser: Browser, campaign: Campaign
) -> None:
    row = {"kind": "choice", **texts("label", "Flavour")}
    options = {"options-value": ["", ""], "options-en": ["Red", "Blue"], "options-es": ["Rojo", ""]}
    save(browser, campaign, languages=["en", "es"], **rows("form_fields", [row | options]))
    field = campaign.form_fields.get()
    assert field.options == [
        {"value": "red", "label": {"en": "Red", "es": "Rojo"}},
        {"value": "blue", "label": {"en": "Blue"}},
    ]
    renamed = {"options-value": ["red"], "options-en": ["Crimson"], "options-es": ["Rojo"]}
    saved = {"id": field.pk, "name": field.name}
    save(browser, campaign, **rows("form_fields", [saved | row | renamed]))
    field.refresh_from_db()
    assert field.options == [{"value": "red", "label": {"en": "Crimson", "es": "Rojo"}}]


def test_a_choice_without_choices_or_with_one_twice_is_refused(
    browser: Browser, campaign: Campaign
) -> None:
    row = {"kind": "choice", **texts("label", "Flavour")}
    answer = save(browser, campaign, **rows("form_fields", [row]))
    assert "Add at least one choice" in errors(answer)
    twice = {"options-value": ["", ""], "options-en": ["Red", "red"]}
    answer = save(browser, campaign, **rows("form_fields", [row | twice]))
    assert "is there twice" in errors(answer)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"kind": "number", "minimum": "5", "maximum": "1"}, "lies before its beginning"),
        ({"kind": "number", "minimum": "a few"}, "Give a number"),
        ({"kind": "date", "minimum": "yesterday"}, "Give a day"),
        ({"kind": "text", "min_length": "9", "max_length": "3"}, "shorter than the shortest"),
    ],
)
def test_bounds_that_no_answer_meets_are_refused(
    browser: Browser, campaign: Campaign, row: dict[str, str], words: str
) -> None:
    answer = save(browser, campaign, **rows("form_fields", [row | texts("label", "How many?")]))
    assert words in errors(answer)


def test_a_row_without_words_is_refused(browser: Browser, campaign: Campaign) -> None:
    assert "Say in words" in errors(
        save(browser, campaign, **rows("form_fields", [{"kind": "text"}]))
    )


def test_rows_follow_the_campaigns_ways_to_enter(browser: Browser, campaign: Campaign) -> None:
    save(
        browser,
        campaign,
        routes=["purchase", "free"],
        **rows("form_fields", [EMAIL | {"routes": ["free"]}]),
    )
    field = campaign.form_fields.get()
    assert field.routes == ["free"]
    saved = {"id": field.pk, "name": field.name, "routes": ["free"]}
    save(browser, campaign, routes=["purchase"], **rows("form_fields", [EMAIL | saved]))
    field.refresh_from_db()
    assert field.routes == ["purchase"]


def test_a_row_that_was_taken_off_is_gone(browser: Browser, campaign: Campaign) -> None:
    save(browser, campaign, **rows("form_fields", [EMAIL]))
    saved = {"id": campaign.form_fields.get().pk, "name": "email", "DELETE": "on"}
    save(browser, campaign, **rows("form_fields", [EMAIL | saved]))
    assert not campaign.form_fields.exists()


# ---------------------------------------------------------------- limits


def test_limits_are_sentences_and_only_a_rolling_one_has_hours(
    browser: Browser, campaign: Campaign
) -> None:
    person = {"scope": "person", "count": "1", "gives_back_when_rejected": "on"}
    save(
        browser,
        campaign,
        **rows(
            "limits",
            [
                person | {"window": "day", "hours": "24"},
                person | {"window": "rolling", "hours": "48"},
            ],
        ),
    )
    assert list(Limit.objects.values_list("window", "hours")) == [("day", None), ("rolling", 48)]


def test_the_same_limit_twice_is_refused(browser: Browser, campaign: Campaign) -> None:
    limit = {"scope": "person", "count": "1", "window": "day"}
    answer = save(browser, campaign, **rows("limits", [limit, limit | {"count": "2"}]))
    assert "the same people and the same time" in errors(answer)


# ---------------------------------------------------------------- checklist and preview


def test_the_checklist_leads_to_the_tab_and_the_field(browser: Browser, campaign: Campaign) -> None:
    page = browser.get(change_address(campaign)).content.decode()
    assert 'data-tab-link="basics" data-field="opens_at"' in page
    assert 'data-tab-link="page" data-field="headline"' in page
    legal_name = f"/admin/accounts/client/{campaign.client_id}/change/#id_legal_name"
    assert legal_name not in page, "a manager finds no such page"
    owner = manager_of(campaign.client, Role.OWNER)
    assert legal_name in owner.get(change_address(campaign)).content.decode()


def test_the_phone_shows_what_is_typed_and_nothing_is_saved(
    browser: Browser, campaign: Campaign
) -> None:
    address = reverse("admin:campaigns_campaign_live_preview", args=[campaign.pk])
    typed = campaign_data(
        campaign,
        **texts("headline", "Typed, not saved"),
        **rows("form_fields", [EMAIL]),
        brand_colour="#123456",
        style_nonce='N0nce"><b>',
    )
    html = browser.post(address, typed).json()["html"]
    assert "Typed, not saved" in html
    assert "#123456" in html
    assert "Content-Security-Policy" not in html
    assert '<style nonce="N0nce&quot;&gt;&lt;b&gt;">' in html
    assert '="./' not in html
    campaign.refresh_from_db()
    assert campaign.headline == {}
    assert not campaign.form_fields.exists()
    assert not AuditEntry.objects.exists()
    unfinished = campaign_data(campaign, **rows("form_fields", [{"kind": "text"}]))
    assert "waits" in browser.post(address, unfinished).json()["trouble"]


def test_the_phone_waits_where_the_same_rows_were_saved_meanwhile(
    browser: Browser, campaign: Campaign
) -> None:
    address = reverse("admin:campaigns_campaign_live_preview", args=[campaign.pk])
    typed = campaign_data(campaign, **rows("form_fields", [EMAIL]))
    save(browser, campaign, **rows("form_fields", [EMAIL]))
    answer = browser.post(address, typed)
    assert (answer.status_code, "waits" in answer.json()["trouble"]) == (200, True)
    assert campaign.form_fields.count() == 1


def test_each_language_can_have_a_privacy_notice_and_only_of_the_web(
    browser: Browser, campaign: Campaign
) -> None:
    save(browser, campaign, privacy_urls_en="northwind.example/privacy")
    campaign.refresh_from_db()
    assert campaign.privacy_urls == {"en": "https://northwind.example/privacy"}
    answer = save(browser, campaign, privacy_urls_en="javascript:alert(1)")
    assert "Enter a valid URL" in errors(answer)
    campaign.refresh_from_db()
    assert campaign.privacy_urls == {"en": "https://northwind.example/privacy"}
