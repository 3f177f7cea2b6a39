"""What one release's page shows, as plain values."""

import hashlib

from ingest_lambda.contract import Instant, Shape

Texts = dict[str, str]


class PageOption(Shape):
    """One thing to choose."""

    value: str
    label: Texts


class PageField(Shape):
    """A row of the form as the page shows it."""

    name: str
    kind: str
    meaning: str = ""
    purpose: str = ""
    """Of a consent: what it is given for."""
    party: str = ""
    """Of a consent: the partner it is given to; the client where empty."""
    routes: tuple[str, ...] = ()
    label: Texts
    help_text: Texts = {}
    options: tuple[PageOption, ...] = ()
    required: bool = True
    min_length: int | None = None
    max_length: int | None = None
    minimum: str = ""
    maximum: str = ""
    pattern: str = ""
    minimum_age: int | None = None
    countries: tuple[str, ...] = ()
    """Of a postal code or phone number; the campaign's where empty."""
    max_receipts: int = 1
    images_per_receipt: int = 3


class PagePrize(Shape):
    """A prize as page, mails and desk show it; its value is in minor units of the campaign's currency."""

    key: str
    name: Texts
    kind: str
    mechanic: str
    timing: str
    tier: str
    value: int | None = None
    stock: int
    won_text: Texts = {}
    """What a winner reads beside it."""
    picture_alt: Texts = {}


class PageNote(Shape):
    """An amendment that entrants ought to know of: when it came, and what it changed."""

    release: int
    at: Instant
    text: Texts


class PageContent(Shape):
    """All that one release's page shows; its hash is what a visitor agreed to.

    A preview of a draft may lack what the publish check would ask for: dates,
    texts, a promoter. Such parts are left out of the page.
    """

    slug: str
    release: int
    name: str
    languages: tuple[str, ...]
    countries: tuple[str, ...]
    route: str
    routes: tuple[str, ...] = ()
    until: Texts = {}
    opens_at: Instant | None = None
    closes_at: Instant | None = None
    timezone: str
    headline: Texts = {}
    supporting: Texts = {}
    prizes: Texts = {}
    rules: Texts = {}
    limits: dict[str, list[str]] = {}
    client_name: str
    legal_name: str = ""
    address: str = ""
    help_email: str = ""
    help_phone: str = ""
    privacy_url: str = ""
    privacy_urls: Texts = {}
    """By language, where one has an address of its own."""
    brand_colour: str
    accent_colour: str
    surface_colour: str
    text_colour: str
    radius: int
    type_pair: str = "system"
    hero_alt: Texts = {}
    logo_alt: Texts = {}
    decide_within_days: int | None = None
    resubmit_within_hours: int = 168
    challenge_provider: str = ""
    challenge_site_key: str = ""
    notes: tuple[PageNote, ...] = ()
    """Newest first. The rules of every release that was ever live stand at ``rules/{n}/``."""
    prize_rows: tuple[PagePrize, ...] = ()
    """In the order of the tab; what is given, and when, the manifest says."""
    prize_rules: Texts = {}
    """The rules' paragraph about prizes, made from their settings; it stands behind the rules."""
    currency: str = "GBP"
    reveal: str = "plain"
    """How the result is shown: plain, scratch or wheel."""
    fields: tuple[PageField, ...] = ()

    def text(self, texts: Texts, language: str) -> str:
        """Return a text in ``language``, else in the first language."""
        return texts.get(language) or texts.get(self.languages[0]) or ""

    def privacy_of(self, language: str) -> str:
        """Return the address of the privacy notice that a reader of ``language`` can read."""
        return self.privacy_urls.get(language) or self.privacy_url

    def rules_of(self, language: str) -> str:
        """Return the official rules in a language, with what they say of prizes."""
        parts = (self.text(self.rules, language), self.text(self.prize_rules, language))
        return "\n\n".join(part for part in parts if part)

    def sha256(self) -> str:
        """Return the hash that a manifest names."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()
