"""The lists, the home page and the pages of people: what they show, and with how many queries."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from campaigns.access.models import BlockEntry, PartnerKey
from campaigns.accounts.admin.log import differences
from campaigns.accounts.models import AuditEntry, Client, Invitation, Membership, User
from campaigns.accounts.rules.roles import Role
from campaigns.accounts.services import audit
from campaigns.setup.models import Campaign
from campaigns.setup.rules.states import CampaignState
from ingest_lambda.adapters.table import Table
from ingest_lambda.contract import Mode
from submissions.intake.services import mirroring
from tests.campaigns.admin_pages import manager_of, signed_in
from tests.campaigns.factories import make_client, make_prize, make_user
from tests.submissions.factories import make_campaign, make_record, streamed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_memory_of_earlier_counts() -> None:
    cache.clear()


def queries_of(browser: Browser, address: str, django_assert_max_num_queries: Any) -> int:
    """Return how many queries a page asks of a session that has its forms' secret already."""
    browser.get(address)
    with django_assert_max_num_queries(40) as asked:
        assert browser.get(address).status_code == 200
    return len(asked)


def make_things(client: Client, count: int) -> None:
    """Make so many of everything that has a list."""
    for number in range(count):
        campaign = make_campaign(client=client, name=f"Summer {number}")
        make_prize(campaign, key="voucher", kind="code", stock=300)
        mirroring.mirror_stream_records([streamed(make_record(campaign))], at=timezone.now())
        user = make_user((client, Role.MODERATOR))
        audit.record_line(
            "staff.invited", actor=user, client=client, target=f"user:{user.pk}", at=timezone.now()
        )


@pytest.mark.parametrize(
    "page",
    ["campaigns_campaign", "accounts_membership", "accounts_auditentry", "accounts_client"],
)
def test_a_list_asks_as_many_queries_for_many_rows_as_for_few(
    page: str, django_assert_max_num_queries: Any
) -> None:
    client = make_client()
    browser = manager_of(client, Role.OWNER)
    address = reverse(f"admin:{page}_changelist")
    make_things(client, 2)
    few = queries_of(browser, address, django_assert_max_num_queries)
    make_things(client, 8)
    assert queries_of(browser, address, django_assert_max_num_queries) == few


def test_the_home_page_asks_as_many_queries_for_many_campaigns_as_for_few(
    django_assert_max_num_queries: Any,
) -> None:
    client = make_client()
    browser = manager_of(client)
    make_things(client, 2)
    few = queries_of(browser, reverse("admin:index"), django_assert_max_num_queries)
    make_things(client, 6)
    assert queries_of(browser, reverse("admin:index"), django_assert_max_num_queries) == few
    assert few <= 20


def test_the_home_page_says_what_waits_and_leaves_tests_out() -> None:
    client, now = make_client(), timezone.now()
    campaign = make_campaign(
        client=client,
        name="Summer",
        state=CampaignState.LIVE.value,
        opens_at=now - timedelta(days=9),
        closes_at=now + timedelta(days=90),
    )
    for mode in (Mode.LIVE, Mode.LIVE, Mode.TEST):
        record = make_record(campaign, mode=mode)
        mirroring.mirror_stream_records([streamed(record)], at=timezone.now())
    context = manager_of(client).get(reverse("admin:index")).context
    assert context["waiting"] == 2
    (card,) = context["cards"]
    assert card.stats.total == 2


def test_the_home_page_names_what_opens_closes_pauses_and_is_unfinished() -> None:
    client, now = make_client(), timezone.now()
    common = {"client": client, "closes_at": now + timedelta(days=3)}
    for name, state, opens in (
        ("Ending", CampaignState.LIVE, -5),
        ("Resting", CampaignState.PAUSED, -5),
        ("Coming", CampaignState.SCHEDULED, 2),
    ):
        Campaign.objects.create(
            name=name,
            slug=name.lower(),
            state=state.value,
            opens_at=now + timedelta(days=opens),
            **common,
        )
    Campaign.objects.create(client=client, name="Begun", slug="begun")
    page = manager_of(client).get(reverse("admin:index"))
    lines = {line.title: line.why for line in page.context["lines"]}
    assert set(lines) == {"Ending", "Resting", "Coming", "Begun"}
    assert lines["Ending"].startswith("Closes in")
    assert lines["Coming"].startswith("Opens in")
    assert "things to do" in lines["Begun"]


def test_an_empty_list_says_what_will_appear_and_offers_the_first_step() -> None:
    page = manager_of().get(reverse("admin:campaigns_campaign_changelist")).content.decode()
    assert "No campaign yet" in page
    assert "Start a campaign" in page


def test_a_filter_is_a_chip_that_can_be_taken_off() -> None:
    client = make_client()
    make_campaign(client=client, name="Summer")
    page = manager_of(client).get(
        reverse("admin:campaigns_campaign_changelist"), {"state__exact": "live"}
    )
    assert "remove this filter" in page.content.decode()
    assert "Nothing matches" in page.content.decode()


# ---------------------------------------------------------------- people


def invite(browser: Browser, client: Client, email: str, role: Role = Role.MODERATOR) -> Any:
    address = reverse("admin:accounts_membership_add")
    wanted = {"client": client.pk, "email": email, "role": role.value}
    return browser.post(address, wanted, follow=True)


def test_an_invitation_stands_above_the_staff_until_it_is_withdrawn() -> None:
    client = make_client()
    browser = manager_of(client, Role.OWNER)
    page = invite(browser, client, "Ada@Example.com")
    words = " ".join(page.content.decode().split())
    assert "sending an invitation to ada@example.com" in words
    assert "Open invitations" in words
    assert f"Moderator, {client}" in words
    address = reverse("admin:accounts_membership_invitation", args=[Invitation.objects.get().pk])
    shown = browser.get(address).content.decode()
    assert "Send again" in shown
    gone = browser.post(address, {"act": "withdraw"}, follow=True).content.decode()
    assert "Invitation to ada@example.com withdrawn" in gone
    assert "Open invitations" not in gone
    assert "Withdrawn" in browser.get(address).content.decode()
    again = browser.post(address, {"act": "send_again"}, follow=True).content.decode()
    assert "This invitation has ended" in again


def test_nobody_is_invited_to_a_client_of_somebody_else() -> None:
    browser = manager_of(make_client(), Role.OWNER)
    answer = invite(browser, make_client("Another"), "ada@example.com")
    assert answer.status_code == 200
    assert not Invitation.objects.exists()


def test_a_role_is_changed_and_withdrawn_but_never_the_last_owners() -> None:
    client = make_client()
    owner = make_user((client, Role.OWNER))
    browser = signed_in(owner)
    other = Membership.objects.get(user=make_user((client, Role.MODERATOR)))
    address = reverse("admin:accounts_membership_change", args=[other.pk])
    browser.post(address, {"act": "role", "role": Role.CAMPAIGN_MANAGER.value})
    other.refresh_from_db()
    assert other.role == Role.CAMPAIGN_MANAGER
    browser.post(address, {"act": "withdraw"})
    assert not Membership.objects.filter(pk=other.pk).exists()
    own = reverse("admin:accounts_membership_change", args=[owner.memberships.get().pk])
    answer = browser.post(own, {"act": "withdraw"}, follow=True)
    assert "is the last owner" in answer.content.decode()
    assert owner.memberships.exists()


# ---------------------------------------------------------------- the log


def test_a_line_of_the_log_shows_what_changed_and_only_that() -> None:
    before = {"name": "Summer", "languages": ["en"], "headline": {"en": "Win", "de": "Gewinne"}}
    after = {"name": "Summer", "languages": ["en", "de"], "headline": {"en": "Win!"}}
    assert differences(before, after) == [
        ("Languages", "en", "en, de"),
        ("Headline · en", "Win", "Win!"),
        ("Headline · de", "Gewinne", ""),
    ]
    assert differences(None, {"release": 3}) == [("Release", "", "3")]
    changed = {"role": "campaign_manager"}, {"role": "moderator"}
    assert differences(*changed) == [("Role", "Campaign manager", "Moderator")]


def test_the_log_names_people_and_shows_only_ones_own_clients() -> None:
    client, now = make_client(), timezone.now()
    invited = make_user((client, Role.MODERATOR))
    User.objects.filter(pk=invited.pk).update(first_name="Grace", last_name="Hopper")
    audit.record_line(
        "staff.invited", actor=None, client=client, target=f"user:{invited.pk}", at=now
    )
    audit.record_line("platform.started", actor=None, client=None, target="platform", at=now)
    address = reverse("admin:accounts_auditentry_changelist")
    page = manager_of(client, Role.OWNER).get(address).content.decode()
    assert "Grace Hopper" in page
    assert "Invited a colleague" in page
    assert "platform" not in page
    operator = make_user()
    User.objects.filter(pk=operator.pk).update(is_superuser=True)
    assert "Platform: started" in signed_in(operator).get(address).content.decode()
    line = AuditEntry.objects.get(code="staff.invited")
    own = reverse("admin:accounts_auditentry_change", args=[line.pk])
    assert "System" in manager_of(client, Role.OWNER).get(own).content.decode()


def test_somebody_is_put_on_a_block_list_masked_and_taken_off_again(table: Table) -> None:
    client = make_client()
    browser = manager_of(client, Role.OWNER)
    browser.post(
        reverse("admin:access_blockentry_add"),
        {"client": client.pk, "kind": "email", "value": "ada@example.com", "note": "Sells."},
    )
    entry = BlockEntry.objects.get()
    assert table.published.block_list(str(client.pk)) == {entry.value_hash}
    page = browser.get(reverse("admin:access_blockentry_changelist")).content.decode()
    assert entry.hint in page
    assert "ada@example.com" not in page
    browser.post(reverse("admin:access_blockentry_change", args=[entry.pk]))
    assert not BlockEntry.objects.exists()
    assert table.published.block_list(str(client.pk)) == set()


def test_a_key_that_belongs_to_no_client_is_not_said_to_work() -> None:
    client = make_client()
    key = PartnerKey.objects.create(
        client=client, name="Kiosks", key_id="k", usage_plan_id="p", created_at=timezone.now()
    )
    browser = manager_of(client, Role.OWNER)
    shown = browser.get(reverse("admin:access_partnerkey_changelist")).content.decode()
    assert "Opens nothing" in shown
    one = reverse("admin:access_partnerkey_change", args=[key.pk])
    assert "Revoke it and make another" in browser.get(one).content.decode()
    PartnerKey.objects.update(key_hash="0" * 64)
    shown = browser.get(reverse("admin:access_partnerkey_changelist")).content.decode()
    assert "Opens nothing" not in shown
    assert "Works" in shown


def test_what_is_no_address_is_refused_at_the_form(table: Table) -> None:
    client = make_client()
    page = manager_of(client, Role.OWNER).post(
        reverse("admin:access_blockentry_add"),
        {"client": client.pk, "kind": "email", "value": "ada"},
    )
    assert "like" in page.content.decode()
    assert not BlockEntry.objects.exists()
