"""Where uploads lie in the bucket, read from their keys. Nothing else makes or reads these paths."""

from uuid import UUID

INCOMING = "incoming/"
"""Below it lie uploads until the images function has looked at them."""


def incoming_key(
    slug: str, submission_id: UUID, attempt: int, receipt: int, part: int, nonce: str
) -> str:
    """Return where an upload lies until the images function has looked at it."""
    return f"{INCOMING}{slug}/{submission_id}/{attempt}/{receipt}-{part}-{nonce}"


def kept_folder(key: str) -> str:
    """Return the folder of everything that is kept of an upload, with a slash at its end."""
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
