"""The shared code of a prize whose stock has ended: typed once, published, and shown to winners only."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.urls import reverse

from campaignhub import ingest
from campaigns.accounts.models import AuditEntry
from campaigns.hosting.local import LocalHost
from campaigns.prizes.models import Prize
from campaigns.publishing.services.manifest import page_content
from campaigns.publishing.services.publish import CannotPublish, publish_test
from campaigns.setup.models import Campaign
from campaigns.workbench.services.clone import clone_campaign
from ingest_lambda.adapters.table import Table
from submissions.awards.services.given import code_of_unit, units_taken
from submissions.mirror.models import Award
from tests.campaigns.admin_pages import change_address, manager_of
from tests.campaigns.factories import NOON, make_draft, make_prize
from tests.campaigns.prizes.test_admin_prizes import VOUCHER, errors, save
from tests.campaigns.prizes.test_publishing_prizes import add_codes, published

pytestmark = [pytest.mark.django_db]
SHARED = "SHARED-SECRET-10"
RULE = "until none is left; after that, one code that is the same for everyone"
SETTINGS = {"mechanic": "everyone", "when_empty": "fallback", "fallback_code": SHARED}


def shared_of(campaign_id: object, prize: str) -> str | None:
    unit = ingest.clients.stock_table().given.fallback(str(campaign_id), prize, uuid4())
    return unit.code if unit else None


def make_voucher(**more: Any) -> tuple[Campaign, Prize]:
    campaign = make_draft()
    own = {"key": "voucher", "kind": "code", "stock": 3}
    prize = make_prize(campaign, **own | SETTINGS | more)
    add_codes(prize, 3)
    return campaign, prize


def test_it_is_typed_once_kept_and_never_shown_again() -> None:
    campaign = make_draft(currency="EUR")
    browser: Browser = manager_of(campaign.client)
    assert save(browser, campaign, VOUCHER | SETTINGS).status_code == 302
    prize = Prize.objects.get()
    assert prize.fallback_code == SHARED
    page = browser.get(change_address(campaign)).content.decode()
    assert SHARED not in page
    assert "A shared code is set." in page
    again = VOUCHER | SETTINGS | {"id": prize.pk, "fallback_code": "", "stock": 400}
    assert save(browser, campaign, again).status_code == 302
    prize.refresh_from_db()
    assert (prize.fallback_code, prize.stock) == (SHARED, 400)
    assert not [line for line in AuditEntry.objects.all() if SHARED in f"{line.after}{line.before}"]


@pytest.mark.parametrize("typed", ["abc", "two words", "=1+1", "cödes"])
def test_what_is_no_code_is_refused(typed: str) -> None:
    campaign = make_draft(currency="EUR")
    answer = save(
        manager_of(campaign.client), campaign, VOUCHER | SETTINGS | {"fallback_code": typed}
    )
    assert "Use 4 to 64 letters, digits and signs" in errors(answer)


def test_a_publish_without_it_is_refused_and_with_it_loads_it_first(
    table: Table, host: LocalHost
) -> None:
    campaign, prize = make_voucher(fallback_code="")
    with pytest.raises(CannotPublish, match="has no shared code"):
        published(campaign)
    Prize.objects.update(fallback_code=SHARED)
    plan = published(campaign).prize_plan
    assert plan is not None
    assert plan.prizes[0].fallback
    assert shared_of(campaign.pk, "voucher") == SHARED
    Prize.objects.update(fallback_code="ANOTHER-1")
    published(campaign, reason="Another code")
    assert shared_of(campaign.pk, "voucher") == "ANOTHER-1"
    publish_test(campaign, actor=None, at=NOON)
    assert shared_of(campaign.test_id, "voucher") == f"TEST-{prize.pk}-999999"


@pytest.mark.parametrize(
    "change", [{"when_empty": "close"}, {"kind": "thing"}, {"mechanic": "moment"}]
)
def test_only_codes_for_everyone_have_one(
    table: Table, host: LocalHost, change: dict[str, str]
) -> None:
    campaign, _ = make_voucher(**change)
    plan = published(campaign).prize_plan
    assert plan is not None
    assert not plan.prizes[0].fallback
    assert shared_of(campaign.pk, "voucher") is None
    assert RULE not in page_content(campaign, release=1).prize_rules["en"]


def test_rules_and_the_page_of_codes_say_what_comes_after_the_last_code() -> None:
    campaign, prize = make_voucher()
    assert RULE in page_content(campaign, release=1).prize_rules["en"]
    browser, page = (
        manager_of(campaign.client),
        reverse("admin:campaigns_campaign_prize_codes", args=[prize.pk]),
    )
    assert "Everyone gets one shared code" in browser.get(page).content.decode()
    Prize.objects.update(fallback_code="")
    assert "no shared code is set" in browser.get(page).content.decode()
    Prize.objects.update(when_empty="close")
    assert "The prize is over" in browser.get(page).content.decode()


def test_neither_page_nor_manifest_nor_clone_carries_it(table: Table, host: LocalHost) -> None:
    campaign, _ = make_voucher()
    manifest = published(campaign)
    assert SHARED not in manifest.model_dump_json()
    assert SHARED not in page_content(campaign, release=1).model_dump_json()
    copy = clone_campaign(campaign, actor=None, at=NOON)
    assert copy.prize_rows.get().fallback_code == ""


def test_a_winner_of_it_takes_nothing_of_the_stock_and_keeps_it_after_a_republish() -> None:
    campaign, prize = make_voucher()
    for unit in ("b1.0.0", f"f.{uuid4().hex}"):
        Award.objects.create(
            submission_id=uuid4(),
            campaign=campaign,
            prize="voucher",
            unit=unit,
            state="confirmed",
            version=1,
        )
    assert set(units_taken(prize)) == {"b1.0.0"}
    assert code_of_unit(prize, f"f.{uuid4().hex}") == SHARED
