"""The tab of prizes: what staff type is what is stored, said back in one sentence."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from campaigns.jobs.models import Job
from campaigns.prizes.models import BroughtMoments, Prize
from campaigns.prizes.services.brought import MOST_BYTES
from campaigns.setup.models import Campaign
from tests.campaigns.admin_pages import campaign_data, change_address, manager_of, rows, texts
from tests.campaigns.factories import NOON, make_draft, make_prize, publish

pytestmark = pytest.mark.django_db

VOUCHER = {
    **texts("name", "Shopping voucher"),
    "kind": "code",
    "mechanic": "moment",
    "timing": "at_once",
    "tier": "minor",
    "stock": 500,
    "worth": "10",
    "pace": "random",
    "from_hour": 8,
    "until_hour": 22,
    "weekdays": list(range(7)),
    "unclaimed": "roll_forward",
}


@pytest.fixture
def campaign() -> Campaign:
    return make_draft(currency="EUR")


@pytest.fixture
def browser(campaign: Campaign) -> Browser:
    return manager_of(campaign.client)


def save(browser: Browser, campaign: Campaign, *prizes: dict[str, Any]) -> Any:
    """Save the tab with these rows."""
    dates = {"opens_at": "2026-06-03T13:00", "closes_at": "2026-07-01T12:59"}
    data = campaign_data(campaign, **dates, **rows("prize_rows", list(prizes)))
    return browser.post(change_address(campaign), data)


def errors(answer: Any) -> str:
    """Return what is wrong with the rows of a page that was not saved."""
    assert answer.status_code == 200, "it was saved"
    (found,) = (
        inline.formset
        for inline in answer.context["inline_admin_formsets"]
        if inline.formset.prefix == "prize_rows"
    )
    said = [form.errors.as_text() for form in found.forms]
    return "\n".join([*said, found.non_form_errors().as_text()])


def test_a_prize_is_stored_in_minor_units_under_a_key_made_from_its_name(
    browser: Browser, campaign: Campaign
) -> None:
    assert save(browser, campaign, VOUCHER).status_code == 302
    prize = Prize.objects.get()
    assert (prize.key, prize.value, prize.stock) == ("shopping_voucher", 1000, 500)
    page = browser.get(change_address(campaign)).content.decode()
    assert (
        "500 × Shopping voucher, worth €10 each, one every 47 minutes on average between 8:00 and 22:00, "
        "won at once, confirmed after the entry is reviewed." in page
    )


def test_two_prizes_of_one_name_get_two_keys(browser: Browser, campaign: Campaign) -> None:
    save(browser, campaign, VOUCHER, VOUCHER)
    assert set(Prize.objects.values_list("key", flat=True)) == {
        "shopping_voucher",
        "shopping_voucher_2",
    }


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"until_hour": 8}, "nothing lies between the two"),
        ({"unclaimed": "window"}, "after how many minutes"),
        ({"name_en": ""}, "Say what can be won"),
        ({"stock": 0}, "greater than or equal to 1"),
        ({"weekdays": []}, "at least one weekday"),
    ],
    ids=["no hours", "no minutes", "no name", "no stock", "no weekday"],
)
def test_what_cannot_be_meant_is_refused_in_words(
    browser: Browser, campaign: Campaign, change: dict[str, Any], words: str
) -> None:
    assert words in errors(save(browser, campaign, VOUCHER | change))
    assert not Prize.objects.exists()


def test_a_published_prize_keeps_its_mechanic_and_stays(table: Any, host: Any) -> None:
    campaign = make_draft()
    prize = make_prize(campaign, key="sticker", mechanic="everyone", stock=70)
    publish(campaign, at=NOON)
    browser = manager_of(campaign.client)
    sent = VOUCHER | {"id": prize.pk, "DELETE": "on"}
    assert "has been published, so it stays" in errors(save(browser, campaign, sent))
    save(browser, campaign, VOUCHER | {"id": prize.pk, "stock": 90})
    prize.refresh_from_db()
    assert (prize.mechanic, prize.kind, prize.stock) == ("everyone", "thing", 90)


def test_a_list_of_moments_that_is_too_long_is_refused_whole(
    browser: Browser, campaign: Campaign
) -> None:
    prize = make_prize(campaign, stock=5)
    address = reverse("admin:campaigns_campaign_prize_moments", args=[prize.pk])
    line = b"2026-06-10 18:30\n"
    much = SimpleUploadedFile("moments.csv", line * (MOST_BYTES // len(line) + 1))
    page = browser.post(address, {"file": much})
    assert "larger than 5 MB" in page.content.decode()
    assert not BroughtMoments.objects.exists()
    assert browser.post(address, {"file": SimpleUploadedFile("m.csv", line)}).status_code == 302
    assert BroughtMoments.objects.get().prize == prize


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_a_list_of_moments_is_read_in_every_encoding_that_a_spreadsheet_writes(
    browser: Browser, campaign: Campaign, encoding: str
) -> None:
    prize = make_prize(campaign, stock=5)
    address = reverse("admin:campaigns_campaign_prize_moments", args=[prize.pk])
    content = "M\u00f6glich\n10.06.2026\u00a018:30\n".encode(encoding)
    assert browser.post(address, {"file": SimpleUploadedFile("m.csv", content)}).status_code == 302
    assert len(BroughtMoments.objects.get().times) == 1


def test_a_workbook_of_moments_is_refused_in_words(browser: Browser, campaign: Campaign) -> None:
    prize = make_prize(campaign, stock=5)
    address = reverse("admin:campaigns_campaign_prize_moments", args=[prize.pk])
    page = browser.post(address, {"file": SimpleUploadedFile("m.xlsx", b"PK\x03\x04rest")})
    assert "Excel workbook" in page.content.decode()


@pytest.mark.parametrize(
    "count",
    [
        "1,500",
        "1.500",
        "1 500",
        "1\u202f500",
        "1\u2019500",
        " 1500\u200b",
        "\uff11\uff15\uff10\uff10",
    ],
)
def test_a_number_of_codes_is_read_with_any_sign_between_thousands(
    browser: Browser, campaign: Campaign, count: str
) -> None:
    prize = make_prize(campaign, key="voucher", kind="code", stock=5)
    address = reverse("admin:campaigns_campaign_prize_codes", args=[prize.pk])
    assert browser.post(address, {"act": "make", "count": count}).status_code == 302
    assert Job.objects.get(only_one=f"codes:{prize.pk}").parameters["count"] == 1500


@pytest.mark.parametrize(
    "act", [{"act": "make", "count": "1.5"}, {"act": "make", "count": "9" * 5_000}, {"act": "make"}]
)
def test_a_number_of_codes_that_is_none_is_refused_in_words(
    browser: Browser, campaign: Campaign, act: dict[str, str]
) -> None:
    prize = make_prize(campaign, key="voucher", kind="code", stock=5)
    address = reverse("admin:campaigns_campaign_prize_codes", args=[prize.pk])
    assert "at most 1,500,000 codes" in browser.post(address, act).content.decode()
    assert browser.post(address, {"act": "remove", "batch": "9" * 5_000}).status_code == 404


def test_the_question_before_a_publish_says_what_is_given_and_how_many_will_be_won(
    browser: Browser, campaign: Campaign
) -> None:
    make_prize(campaign, key="voucher", stock=500, mechanic="moment", name={"en": "Voucher"})
    make_prize(campaign, key="sticker", stock=9, mechanic="everyone", name={"en": "Sticker"})
    now = timezone.now()
    Campaign.objects.update(opens_at=now, closes_at=now + timedelta(days=28))
    page = reverse("admin:campaigns_campaign_publish", args=[campaign.pk])
    asked = browser.get(page).content.decode()
    assert "500 × Voucher, one every" in asked
    assert "9 × Sticker, for everyone who enters" in asked
    assert "will be won" not in asked
    Campaign.objects.update(expected_submissions=20_000)
    assert "about 500 of 500 will be won" in browser.get(page).content.decode()
