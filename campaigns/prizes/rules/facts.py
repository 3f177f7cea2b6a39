"""A prize as plain values: what sentences, checks and forecasts read of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

Texts = Mapping[str, str]
"""From language to text."""
LONGEST_NAME = 40


@dataclass(frozen=True, kw_only=True)
class PrizeFacts:
    """One prize; ``row`` tells it from the others, whatever it is called."""

    row: str
    key: str
    name: Texts
    kind: str
    mechanic: str
    timing: str
    tier: str
    value: int | None
    stock: int
    pace: str
    from_hour: int
    until_hour: int
    weekdays: Sequence[int]
    unclaimed: str
    window_minutes: int | None
    when_empty: str = "close"
    has_fallback: bool = False
    """Whether it has the shared code that it may need."""
    has_picture: bool = False
    picture_alt: Texts
    won_text: Texts
    codes: int = 0
    """Codes that are here and complete."""
    codes_under_way: bool = False
    """Some are being read, made or loaded right now."""
    brought: Sequence[datetime] | None = None
    """The moments of a list of its own."""

    @property
    def shares_a_code(self) -> bool:
        """Whether a valid entry that comes after the stock has ended gets the shared code."""
        settings = (self.kind, self.mechanic, self.when_empty)
        return self.has_fallback and settings == ("code", "everyone", "fallback")

    @property
    def is_by_moment(self) -> bool:
        """Whether winning moments decide."""
        return self.mechanic == "moment"

    @property
    def words(self) -> str:
        """What staff know it by: its name in the first language that has one, in quotes."""
        said = next((text for text in self.name.values() if text.strip()), self.key)
        whole = " ".join(said.split())
        return f"“{whole if len(whole) <= LONGEST_NAME else f'{whole[:LONGEST_NAME].rstrip()}…'}”"
