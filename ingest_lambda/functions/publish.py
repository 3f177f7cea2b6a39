"""Put releases into the table: what Django publishes, the functions judge by."""

from ingest_lambda.adapters.table import Cancelled, Table
from ingest_lambda.contract import MAX_MANIFEST_BYTES, Current, Manifest


class ManifestTooLarge(Exception):
    """A release that would not fit its item with room to spare."""


class Superseded(Exception):
    """A later release or revision is in force, or the number belongs to other content."""


def publish(manifest: Manifest, current: Current, *, table: Table) -> None:
    """Put a release and make it current, in one transaction; the same twice changes nothing.

    A release that is there already may have been spelled by an earlier version
    of this code: what counts is that it reads the same.

    Raises:
        ManifestTooLarge: over 200 KB; the form has far too many choices.
        Superseded: see there.
    """
    if len(manifest.model_dump_json().encode()) > MAX_MANIFEST_BYTES:
        raise ManifestTooLarge(manifest.slug)
    try:
        table.publish(manifest, current)
    except Cancelled as exc:
        if 1 in exc.failed or table.release(manifest.slug, manifest.release) != manifest:
            raise Superseded(manifest.slug) from exc
        move(current, table=table)


def move(current: Current, *, table: Table) -> None:
    """Change what is in force about a release: its pause, its dates.

    Raises:
        Superseded: a later release or revision is in force.
    """
    try:
        table.set_current(current)
    except Cancelled as exc:
        raise Superseded(current.slug) from exc
