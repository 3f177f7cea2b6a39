"""What entrants agreed to: with its wording, version, purpose, party and time, by the release of each entry."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from campaigns.publishing.models import Release
from campaigns.publishing.services.releases import PublishedRelease, read_release
from campaigns.rendering.consents import LINKED
from campaigns.rendering.prose import plain, runs
from campaigns.setup.models.form import PURPOSES
from submissions.mirror.models import Submission
from submissions.mirror.services.releases import release_of

_PAGES = dict.fromkeys(LINKED, "#")
"""What a label may link to by name; here only its words count."""
_MOST_RELEASES = 20
"""The newest of a campaign, whose consents the list offers to find by."""


@dataclass(frozen=True)
class GivenConsent:
    """One consent as an entrant met it: what a record of consents has a line for."""

    name: str
    """Its column."""
    wording: str
    """In the language that they read."""
    version: int
    purpose: str
    party: str
    """Who it is given to: the client or a named partner."""
    is_given: bool
    is_required: bool
    at: datetime

    @property
    def purpose_words(self) -> str:
        """What it is given for, as staff read it."""
        return dict(PURPOSES)[self.purpose]


def consents_of(submission: Submission) -> Iterator[GivenConsent]:
    """Yield the consents that an entry was asked for, given or not, in the order of its form."""
    release = release_of(submission)
    for spec in release.manifest.consents:
        if submission.route in spec.routes:
            field = release.fields[spec.name]
            yield GivenConsent(
                name=spec.name,
                wording=_wording(release, spec.name, submission.locale),
                version=spec.version,
                purpose=field.purpose,
                party=field.party or release.page.client_name,
                is_given=bool(submission.consents.get(spec.name)),
                is_required=spec.required,
                at=submission.entered_at,
            )


@dataclass(frozen=True)
class OfferedConsent:
    """A consent that entries may be found by, with every version that was published."""

    name: str
    wording: str
    """As the newest release has it, in its first language."""
    versions: tuple[int, ...]


def offered_consents(campaign_id: UUID) -> list[OfferedConsent]:
    """Return the optional consents of a campaign's live releases, newest wording first.

    A required one is no question: every entry that was not refused gave it.
    """
    releases = Release.objects.filter(campaign=campaign_id, is_test=False).order_by("-number")
    found: dict[str, tuple[str, set[int]]] = {}
    for number in releases.values_list("number", flat=True)[:_MOST_RELEASES]:
        release = read_release(campaign_id, is_test=False, number=number)
        for spec in release.manifest.consents:
            if not spec.required:
                words = _wording(release, spec.name, release.page.languages[0])
                found.setdefault(spec.name, (words, set()))[1].add(spec.version)
    return [
        OfferedConsent(name, words, tuple(sorted(versions)))
        for name, (words, versions) in found.items()
    ]


def _wording(release: PublishedRelease, name: str, language: str) -> str:
    return plain(runs(release.page.text(release.fields[name].label, language), _PAGES))
