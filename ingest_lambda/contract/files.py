"""The keys of uploads in the bucket. No other module builds or parses these paths."""

from uuid import UUID

INCOMING = "incoming/"
"""The prefix of uploads that the images function has not processed yet."""


def incoming_key(
    slug: str, submission_id: UUID, attempt: int, receipt: int, part: int, nonce: str
) -> str:
    """Return the key of an upload until the images function has processed it."""
    return f"{INCOMING}{slug}/{submission_id}/{attempt}/{receipt}-{part}-{nonce}"


def kept_folder(key: str) -> str:
    """Return the prefix under which the original and the copies of an upload are kept; it ends in a slash."""
    return f"receipts/{key.removeprefix(INCOMING)}/"


def slug_of_upload(key: str) -> str:
    """Return the slug of the campaign, or of its tests, that an upload was made for."""
    return key.split("/")[1]


def owner_of(key: str) -> tuple[UUID, int] | None:
    """Return the submission and the attempt that an upload was made for; ``None`` for another key."""
    try:
        _, _, submission_id, attempt, _ = key.split("/")
        return UUID(submission_id), int(attempt)
    except ValueError:
        return None
