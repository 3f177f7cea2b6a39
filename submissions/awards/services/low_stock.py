"""Mails to those who can raise the stock of a prize that runs low: once at each threshold."""

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from campaignhub.env import env
from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Capability, roles_with
from campaigns.accounts.services.staff_mail import is_reachable, send_staff_mail, staff_mail
from campaigns.prizes.models import Prize
from campaigns.setup.models import Campaign
from campaigns.setup.rules.states import CampaignState
from submissions.awards.models import LowStockMail
from submissions.awards.rules.low_stock import Low, Told, told_of
from submissions.awards.services.stock import Stock, count_stock
from submissions.mirror.services.upsert import insert_missing

RUNNING = (CampaignState.LIVE, CampaignState.PAUSED)
_CAMPAIGNS_AT_ONCE = 50
_A_ROUND = 20
_GIVEN_UP_AFTER = timedelta(hours=1)


def note_low_stock(*, at: datetime) -> int:
    """Write down whom to mail about prizes that run low in campaigns that run; return how many.

    A prize whose stock was raised and runs low again is told of again.
    """
    campaigns = list(
        Campaign.objects.filter(state__in=RUNNING, prize_rows__isnull=False)
        .distinct()
        .order_by("pk")
    )
    noted = 0
    for begin in range(0, len(campaigns), _CAMPAIGNS_AT_ONCE):
        some = campaigns[begin : begin + _CAMPAIGNS_AT_ONCE]
        stock = count_stock(some, now=at)
        for campaign in some:
            for prize in stock.get(campaign.pk, ()):
                if prize.low is not None:
                    noted += _note(campaign, prize, prize.low, at)
    return noted


def mail_low_stock(*, at: datetime) -> int:
    """Send what was written down; return how many mails went.

    Each is claimed before it is sent: should we die in between, there is none, and the
    home page says the same.
    """
    sent = 0
    due = LowStockMail.objects.filter(is_done=False).select_related(
        "person", "prize__campaign__client"
    )
    for one in due.order_by("noted_at")[:_A_ROUND]:
        if LowStockMail.objects.filter(pk=one.pk, is_done=False).update(is_done=True, sent_at=at):
            sent += _send(one, at)
    return sent


def low_words(prize: str, *, left: int, of: int, is_soon: bool) -> str:
    """Say what is left of a prize that runs low."""
    words = f"{prize}: {left:,} of {of:,} left."
    if is_soon:
        words += " At the pace of the last days it runs out before the close."
    return words


def _note(campaign: Campaign, prize: Stock, low: Low, at: datetime) -> int:
    threshold = told_of(low)
    mails = LowStockMail.objects.filter(prize=prize.prize_id, threshold=threshold, stock=prize.of)
    with transaction.atomic():
        if mails.exists():
            return 0
        people = User.objects.filter(
            memberships__client=campaign.client_id,
            memberships__role__in=roles_with(Capability.CAMPAIGN_EDIT),
            is_active=True,
            is_staff=True,
        ).exclude(email="")
        rows = [
            LowStockMail(
                prize=Prize(pk=prize.prize_id, campaign=campaign),
                threshold=threshold.value,
                stock=prize.of,
                left=prize.left,
                person=person,
                noted_at=at,
            )
            for person in people.distinct()
        ]
        insert_missing(rows, unique=("prize", "threshold", "stock", "person"))
    return len(rows)


def _send(one: LowStockMail, at: datetime) -> bool:
    if not is_reachable(one.person):
        return False
    campaign = one.prize.campaign
    words = low_words(
        str(one.prize), left=one.left, of=one.stock, is_soon=one.threshold == Told.SOON
    )
    link = reverse("admin:campaigns_campaign_change", args=[campaign.pk])
    message = staff_mail(
        one.person,
        subject=f"Running low: {one.prize} ({campaign})",
        paragraphs=[
            f"{campaign}, {campaign.client}\n{words}",
            "Raise the stock if more are to be won. Codes have to be there first.",
            f"See it: {env().public_site_url}{link}#prizes",
        ],
    )
    if send_staff_mail(message, about=f"low stock {one.pk}"):
        return True
    if at - one.noted_at < _GIVEN_UP_AFTER:
        LowStockMail.objects.filter(pk=one.pk).update(is_done=False, sent_at=None)
    return False
