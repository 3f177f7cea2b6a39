"""Files of codes between their upload and their import: in parts, each stored in a transaction of its own."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from itertools import chain
from pathlib import PurePath

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from campaignhub.errors import DomainError
from campaigns.accounts.models import User
from campaigns.prizes.models import CodeUpload, Prize, PrizeKind, UploadPart
from campaigns.prizes.rules.code_files import Preview, format_of, preview_of

MOST_BYTES = 512_000_000
PART_BYTES = 1 << 20
PREVIEW_BYTES = 64 << 10
_ANOTHER_FILE = (
    "Another file was uploaded for this prize at the same moment. Look at that one first."
)


class CodesUnderWay(DomainError):
    """Codes are being added to this prize already."""


class NoCodesHere(DomainError):
    """The prize gives things, so it takes no codes; or it has as many as it can."""


class FileTooLarge(DomainError):
    """A file is larger than any list of codes."""


def refuse_things(prize: Prize) -> None:
    """Refuse a prize that takes no codes.

    Raises:
        NoCodesHere: it gives things.
    """
    if prize.kind != PrizeKind.CODE:
        raise NoCodesHere(f"{prize} is a thing. Choose “A code” and save before adding codes.")


def receive_codes(
    prize: Prize, *, name: str, chunks: Iterable[bytes], actor: User, at: datetime
) -> CodeUpload:
    """Keep an uploaded file until staff have seen its preview; an earlier one that waits is dropped.

    It is stored in parts as it comes, so memory holds a mebibyte of it, and each part
    in a transaction of its own: half a gigabyte in one would keep every other writer of
    SQLite waiting. It is whole once its hash is there. What a crash left of one is
    nothing that anybody can import, and the next upload takes its place.

    Raises:
        NotCodes: it is of another kind.
        CodesUnderWay: another file came in at the same moment, and that one is kept.
        FileTooLarge, NoCodesHere: see there.
    """
    refuse_things(prize)
    parts = _parts(chunks)
    first = next(parts, b"")
    upload = CodeUpload(
        prize=prize,
        name=PurePath(name).name[:120] or "codes.csv",
        size_bytes=0,
        sha256="",
        format=asdict(format_of(first[:PREVIEW_BYTES])),
        uploaded_at=at,
        uploaded_by=actor,
    )
    _begin(upload)
    try:
        _receive(upload, chain([first], parts))
    except BaseException:
        _drop(CodeUpload.objects.filter(pk=upload.pk, sha256=""))
        raise
    return upload


def _receive(upload: CodeUpload, parts: Iterable[bytes]) -> None:
    digest = hashlib.sha256()
    for number, part in enumerate(parts):
        digest.update(part)
        upload.size_bytes += len(part)
        if upload.size_bytes > MOST_BYTES:
            raise FileTooLarge(
                "This file is larger than 512 MB. Upload the codes in several files."
            )
        with _kept(upload):
            UploadPart.objects.create(upload=upload, number=number, content=part)
    with _kept(upload):
        upload.sha256 = digest.hexdigest()
        upload.save(update_fields=["size_bytes", "sha256"])


def _begin(upload: CodeUpload) -> None:
    """Put a file in the place of the one that waits, or is still coming in; that one's next part then finds no place."""
    try:
        with transaction.atomic():
            # Of several at once each waits for the one before it to be here.
            Prize.objects.select_for_update(of=("self",)).get(pk=upload.prize_id)
            _drop(CodeUpload.objects.filter(prize=upload.prize, batch=None))
            upload.save()
    except IntegrityError as exc:
        raise CodesUnderWay(_ANOTHER_FILE) from exc


@contextmanager
def _kept(upload: CodeUpload) -> Iterator[None]:
    """Write to a file that is still coming in, or refuse where another has taken its place."""
    with transaction.atomic():
        rows = CodeUpload.objects.select_for_update().filter(pk=upload.pk)
        if not rows.exists():
            raise CodesUnderWay(_ANOTHER_FILE)
        yield


def waiting_upload(prize: Prize) -> CodeUpload | None:
    """Return the file of a prize that is whole and waits for staff to look at its preview."""
    return CodeUpload.objects.filter(prize=prize, batch=None).exclude(sha256="").first()


def drop_upload(upload: CodeUpload) -> None:
    """Keep nothing of a file that waits; one that is being imported stays with its job."""
    _drop(CodeUpload.objects.filter(pk=upload.pk, batch=None))


def _drop(uploads: QuerySet[CodeUpload]) -> None:
    """Remove files with their parts. Each is locked before its parts: one more could come in between."""
    with transaction.atomic():
        list(uploads.select_for_update())
        uploads.delete()


def _parts(chunks: Iterable[bytes]) -> Iterator[bytes]:
    waiting = bytearray()
    for chunk in chunks:
        waiting += chunk
        while len(waiting) >= PART_BYTES:
            yield bytes(waiting[:PART_BYTES])
            del waiting[:PART_BYTES]
    if waiting:
        yield bytes(waiting)


def preview_upload(upload: CodeUpload) -> Preview:
    """Return the first lines of a file that waits, and what would become of them."""
    part = upload.parts.order_by("number").first()
    assert part is not None
    head = bytes(part.content)[:PREVIEW_BYTES]
    return preview_of(head, is_whole=len(head) == upload.size_bytes)
