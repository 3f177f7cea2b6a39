"""Put releases into the table: what Django publishes, the functions judge by."""

from ingest_lambda.adapters.table import CURRENT, Cancelled, Table
from ingest_lambda.contract import MAX_MANIFEST_BYTES, MOST_PARTS, Current, Manifest
from ingest_lambda.rules.scopes import most_parts


class ManifestTooLarge(Exception):
    """A release that would not fit its item with room to spare."""


class TooManyLimits(Exception):
    """A submission with all its photos would not fit into one transaction under these limits."""

    def __init__(self, manifest: Manifest, parts: int) -> None:
        super().__init__(
            f"{manifest.slug}: a submission with all its photos has {parts} parts under its "
            f"{len(manifest.limits)} limits, at most {MOST_PARTS}"
        )


class Superseded(Exception):
    """A later release or revision is in force, or the number belongs to other content."""


def publish(manifest: Manifest, current: Current, *, table: Table) -> None:
    """Put a release and make it current, in one transaction; the same twice changes nothing.

    A release that is there already may have been spelled by an earlier version
    of this code: what counts is that it reads the same.

    Raises:
        ManifestTooLarge: over ``MAX_MANIFEST_BYTES``; the form has far too many choices.
        TooManyLimits, Superseded: see there.
    """
    if len(manifest.model_dump_json().encode()) > MAX_MANIFEST_BYTES:
        raise ManifestTooLarge(manifest.slug)
    if (parts := most_parts(manifest)) > MOST_PARTS:
        raise TooManyLimits(manifest, parts)
    try:
        table.published.publish(manifest, current)
    except Cancelled as exc:
        if (
            CURRENT in exc.refused
            or table.published.release(manifest.slug, manifest.release) != manifest
        ):
            raise Superseded(manifest.slug) from exc
        move(current, table=table)


def move(current: Current, *, table: Table) -> None:
    """Change what is in force about a release: its pause, its dates.

    Raises:
        Superseded: a later release or revision is in force.
    """
    try:
        table.published.set_current(current)
    except Cancelled as exc:
        raise Superseded(current.slug) from exc
