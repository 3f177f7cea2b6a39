"""A campaign as plain values: what the check needs to know of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from campaigns.prizes.rules.facts import PrizeFacts

Texts = Mapping[str, str]
"""From language to text."""
LONGEST_NAME = 40
"""In characters, of a row in a sentence: a consent's label is a sentence itself."""


@dataclass(frozen=True, kw_only=True)
class LimitFacts:
    """A limit as the check reads it; ``row`` tells it from the others."""

    row: str
    scope: str
    count: int
    window: str
    hours: int | None = None


@dataclass(frozen=True, kw_only=True)
class FieldFacts:
    """A form row as the check reads it. ``options`` are pairs of value and label."""

    name: str
    kind: str
    meaning: str = ""
    purpose: str = "rules"
    routes: Sequence[str] = ("purchase",)
    required: bool = True
    label: Texts
    help_text: Texts
    options: Sequence[tuple[str, Texts]] = ()
    min_length: int | None = None
    max_length: int | None = None
    minimum: str = ""
    maximum: str = ""
    pattern: str = ""
    minimum_age: int | None = None
    max_receipts: int = 1
    images_per_receipt: int = 3

    @property
    def words(self) -> str:
        """What staff know it by: its label in the first language that has one, else its column."""
        said = next((text for text in self.label.values() if text.strip()), self.name)
        whole = " ".join(said.split())
        return f"“{whole if len(whole) <= LONGEST_NAME else f'{whole[:LONGEST_NAME].rstrip()}…'}”"


@dataclass(frozen=True, kw_only=True)
class CampaignFacts:
    """A campaign with its client, form and limits.

    ``opened_at`` is the opening of the release that is live, where entries are
    or were taken already, and ``promised_until`` its close. ``sender_ready`` tells whether mails may come from
    ``sender_email``: it is at a sender of this client that the mail service sends for.
    """

    slug: str
    opens_at: datetime | None
    closes_at: datetime | None
    opened_at: datetime | None = None
    promised_until: datetime | None = None
    timezone: str
    languages: Sequence[str]
    countries: Sequence[str]
    routes: Sequence[str]
    review: str
    headline: Texts
    supporting: Texts
    prizes: Texts
    rules: Texts
    reason_texts: Mapping[str, Texts]
    has_hero: bool
    hero_alt: Texts
    has_logo: bool
    logo_alt: Texts
    privacy_url: str
    legal_name: str
    address: str
    help_email: str
    sender_email: str
    sender_ready: bool
    challenge_provider: str
    challenge_site_key: str
    text_colour: str
    surface_colour: str
    brand_colour: str
    accent_colour: str
    fields: Sequence[FieldFacts]
    limits: Sequence[LimitFacts]
    currency: str = "GBP"
    prize_rows: Sequence[PrizeFacts] = ()
    award_limits: int = 0
    """How many limits on awards the campaign's cap comes to."""
    expected_submissions: int | None = None
