"""Moments of a campaign that people have entered already: what an amendment leaves, withdraws and adds."""

from calendar import day_abbr
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import SystemRandom
from typing import Any

from campaignhub.errors import DomainError
from campaigns.accounts.models import User
from campaigns.prizes.models import Prize, SealedSet
from campaigns.prizes.rules.drawing import Pace
from campaigns.prizes.rules.facts import PrizeFacts
from campaigns.prizes.rules.plan import draw
from campaigns.prizes.rules.sealing import SealedMoment, numbered, read_list
from campaigns.prizes.services.withdrawing import StockTooLow, ask_withdrawal, too_low, units_taken
from campaigns.setup.models import Campaign

SETTLING = timedelta(minutes=2)
"""Moments nearer than this may be taken at this very moment, so no amendment moves or adds one there."""
_TIMES = ("from_hour", "until_hour", "weekdays")


class MomentsAreSealed(DomainError):
    """Winning moments were drawn by other hours or weekdays, and people have entered since."""


class Amendment:
    """The next set of moments: what was sealed stays but for what is withdrawn."""

    def __init__(
        self,
        campaign: Campaign,
        times: tuple[datetime, datetime],
        *,
        actor: User | None,
        at: datetime,
    ) -> None:
        self._campaign = campaign
        self._times = times
        self._signed: Any = {"actor": actor, "at": at}
        self._soon = at + SETTLING

    def moments(
        self, last: SealedSet | None, rows: Sequence[Prize], prizes: Sequence[PrizeFacts]
    ) -> list[SealedMoment]:
        """Return the moments of the next set: fewer of a lowered stock, and new ones of a raised one.

        Raises:
            MomentsAreSealed: hours or weekdays are others than those by which some were drawn.
            StockTooLow: less than is won, or no time is left for more.
        """
        sealed = list(read_list(last.moments)) if last else []
        for row in rows if last else ():
            _refuse_other_times(row, last.plan.get(row.key) if last else None)
        kept: list[SealedMoment] = []
        for row, prize in zip(rows, prizes, strict=True):
            there = [one for one in sealed if one.prize == prize.key]
            won = units_taken(row)
            # Won before they could be withdrawn: of the stock, and of no set any more.
            beside = len(won - {_named(one) for one in there})
            more = prize.stock - len(there) - beside
            if more < 0:
                there = self._fewer(row, there, won, -more)
            elif more:
                there += self._more(row, prize, there, won, more)
            kept += there
        return kept

    def _fewer(
        self, row: Prize, there: list[SealedMoment], won: set[str], fewer: int
    ) -> list[SealedMoment]:
        """Leave out what is not won yet, the latest first."""
        free = sorted(one for one in there if _named(one) not in won)
        if len(free) < fewer:
            raise too_low(row, len(won))
        gone = free[len(free) - fewer :]
        ask_withdrawal(row, fewer, planned=[_named(one) for one in gone], **self._signed)
        left = set(there) - set(gone)
        return [one for one in there if one in left]

    def _more(
        self,
        row: Prize,
        prize: PrizeFacts,
        there: list[SealedMoment],
        won: set[str],
        more: int,
    ) -> list[SealedMoment]:
        begins = max(self._soon, self._times[0])
        zone = self._campaign.timezone
        drawn = _more_times(prize, there, more, begins, self._times[1], zone=zone)
        if len(drawn) < more:
            raise StockTooLow(f"No time is left in which {more} more of {row} could be won.")
        named = {*(_named(one) for one in there), *won}
        for one in row.withdrawals.all():
            named.update(one.names, one.planned)
        first = max((int(name[1:]) for name in named), default=-1) + 1
        return numbered(prize.key, drawn, first=first)


def _refuse_other_times(row: Prize, sealed: dict[str, Any] | None) -> None:
    """Refuse hours and weekdays by which the sealed moments were not drawn: the rules would name them."""
    if sealed is None or all(sealed[name] == getattr(row, name) for name in _TIMES):
        return
    hours = f"from {sealed['from_hour']}:00 until {sealed['until_hour']}:00"
    days = ", ".join(day_abbr[day] for day in sorted(sealed["weekdays"]))
    raise MomentsAreSealed(
        f"The winning moments of {row} are drawn and sealed: {hours} on {days}. Set these again; "
        "after the opening they stay."
    )


def _named(moment: SealedMoment) -> str:
    """Return what the table calls the unit of a moment."""
    return f"u{moment.unit}"


def _more_times(
    prize: PrizeFacts,
    there: Sequence[SealedMoment],
    more: int,
    opens_at: datetime,
    closes_at: datetime,
    *,
    zone: str,
) -> list[datetime]:
    if prize.pace == Pace.LIST:
        known = {one.at for one in there}
        new = (one for one in prize.brought or () if one not in known)
        return sorted(one for one in new if opens_at <= one < closes_at)[:more]
    try:
        return draw(SystemRandom(), prize, more, opens_at, closes_at, zone=zone)
    except ValueError:
        return []
