"""What somebody might try: another photo than announced, another's photo, another client's key, a fourth receipt."""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from bench.load import Request, send
from tests.support.crowd import Crowd
from tests.support.installation import Installation, wait_until
from tests.support.receipts import receipt_bytes
from tests.support.scenery import make_campaigns
from tests.support.visitor import Visitor

pytestmark = pytest.mark.flow

Facts = dict[str, Any]
SHOP = "Corner shop"
_BY_STORE = """
import json
from campaigns.setup.models import Campaign, FormField, Limit
from campaigns.workbench.services.clone import clone_campaign
from campaigns.publishing.services.checks import publish_cautions
from campaigns.publishing.services.publish import publish_campaign

campaign = Campaign.objects.filter(slug="three-per-store").first()
if campaign is None:
    source = Campaign.objects.get(slug="summer-receipts")
    campaign = clone_campaign(source, actor=None, at=timezone.now())
    campaign.slug, campaign.opens_at = "three-per-store", timezone.now() - timedelta(hours=1)
    campaign.closes_at = timezone.now() + timedelta(hours=500)
    campaign.save()
    campaign.limits.all().delete()
    Limit.objects.create(campaign=campaign, scope="store", count=3, window="campaign")
    FormField.objects.create(
        campaign=campaign, name="shop", kind="text", meaning="store", position=50,
        label={language: "Store" for language in campaign.languages}, routes=campaign.routes,
    )
    accepted = [caution.key for caution in publish_cautions(campaign, at=timezone.now())]
    publish_campaign(campaign, actor=None, at=timezone.now(), accepted=accepted)
print(json.dumps({"id": str(campaign.pk), "release": campaign.releases.count()}))
"""


@pytest.fixture(scope="module")
def unseen(embedded: Installation) -> Facts:
    """A campaign that takes receipts and lets them count with nobody looking."""
    plan = {"like": "summer-receipts", "limits": [], "values": {"review_mode": "none"}}
    return make_campaigns(embedded, {"counts-unseen": plan})["counts-unseen"]


@pytest.fixture(scope="module")
def by_store(embedded: Installation) -> Facts:
    """A campaign that takes three receipts of one person from one store."""
    made = json.loads(embedded.python(_BY_STORE).splitlines()[-1])
    like = embedded.campaign("summer-receipts")
    answers = {**like["answers"], "shop": SHOP}
    return {**like, **made, "slug": "three-per-store", "answers": answers}


def entered(installation: Installation, facts: Facts, photo: bytes, **announced: str) -> Visitor:
    """Let somebody enter with a photo, and wait until the site knows both."""
    visitor = Visitor(installation, facts["slug"], campaign=facts)
    visitor.send_photo(photo, **announced)
    assert visitor.submit().status_code == 202
    visitor.row("id")
    visitor.images(1)
    return visitor


def test_another_photo_than_was_announced_is_looked_at_though_nobody_reviews(
    embedded: Installation, unseen: Facts
) -> None:
    photo = receipt_bytes(uuid4().int % 10**7)
    honest = entered(embedded, unseen, photo)
    swapped = entered(
        embedded, unseen, receipt_bytes(uuid4().int % 10**7), sha256=uuid4().hex + uuid4().hex
    )

    shown = swapped.status("pending_review")
    assert shown["reasons"] == []
    assert shown["decide_by"]
    assert swapped.row("status, decision_no") == ("pending_review", 1)
    assert honest.status("approved")["status"] == "approved"
    assert honest.row("status, decision_no") == ("approved", 0)


def test_of_two_with_one_photo_the_first_still_counts(
    embedded: Installation, unseen: Facts
) -> None:
    photo = receipt_bytes(uuid4().int % 10**7)
    first = entered(embedded, unseen, photo)
    second = entered(embedded, unseen, photo)

    assert second.status("pending_review")["reasons"] == []
    assert first.row("status, decision_no") == ("approved", 0)
    assert first.status("approved")["status"] == "approved"


def test_a_photo_of_a_form_that_was_never_sent_hides_nobody(
    embedded: Installation, unseen: Facts
) -> None:
    photo = receipt_bytes(uuid4().int % 10**7)
    begun = Visitor(embedded, unseen["slug"], campaign=unseen)
    begun.send_photo(photo)
    begun.images(1)
    first = entered(embedded, unseen, photo)
    assert first.status("approved")["status"] == "approved"

    second = entered(embedded, unseen, photo)
    second.status("pending_review")
    assert first.row("status, decision_no") == ("approved", 0)


def a_key(installation: Installation, client: str) -> tuple[str, str]:
    """Make a partner's key for a client, as staff do; return the key and its name."""
    name = f"Kiosk {uuid4()}"
    said = installation.python(
        "from campaigns.accounts.models import Client\n"
        "from campaigns.access.services.partners import make_partner_key\n"
        f"client, _ = {client}\n"
        f"made = make_partner_key(client, name={name!r}, actor=None, at=timezone.now())\n"
        "print(made.value)\n"
    )
    return said.splitlines()[-1].strip(), name


def test_a_partners_key_opens_its_own_clients_campaigns_until_it_is_revoked(
    embedded: Installation,
) -> None:
    ours, name = a_key(embedded, "Client.objects.get(campaigns__slug='quick-draw'), None")
    theirs, _ = a_key(embedded, "Client.objects.get_or_create(name='Another agency')")
    visitor = Visitor(embedded, "quick-draw")
    inside = visitor.address.replace("/v1/campaigns/", "/v1/partner/campaigns/")
    wanted = {"release": visitor.campaign["release"], "route": "free", "locale": "en"}

    def start(key: str) -> httpx.Response:
        return visitor.post_to(f"{inside}/start", wanted, x_api_key=key)

    refused = start(theirs)
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown_campaign")
    answer = start(ours)
    assert answer.status_code == 200, answer.text

    visitor.id, visitor.token = UUID(answer.json()["submission_id"]), answer.json()["token"]
    assert visitor.submit().status_code == 202
    visitor.status("approved")
    assert visitor.row("channel, partner") == ("partner", name)

    embedded.python(
        "from campaigns.access.models import PartnerKey\n"
        "from campaigns.access.services.partners import revoke_partner_key\n"
        f"key = PartnerKey.objects.get(name={name!r})\n"
        "revoke_partner_key(key, actor=None, at=timezone.now())\n"
    )
    gone = start(ours)
    assert (gone.status_code, gone.json()["code"]) == (403, "invalid_key")


@dataclass
class Shopper(Crowd):
    """One person with one receipt after the other, all from one store."""

    def submission(self, number: int) -> Request:
        """Return the n-th submission; each is the same person's."""
        request = super().submission(number)
        body = json.loads(request.body)
        body["answers"]["email"] = f"ada.{self.mark}@example.com"
        return Request(request.url, json.dumps(body).encode())


def test_of_thirty_receipts_at_once_from_one_store_three_count(
    embedded: Installation, by_store: Facts
) -> None:
    shopper = Shopper(embedded, by_store)
    assert send(shopper.submission, count=30, connections=30).statuses == {202: 30}

    keys = [shopper.id_of(number).hex for number in range(30)]
    marks = ",".join("?" * len(keys))
    query = f"SELECT status, reasons FROM submissions_submission WHERE id IN ({marks})"

    def look() -> list[tuple[str, str]] | None:
        found = embedded.rows(query, keys)
        return found if len(found) == len(keys) else None

    found = wait_until(look, what="thirty entries in Django", seconds=90)
    assert found is not None
    assert Counter(status for status, _ in found) == {"pending_review": 3, "invalid": 27}
    told = {json.loads(reasons)[0]["limit"] for status, reasons in found if status == "invalid"}
    assert told == {"store_campaign"}
