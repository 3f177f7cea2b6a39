"""Dates, zone, address, promoter and sender."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from campaigns.publishing.rules.publish_checks.facts import CampaignFacts
from campaigns.publishing.rules.publish_checks.finding import Finding
from campaigns.setup.rules.slugs import slug_problem
from campaigns.setup.rules.zones import ZONES

SHORTEST = timedelta(days=1)
LONGEST = timedelta(days=366)
FRESH = timedelta(hours=1)
"""An opening that lies back no longer than this was meant as "now"."""


def problems(facts: CampaignFacts, at: datetime) -> Iterator[Finding]:
    """Say what is missing or wrong."""
    yield from _dates(facts, at)
    if facts.timezone not in ZONES:
        yield _basic("timezone_unknown", "timezone", "Choose the time zone of the campaign.")
    if sentence := slug_problem(facts.slug):
        yield _basic("slug_not_allowed", "slug", sentence)
    for code, field, values, what in (
        ("languages_missing", "languages", facts.languages, "language of the page"),
        ("countries_missing", "countries", facts.countries, "country whose residents may enter"),
        ("routes_missing", "routes", facts.routes, "way to enter"),
    ):
        if not values:
            yield _basic(code, field, f"Choose at least one {what}.")
    for code, field, value, what in (
        ("legal_name_missing", "client.legal_name", facts.legal_name, "legal name"),
        ("address_missing", "client.address", facts.address, "address"),
        ("help_contact_missing", "client.help_email", facts.help_email, "help contact"),
    ):
        if not value.strip():
            yield _basic(
                code, field, f"The client's {what} is missing. Rules and page must name it."
            )
    if not facts.sender_ready:
        message = f"E-mails can't come from {facts.sender_email}: it isn't a verified sender of this client."
        yield Finding("sender_not_verified", "Mails", "client.sender_email", message)
    if facts.challenge_provider and not facts.challenge_site_key:
        yield _basic(
            "challenge_key_missing",
            "challenge_site_key",
            "The challenge needs its site key. Fill it in or turn the challenge off.",
        )


def _dates(facts: CampaignFacts, at: datetime) -> Iterator[Finding]:
    opens_at, closes_at = facts.opens_at, facts.closes_at
    if opens_at is None:
        yield _basic("opening_missing", "opens_at", "Say when the campaign opens.")
    if closes_at is None:
        yield _basic("end_missing", "closes_at", "Say when the campaign closes.")
    elif opens_at is not None and closes_at <= opens_at:
        yield _basic(
            "closes_before_it_opens", "closes_at", "The campaign closes before it opens. Swap them."
        )
    elif closes_at <= at:
        yield _basic("end_has_passed", "closes_at", "The campaign's end has passed already.")
    if facts.opened_at is not None and opens_at is not None and opens_at > at:
        yield _basic(
            "opened_already",
            "opens_at",
            "The campaign is open already; its opening can't move into the future. Pause it instead.",
        )


def cautions(facts: CampaignFacts, at: datetime) -> Iterator[Finding]:
    """Say what is unusual about dates and links."""
    opens_at, closes_at = facts.opens_at, facts.closes_at
    if opens_at is not None:
        if facts.opened_at is None and opens_at < at - FRESH:
            yield _basic(
                "opens_in_the_past",
                "opens_at",
                "The opening lies in the past: the campaign opens as soon as it is published.",
            )
        if opens_at.second or opens_at.microsecond:
            yield _basic(
                "opening_within_a_minute", "opens_at", "The opening isn't at a full minute."
            )
    if closes_at is not None and (closes_at.second or closes_at.microsecond):
        yield _basic("end_within_a_minute", "closes_at", "The end isn't at a full minute.")
    if opens_at is not None and closes_at is not None:
        if timedelta() < closes_at - opens_at < SHORTEST:
            yield _basic(
                "shorter_than_a_day", "closes_at", "The campaign is open for less than a day."
            )
        if closes_at - opens_at > LONGEST:
            yield _basic(
                "longer_than_a_year", "closes_at", "The campaign is open for more than a year."
            )
    if not facts.privacy_url:
        message = "The page links to no privacy notice."
        yield Finding("privacy_link_missing", "Rules & legal", "privacy_url", message)


def _basic(code: str, field: str, message: str) -> Finding:
    return Finding(code, "Basics", field, message)
