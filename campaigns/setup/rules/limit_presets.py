"""Limits that are asked for again and again (DOMAIN §4)."""

from dataclasses import dataclass

from ingest_lambda.contract import LimitScope, WindowKind


@dataclass(frozen=True)
class PresetLimit:
    """One limit of a preset."""

    scope: LimitScope
    count: int
    window: WindowKind


@dataclass(frozen=True)
class Preset:
    """A name, the words that staff read, and the limits it stands for."""

    name: str
    words: str
    limits: tuple[PresetLimit, ...]


_CAMPAIGN, _DAY = WindowKind.CAMPAIGN, WindowKind.DAY
_ONE_A_DAY = PresetLimit(LimitScope.PERSON, 1, _DAY)
_TEN_IN_ALL = PresetLimit(LimitScope.PERSON, 10, _CAMPAIGN)
_ONE_IN_ALL = {scope: PresetLimit(scope, 1, _CAMPAIGN) for scope in LimitScope}
_THREE_PER_STORE = PresetLimit(LimitScope.STORE, 3, _DAY)

PRESETS: tuple[Preset, ...] = (
    Preset("one_per_person", "1 per person", (_ONE_IN_ALL[LimitScope.PERSON],)),
    Preset("one_a_day", "1 a day", (_ONE_A_DAY,)),
    Preset("one_a_day_ten_in_all", "1 a day and 10 in all", (_ONE_A_DAY, _TEN_IN_ALL)),
    Preset("one_per_receipt", "1 per receipt", (_ONE_IN_ALL[LimitScope.RECEIPT],)),
    Preset("three_per_store_a_day", "3 receipts per store a day", (_THREE_PER_STORE,)),
    Preset("one_per_household", "1 per household", (_ONE_IN_ALL[LimitScope.HOUSEHOLD],)),
)
"""In the order in which they are offered. How many prizes a person may win is the prizes' to say."""


def preset_named(name: str) -> Preset | None:
    """Find a preset by its name."""
    return next((preset for preset in PRESETS if preset.name == name), None)
