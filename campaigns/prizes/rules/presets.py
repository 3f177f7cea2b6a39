"""Prizes that briefs ask for again and again; what they leave out stays as a new prize has it."""

from collections.abc import Mapping
from dataclasses import dataclass

Value = str | int


@dataclass(frozen=True)
class Preset:
    """The words that staff read, and the settings that a row gets."""

    words: str
    values: Mapping[str, Value]


PRESETS: tuple[Preset, ...] = (
    Preset(
        "Vouchers by the hour",
        {"kind": "code", "mechanic": "moment", "stock": 500, "from_hour": 8, "until_hour": 22},
    ),
    Preset(
        "A prize a day",
        {
            "kind": "thing",
            "mechanic": "moment",
            "stock": 28,
            "pace": "day",
            "from_hour": 8,
            "until_hour": 22,
        },
    ),
    Preset(
        "A main prize a week",
        {"kind": "thing", "mechanic": "moment", "stock": 4, "pace": "week", "tier": "major"},
    ),
    Preset(
        "A gift for the first",
        {"kind": "thing", "mechanic": "everyone", "stock": 200},
    ),
    Preset(
        "A code for every approved entry",
        {"kind": "code", "mechanic": "everyone", "timing": "after_approval", "stock": 10_000},
    ),
)
"""In the order in which they are offered. Draws have a place of their own."""
