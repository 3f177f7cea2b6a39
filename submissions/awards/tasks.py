"""What runs by the clock: awards that wait for their photos, and entries that were held."""

from django.utils import timezone

from campaignhub.clock.rounds import clock_round, periodic_task
from campaignhub.clock.turns import Turn
from campaigns.accounts.tenancy import unscoped
from submissions.awards.services import low_stock, open_awards


@clock_round(every=2, budget=20)
@unscoped("the clock confirms every client's awards")
def confirm_proven_awards(turn: Turn) -> None:
    """Confirm awards whose photos have proved what was announced."""
    open_awards.confirm_proven(turn=turn)


@clock_round(every=5, budget=20)
@unscoped("the clock offers every client's held entries their prizes")
def offer_after_pause(turn: Turn) -> None:
    """Offer the prizes to what entered during a pause."""
    open_awards.offer_held(turn=turn)


@periodic_task(every=600, queue="mail", expires=600)
@unscoped("the clock mails the people of every client")
def notify_low_stock() -> None:
    """Mail those who can raise the stock of a prize that runs low."""
    low_stock.note_low_stock(at=timezone.now())
    low_stock.mail_low_stock(at=timezone.now())
