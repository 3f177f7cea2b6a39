"""What is published: releases, what is in force, block lists, partners' keys and the names of token keys."""

from collections.abc import Iterable

from campaignhub.env import env
from campaignhub.ingest import clients
from ingest_lambda.adapters import table
from ingest_lambda.contract import (
    Current,
    Manifest,
    token_keys_of,
)
from ingest_lambda.functions import publish


def publish_release(manifest: Manifest, current: Current) -> None:
    """Put a release and make it current, in one transaction; the same twice changes nothing.

    Raises:
        IngestBusy: try again later.
        Superseded: a later one is current, or the number belongs to other content.
    """
    publish.publish(manifest, current, table=clients.submissions_table())


def set_current(current: Current) -> None:
    """Pause, resume, archive, or move the dates of the release in force.

    Raises:
        IngestBusy, Superseded: as :func:`publish_release`.
    """
    publish.move(current, table=clients.submissions_table())


def read_current(slug: str) -> Current | None:
    """Read what is in force under a slug."""
    return clients.submissions_table().published.current(slug)


def read_release(slug: str, number: int) -> Manifest | None:
    """Read one release."""
    return clients.submissions_table().published.release(slug, number)


def put_block_list(client_id: str, hashes: Iterable[str]) -> None:
    """Publish a client's whole block list; the writer knows it within 30 seconds.

    Raises:
        BlockListTooLong: over ``MOST_BLOCKED`` of them.
        IngestBusy: try again later.
    """
    clients.submissions_table().published.put_block_list(client_id, hashes)


def bind_partner(key_hash: str, *, client_id: str, name: str) -> None:
    """Let a partner's key open the campaigns of a client, within seconds.

    Raises:
        IngestBusy: try again later.
    """
    clients.submissions_table().published.put_partner(key_hash, table.Partner(client_id, name))


def unbind_partner(key_hash: str) -> None:
    """Let a key open nothing any more, within 30 seconds; again is harmless.

    Raises:
        IngestBusy: try again later.
    """
    clients.submissions_table().published.drop_partner(key_hash)


def announce_token_keys() -> None:
    """Say in the table which keys sign tokens now; functions that lack one of them wait for it.

    Raises:
        IngestBusy: try again later.
    """
    clients.submissions_table().published.announce_token_keys(token_keys_of(env().token_keys))
