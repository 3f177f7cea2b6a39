"""Prizes as a release names them: what the writer gives, when, and at most how often to one person."""

from typing import Annotated

from pydantic import Field, model_validator

from ingest_lambda.contract.names import Language, Name
from ingest_lambda.contract.shape import Shape
from ingest_lambda.contract.words import AwardTiming, LimitScope, Mechanic, WindowKind

MOST_PRIZES = 12
"""Prizes of one campaign that the writer gives; each is up to four parts of a submission's transaction."""
MOST_AWARD_LIMITS = 6

LocalDay = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
"""A calendar day in the campaign's zone, which partitions the winning moments."""
MomentSet = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
"""The name of a drawn set of winning moments; new with every drawing."""


class PrizeSpec(Shape):
    """One prize. Its stock is not here: units lie in the stock table, and more may be added to a release in force.

    Of the two mechanics by chance and by stock, ``moment`` gives a unit whose
    instant has come, ``everyone`` gives one to each submission until the stock ends.
    """

    name: Name
    names: dict[Language, str] = Field(min_length=1)
    """What entrants read, by language; every language of the campaign has one."""
    mechanic: Mechanic
    timing: AwardTiming = AwardTiming.AT_ONCE
    fallback: bool = False
    """Whether who comes after the stock has ended gets one shared code, which lies in the stock table."""


class AwardLimitSpec(Shape):
    """At most ``count`` awards out of ``prizes`` to one ``scope`` in one window.

    Over it the submission counts and gets no such prize. An award that is released
    gives its use back.
    """

    name: Name
    """Unique among the limits of submissions too: both count in items of the same kind."""
    scope: LimitScope
    count: int = Field(default=1, ge=1, le=1000)
    window: WindowKind = WindowKind.CAMPAIGN
    prizes: tuple[Name, ...] = Field(min_length=1, max_length=MOST_PRIZES)

    @model_validator(mode="after")
    def _scope_and_window_are_counted_by_one_item(self) -> "AwardLimitSpec":
        if self.scope not in (LimitScope.PERSON, LimitScope.PHONE, LimitScope.HOUSEHOLD):
            raise ValueError("awards are limited by person, phone or household")
        if self.window is WindowKind.ROLLING:
            raise ValueError("awards are limited by campaign, day or week")
        return self


class PrizePlan(Shape):
    """All prizes of a release, in the order in which they are offered: the dearest first.

    Absent from a manifest without prizes. ``moment_days`` are the local days that
    hold winning moments, and say nothing about when on such a day.
    """

    prizes: tuple[PrizeSpec, ...] = Field(min_length=1, max_length=MOST_PRIZES)
    limits: tuple[AwardLimitSpec, ...] = Field(default=(), max_length=MOST_AWARD_LIMITS)
    moment_set: MomentSet | None = None
    moment_days: tuple[LocalDay, ...] = Field(default=(), max_length=800)

    @model_validator(mode="after")
    def _names_agree(self) -> "PrizePlan":
        names = {prize.name for prize in self.prizes}
        if len(names) < len(self.prizes):
            raise ValueError("two prizes have the same name")
        if len({limit.name for limit in self.limits}) < len(self.limits):
            raise ValueError("two award limits have the same name")
        if any(not names.issuperset(limit.prizes) for limit in self.limits):
            raise ValueError("an award limit counts a prize that there is not")
        by_moment = any(prize.mechanic is Mechanic.MOMENT for prize in self.prizes)
        if by_moment is (self.moment_set is None):
            raise ValueError("a set of moments belongs to a prize by moments")
        if list(self.moment_days) != sorted(set(self.moment_days)):
            raise ValueError("the days of moments are in order, each once")
        return self

    def prize(self, name: str) -> PrizeSpec | None:
        """Find a prize by its name."""
        return next((prize for prize in self.prizes if prize.name == name), None)

    def limits_on(self, name: str) -> tuple[AwardLimitSpec, ...]:
        """Return the award limits that count a prize."""
        return tuple(limit for limit in self.limits if name in limit.prizes)
