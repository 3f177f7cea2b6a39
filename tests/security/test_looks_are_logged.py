"""Who looked at whom stands in the log of each client concerned: every page and search that shows a person unmasked."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaignhub.env import env
from campaigns.accounts.models import AuditEntry, Client, User
from campaigns.accounts.rules.roles import Role
from submissions.mail.models import Mail
from submissions.mirror.models import Submission
from tests.campaigns.factories import make_user
from tests.security.access import every_address
from tests.security.looking import LIST, LOG, MAILS, READS, lines, make_entries, who
from tests.security.two_clients import MARK, Side, make_operator, make_side, signed_in
from tests.submissions.factories import make_campaign
from tests.support.simulated_aws import simulated_aws

pytestmark = pytest.mark.django_db


# -------------------------------------------------------------------- lists


def test_opening_a_list_that_shows_people_leaves_one_line_a_client() -> None:
    first, second, empty = make_campaign(), make_campaign(), make_campaign()
    entries = make_entries(first, 3)
    make_entries(second, 2)
    browser = signed_in(who(first, second, empty))
    browser.get(LIST)
    (line,) = lines(first)
    assert (line.code, line.after["shown"]) == ("submission.listed", 3)
    assert set(line.after["entries"]) == {row.reference for row in entries}
    assert [one.after["shown"] for one in lines(second)] == [2]
    assert not lines(empty), "nobody of this client was shown"
    browser.get(LIST)
    assert len(lines(first)) == 2, "the second look is a look"


def test_a_line_costs_one_query_for_all_rows_and_clients() -> None:
    campaigns = [make_campaign() for _ in range(3)]
    for campaign in campaigns:
        make_entries(campaign, 15)
    browser = signed_in(who(*campaigns))
    for query in ({}, {"q": "ziel"}):
        with CaptureQueriesContext(connection) as queries:
            browser.get(LIST, query)
        written = [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE"))]
        assert len([sql for sql in written if "accounts_auditentry" in sql]) == 1


def test_a_moderator_sees_masks_and_leaves_no_line() -> None:
    campaign, managed = make_campaign(), make_campaign()
    (entry,) = make_entries(campaign)
    make_entries(managed)
    reviewer = signed_in(who(campaign, role=Role.MODERATOR))
    for query in ({}, {"q": entry.reference}, {"q": "ziel"}):
        reviewer.get(LIST, query)
    assert not lines(campaign)
    both = make_user((campaign.client, Role.MODERATOR), (managed.client, READS))
    signed_in(both).get(LIST)
    signed_in(both).get(LIST, {"q": entry.reference})
    assert not lines(campaign)
    listed, searched = lines(managed)
    assert (listed.after["shown"], searched.after["hits"]) == (1, 0)


def test_an_operator_s_looks_stand_under_each_client() -> None:
    campaigns = [make_campaign(), make_campaign()]
    make_entries(campaigns[0])
    operator = make_operator()
    signed_in(operator).post(LIST, {"q": "ziel"})
    hits = [lines(campaign, "submission.searched")[0].after["hits"] for campaign in campaigns]
    assert hits == [1, 0]


# -------------------------------------------------------------------- mails


@pytest.fixture
def side() -> Side:
    """A client with one of everything."""
    return make_side(MARK)


def codes(side: Side, user: User) -> list[str]:
    """Return the codes of what somebody did at a client, the oldest first."""
    rows = AuditEntry.objects.filter(client=side.client, actor=user).order_by("id")
    return list(rows.values_list("code", flat=True))


def test_the_list_of_mails_and_a_search_in_it_leave_lines(side: Side) -> None:
    other = make_side("Bystander")
    user = make_user((side.client, READS), (other.client, READS))
    browser = signed_in(user)
    browser.get(MAILS)
    browser.get(MAILS, {"q": side[Submission].reference})
    browser.get(MAILS, {"q": "Quillmark", "state": "failed"})
    assert codes(side, user) == ["mail.listed", "mail.searched", "mail.searched"]
    rows: Any = AuditEntry.objects.filter(actor=user).order_by("id")
    listed, found, missed = rows.filter(client=side.client)
    assert side[Submission].reference in listed.after["entries"]
    assert found.after["hits"] == Mail.objects.filter(submission=side[Submission]).count()
    assert found.after["entries"] == [side[Submission].reference]
    assert (missed.after["hits"], missed.after["only"]) == (0, ["Failed"])
    assert "quillmark" not in str(missed.after).lower()
    assert [row.after.get("hits") for row in rows.filter(client=other.client)][-2:] == [0, 0]


def test_a_mail_that_is_read_leaves_one_line_for_the_page_with_its_frame(
    side: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = side.staff[READS]
    browser = signed_in(user)
    page, frame = (
        reverse(f"admin:mail_mail_{name}", args=[side[Mail].pk]) for name in ("read", "html")
    )
    browser.get(page)
    browser.get(frame)
    assert codes(side, user) == ["mail.read"]
    monkeypatch.setattr("submissions.mail.admin.reading._A_READING", timedelta(0))
    browser.get(frame)
    assert codes(side, user) == ["mail.read"] * 2, "a minute later it is another look"


def test_the_frame_of_a_mail_by_itself_leaves_a_line(side: Side) -> None:
    """A way past the log: what the page frames was shown without one."""
    user = side.staff[READS]
    signed_in(user).get(reverse("admin:mail_mail_html", args=[side[Mail].pk]))
    assert codes(side, user) == ["mail.read"]
    colleague = side.staff[Role.OWNER]
    signed_in(colleague).get(reverse("admin:mail_mail_html", args=[side[Mail].pk]))
    assert codes(side, colleague)[-1:] == ["mail.read"], "another's reading hides no look"


# -------------------------------------------------------------------- all pages


ASKED: tuple[dict[str, str], ...] = ({}, {"q": "ada"}, {"test": "1"}, {"part": "1"})


@pytest.mark.parametrize("role", [Role.MODERATOR, READS, None])
def test_no_page_shows_a_person_unmasked_without_a_line(
    role: Role | None, side: Side, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Every address of the admin is opened: one that is added tomorrow has to leave a line too."""
    monkeypatch.setattr(env(), "site_root", tmp_path / "site")
    monkeypatch.setattr("submissions.mail.admin.reading._A_READING", timedelta(0))
    user = side.staff[role] if role else make_operator()
    browser = signed_in(user)
    whole = (f"ada@{MARK.lower()}.example", f"Ada {MARK}")
    shown_by = set()
    with simulated_aws(monkeypatch):
        for address in every_address():
            if not address.name.startswith("admin:") or address.name == "admin:logout":
                continue
            for query in ASKED if "submissions_" in address.name else ASKED[:1]:
                before = len(codes(side, user))
                text = browser.get(address.filled(side), query).content.decode(errors="replace")
                if any(word in text for word in whole):
                    shown_by.add(address.name)
                    assert len(codes(side, user)) == before + 1, (address.name, query)
    if role is Role.MODERATOR:
        assert not shown_by
    else:
        assert {
            "admin:submissions_submission_changelist",
            "admin:submissions_submission_change",
            "admin:mail_mail_changelist",
            "admin:mail_mail_read",
        } <= shown_by


# -------------------------------------------------------------------- who reads the log


def test_an_owner_reads_who_looked_and_another_client_s_owner_does_not() -> None:
    campaign, other = make_campaign(), make_campaign()
    (entry,) = make_entries(campaign)
    user = who(campaign, other)
    User.objects.filter(pk=user.pk).update(first_name="Mara", last_name="Looker")
    browser = signed_in(user)
    browser.get(LIST)
    browser.post(LIST, {"q": "ziel"})
    owners: list[Any] = [signed_in(who(c, role=Role.OWNER)) for c in (campaign, other)]
    here, there = (owner.get(LOG).content.decode() for owner in owners)
    assert "Opened the list of entries" in here
    assert "Mara Looker" in here
    assert "Opened the list of entries" not in there  # nobody of theirs was shown
    assert "Searched entries" in there  # theirs were searched, and none fitted
    for line in lines(campaign):
        page = reverse("admin:accounts_auditentry_change", args=[line.pk])
        assert entry.reference in owners[0].get(page).content.decode()
        assert owners[1].get(page).status_code == 404
    for role in (READS, Role.MODERATOR):
        assert signed_in(who(campaign, role=role)).get(LOG).status_code == 404


def test_a_client_that_nobody_works_for_any_more_keeps_its_lines() -> None:
    campaign = make_campaign()
    make_entries(campaign)
    user = who(campaign)
    browser: Browser = signed_in(user)
    browser.get(LIST)
    user.memberships.all().delete()
    assert browser.get(LIST).status_code == 404
    assert [line.code for line in lines(campaign)] == ["submission.listed"]
    assert Client.objects.get(pk=campaign.client_id).audit_entries.count() >= 1
