"""The manifest: a published campaign in the form that the functions validate submissions by."""

import re
from typing import Annotated, Literal

from pydantic import Field, model_validator

from ingest_lambda.contract.names import Country, Language, Name
from ingest_lambda.contract.patterns import MAX_PATTERN_CHARS
from ingest_lambda.contract.prizes import PrizePlan
from ingest_lambda.contract.shape import Instant, Shape
from ingest_lambda.contract.words import (
    NOTICES_AT_FIRST,
    FieldKind,
    LimitScope,
    Meaning,
    Mode,
    Notice,
    ReviewMode,
    Route,
    WindowKind,
)

MANIFEST_SCHEMA = 1
MAX_MANIFEST_BYTES = 200_000
"""A DynamoDB item ends at 400 KB; half of it leaves room for the item's other attributes."""

MOST_PHONES = 5
"""Phone fields of one form; each number is parsed for each country of the campaign."""

_SLUG, _LONGEST_SLUG = "[a-z0-9]+(-[a-z0-9]+)*", 60
Slug = Annotated[str, Field(pattern=f"^{_SLUG}$", max_length=_LONGEST_SLUG)]


MOST_RELEASES = 1_000_000
"""Far above any campaign's; without a bound a count could make a key that the table refuses."""


def is_slug(text: str) -> bool:
    """Tell whether a text can be a campaign's slug."""
    return len(text) <= _LONGEST_SLUG and re.fullmatch(_SLUG, text) is not None


class FieldSpec(Shape):
    """How one form field is validated; its texts are in the page bundle.

    Bounds that a type does not use are absent. ``minimum`` and ``maximum`` are
    decimal texts for numbers and ISO days for dates.
    """

    name: Name
    kind: FieldKind
    meaning: Meaning | None = None
    routes: tuple[Route, ...] = (Route.PURCHASE, Route.FREE)
    required: bool = True
    min_length: int | None = Field(default=None, ge=0)
    max_length: int | None = Field(default=None, ge=1, le=5000)
    minimum: str | None = None
    maximum: str | None = None
    pattern: str | None = Field(default=None, max_length=MAX_PATTERN_CHARS)
    """Matches the whole answer; only explicit character sets, which browsers and functions read alike."""
    minimum_age: int | None = Field(default=None, ge=1, le=120)
    choices: tuple[str, ...] = ()
    countries: tuple[Country, ...] = ()
    """The countries of a postal code or phone number; if empty, those of the campaign."""
    max_receipts: int = Field(default=1, ge=1, le=10)
    images_per_receipt: int = Field(default=3, ge=1, le=6)


class ConsentSpec(Shape):
    """One purpose the entrant agrees to, as a version of its wording."""

    name: Name
    required: bool
    version: int = Field(ge=1)
    wording_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    routes: tuple[Route, ...] = (Route.PURCHASE, Route.FREE)


class Window(Shape):
    """The time over which a limit counts; ``hours`` belongs to ``rolling`` alone."""

    kind: WindowKind
    hours: int | None = Field(default=None, ge=1, le=24 * 92)

    @model_validator(mode="after")
    def _hours_belong_to_rolling(self) -> "Window":
        if (self.kind is WindowKind.ROLLING) is (self.hours is None):
            raise ValueError("hours are given for a rolling window and for no other")
        return self


class LimitSpec(Shape):
    """At most ``count`` submissions (by store, receipts) of one ``scope`` in one ``window``."""

    name: Name
    scope: LimitScope
    count: int = Field(ge=1, le=1000)
    window: Window
    gives_back_when_rejected: bool = True


class ChallengeSpec(Shape):
    """A challenge against bots that a campaign sets at the start; its secret is in the functions' environment."""

    provider: Literal["turnstile"] = "turnstile"
    site_key: str = Field(min_length=1, max_length=100)
    on_trouble: Literal["review", "refuse"] = "review"
    """What happens to a visitor who fails it, or when the verifier does not answer."""


class Manifest(Shape):
    """One release of one campaign: all that the start, writer, images and status functions decide by.

    Texts that only a browser shows are in the page bundle, named here by
    ``page_sha256``, so that a submission's release proves what was shown.
    """

    schema_version: int = MANIFEST_SCHEMA
    campaign_id: str
    """Never changes, also when the campaign is renamed; keys of limits and guards contain it."""
    client_id: str
    slug: Slug
    release: int = Field(ge=1)
    mode: Mode = Mode.LIVE
    timezone: str
    languages: tuple[Language, ...] = Field(min_length=1)
    countries: tuple[Country, ...] = Field(min_length=1)
    excluded_regions: tuple[str, ...] = ()
    opens_at: Instant
    closes_at: Instant
    """Exclusive: the first instant that no longer counts."""
    routes: tuple[Route, ...] = (Route.PURCHASE,)
    fields: tuple[FieldSpec, ...] = Field(min_length=1, max_length=60)
    consents: tuple[ConsentSpec, ...] = ()
    limits: tuple[LimitSpec, ...] = Field(default=(), max_length=10)
    prize_plan: PrizePlan | None = None
    review: ReviewMode = ReviewMode.EVERY
    decide_within_days: int = Field(default=3, ge=1, le=60)
    """Working days, Monday to Friday in the campaign's zone."""
    resubmit_within_hours: int = Field(default=168, ge=72, le=336)
    notices: tuple[Notice, ...] = NOTICES_AT_FIRST
    minimum_fill_seconds: int = Field(default=0, ge=0, le=60)
    challenge: ChallengeSpec | None = None
    max_image_bytes: int = Field(default=15_000_000, ge=100_000, le=15_000_000)
    reason_texts: dict[Language, dict[str, str]] = {}
    """The campaign's own sentences by language and reason code; the catalogue has the others."""
    page_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")

    @model_validator(mode="after")
    def _names_are_unique_and_times_in_order(self) -> "Manifest":
        names = [f.name for f in self.fields] + [c.name for c in self.consents]
        if len(names) != len(set(names)):
            raise ValueError("two fields or consents have the same name")
        if self.closes_at <= self.opens_at:
            raise ValueError("a campaign closes after it opens")
        limits = [limit.name for limit in self.limits]
        if self.prize_plan:
            limits += [limit.name for limit in self.prize_plan.limits]
        if len(limits) != len(set(limits)):
            raise ValueError("two limits have the same name")
        if sum(field.kind is FieldKind.PHONE for field in self.fields) > MOST_PHONES:
            raise ValueError("too many phone numbers")
        return self

    def field(self, name: str) -> FieldSpec | None:
        """Find a field by its name."""
        return next((f for f in self.fields if f.name == name), None)

    def field_with(self, meaning: Meaning) -> FieldSpec | None:
        """Find the field with this ``meaning``; a form has at most one."""
        return next((f for f in self.fields if f.meaning is meaning), None)


class Current(Shape):
    """Which release of a campaign is in force, and whether the campaign takes submissions.

    Read with every start and cached at most 30 seconds by the functions, which
    is what makes a pause work everywhere within that time.
    """

    slug: Slug
    release: int = Field(ge=1)
    opens_at: Instant
    closes_at: Instant
    paused: bool = False
    archived: bool = False
    awards_from: Instant | None = None
    """What entered before it takes no unit when it is written: it is held, and offered the prizes in order
    of entry. Set on resume, 60 seconds ahead, so that a function that still knows of the pause agrees."""
    revision: int = Field(default=0, ge=0)
    """Rises with every change that staff make to the campaign; a lower one never replaces a higher."""


class PageState(Shape):
    """``state.json`` beside each page: what may change while a page is open."""

    state: str = Field(pattern=r"^(scheduled|live|paused|closed|archived)$")
    opens_at: Instant
    closes_at: Instant
    release: int
