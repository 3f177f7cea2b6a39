"""What Django publishes into the table: releases, what is in force, block lists, partners, token keys by name."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from ingest_lambda.adapters.table.keys import (
    block_list_key,
    current_key,
    partner_key,
    release_key,
    token_keys_key,
)
from ingest_lambda.adapters.table.store import Store
from ingest_lambda.adapters.table.transaction import Operation, Part, PartKind
from ingest_lambda.contract import Current, Manifest, instant_text, key_check

MOST_BLOCKED = 5000
"""Of one client: 5,000 hashes of 32 characters are 175 KB, and an item ends at 400."""


@dataclass(frozen=True)
class Partner:
    """The client that a partner's key was made for, and the name that its submissions carry."""

    client_id: str
    name: str


class BlockListTooLong(Exception):
    """A block list that would not fit its item."""


RELEASE = Part(PartKind.RELEASE)
"""The release itself: its number is taken by other content."""
CURRENT = Part(PartKind.CURRENT)
"""Which release is in force: a later one, or a later revision."""


class PublishedItems:
    """Releases never change once they are there; what is in force is one small item beside them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def current(self, slug: str) -> Current | None:
        """Read which release of a campaign is in force."""
        item = self._store.get(current_key(slug))
        return Current.model_validate_json(item["content"]["S"]) if item else None

    def release(self, slug: str, number: int) -> Manifest | None:
        """Read one release."""
        item = self._store.get(release_key(slug, number))
        return Manifest.model_validate_json(item["content"]["S"]) if item else None

    def publish(self, manifest: Manifest, current: Current) -> None:
        """Put a release and make it the current one, in one transaction.

        Refused when a later release is current, so that two publishers at once
        cannot take a campaign back, and when the number is taken by other content.

        Raises:
            Cancelled: it names ``RELEASE`` or ``CURRENT``, or both.
        """
        content = {"S": manifest.model_dump_json()}
        put: Operation = {
            "Put": {
                "Item": {**release_key(manifest.slug, manifest.release), "content": content},
                # A release never changes: functions keep it in memory for ever.
                "ConditionExpression": "attribute_not_exists(pk) OR content = :content",
                "ExpressionAttributeValues": {":content": content},
            }
        }
        self._store.transact([(RELEASE, put), (CURRENT, self._move_current(current))])

    def set_current(self, current: Current) -> None:
        """Change dates or the pause of the release in force.

        Raises:
            Cancelled: a later release or revision is in force.
        """
        self._store.transact([(CURRENT, self._move_current(current))])

    @staticmethod
    def _move_current(current: Current) -> Operation:
        # Two who publish, pause or resume at once arrive here in any order.
        return {
            "Put": {
                "Item": {
                    **current_key(current.slug),
                    "release": {"N": str(current.release)},
                    "revision": {"N": str(current.revision)},
                    "content": {"S": current.model_dump_json()},
                    "written_at": {"S": instant_text(datetime.now(UTC))},
                },
                "ConditionExpression": "attribute_not_exists(pk) OR (#release <= :release AND "
                "(attribute_not_exists(revision) OR revision <= :revision))",
                "ExpressionAttributeNames": {"#release": "release"},
                "ExpressionAttributeValues": {
                    ":release": {"N": str(current.release)},
                    ":revision": {"N": str(current.revision)},
                },
            }
        }

    def put_block_list(self, client_id: str, hashes: Iterable[str]) -> None:
        """Store a client's block list, as keyed hashes. Functions reread it as ``Releases`` says.

        Raises:
            BlockListTooLong: over ``MOST_BLOCKED`` of them.
        """
        listed = sorted(set(hashes))
        if len(listed) > MOST_BLOCKED:
            raise BlockListTooLong(client_id)
        item = {**block_list_key(client_id), "hashes": {"S": json.dumps(listed)}}
        self._store.put(item)

    def block_list(self, client_id: str) -> frozenset[str]:
        """Read a client's block list; empty where there is none."""
        item = self._store.get(block_list_key(client_id), consistent=False)
        return frozenset(json.loads(item["hashes"]["S"])) if item else frozenset()

    def put_partner(self, key_hash: str, partner: Partner) -> None:
        """Bind a key to a client; an unbound key starts nothing."""
        item = {
            **partner_key(key_hash),
            "client_id": {"S": partner.client_id},
            "name": {"S": partner.name},
        }
        self._store.put(item)

    def drop_partner(self, key_hash: str) -> None:
        """Unbind a key; the same twice changes nothing."""
        self._store.call("delete_item", TableName=self._store.name, Key=partner_key(key_hash))

    def partner(self, key_hash: str) -> Partner | None:
        """Read the partner that a key was made for."""
        item = self._store.get(partner_key(key_hash), consistent=False)
        return Partner(item["client_id"]["S"], item["name"]["S"]) if item else None

    def announce_token_keys(self, keys: Mapping[str, bytes]) -> None:
        """Say which keys sign tokens now; a name that is left out is in use no longer.

        Each by its name and by what tells it from another key of that name.
        """
        checks = {name: key_check(secret) for name, secret in keys.items()}
        self._store.put({**token_keys_key(), "names": {"S": json.dumps(checks)}})

    def announced_token_keys(self) -> dict[str, str]:
        """Read the keys that sign tokens, by name; none where none was announced yet."""
        item = self._store.get(token_keys_key(), consistent=False)
        said = json.loads(item["names"]["S"]) if item else {}
        # An earlier version of the site announced names alone.
        return said if isinstance(said, dict) else dict.fromkeys(said, "")
