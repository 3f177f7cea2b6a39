"""The block list of a client: whose entries always go to review, and never further by themselves.

The list is kept here, and the submissions table holds it as one item of keyed
hashes. It is written under the client's lock, so that of two who edit at once
the later one's list stands; where the table was away, the clock writes it.
"""

import ipaddress
import logging
from datetime import datetime

from django.db import transaction

from campaignhub import ingest
from campaignhub.clock.turns import UNLIMITED, Away, Turn
from campaignhub.errors import DomainError
from campaigns.access.models import BlockEntry
from campaigns.accounts.models import Client, User
from campaigns.accounts.services import audit
from ingest_lambda.contract.grammar.email import read_email

logger = logging.getLogger(__name__)


class NotBlockable(DomainError):
    """What was typed is no address or number of its kind."""


class AlreadyBlocked(DomainError):
    """It is on the list already."""


class BlockListFull(DomainError):
    """The list is as long as the table can hold."""


def block(
    client: Client,
    *,
    kind: BlockEntry.Kind,
    value: str,
    actor: User | None,
    at: datetime,
    note: str = "",
    country: str = "",
) -> BlockEntry:
    """Put an e-mail address, a phone number or an internet address on a client's list.

    ``country`` (ISO 3166) completes a national phone number. Of the value only
    a keyed hash and a masked hint are kept.

    Raises:
        NotBlockable, AlreadyBlocked, BlockListFull: see there.
    """
    value = _understood(kind, value.strip(), country)
    value_hash = ingest.block_hash(str(client.pk), kind.value, value, country=country)
    with transaction.atomic(durable=True):
        Client.objects.select_for_update().get(pk=client.pk)
        entries = BlockEntry.objects.filter(client=client)
        if entries.filter(kind=kind.value, value_hash=value_hash).exists():
            raise AlreadyBlocked("This is on the list already.")
        if entries.count() >= ingest.MOST_BLOCKED:
            raise BlockListFull(
                f"A list has at most {ingest.MOST_BLOCKED} entries. Remove some that are old."
            )
        blocked = BlockEntry.objects.create(
            client=client,
            kind=kind.value,
            value_hash=value_hash,
            hint=masked(kind, value),
            note=note.strip()[:200],
            created_at=at,
            created_by=actor,
        )
        _note(client, "client.blocked", blocked, actor=actor, at=at)
    propagate_block_list(client)
    return blocked


def unblock(blocked: BlockEntry, *, actor: User | None, at: datetime) -> None:
    """Take a value off its list; within 30 seconds submissions of this person are judged as any others."""
    client = blocked.client
    with transaction.atomic(durable=True):
        Client.objects.select_for_update().get(pk=client.pk)
        _note(client, "client.unblocked", blocked, actor=actor, at=at)
        blocked.delete()
    propagate_block_list(client)


def propagate_block_list(client: Client) -> bool:
    """Write a client's list to the table; tell whether it has it."""
    with transaction.atomic():
        Client.objects.select_for_update().get(pk=client.pk)
        hashes = BlockEntry.objects.filter(client=client).values_list("value_hash", flat=True)
        try:
            ingest.put_block_list(str(client.pk), hashes)
        except ingest.IngestBusy:
            logger.warning("block list of client %s not carried", client.pk)
            return False
        Client.objects.filter(pk=client.pk).update(block_list_due=False)
    return True


def propagate_due_block_lists(turn: Turn = UNLIMITED) -> None:
    """Write the lists that the table still lacks.

    Raises:
        Away: the table did not take one.
    """
    for client in Client.objects.filter(block_list_due=True):
        if turn.is_over():
            return
        if not propagate_block_list(client):
            raise Away("the submissions table is busy or away")


def masked(kind: BlockEntry.Kind, value: str) -> str:
    """Return enough of a value to tell entries apart, and not enough to use it."""
    if kind is BlockEntry.Kind.EMAIL:
        local, _, domain = value.rpartition("@")
        return f"{local[:2]}…@{domain}"[:60]
    if kind is BlockEntry.Kind.PHONE:
        return f"…{value[-3:]}"
    head = value.split(":", 1)[0] if ":" in value else value.rsplit(".", 1)[0]
    return f"{head}.…" if "." in head else f"{head}:…"


def _understood(kind: BlockEntry.Kind, value: str, country: str) -> str:
    """Return a value without what was pasted around it, read as entrants' answers are."""
    if kind is BlockEntry.Kind.EMAIL:
        address = read_email(value).kept
        if not address:
            raise NotBlockable("Give an e-mail address, like ada@example.com.")
        return address
    if kind is BlockEntry.Kind.PHONE:
        if not ingest.is_phone(value, country=country):
            raise NotBlockable("Give a phone number with its country code, like +44 7700 900123.")
        return value
    try:
        return str(ipaddress.ip_address(value))
    except ValueError as error:
        raise NotBlockable("Give an internet address, like 203.0.113.7.") from error


def _note(
    client: Client, code: str, blocked: BlockEntry, *, actor: User | None, at: datetime
) -> None:
    Client.objects.filter(pk=client.pk).update(block_list_due=True)
    audit.record(
        blocked, code, actor=actor, at=at, after={"kind": blocked.kind, "note": blocked.note}
    )
