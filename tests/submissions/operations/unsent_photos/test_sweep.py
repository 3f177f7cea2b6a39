"""Photos that no submission names go from the table, the bucket and here; any other stays."""

from datetime import timedelta
from typing import Any

import pytest

from campaignhub import aws, ingest
from campaignhub.env import env
from ingest_lambda.adapters.table.keys import keys_key
from ingest_lambda.contract import (
    Mode,
    SubmissionStatus,
)
from submissions.intake.services.repair import bring_here
from submissions.mirror.models import ReceiptImage, Submission, SubmissionEvent
from submissions.operations.models import UnsentRound
from submissions.operations.rules.unsent_photos import LONGEST_ASKED
from submissions.operations.services import bucket, unsent_photos
from submissions.operations.services.ledger_rounds import compare_everything
from submissions.operations.services.unsent_photos import sweep_unsent
from tests.submissions.factories import NOON, make_campaign
from tests.submissions.operations.unsent_photos.photos import (
    DUE,
    EVERYWHERE,
    KEPT,
    begin,
    change,
    hear,
    send,
    sweep,
    take,
)
from tests.support.simulated_aws import take_table_away

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]
MOMENT = timedelta(milliseconds=1)


# ------------------------------------------------------------ the rule, its edge, the second time


def test_a_photo_without_an_entry_goes_everywhere_48_hours_after_its_token(campaign: Any) -> None:
    photo = take(campaign, begin())
    assert sweep(DUE - MOMENT).swept == 0
    assert photo.places() == EVERYWHERE
    assert sweep(DUE).swept == 1
    assert photo.places() == set()
    assert (sweep(DUE).swept, sweep(DUE).why) == (0, "")
    assert not compare_everything(at=DUE, repair=False).gap_count


def test_the_photo_that_was_sent_stays_and_those_it_replaced_go(campaign: Any) -> None:
    about = begin()
    photos = [take(campaign, about, nonce=f"{n:02}", file=f"{n:x}") for n in range(1, 13)]
    record = send(campaign, about, photos[-1])
    assert sweep().swept == 11
    assert photos[-1].places() == EVERYWHERE
    assert [photo.places() for photo in photos[:-1]] == [{"line"}] * 11, "the entry's history"
    assert ingest.read_submission(about) == record
    assert Submission.objects.get().uploads[0]["key"] == photos[-1].key
    assert sweep().swept == 0


def test_what_was_refused_still_names_its_photo(campaign: Any) -> None:
    photo = take(campaign, begin())
    send(campaign, photo.image.submission_id, photo, status=SubmissionStatus.INVALID)
    assert sweep().swept == 0
    assert photo.places() == EVERYWHERE


def test_a_photo_of_a_test_goes_as_well(campaign: Any) -> None:
    photo = take(campaign, begin())
    send(campaign, begin(), mode=Mode.TEST)
    assert sweep().swept == 1
    assert photo.places() == set()


def test_the_same_file_sent_at_another_place_keeps_its_hint(campaign: Any) -> None:
    about = begin()
    first, again = take(campaign, about, nonce="01"), take(campaign, about, nonce="02")
    send(campaign, about, again)
    assert sweep().swept == 1
    assert again.places() == EVERYWHERE
    assert "facts" not in first.places()


def test_a_hint_that_another_holds_stays_with_it(campaign: Any) -> None:
    sent = take(campaign, begin(), nonce="01")
    send(campaign, sent.image.submission_id, sent)
    twin = take(campaign, begin(), nonce="02")
    assert sweep().swept == 1
    assert twin.places() == {"hint"}
    assert sent.places() == EVERYWHERE


def test_the_count_of_places_goes_with_the_photo(campaign: Any) -> None:
    about = begin()
    table = ingest.clients.submissions_table()
    for _ in range(2):
        table.photos.count_keys(
            about, 1, {"receipt": 1}, before={"receipt": 1}, most={"receipt": 12}, expires_at=DUE
        )
    take(campaign, about)
    assert table.store.get(keys_key(about, 1))
    sweep()
    assert table.store.get(keys_key(about, 1)) is None
    assert ingest.records_of(about) == ()


def test_a_campaign_that_the_table_does_not_know_stops_nothing() -> None:
    photo = take(make_campaign(), begin())
    assert sweep().swept == 1
    assert "facts" not in photo.places()


# ------------------------------------------------------------ second photos


def _asked(campaign: Any, *, until: Any) -> Any:
    photo = take(campaign, begin(), nonce="01", file="1")
    record = send(campaign, photo.image.submission_id, photo)
    asked = change(
        record,
        decision_no=1,
        decision_status=SubmissionStatus.NEEDS_RESUBMISSION,
        decided_attempt=1,
        resubmit_until=until,
    )
    return asked, photo


def test_a_second_photo_waits_for_its_own_deadline(campaign: Any) -> None:
    until = NOON + timedelta(days=14)
    record, first = _asked(campaign, until=until)
    second = take(campaign, record.id, attempt=2, nonce="02", file="2", came_at=until)
    assert sweep(until + KEPT - MOMENT).swept == 0
    assert second.places() == EVERYWHERE
    assert sweep(until + KEPT).swept == 1
    assert second.places() == {"line"}
    assert first.places() == EVERYWHERE


def test_what_each_attempt_showed_stays_and_what_each_replaced_goes(campaign: Any) -> None:
    until = NOON + timedelta(days=7)
    record, first = _asked(campaign, until=until)
    replaced = take(campaign, record.id, nonce="03", file="3")
    changed = take(campaign, record.id, attempt=2, nonce="04", file="4", came_at=until)
    second = take(campaign, record.id, attempt=2, nonce="05", file="5", came_at=until)
    change(
        record,
        attempt=2,
        status=SubmissionStatus.PENDING_REVIEW,
        uploads=(second.upload,),
        earlier_keys=(first.key,),
    )
    assert sweep(until).swept == 1
    assert replaced.places() == {"line"}
    assert sweep(until + KEPT).swept == 1
    assert changed.places() == {"line"}
    assert [photo.places() for photo in (first, second)] == [EVERYWHERE] * 2


def test_where_no_deadline_is_known_the_longest_one_holds(campaign: Any) -> None:
    record, first = _asked(campaign, until=NOON + timedelta(days=7))
    photo = take(campaign, record.id, attempt=2, nonce="02", file="2")
    change(
        record,
        decision_no=2,
        decision_status=SubmissionStatus.REJECTED,
        resubmit_until=None,
    )
    Submission.objects.update(resubmit_until=None, decision_status=SubmissionStatus.REJECTED)
    over = NOON + LONGEST_ASKED + KEPT
    assert sweep(over - MOMENT).swept == 0
    assert sweep(over).swept == 1
    assert photo.places() == {"line"}
    assert first.places() == EVERYWHERE


def test_an_answer_of_before_photos_were_named_keeps_all_of_its_earlier_ones(campaign: Any) -> None:
    record, first = _asked(campaign, until=NOON + timedelta(days=7))
    unknown = take(campaign, record.id, nonce="03", file="3", mirrored=False)
    second = take(campaign, record.id, attempt=2, nonce="05", file="5")
    change(record, attempt=2, uploads=(second.upload,), mirrored=False)
    hear(unknown.image)
    assert sweep(NOON + timedelta(days=30)).swept == 0
    assert {"facts", "files", "photo"} <= unknown.places()
    assert first.places() == EVERYWHERE


def test_an_answer_names_the_photos_of_the_attempt_before(campaign: Any) -> None:
    record, first = _asked(campaign, until=NOON + timedelta(days=7))
    assert record.names(first.key)
    later = record.model_copy(update={"uploads": (), "earlier_keys": (first.key,)})
    assert type(later).from_attributes(later.to_attributes()) == later
    assert later.names(first.key)
    assert not later.names(first.key + "x")


# ------------------------------------------------------------ what the mirror lost, and what is away


def test_a_photo_whose_entry_only_the_mirror_lost_is_brought_here(campaign: Any) -> None:
    photo = take(campaign, begin())
    send(campaign, photo.image.submission_id, photo, mirrored=False)
    assert sweep().swept == 0
    assert photo.places() == EVERYWHERE
    assert Submission.objects.count() == 1
    assert sweep().swept == 0


def test_facts_that_the_mirror_lost_go_once_it_has_them(campaign: Any) -> None:
    photo = take(campaign, begin(), mirrored=False)
    assert sweep().swept == 0
    bring_here([photo.image.submission_id], at=DUE)
    assert sweep().swept == 1
    assert photo.places() == set()


def test_a_late_word_of_the_mirror_is_swept_again(campaign: Any) -> None:
    photo = take(campaign, begin())
    sweep()
    hear(photo.image)
    assert ReceiptImage.objects.exists()
    assert sweep().swept == 1
    assert photo.places() == set()


def test_a_round_ends_where_the_table_is_away_and_the_next_one_goes_on(
    campaign: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = [take(campaign, begin()) for _ in range(5)]
    with monkeypatch.context() as away:
        take_table_away(away)
        round_ = sweep()
        assert (round_.swept, round_.why) == (
            0,
            "The table or the bucket didn't answer; the next round goes on.",
        )
    assert sum(sweep().swept for _ in range(3)) == 5
    assert [photo.places() for photo in photos] == [set()] * 5


def test_a_kill_after_each_step_is_finished_by_the_next_round(
    campaign: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(*_: Any, **__: Any) -> Any:
        raise Killed

    steps: list[tuple[Any, str]] = [
        (ingest, "forget_photo"),
        (bucket, "empty_folder"),
        (bucket, "remove"),
        (unsent_photos, "_drop_rows"),
    ]
    for owner, step in steps:
        photo = take(campaign, begin())
        with monkeypatch.context() as dying:
            dying.setattr(owner, step, die)
            with pytest.raises(Killed):
                sweep()
        assert {"photo", "half"} <= photo.places(), step
        assert sweep().swept == 1
        assert photo.places() == set()
    assert unsent_photos.unsent(at=DUE).swept_today == len(steps)


# ------------------------------------------------------------ rounds


def test_a_round_is_bounded_and_the_next_one_goes_on_behind_it(
    campaign: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unsent_photos, "MOST_A_ROUND", 2)
    for minutes in range(5):
        take(campaign, begin(NOON - timedelta(minutes=minutes)))
    assert [sweep().swept for _ in range(4)] == [2, 2, 1, 0]


def test_a_round_without_time_ends_and_loses_nothing(campaign: Any) -> None:
    for minutes in range(3):
        take(campaign, begin(NOON - timedelta(minutes=minutes)))
    asked = iter([False, True])
    assert sweep_unsent(at=DUE, enough=lambda: next(asked)).swept == 1
    assert sweep_unsent(at=DUE, enough=lambda: True).swept == 0
    assert sum(sweep().swept for _ in range(2)) == 2


def test_what_cannot_go_does_not_stand_in_the_way(
    campaign: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Named in the table, and of a campaign that the site does not know: the mirror takes none of it."""
    monkeypatch.setattr(unsent_photos, "MOST_A_ROUND", 2)
    for minutes in (9, 8, 7):
        photo = take(campaign, begin(NOON - timedelta(minutes=minutes)))
        send(
            campaign,
            photo.image.submission_id,
            photo,
            mirrored=False,
            campaign_id=str(photo.image.submission_id),
        )
    photo = take(campaign, begin())
    assert sum(sweep().swept for _ in range(3)) == 1
    assert photo.places() == {"hint"}, "another entry holds it"


def test_an_item_of_a_later_version_stays(campaign: Any) -> None:
    photo = take(campaign, begin())
    send(campaign, photo.image.submission_id, photo, mirrored=False)
    aws.dynamodb().update_item(
        TableName=env().table_name,
        Key={
            "pk": {"S": f"SUBMISSION#{photo.image.submission_id}"},
            "sk": {"S": "SUBMISSION"},
        },
        UpdateExpression="SET #status = :new",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":new": {"S": "of_tomorrow"}},
    )
    assert sweep().swept == 0
    assert {"facts", "files", "photo", "half"} <= photo.places()


def test_rounds_are_kept_for_a_month(campaign: Any) -> None:
    take(campaign, begin())
    sweep()
    assert unsent_photos.unsent(at=DUE).swept_lately == 1
    sweep(DUE + timedelta(days=32))
    assert UnsentRound.objects.count() == 1


# ------------------------------------------------------------ the history


def test_the_line_of_an_entry_stays_refused(campaign: Any) -> None:
    photo = take(campaign, begin())
    send(campaign, photo.image.submission_id, photo)
    sweep()
    lines = SubmissionEvent.objects.filter(submission_id=photo.image.submission_id)
    assert {line.kind for line in lines} >= {"checked", "received"}
