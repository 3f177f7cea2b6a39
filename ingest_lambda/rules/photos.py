"""Whether the photos of a submission are the files that it announced."""

from collections.abc import Iterable

from ingest_lambda.contract import SAME_PHOTO, ImageRecord, ImageState, ShownImage, Upload


def are_as_announced(uploads: Iterable[Upload], photos: Iterable[ImageRecord]) -> bool:
    """Tell whether every photo was uploaded, is the file that was announced, and gives a picture."""
    came = {photo.key: photo for photo in photos}
    return all(
        (photo := came.get(upload.key)) is not None
        and photo.sha256 == upload.sha256
        and photo.refusal is None
        for upload in uploads
    )


def shown_images(
    uploads: Iterable[Upload], photos: Iterable[ImageRecord]
) -> tuple[ShownImage, ...]:
    """Return the state of each announced photo, judged by the photos of its own submission only.

    If two photos are one file, the later one is the duplicate.
    """
    came = {photo.key: photo for photo in photos}
    shown, files = [], set()
    for upload in sorted(uploads, key=lambda one: (one.receipt, one.part)):
        photo = came.get(upload.key)
        state, code = ImageState.AWAITED, None
        if photo is not None:
            state = ImageState.TAKEN
            if photo.refusal is not None:
                state, code = ImageState.REFUSED, photo.refusal.value
            elif photo.sha256 in files:
                state, code = ImageState.REFUSED, SAME_PHOTO
            files.add(photo.sha256)
        shown.append(
            ShownImage(
                field=upload.field,
                receipt=upload.receipt,
                part=upload.part,
                state=state,
                code=code,
            )
        )
    return tuple(shown)
