"""Do the photos of a submission prove what it announced?"""

from collections.abc import Iterable

from ingest_lambda.contract import ImageRecord, Upload


def are_as_announced(uploads: Iterable[Upload], photos: Iterable[ImageRecord]) -> bool:
    """Tell whether every photo has come, is the file that was announced, and gives a picture."""
    came = {photo.key: photo for photo in photos}
    return all(
        (photo := came.get(upload.key)) is not None
        and photo.sha256 == upload.sha256
        and photo.refusal is None
        for upload in uploads
    )
