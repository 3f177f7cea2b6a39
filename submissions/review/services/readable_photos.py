"""No approval without a photo that can be read, unless its moderator has seen so and says why."""

from collections.abc import Collection

from campaignhub.errors import DomainError
from campaigns.accounts.rules.lines import is_blank
from submissions.mirror.models import Submission
from submissions.receipts.rules.photo_gaps import GAP_WORDS
from submissions.receipts.services.photos import gaps_of


class NoReadablePhoto(DomainError):
    """The form asks for a photo, and nothing that came can be read; approving takes a note that says why."""


def without_photo(submission: Submission, *, note: str, despite: Collection[str]) -> str:
    """Return what an approval goes without, in words for the log; empty where nothing is missing.

    ``despite`` are the gaps that the moderator was warned of (:class:`PhotoGap`):
    what became known since then is another warning.

    Raises:
        NoReadablePhoto: there is a gap that was not warned of, or no note on why it counts.
    """
    gaps = gaps_of([submission]).get(submission.pk, ())
    words = " ".join(GAP_WORDS[gap] for gap in gaps)
    if not set(gaps) <= set(despite):
        raise NoReadablePhoto(
            f"{submission.reference} wasn't approved. {words} To approve it all the same, "
            "open it and say why in a note."
        )
    if gaps and is_blank(note):
        raise NoReadablePhoto(
            f"{submission.reference} wasn't approved. {words} Say in the note why it counts all the same."
        )
    return words
