"""The block list of a client: hashes here, one item in the table."""

from datetime import timedelta

import pytest

from campaignhub import ingest
from campaignhub.clock.turns import Away
from campaigns.access.models import BlockEntry
from campaigns.access.services import blocks
from campaigns.access.services.blocks import (
    AlreadyBlocked,
    BlockListFull,
    NotBlockable,
    block,
    masked,
    unblock,
)
from campaigns.accounts.models import AuditEntry, Client
from ingest_lambda.adapters.table import Table
from tests.campaigns.factories import NOON, make_client

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]
KIND = BlockEntry.Kind


def add(client: Client, kind: BlockEntry.Kind, value: str, **more: str) -> BlockEntry:
    return block(client, kind=kind, value=value, actor=None, at=NOON, **more)


def test_what_is_blocked_stands_in_the_table_as_a_hash_and_nowhere_in_the_clear(
    table: Table,
) -> None:
    client = make_client()
    entry = add(client, KIND.EMAIL, "Ada.Lovelace+x@gmail.com", note="Sold receipts.")
    assert table.published.block_list(str(client.pk)) == {entry.value_hash}
    assert entry.value_hash == ingest.block_hash(str(client.pk), "email", "adalovelace@gmail.com")
    assert entry.hint == "Ad…@gmail.com"
    log = AuditEntry.objects.get(code="client.blocked")
    assert "lovelace" not in str(log.after).lower()
    assert not Client.objects.get(pk=client.pk).block_list_due


def test_phones_and_internet_addresses_are_blocked_too(table: Table) -> None:
    client = make_client()
    national = add(client, KIND.PHONE, "07700 900123", country="GB")
    with pytest.raises(AlreadyBlocked):
        add(client, KIND.PHONE, "+44 7700 900123")
    address = add(client, KIND.DEVICE_ADDRESS, "203.0.113.7")
    assert table.published.block_list(str(client.pk)) == {national.value_hash, address.value_hash}
    unblock(national, actor=None, at=NOON)
    assert table.published.block_list(str(client.pk)) == {address.value_hash}
    assert AuditEntry.objects.filter(code="client.unblocked").exists()


def test_an_address_is_blocked_once_however_it_was_pasted(table: Table) -> None:
    client = make_client()
    assert add(client, KIND.EMAIL, "Ada <mailto:ada@example.com\u200b>").hint == "ad…@example.com"
    for spelled in ("ada@example.com;", "ADA@EXAMPLE.COM", "\uff41da@example.com"):
        with pytest.raises(AlreadyBlocked):
            add(client, KIND.EMAIL, spelled)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (KIND.EMAIL, "ada"),
        (KIND.EMAIL, "j\u00f6rg@example.com"),
        (KIND.PHONE, "12"),
        (KIND.DEVICE_ADDRESS, "203.0.113.700"),
    ],
)
def test_what_is_no_address_is_refused_with_an_example(kind: BlockEntry.Kind, value: str) -> None:
    with pytest.raises(NotBlockable, match="like"):
        add(make_client(), kind, value)


def test_a_list_ends_where_the_tables_item_does(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "MOST_BLOCKED", 1)
    client = make_client()
    add(client, KIND.EMAIL, "ada@example.com")
    with pytest.raises(BlockListFull):
        add(client, KIND.EMAIL, "eve@example.com")
    add(make_client("Another"), KIND.EMAIL, "ada@example.com")


def test_a_list_that_could_not_be_written_is_written_by_the_clock(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_client()

    def busy(*_arguments: object) -> None:
        raise ingest.IngestBusy

    with monkeypatch.context() as away:
        away.setattr(ingest, "put_block_list", busy)
        entry = add(client, KIND.EMAIL, "ada@example.com")
        with pytest.raises(Away):
            blocks.propagate_due_block_lists()
        assert Client.objects.get(pk=client.pk).block_list_due
    blocks.propagate_due_block_lists()
    assert table.published.block_list(str(client.pk)) == {entry.value_hash}
    assert not Client.objects.get(pk=client.pk).block_list_due
    assert entry.created_at < NOON + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("kind", "value", "hint"),
    [
        (KIND.EMAIL, "ada@example.com", "ad…@example.com"),
        (KIND.PHONE, "+447700900123", "…123"),
        (KIND.DEVICE_ADDRESS, "203.0.113.7", "203.0.113.…"),
        (KIND.DEVICE_ADDRESS, "2001:db8::7", "2001:…"),
    ],
)
def test_a_hint_tells_entries_apart_and_no_more(
    kind: BlockEntry.Kind, value: str, hint: str
) -> None:
    assert masked(kind, value) == hint
