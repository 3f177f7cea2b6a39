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


def _per(scope: LimitScope, count: int, window: WindowKind) -> PresetLimit:
    return PresetLimit(scope, count, window)


PRESETS: tuple[Preset, ...] = (
    Preset(
        "one_per_person",
        "1 per person",
        (_per(LimitScope.PERSON, 1, WindowKind.CAMPAIGN),),
    ),
    Preset("one_a_day", "1 a day", (_per(LimitScope.PERSON, 1, WindowKind.DAY),)),
    Preset(
        "one_a_day_ten_in_all",
        "1 a day and 10 in all",
        (
            _per(LimitScope.PERSON, 1, WindowKind.DAY),
            _per(LimitScope.PERSON, 10, WindowKind.CAMPAIGN),
        ),
    ),
    Preset(
        "one_per_receipt",
        "1 per receipt",
        (_per(LimitScope.RECEIPT, 1, WindowKind.CAMPAIGN),),
    ),
    Preset(
        "three_per_store_a_day",
        "3 receipts per store a day",
        (_per(LimitScope.STORE, 3, WindowKind.DAY),),
    ),
    Preset(
        "one_per_household",
        "1 per household",
        (_per(LimitScope.HOUSEHOLD, 1, WindowKind.CAMPAIGN),),
    ),
)
"""In the order in which they are offered. How many prizes a person may win is the prizes' to say."""


def preset_named(name: str) -> Preset | None:
    """Find a preset by its name."""
    return next((preset for preset in PRESETS if preset.name == name), None)
