"""Entries for the desk's tests: sent as a visitor sends them, looked up where the site keeps them."""

import json
import random
from collections.abc import Callable
from uuid import UUID

from tests.support.installation import Installation, wait_until
from tests.support.receipts import receipt_bytes
from tests.support.visitor import Visitor, announced

SLUG = "summer-receipts"


def send_entry(installation: Installation, *, photos: int = 1, arrive: bool = True) -> UUID:
    """Enter as somebody new with receipts never seen; return the id once the site knows all of it."""
    visitor, files = _begin(installation, photos)
    if arrive:
        _upload(visitor, files)
    return _submit(installation, visitor, pictures=photos if arrive else 0)


def send_before_photos(
    installation: Installation, *, photos: int = 1
) -> tuple[UUID, Callable[[], None]]:
    """Enter as a new person; return the id once the site knows it without pictures, and what sends the photos."""
    visitor, files = _begin(installation, photos)
    return _submit(installation, visitor, pictures=0), lambda: _upload(visitor, files)


def _begin(installation: Installation, photos: int) -> tuple[Visitor, list[bytes]]:
    number = random.randrange(10**9)
    files = [receipt_bytes(number + part, width=900, height=1400) for part in range(photos)]
    visitor = Visitor(installation, SLUG)
    visitor.start(*(announced(file, part=part) for part, file in enumerate(files, start=1)))
    return visitor, files


def _upload(visitor: Visitor, files: list[bytes]) -> None:
    for form, file in zip(visitor.forms, files, strict=True):
        assert visitor.upload(file, form).is_success


def _submit(installation: Installation, visitor: Visitor, *, pictures: int) -> UUID:
    assert visitor.submit().status_code == 202
    assert visitor.id is not None
    submission_id = visitor.id
    wait_until(
        lambda: (
            status_of(installation, submission_id) == "pending_review"
            and pictures_of(installation, submission_id) == pictures
        ),
        what="the entry and its pictures in Django",
    )
    return submission_id


def status_of(installation: Installation, submission_id: UUID) -> str:
    """Return the status that the site has; empty before it knows of the entry."""
    rows = installation.rows(
        "SELECT status FROM submissions_submission WHERE id = ?", (submission_id.hex,)
    )
    return rows[0][0] if rows else ""


def pictures_of(installation: Installation, submission_id: UUID) -> int:
    """Count the pictures that the site has of an entry."""
    rows = installation.rows(
        "SELECT pages FROM submissions_receiptimage WHERE submission_id = ?", (submission_id.hex,)
    )
    return sum(len(json.loads(pages)) for (pages,) in rows)


def clear_desk(installation: Installation) -> None:
    """Decide on all that other tests left: an answer to what was asked again comes first, and has other keys."""
    installation.python(
        "from submissions.mirror.models import Submission\n"
        "from submissions.review.services.decisions import approve_submission\n"
        "for waiting in Submission.objects.filter(status='pending_review'):\n"
        "    approve_submission(waiting.pk, actor=None, at=timezone.now())\n"
    )
