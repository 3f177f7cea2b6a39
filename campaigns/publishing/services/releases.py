"""Releases as they were published: what is judged, shown, promised or mailed about a submission comes from its own.

A campaign's row is the draft that managers go on editing: a field renamed, a
language taken away or a promise changed there concerns nobody who entered before.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

from campaigns.publishing.models import Release
from campaigns.publishing.services.manifest import images_of, page_content
from campaigns.rendering import PageContent, PageField
from campaigns.setup.models import Campaign
from ingest_lambda.contract import Manifest, Meaning, Mode

MOST_KEPT = 64
"""Releases in the memory of a process; each has a manifest of at most 200 KB and the texts of its page."""


class NoSuchRelease(LookupError):
    """This database lacks a release that a submission names, as it may after a restored backup."""


@dataclass(frozen=True)
class Presentation:
    """What people read and see of a release, or of a draft."""

    page: PageContent
    images: Mapping[str, str]
    """The stored files of hero and logo, by those words."""
    mails: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What mails say otherwise than by default: by language, then by message and part."""


@dataclass(frozen=True, kw_only=True)
class PublishedRelease(Presentation):
    """The content of one release."""

    manifest: Manifest

    @cached_property
    def fields(self) -> dict[str, PageField]:
        """The rows of the form by name, in their order; consents among them."""
        return {field.name: field for field in self.page.fields}

    @cached_property
    def names(self) -> dict[Meaning, str]:
        """The name of the field that carries a meaning."""
        return {field.meaning: field.name for field in self.manifest.fields if field.meaning}


@lru_cache(maxsize=MOST_KEPT)
def read_release(campaign_id: UUID, *, is_test: bool, number: int) -> PublishedRelease:
    """Return a release; the database refuses to change one, so it is read once a process.

    From then on every caller gets it, whoever's scope it runs in: the key comes
    from the row of a submission, and reading that was confined already.

    Raises:
        NoSuchRelease: this database does not have it.
    """
    rows = Release.objects.filter(campaign=campaign_id, is_test=is_test, number=number)
    row = rows.only("manifest", "page", "images", "mails").first()
    if row is None:
        raise NoSuchRelease(f"release {number} of campaign {campaign_id}")
    return PublishedRelease(
        page=PageContent.model_validate(row.page),
        images=row.images,
        mails=row.mails,
        manifest=Manifest.model_validate(row.manifest),
    )


def keep_release(campaign: Campaign, page: PageContent, manifest: Manifest, **more: Any) -> Release:
    """Keep what was published as a row, under the number and mode of its manifest; ``more`` are its other columns."""
    return Release.objects.create(
        campaign=campaign,
        is_test=manifest.mode is Mode.TEST,
        number=manifest.release,
        manifest=manifest.model_dump(mode="json"),
        page=page.model_dump(mode="json"),
        images=images_of(campaign),
        mails=campaign.mail_texts,
        **more,
    )


def as_drafted(campaign: Campaign) -> Presentation:
    """Return what the next release of a campaign would show, for samples."""
    return Presentation(page_content(campaign, release=1), images_of(campaign), campaign.mail_texts)
