"""Consents as publishing numbers them: one column for one meaning, one version for one wording."""

from dataclasses import dataclass
from typing import Any

from campaigns.publishing.services.manifest import wording_sha256
from campaigns.setup.models import Campaign
from campaigns.setup.models.form import CONSENT
from campaigns.setup.rules.names import free_name, machine_name


@dataclass(frozen=True)
class _Published:
    purpose: str
    party: str
    version: int
    wording_sha256: str


def published_names(campaign: Campaign) -> set[str]:
    """Return the names of all rows that any live release has had: people have answered under them."""
    pages = campaign.releases.filter(is_test=False).values_list("page", flat=True)
    return {str(field["name"]) for page in pages for field in page["fields"]}


def settle_consents(campaign: Campaign) -> None:
    """Give each consent the column and the version that it is published under.

    What somebody agreed to is kept under its column. So one that is given for another
    purpose or to another party than under the last live release with that name gets a new
    column, and the old answers stay under the old one; a new wording is a new version.
    Reworded before the first publish it is version 1. To be called in the transaction that
    publishes, with the campaign locked: whatever way the draft was changed, no release
    mixes two meanings.
    """
    consents = campaign.form_fields.filter(kind=CONSENT)
    last = _last_published(campaign)
    taken = published_names(campaign) | set(campaign.form_fields.values_list("name", flat=True))
    for row in consents:
        before, name, version = last.get(row.name), row.name, 1
        if before is not None and (before.purpose, before.party) != (row.purpose, row.party):
            label = str(next(iter(row.label.values()), ""))
            name = free_name(machine_name(label) or CONSENT, taken)
            taken.add(name)
        elif before is not None:
            reworded = before.wording_sha256 != wording_sha256(row.label)
            version = before.version + reworded
        if (name, version) != (row.name, row.version):
            row.name, row.version = name, version
            row.save(update_fields=["name", "version"])


def _last_published(campaign: Campaign) -> dict[str, _Published]:
    """Return each consent as the newest live release that has it says."""
    found: dict[str, _Published] = {}
    releases = campaign.releases.filter(is_test=False).order_by("number")
    for manifest, page in releases.values_list("manifest", "page"):
        fields: dict[str, Any] = {field["name"]: field for field in page["fields"]}
        for spec in manifest["consents"]:
            field = fields[spec["name"]]
            found[spec["name"]] = _Published(
                field.get("purpose", ""),
                field.get("party", ""),
                spec["version"],
                spec["wording_sha256"],
            )
    return found
