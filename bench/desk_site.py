"""The process of ``bench.desk``: fill a database, ask for pages, print the milliseconds as JSON.

``python -m bench.desk_site COUNT TIMES``, the database named by ``DATABASE_URL``.
"""

# ruff: noqa: E402 - Django has to be set up before its models can be imported

import json
import random
import re
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import django

django.setup()

from django.conf import settings
from django.contrib import admin
from django.core.management import call_command
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client as Browser
from django.test import override_settings
from django.urls import path, reverse

from campaignhub.startup import keep_what_is_loaded
from campaignhub.urls import urlpatterns as _ours
from campaigns.accounts.models import Client, Membership, User
from campaigns.accounts.rules.roles import Role
from campaigns.accounts.tenancy import unscoped
from campaigns.setup.models import Campaign, FormField
from ingest_lambda.contract import reference_of
from submissions.mirror.models import Submission, SubmissionAnswers, SubmissionEvent
from submissions.mirror.rules.names import fold
from tests.campaigns.factories import make_release

BATCH = 2_000
SHARES = {
    "pending_review": 0.25,
    "approved": 0.60,
    "rejected": 0.09,
    "needs_resubmission": 0.03,
    "invalid": 0.03,
}
DECIDED = ("approved", "rejected", "needs_resubmission")
PATIENCE_SECONDS = 60
"""A page that takes this long in all is asked for no more often: stock pages may take seconds."""

stock = admin.AdminSite(name="stock")


@admin.register(Submission, site=stock)
class StockAdmin(admin.ModelAdmin):
    """What one gets from naming columns, filters and search fields, as people do first."""

    list_display = ("reference", "status", "campaign", "entered_at", "decide_by")
    list_filter = ("status", "campaign")
    search_fields = ("reference", "personal__email", "personal__family_name")
    raw_id_fields = ("campaign",)


urlpatterns = [*_ours, path("stock/", stock.urls)]


class Crowd:
    """Makes submissions: each person about three, two weeks of them, the newest now."""

    def __init__(self, count: int, campaigns: list[Campaign]) -> None:
        self._rng = random.Random(20_26)
        self._count = count
        self._campaigns = campaigns
        self._now = datetime.now(UTC)

    def fill(self) -> None:
        """Write all of them."""
        for begin in range(0, self._count, BATCH):
            numbers = range(begin, min(begin + BATCH, self._count))
            rows = [self._submission(number) for number in numbers]
            with transaction.atomic():
                Submission.objects.bulk_create(rows)
                SubmissionAnswers.objects.bulk_create(
                    self._answers(number, row) for number, row in zip(numbers, rows, strict=True)
                )
                SubmissionEvent.objects.bulk_create(
                    SubmissionEvent(
                        submission_id=row.pk,
                        kind="received",
                        dedupe="received:1",
                        at=row.entered_at,
                    )
                    for row in rows
                )

    def _submission(self, number: int) -> Submission:
        rng = self._rng
        submission_id = UUID(int=rng.getrandbits(128), version=4)
        status = rng.choices(list(SHARES), list(SHARES.values()))[0]
        at = self._now - timedelta(seconds=(self._count - number) * 1_209_600 / self._count)
        decided = status in DECIDED
        return Submission(
            id=submission_id,
            campaign=rng.choice(self._campaigns),
            reference=reference_of(submission_id),
            status=status,
            release=1,
            attempt=1,
            route="purchase",
            channel="web",
            locale="en",
            ingest_status="invalid" if status == "invalid" else "pending_review",
            uploads=[
                {
                    "field": "receipt",
                    "receipt": 1,
                    "part": 1,
                    "key": f"incoming/bench/{submission_id}/1/1-1-n",
                    "size": 98_000,
                    "content_type": "image/jpeg",
                }
            ],
            consents={"accept_rules": True},
            person_hash=f"{number // 3:064x}",
            started_at=at - timedelta(minutes=2),
            entered_at=at,
            decide_by=at + timedelta(days=3),
            version=1,
            mirrored_at=at,
            decision_no=1 if decided else 0,
            decision_status=status if decided else "",
            decided_attempt=1 if decided else 0,
            decided_at=at + timedelta(hours=1) if decided else None,
            resubmit_until=at + timedelta(days=7) if status == "needs_resubmission" else None,
        )

    def _answers(self, number: int, row: Submission) -> SubmissionAnswers:
        given, family = f"Ada{number % 997}", f"Lovelace{number % 49_999}"
        email = f"ada{number // 3}@example.com"
        return SubmissionAnswers(
            submission=row,
            answers={"given_name": given, "family_name": family, "email": email},
            email=email,
            given_name=given,
            family_name=family,
            given_name_key=fold(given)[:60],
            family_name_key=fold(family)[:60],
        )


def make_staff() -> tuple[User, list[Campaign]]:
    """Make somebody who reviews for four clients, with a campaign each."""
    user = User.objects.create_user("lead", is_staff=True, is_superuser=False)
    campaigns = []
    for number in range(4):
        client = Client.objects.create(name=f"Client {number}")
        Membership.objects.create(user=user, client=client, role=Role.CAMPAIGN_MANAGER.value)
        campaign = Campaign.objects.create(
            client=client, name=f"Campaign {number}", slug=f"c-{number}"
        )
        for meaning in ("given_name", "family_name", "email"):
            FormField.objects.create(campaign=campaign, name=meaning, kind="text", meaning=meaning)
        make_release(campaign)
        campaigns.append(campaign)
    return user, campaigns


def _timed(ask: Callable[[int], HttpResponseBase], times: int) -> list[float]:
    """Ask once unnoticed, for what is compiled and connected first; then ``times`` times."""
    found: list[float] = []
    begun = time.perf_counter()
    for number in range(-1, times):
        start = time.perf_counter()
        answer = ask(number)
        taken = (time.perf_counter() - start) * 1000
        if answer.status_code not in (200, 302):
            raise SystemExit(f"A page answered {answer.status_code}.")
        if number >= 0 or taken > 2_000:
            found.append(taken)
        if time.perf_counter() - begun > PATIENCE_SECONDS:
            break
    return found


def _ours_and_stock(user: User, count: int, times: int) -> dict[str, dict[str, list[float]]]:
    browser = Browser(SERVER_NAME="127.0.0.1")
    browser.force_login(user)
    # Stock ModelAdmin knows no clients: only a superuser may see its pages.
    stock_browser = Browser(SERVER_NAME="127.0.0.1")
    stock_browser.force_login(User.objects.create_superuser("stock"))
    ids = list(
        Submission.objects.filter(status="pending_review").values_list("pk", flat=True)[:500]
    )
    waiting = random.Random(7).sample(ids, min(len(ids), times + 1))
    references = [reference_of(pk) for pk in waiting]
    listing = reverse("admin:submissions_submission_changelist")
    beside = reverse("stock:submissions_submission_changelist", urlconf=__name__)

    def email(number: int) -> str:
        return f"ada{(number * 7_919) % max(1, count // 3)}@example.com"

    def desk(number: int) -> HttpResponseBase:
        address = reverse("admin:submissions_submission_change", args=[waiting[number]])
        return browser.get(address)

    older = _older(browser, listing, steps=5)
    ours: dict[str, Callable[[int], HttpResponseBase]] = {
        "list, newest first": lambda _: browser.get(listing),
        "list, one status": lambda _: browser.get(listing, {"status": "pending_review"}),
        "list, further back": lambda _: browser.get(f"{listing}{older}"),
        "search by reference": lambda n: browser.get(listing, {"q": references[n]}),
        "search by e-mail": lambda n: browser.post(listing, {"q": email(n)}),
        "search by last name": lambda n: browser.post(listing, {"q": f"lovelace{n + 1}"}),
        "desk, one entry": desk,
        "desk, what is next": lambda _: browser.get(reverse("admin:submissions_review_next")),
    }
    theirs: dict[str, Callable[[int], HttpResponseBase]] = {
        "list, newest first": lambda _: stock_browser.get(beside),
        "list, one status": lambda _: stock_browser.get(
            beside, {"status__exact": "pending_review"}
        ),
        "list, further back": lambda _: stock_browser.get(beside, {"p": "5"}),
        "search by e-mail": lambda n: stock_browser.get(beside, {"q": email(n)}),
        "one entry": lambda n: stock_browser.get(
            reverse("stock:submissions_submission_change", args=[waiting[n]], urlconf=__name__)
        ),
    }
    found = {"ours": {name: _timed(ask, times) for name, ask in ours.items()}}
    # Django's own templates first: ours and unfold's dress every admin site, also this one.
    plain = {**settings.TEMPLATES[0], "DIRS": [Path(admin.__file__).parent / "templates"]}
    with override_settings(TEMPLATES=[plain]):
        found["stock"] = {name: _timed(ask, max(5, times // 4)) for name, ask in theirs.items()}
    return found


def _older(browser: Browser, listing: str, *, steps: int) -> str:
    """Follow the list's own link to older entries; return the address it has after some pages."""
    query = ""
    for _ in range(steps):
        page: Any = browser.get(f"{listing}{query}")
        link = re.search(r'href="(\?[^"]*before=[^"]*)"', page.content.decode())
        if link is None:
            break
        query = link[1].replace("&amp;", "&")
    return query


def main(count: int, times: int) -> None:
    """Fill, ask, print."""
    settings.ROOT_URLCONF = __name__
    call_command("migrate", verbosity=0, interactive=False)
    user, campaigns = make_staff()
    Crowd(count, campaigns).fill()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # autovacuum would within a minute
    keep_what_is_loaded()  # as the web process does; it has filled no database either
    print(json.dumps(_ours_and_stock(user, count, times)))


if __name__ == "__main__":
    with unscoped("a benchmark fills the database of all clients"):
        main(*map(int, sys.argv[1:]))
