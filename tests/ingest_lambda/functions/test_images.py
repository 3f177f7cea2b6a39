"""An upload's way from S3's notification to its facts: once, twice, and in the wrong hands."""

import hashlib
import json
from collections.abc import Iterator
from uuid import UUID

import pytest

from ingest_lambda.adapters.decoder import Decoder, DecoderFault, shared_decoder
from ingest_lambda.functions.images import LAST_DELIVERY, ImageKeeper, place_of
from tests.ingest_lambda.public_path import ID, NOON, World, open_world
from tests.support.bombs import nested_pdf
from tests.support.receipts import phone_photo

KEY = f"incoming/summer/{ID}/1/1-1-abcd1234"
KEPT = f"receipts/summer/{ID}/1/1-1-abcd1234/{{sha:.16}}"
OTHER = UUID("01972222-2222-7222-8222-222222222222")


@pytest.fixture
def world() -> Iterator[World]:
    with open_world() as world:
        yield world


def notice(key: str) -> str:
    return json.dumps({"Records": [{"s3": {"object": {"key": key}}}]})


def arrive(
    world: World,
    content: bytes,
    key: str = KEY,
    *,
    decoder: Decoder | None = None,
    receives: int = 1,
) -> None:
    world.s3.put_object(Bucket=world.name, Key=key, Body=content)
    keeper(world, decoder).handle(notice(key), receives=receives)


def keeper(world: World, decoder: Decoder | None = None) -> ImageKeeper:
    return ImageKeeper(
        world.table,
        world.releases,
        world.bucket,
        clock=lambda: NOON,
        decoder=decoder or shared_decoder(),
    )


def facts(world: World, submission_id: UUID = ID) -> list[dict[str, str]]:
    found = world.table.store.client.query(
        TableName="campaignhub",
        KeyConditionExpression="pk = :pk AND begins_with(sk, :image)",
        ExpressionAttributeValues={
            ":pk": {"S": f"SUBMISSION#{submission_id}"},
            ":image": {"S": "IMAGE#"},
        },
    )
    return [{name: next(iter(v.values())) for name, v in item.items()} for item in found["Items"]]


def kept_under(content: bytes) -> str:
    return KEPT.format(sha=hashlib.sha256(content).hexdigest())


def test_an_upload_is_moved_copied_and_described(world: World):
    arrive(world, phone_photo(1))
    (found,) = facts(world)
    kept = kept_under(phone_photo(1))
    assert world.keys() == [f"{kept}/original", f"{kept}/page-1.jpg", f"{kept}/thumb-1.jpg"]
    assert found["sk"] == "IMAGE#1#1#1#abcd1234"
    assert found["content_type"] == "image/jpeg"
    assert "GPSLatitude" in found["exif"]
    assert "refusal" not in found


def test_the_same_notice_again_changes_nothing(world: World):
    arrive(world, phone_photo(1))
    before = facts(world), world.keys()
    keeper(world).handle(notice(KEY))
    arrive(world, phone_photo(1))
    assert (facts(world), world.keys()) == before


def test_another_file_in_the_same_form_never_lies_where_the_facts_point_to(world: World):
    arrive(world, phone_photo(1))
    (found,) = facts(world)
    arrive(world, phone_photo(2))
    original = world.s3.get_object(Bucket=world.name, Key=found["original_key"])
    assert facts(world) == [found]
    assert original["Body"].read() == phone_photo(1)


def test_a_form_that_is_used_again_and_again_stores_no_more_than_once(world: World):
    arrive(world, phone_photo(1))
    before = world.keys()
    for number in range(2, 5):
        arrive(world, phone_photo(number))
    assert world.keys() == before
    assert len(facts(world)) == 1


def test_a_bad_file_is_kept_for_staff_to_know_of_and_never_shown(world: World):
    html = b"<html><script>alert(1)</script></html>"
    arrive(world, html)
    (found,) = facts(world)
    original = world.s3.head_object(Bucket=world.name, Key=f"{kept_under(html)}/original")
    assert found["refusal"] == "not_an_image"
    assert world.keys() == [f"{kept_under(html)}/original"]
    assert original["ContentType"] == "application/octet-stream"


def test_an_empty_file_leaves_facts_alone(world: World):
    arrive(world, b"")
    assert [found["refusal"] for found in facts(world)] == ["empty"]
    assert world.keys() == []


def test_a_file_that_another_submission_sent_before_is_marked_on_the_later_one(world: World):
    arrive(world, phone_photo(1))
    arrive(world, phone_photo(1), f"incoming/summer/{OTHER}/1/1-1-ffff0000")
    assert "seen_on" not in facts(world)[0]
    assert facts(world, OTHER)[0]["seen_on"] == str(ID)


def test_the_notice_with_which_s3_tries_a_queue_is_passed_over(world: World):
    keeper(world).handle(json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent"}))
    assert world.keys() == []


@pytest.mark.parametrize(
    "key",
    [
        "",
        "incoming/",
        "incoming/summer/x/1/1-1-a",
        f"receipts/summer/{ID}/1/1-1-a",
        "a/b",
        f"incoming/summer/{ID}/1/1-{10**40}-a",
        f"incoming/summer/{ID}/{'9' * 4301}/1-1-a",
        f"incoming/summer/{ID}/0/1-1-a",
        *(
            KEY.replace("/1/1-1-", f"/{odd}-")
            for odd in ("1/1-1_0", "1/1-\uff11", "01/1-1", " 1/1-1")
        ),
        *(KEY.replace("abcd1234", odd) for odd in ("", "a" * 900, "abcd12\uffff", "ABCD1234")),
        *(KEY.replace("summer", odd) for odd in ("", "Summer", "s" * 61, "su mer", "\x00")),
        KEY.replace(str(ID), f"{{{ID}}}"),
        KEY.replace(str(ID), str(ID).upper().replace("-", "")),
        f"{KEY}\n",
    ],
    ids=lambda key: ascii(key)[-30:],
)
def test_a_key_that_is_not_of_our_making_is_nobodys(key):
    assert place_of(key) is None


def test_a_file_that_decodes_for_ever_is_a_fact_in_its_first_delivery(world: World):
    decoder = Decoder(cpu_seconds=1)
    try:
        arrive(world, nested_pdf(9), decoder=decoder)
        arrive(world, phone_photo(1), f"incoming/summer/{OTHER}/1/1-1-ffff0000", decoder=decoder)
    finally:
        decoder.close()
    assert [found["refusal"] for found in facts(world)] == ["damaged"]
    assert "refusal" not in facts(world, OTHER)[0]


def test_a_mistake_of_ours_leaves_the_upload_and_no_fact(world: World):
    broken = Decoder(program="ingest_lambda.pictures.nowhere")
    with pytest.raises(DecoderFault):
        arrive(world, phone_photo(1), decoder=broken)
    assert world.keys() == [KEY]
    assert facts(world) == []


def test_the_last_delivery_says_that_a_file_cannot_be_read(world: World):
    broken = Decoder(program="ingest_lambda.pictures.nowhere")
    for _ in range(2):
        arrive(world, phone_photo(1), decoder=broken, receives=LAST_DELIVERY)
    (found,) = facts(world)
    assert found["refusal"] == "damaged"
    assert world.keys() == [f"{kept_under(phone_photo(1))}/original"]


def test_what_was_kept_before_the_last_delivery_stays_as_it_was(world: World):
    arrive(world, phone_photo(1))
    before = facts(world), world.keys()
    arrive(world, phone_photo(1), receives=LAST_DELIVERY)
    assert (facts(world), world.keys()) == before
