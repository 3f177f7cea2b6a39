"""The release that a submission was made under."""

from campaigns.publishing.services.releases import PublishedRelease, read_release
from submissions.mirror.models import Submission


def release_of(submission: Submission) -> PublishedRelease:
    """Return the release by which a submission is judged, shown and answered, never the draft.

    Raises:
        NoSuchRelease: this database does not have it.
    """
    return read_release(
        submission.campaign_id, is_test=submission.is_test, number=submission.release
    )
