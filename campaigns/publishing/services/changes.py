"""What publishing again would change, in the words of the tabs."""

from typing import Any

from campaigns.prizes.services.stock import is_changed, seal_named
from campaigns.publishing.services.manifest import images_of, manifest_of, page_content
from campaigns.setup.models import Campaign
from ingest_lambda.contract import Manifest

_PARTS: tuple[tuple[str, frozenset[str], frozenset[str]], ...] = (
    # what staff call it, the manifest's part, the page's part
    ("Dates", frozenset({"opens_at", "closes_at", "timezone"}), frozenset()),
    ("Official rules", frozenset(), frozenset({"rules", "privacy_url", "privacy_urls"})),
    ("Limits", frozenset({"limits"}), frozenset()),
    ("Prizes", frozenset(), frozenset({"prizes", "prize_rows", "prize_rules"})),
    ("Form", frozenset({"fields", "consents"}), frozenset({"fields"})),
    ("Texts", frozenset(), frozenset({"headline", "supporting", "hero_alt", "logo_alt"})),
    (
        "Look",
        frozenset(),
        frozenset(
            {
                *("brand_colour", "accent_colour", "surface_colour", "text_colour"),
                *("radius", "type_pair"),
            }
        ),
    ),
    (
        "Promoter",
        frozenset(),
        frozenset({"client_name", "legal_name", "address", "help_email", "help_phone"}),
    ),
    ("Languages and countries", frozenset({"languages", "countries"}), frozenset()),
    (
        "Review and safety",
        frozenset(
            {
                *("review", "decide_within_days", "resubmit_within_hours", "notices"),
                *("minimum_fill_seconds", "challenge", "reason_texts", "excluded_regions"),
            }
        ),
        frozenset(),
    ),
    ("Ways to enter", frozenset({"routes"}), frozenset()),
)


def changes_since_release(campaign: Campaign) -> list[str]:
    """Return what differs between a campaign and its newest release; nothing before the first."""
    release = campaign.releases.filter(is_test=False).order_by("-number").first()
    if release is None or campaign.opens_at is None or campaign.closes_at is None:
        return []
    manifest = manifest_of(campaign, release=release.number, page_sha256="0" * 64)
    named = Manifest.model_validate(release.manifest).prize_plan
    page = page_content(campaign, release=release.number, seal=seal_named(named))
    judged = _differing(release.manifest, manifest.model_dump(mode="json"))
    shown = _differing(release.page, page.model_dump(mode="json"))
    changes = [name for name, ours, theirs in _PARTS if ours & judged or theirs & shown]
    if "Prizes" not in changes and is_changed(campaign, named):
        changes.append("Prizes")
    if release.images != images_of(campaign):
        changes.append("Pictures")
    if release.mails != campaign.mail_texts:
        changes.append("E-mails")
    return changes


def _differing(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {name for name, value in after.items() if name in before and before[name] != value}
