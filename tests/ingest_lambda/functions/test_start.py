"""The first call of a page: every answer and every code of the contract."""

import base64
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from ingest_lambda import errors
from ingest_lambda.adapters.tokens import verify
from ingest_lambda.contract import (
    Purpose,
    Route,
    StartAnswer,
    StartRequest,
    SubmissionRecord,
    SubmissionStatus,
)
from ingest_lambda.functions.start import Caller
from tests.ingest_lambda.public_path import (
    CURRENT,
    MANIFEST,
    NOON,
    TOKEN_KEYS,
    World,
    open_world,
    payload,
    record,
    token,
)

PHOTO: dict[str, Any] = {
    "field": "receipt",
    "content_type": "image/jpeg",
    "size": 98_000,
    "sha256": "a" * 64,
}
NOBODY = Caller()


@pytest.fixture
def world() -> Iterator[World]:
    with open_world() as world:
        yield world


def start(world: World, *, at=NOON, slug="summer", caller=NOBODY, **request: Any) -> StartAnswer:
    asked = StartRequest.model_validate({"release": 2, "locale": "en"} | request)
    return world.starter.start(slug, asked, caller=caller, at=at)


def test_a_first_start_gives_an_id_that_sorts_by_time_and_a_day_to_submit(world: World):
    answer = start(world)
    assert answer.submission_id.version == 7
    assert answer.attempt == 1
    assert answer.expires_at == NOON + timedelta(hours=24)
    assert len(answer.reference) == 9
    assert answer.uploads == ()


def test_two_starts_are_two_submissions(world: World):
    assert start(world).submission_id != start(world).submission_id


def test_a_form_takes_this_file_and_no_other(world: World):
    (form,) = start(world, uploads=[PHOTO]).uploads
    policy = json.loads(base64.b64decode(form.fields["policy"]))
    assert ["content-length-range", 98_000, 98_000] in policy["conditions"]
    assert {"Content-Type": "image/jpeg"} in policy["conditions"]
    assert {"key": form.fields["key"]} in policy["conditions"]
    assert form.fields["success_action_status"] == "201"
    assert form.fields["x-amz-algorithm"] == "AWS4-HMAC-SHA256"


def test_the_address_is_in_the_token_as_keyed_hashes_only(world: World):
    answer = start(world, caller=Caller(address="203.0.113.7"))
    told = verify(answer.token, token_keys=TOKEN_KEYS)
    assert told.address_hash
    assert told.device_hash
    assert "203.0.113.7" not in told.model_dump_json()


def test_a_language_that_the_campaign_lacks_falls_back_to_its_first(world: World):
    answer = start(world, locale="fr")
    assert verify(answer.token, token_keys=TOKEN_KEYS).locale == "en"


def test_a_slug_that_was_never_published_is_unknown(world: World):
    with pytest.raises(errors.UnknownCampaign):
        start(world, slug="winter")


def test_a_start_before_the_opening_says_when(world: World):
    with pytest.raises(errors.NotOpen) as caught:
        start(world, at=CURRENT.opens_at - timedelta(milliseconds=1))
    assert caught.value.until == CURRENT.opens_at
    assert start(world, at=CURRENT.opens_at)


def test_the_end_is_exclusive(world: World):
    assert start(world, at=CURRENT.closes_at - timedelta(milliseconds=1))
    with pytest.raises(errors.NotOpen):
        start(world, at=CURRENT.closes_at)


def test_a_pause_stops_new_starts_and_lets_begun_ones_finish(world: World):
    begun = start(world).token
    world.table.published.set_current(CURRENT.model_copy(update={"paused": True}))
    with pytest.raises(errors.Paused):
        start(world)
    assert start(world, token=begun, uploads=[PHOTO]).uploads


@pytest.mark.parametrize("release", [1, 3])
def test_a_page_of_another_release_must_be_loaded_again(world: World, release):
    with pytest.raises(errors.ReleaseChanged):
        start(world, release=release)


@pytest.mark.parametrize(
    "uploads",
    [
        pytest.param([{**PHOTO, "field": "email"}], id="no field for images"),
        pytest.param([{**PHOTO, "field": "selfie"}], id="no field at all"),
        pytest.param([{**PHOTO, "content_type": "image/svg+xml"}], id="type"),
        pytest.param([{**PHOTO, "content_type": "", "name": "page.html"}], id="ending"),
        pytest.param([{**PHOTO, "size": 0}], id="empty"),
        pytest.param([{**PHOTO, "size": 15_000_001}], id="too large"),
        pytest.param([PHOTO, PHOTO], id="same place twice"),
        pytest.param([{**PHOTO, "receipt": n} for n in (1, 2, 3)], id="too many receipts"),
        pytest.param([{**PHOTO, "part": n} for n in (1, 2, 3, 4)], id="too many images"),
    ],
)
def test_a_file_that_the_form_does_not_take_is_refused_with_its_field(world: World, uploads):
    with pytest.raises(errors.UploadRefused) as caught:
        start(world, uploads=uploads)
    assert caught.value.field == uploads[-1]["field"]


@pytest.mark.parametrize(
    ("said", "signed"),
    [
        ({"content_type": "image/jpg"}, "image/jpeg"),
        ({"content_type": "", "name": "IMG_1.HEIC"}, "image/heic"),
        ({"content_type": "application/octet-stream"}, "application/octet-stream"),
    ],
)
def test_a_type_that_says_little_is_taken_and_the_content_decides(world: World, said, signed):
    first = start(world, uploads=[{**PHOTO, **said}])
    again = start(world, token=first.token, uploads=[{**PHOTO, **said}])
    (form,) = first.uploads
    assert form.fields["Content-Type"] == signed
    assert again.uploads[0].fields["key"] == form.fields["key"], "the same photo keeps its place"


def test_the_free_route_takes_no_receipt(world: World):
    with pytest.raises(errors.UploadRefused):
        start(world, route=Route.FREE, uploads=[PHOTO])


def test_a_renewal_keeps_the_submission_its_time_and_the_place_of_an_unchanged_photo(world: World):
    first = start(world, uploads=[PHOTO])
    later = start(
        world,
        at=NOON + timedelta(hours=1),
        token=first.token,
        uploads=[PHOTO, {**PHOTO, "part": 2}],
    )
    assert later.submission_id == first.submission_id
    assert later.expires_at == first.expires_at
    assert later.uploads[0].fields["key"] == first.uploads[0].fields["key"]
    assert later.uploads[1].fields["key"] != first.uploads[0].fields["key"]


def test_a_replaced_photo_gets_a_place_of_its_own(world: World):
    first = start(world, uploads=[PHOTO])
    later = start(world, token=first.token, uploads=[{**PHOTO, "size": 50_000}])
    assert later.uploads[0].fields["key"] != first.uploads[0].fields["key"]


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(token()[:-4] + "AAAA", id="altered"),
        pytest.param(token(slug="winter"), id="of another campaign"),
        pytest.param(token(purpose=Purpose.STATUS), id="for looking only"),
        pytest.param("t9." + token().partition(".")[2], id="of an unknown key"),
    ],
)
def test_a_token_that_is_none_of_ours_renews_nothing(world: World, bad):
    with pytest.raises(errors.BadToken):
        start(world, token=bad)


def test_a_token_of_yesterday_is_too_old(world: World):
    with pytest.raises(errors.TokenExpired):
        start(world, token=token(), at=NOON + timedelta(hours=24, seconds=1))


def resubmit_link() -> str:
    return token(attempt=2, purpose=Purpose.RESUBMIT, expires_at=NOON + timedelta(days=7))


def test_a_link_to_send_again_works_while_it_is_asked_for_and_also_after_the_close(world: World):
    asked = record(
        decision_status=SubmissionStatus.NEEDS_RESUBMISSION, decision_no=1, decided_attempt=1
    )
    world.table.submissions.create(asked)
    answer = start(world, token=resubmit_link(), uploads=[PHOTO], at=NOON + timedelta(days=6))
    assert answer.attempt == 2
    assert answer.submission_id == payload().submission_id
    assert "/2/1-1-" in answer.uploads[0].fields["key"]


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param(record(attempt=2), id="sent again already"),
        pytest.param(record(), id="nobody asks any more"),
    ],
)
def test_a_link_that_did_its_work_is_used(world: World, stored):
    world.table.submissions.create(stored)
    with pytest.raises(errors.LinkUsed):
        start(world, token=resubmit_link())


def test_who_sent_it_takes_the_new_photo_without_the_mails_link(world: World):
    until = NOON + timedelta(days=7)
    asked = record(
        decision_status=SubmissionStatus.NEEDS_RESUBMISSION,
        decision_no=1,
        decided_attempt=1,
        resubmit_until=until,
    )
    world.table.submissions.create(asked)
    answer = start(world, token=token(), uploads=[PHOTO], at=NOON + timedelta(days=6))
    assert (answer.attempt, answer.expires_at) == (2, until)
    assert start(world, token=answer.token, uploads=[PHOTO], at=NOON).attempt == 2
    with pytest.raises(errors.TokenExpired):
        start(world, token=token(), at=until + timedelta(seconds=1))


def asked_until(until: datetime, **more: Any) -> SubmissionRecord:
    return record(
        decision_status=SubmissionStatus.NEEDS_RESUBMISSION,
        decision_no=1,
        decided_attempt=1,
        resubmit_until=until,
        **more,
    )


def status_link(**more: Any) -> str:
    return token(purpose=Purpose.STATUS, expires_at=NOON + timedelta(days=400), **more)


def test_the_link_of_an_earlier_mail_takes_the_photo_while_it_is_asked_for(world: World):
    until = NOON + timedelta(days=7)
    world.table.submissions.create(asked_until(until))
    answer = start(world, token=status_link(), uploads=[PHOTO], at=NOON + timedelta(days=6))
    assert (answer.attempt, answer.expires_at) == (2, until)
    assert "/2/1-1-" in answer.uploads[0].fields["key"]
    signed = verify(answer.token, token_keys=TOKEN_KEYS)
    assert signed.purpose is Purpose.RESUBMIT
    with pytest.raises(errors.TokenExpired):
        start(world, token=status_link(), at=until + timedelta(seconds=1))


def test_a_link_whose_deadline_was_set_anew_goes_on_to_the_new_one(world: World):
    until = NOON + timedelta(days=12)
    world.table.submissions.create(asked_until(until))
    answer = start(world, token=resubmit_link(), uploads=[PHOTO], at=NOON + timedelta(days=8))
    assert answer.expires_at == until


def test_a_renewal_through_a_mails_link_keeps_the_place_of_an_unchanged_photo(world: World):
    world.table.submissions.create(asked_until(NOON + timedelta(days=7)))
    first = start(world, token=status_link(), uploads=[PHOTO])
    later = start(world, token=first.token, uploads=[PHOTO])
    assert later.uploads[0].fields["key"] == first.uploads[0].fields["key"]


@pytest.mark.parametrize("link", [status_link, resubmit_link])
@pytest.mark.parametrize(
    "stored",
    [
        record(),
        record(attempt=2),
        record(decision_status=SubmissionStatus.REVOKED, decision_no=2, decided_attempt=1),
        asked_until(NOON + timedelta(days=7), epoch=2),
    ],
    ids=["not asked", "sent already", "revoked", "links withdrawn"],
)
def test_no_mails_link_sends_what_nobody_asks_for(
    world: World, stored: SubmissionRecord, link: Callable[[], str]
):
    world.table.submissions.create(stored)
    with pytest.raises(errors.LinkUsed):
        start(world, token=link(), uploads=[PHOTO])


def test_an_own_token_starts_no_other_attempt_unless_it_is_asked_for(world: World):
    world.table.submissions.create(record())
    assert start(world, token=token()).attempt == 1


def test_a_link_to_a_submission_that_is_not_there_is_none_of_ours(world: World):
    with pytest.raises(errors.BadToken):
        start(world, token=resubmit_link())


def test_a_route_that_the_campaign_does_not_have_is_refused_with_its_name(world: World):
    only = MANIFEST.model_copy(update={"release": 3, "routes": (Route.PURCHASE,)})
    world.table.published.publish(only, CURRENT.model_copy(update={"release": 3}))
    for route in (Route.FREE, "by-pigeon"):
        with pytest.raises(errors.UnknownRoute) as refused:
            start(world, release=3, route=route)
        assert refused.value.field == "route"
