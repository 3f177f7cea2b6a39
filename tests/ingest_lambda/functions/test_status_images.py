"""What becomes of each photo is told to its sender in seconds, and says nothing of other people's."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from ingest_lambda.contract import (
    SAME_PHOTO,
    ImageRecord,
    ImageRefusal,
    ImageState,
    Purpose,
    ShownImage,
    SubmissionStatus,
    Upload,
    incoming_key,
)
from tests.ingest_lambda.public_path import ID, NOON, World, open_world, record, token

OTHER = UUID("01972222-2222-7222-8222-222222222222")


@pytest.fixture
def world() -> Iterator[World]:
    with open_world() as world:
        yield world


def announced(part: int = 1, *, attempt: int = 1, nonce: str = "aa", about: UUID = ID) -> Upload:
    return Upload(
        field="receipt",
        receipt=1,
        part=part,
        key=incoming_key("summer", about, attempt, 1, part, nonce),
        size=9,
        content_type="image/jpeg",
        sha256="a" * 64,
    )


def came(world: World, upload: Upload, *, about: UUID = ID, **facts: Any) -> None:
    world.table.photos.put_image(
        ImageRecord(
            **{
                "submission_id": about,
                "attempt": int(upload.key.split("/")[3]),
                "receipt": upload.receipt,
                "part": upload.part,
                "key": upload.key,
                "content_type": "image/jpeg",
                "size": 9,
                "sha256": f"{upload.part}" * 64,
                "checked_at": NOON,
                **facts,
            }
        )
    )


def images_of(world: World, *uploads: Upload, **payload: Any) -> list[tuple[int, str, str | None]]:
    answer = world.reader.read("summer", ID, token(uploads=uploads, **payload), at=NOON)
    return [(image.part, image.state, image.code) for image in answer.images]


def test_before_the_form_is_sent_each_photo_has_its_state(world: World):
    good, bad, missing = (announced(part) for part in (1, 2, 3))
    assert images_of(world, good, bad) == [(1, "awaited", None), (2, "awaited", None)]
    came(world, good)
    came(world, bad, refusal=ImageRefusal.DAMAGED)
    assert images_of(world, good, bad, missing) == [
        (1, "taken", None),
        (2, "refused", "damaged"),
        (3, "awaited", None),
    ]


@pytest.mark.parametrize("refusal", list(ImageRefusal))
def test_each_refusal_is_told_by_its_code(world: World, refusal: ImageRefusal):
    came(world, announced(), refusal=refusal)
    assert images_of(world, announced()) == [(1, "refused", refusal.value)]


def test_after_it_is_sent_the_photos_of_the_submission_are_told(world: World):
    replaced, sent = announced(nonce="aa"), announced(nonce="bb")
    came(world, replaced, refusal=ImageRefusal.DAMAGED)
    came(world, sent)
    assert images_of(world, replaced) == [(1, "refused", "damaged")]
    world.table.submissions.create(record(uploads=(sent,)))
    assert images_of(world, replaced) == [(1, "taken", None)]
    assert images_of(world) == [(1, "taken", None)]


def test_a_replaced_photo_is_told_of_no_more(world: World):
    came(world, announced(nonce="aa"), refusal=ImageRefusal.ENCRYPTED)
    assert images_of(world, announced(nonce="bb")) == [(1, "awaited", None)]


def test_of_one_file_at_two_places_of_an_entry_the_second_is_too_many(world: World):
    first, second = announced(1), announced(2)
    came(world, second, sha256="c" * 64)
    assert images_of(world, second, first) == [(1, "awaited", None), (2, "taken", None)]
    came(world, first, sha256="c" * 64)
    assert images_of(world, second, first) == [(1, "taken", None), (2, "refused", SAME_PHOTO)]


def test_that_another_person_sent_the_same_file_is_told_to_nobody(world: World):
    theirs, mine = announced(about=OTHER), announced()
    came(world, theirs, about=OTHER, sha256="c" * 64)
    world.table.submissions.create(record(id=OTHER, uploads=(theirs,)))
    came(world, mine, sha256="c" * 64, seen_on=OTHER)
    assert images_of(world, mine) == [(1, "taken", None)]
    world.table.submissions.create(record(uploads=(mine,)))
    assert images_of(world, mine) == [(1, "taken", None)]


def test_a_file_that_is_another_than_announced_is_no_news_either(world: World):
    came(world, announced(), sha256="d" * 64)
    assert images_of(world, announced()) == [(1, "taken", None)]


def test_the_second_photo_is_told_of_before_it_is_sent(world: World):
    first, second = announced(), announced(attempt=2, nonce="bb")
    came(world, first)
    asked = record(
        uploads=(first,),
        decision_status=SubmissionStatus.NEEDS_RESUBMISSION,
        decision_no=1,
        decided_attempt=1,
    )
    world.table.submissions.create(asked)
    payload = {"attempt": 2, "purpose": Purpose.RESUBMIT}
    assert images_of(world, second, **payload) == [(1, "awaited", None)]
    came(world, second, refusal=ImageRefusal.EMPTY)
    assert images_of(world, second, **payload) == [(1, "refused", "empty")]
    assert images_of(world, **payload) == []


@pytest.mark.parametrize("purpose", [Purpose.STATUS, Purpose.CLAIM])
def test_a_link_to_the_status_tells_of_no_photo(world: World, purpose: Purpose):
    came(world, announced(), refusal=ImageRefusal.DAMAGED)
    assert images_of(world, announced(), purpose=purpose) == []
    world.table.submissions.create(record(uploads=(announced(),)))
    assert images_of(world, announced(), purpose=purpose) == []


def test_an_entry_without_photos_asks_for_none(world: World):
    world.table.submissions.create(record())
    assert images_of(world) == []


def test_a_photo_is_told_of_by_place_state_and_code_alone():
    assert set(ShownImage.model_fields) == {"field", "receipt", "part", "state", "code"}
    assert set(ImageState) == {"awaited", "taken", "refused"}
