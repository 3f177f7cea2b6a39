"""The release that a submission was made under."""

from campaigns.publishing.services.releases import NoSuchRelease, PublishedRelease, read_release
from submissions.mirror.models import Submission


def release_of(submission: Submission) -> PublishedRelease:
    """Return the release by which a submission is judged, shown and answered, never the draft.

    Raises:
        NoSuchRelease: this database does not have it.
    """
    return read_release(
        submission.campaign_id, is_test=submission.is_test, number=submission.release
    )


def zone_of(submission: Submission) -> str:
    """Return the time zone in which the times of a submission are shown: its release's, as it was promised in.

    A list asks for every row; a process reads a release once. Where this database
    lacks the release, the draft's is better than no list.
    """
    try:
        return release_of(submission).manifest.timezone
    except NoSuchRelease:
        return submission.campaign.timezone
