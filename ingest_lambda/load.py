"""Put releases into the table: what Django publishes, the functions judge by."""

from ingest_lambda.contract import MAX_MANIFEST_BYTES, Current, Manifest
from ingest_lambda.table import Table


class ManifestTooLarge(Exception):
    """A release that would not fit its item with room to spare."""


def publish(manifest: Manifest, current: Current, *, table: Table) -> None:
    """Put a release and make it current, in one transaction; the same twice changes nothing.

    Raises:
        ManifestTooLarge: over 200 KB; the form has far too many choices.
        Cancelled: a later release is current.
    """
    if len(manifest.model_dump_json().encode()) > MAX_MANIFEST_BYTES:
        raise ManifestTooLarge(manifest.slug)
    table.publish(manifest, current)
