"""A table that was restored from a backup gets back what this site has of the time since; rehearsed to the end."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from campaignhub import aws, ingest
from campaignhub.env import env
from campaigns.setup.models import Campaign
from ingest_lambda.adapters.table.keys import submission_item
from ingest_lambda.contract import (
    AwardState,
    LimitSpec,
    PrizePlan,
    Reason,
    ReasonCode,
    SubmissionRecord,
    SubmissionStatus,
    TakenLimit,
)
from submissions.intake.services.mirroring import mirror_records
from submissions.mirror.models import Submission
from submissions.operations.services.ledger_rounds import compare_everything
from submissions.operations.services.table_repair import TableRepair, go_on
from submissions.review.services.decisions import approve_submission, reject_submission
from submissions.review.services.outbox import propagate_decisions
from tests.campaigns.factories import make_user
from tests.submissions.factories import (
    NOON,
    make_award,
    make_campaign,
    make_image,
    make_message,
    make_record,
    make_upload,
)
from tests.submissions.operations.released import published
from tests.support.simulated_aws import simulated_aws, take_table_away

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]
LATER = NOON + timedelta(hours=3)


@pytest.fixture(autouse=True)
def _account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with simulated_aws(monkeypatch):
        yield


def stored(campaign: Campaign, **overrides: Any) -> SubmissionRecord:
    """Put an entry with a photo, a message and an award into the table and here."""
    record = make_record(campaign, **overrides)
    record = record.model_copy(update={"uploads": (make_upload(record.id),)})
    image, message = make_image(record.id, record.uploads[0]), make_message(record.id)
    award, table = make_award(record.id), ingest.clients.submissions_table()
    table.submissions.create(record)
    table.photos.put_image(image)
    table.submissions.put_message(message)
    table.submissions.put_award(award)
    mirror_records([record, image, message, award], at=NOON, notify=False)
    return record


def lose(record: SubmissionRecord) -> None:
    """Take an entry and all that hangs on it from the table."""
    ingest.delete_submission(record.id)


def put_over(record: SubmissionRecord) -> None:
    """Put an entry into the table as a backup of it had it."""
    aws.dynamodb().put_item(TableName=env().table_name, Item=submission_item(record))


def repaired() -> TableRepair:
    repair = TableRepair()
    go_on(repair, enough=lambda: False)
    return repair


def test_what_came_after_the_backup_is_put_back_with_all_that_hangs_on_it() -> None:
    campaign = published()
    kept, lost = stored(campaign), stored(campaign)
    lose(lost)
    assert compare_everything(at=LATER, repair=True).gap_count == 3, (
        "entries are compared by the hour"
    )
    repair = repaired()
    assert (repair.looked_at, repair.restored, repair.failed) == (8, 4, [])
    whole = compare_everything(at=LATER, repair=True)
    assert (whole.items, whole.repaired, whole.gap_count) == (8, 0, 0)
    back = ingest.read_submission(lost.id)
    assert back is not None
    same = ("answers", "uploads", "entered_at", "body_hash", "version", "status", "slug")
    assert all(getattr(back, name) == getattr(lost, name) for name in same)
    assert repaired().restored == 0, "twice is once"
    assert ingest.read_submission(kept.id) == kept


def test_a_verdict_that_the_backup_lacks_is_there_again_and_the_item_is_not_older_than_the_row() -> (
    None
):
    record = stored(published())
    approve_submission(record.id, actor=make_user(), at=NOON)
    assert propagate_decisions(at=LATER) == 1
    decided = ingest.read_submission(record.id)
    assert decided is not None
    mirror_records([decided], at=LATER, notify=False)
    put_over(record)
    assert repaired().restored == 1
    back = ingest.read_submission(record.id)
    assert back is not None
    assert back.shown_status is SubmissionStatus.APPROVED
    assert (back.version, back.decision_no) == (decided.version, 1)
    row = Submission.objects.get()
    mirror_records([back], at=LATER, notify=False)
    row.refresh_from_db()
    assert (row.status, row.version) == (SubmissionStatus.APPROVED, back.version)


def test_a_newer_version_in_the_table_stays() -> None:
    record = stored(published())
    put_over(record.model_copy(update={"version": 9}))
    assert repaired().restored == 0
    back = ingest.read_submission(record.id)
    assert back is not None
    assert back.version == 9


@pytest.mark.parametrize(
    ("code", "held"),
    [(ReasonCode.BELOW_MIN_SPEND, []), (ReasonCode.DUPLICATE_OWN, ["per_person"])],
)
def test_its_entrant_holds_the_slot_again_and_one_who_was_rejected_as_the_rules_say(
    code: ReasonCode, held: list[str]
) -> None:
    limit = LimitSpec(name="per_person", scope="person", window={"kind": "campaign"}, count=1)
    campaign = published(limits=(limit,))
    kept = stored(campaign, person_hash="a" * 64)
    rejected = stored(campaign, person_hash="b" * 64)
    reject_submission(rejected.id, reasons=[Reason(code=code)], actor=make_user(), at=NOON)
    propagate_decisions(at=LATER)
    for record in (kept, rejected):
        lose(record)
    assert repaired().restored == 8
    taken = {
        pk: [one.limit for one in back.limits_taken]
        for pk in (kept.id, rejected.id)
        if (back := ingest.read_submission(pk))
    }
    assert taken == {kept.id: ["per_person"], rejected.id: held}


def test_it_goes_on_where_it_was_broken_off() -> None:
    campaign = published()
    for record in [stored(campaign) for _ in range(3)]:
        lose(record)
    repair = TableRepair()
    steps = 0
    while not repair.is_over:
        repair = TableRepair(**json.loads(json.dumps(asdict(repair))))
        go_on(repair, enough=lambda: True)
        steps += 1
    assert steps > 4
    assert repair.restored == 12
    assert compare_everything(at=LATER, repair=False).gap_count == 0


def test_while_the_table_is_away_it_stays_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    lose(stored(published()))
    repair = TableRepair()
    with monkeypatch.context() as away:
        take_table_away(away)
        with pytest.raises(ingest.IngestBusy):
            go_on(repair, enough=lambda: False)
    assert (repair.position, repair.restored) == ("", 0)


def test_without_its_release_an_entry_is_named_and_left_and_the_command_fails() -> None:
    record = stored(make_campaign())
    lose(record)
    told = StringIO()
    with pytest.raises(CommandError, match=f"{record.id}.*republish"):
        call_command("restore_table", stdout=told)
    assert "3 put back" in told.getvalue()


def test_an_award_that_the_backup_has_in_an_earlier_state_is_as_its_winner_was_told() -> None:
    record = stored(published())
    (before,) = ingest.clients.submissions_table().submissions.awards(record.id)
    told = before.model_copy(update={"state": AwardState.CONFIRMED, "version": 2})
    mirror_records([told], at=LATER, notify=False)
    assert compare_everything(at=LATER, repair=True).gap_count == 1
    assert repaired().restored == 1
    (back,) = ingest.clients.submissions_table().submissions.awards(record.id)
    assert (back.state, back.version, back.unit) == (told.state, told.version, told.unit)
    assert compare_everything(at=LATER, repair=True).gap_count == 0
    assert repaired().restored == 0, "twice is once"


def test_an_award_that_is_put_back_counts_against_its_limit_and_goes_without_where_that_is_full() -> (
    None
):
    limit = {"name": "one_prize", "scope": "person", "prizes": ("voucher",)}
    prizes = [{"name": "voucher", "names": {"en": "Voucher"}, "mechanic": "everyone"}]
    campaign = published(prize_plan=PrizePlan.model_validate({"prizes": prizes, "limits": [limit]}))
    held = TakenLimit(limit="one_prize", scope_hash="person", window="campaign")
    for keeps in (True, False):
        record = stored(campaign)
        award = make_award(record.id, prize="voucher", limits_taken=(held,))
        mirror_records([award], at=NOON, notify=False)
        assert repaired().restored == 1
        back = next(
            one
            for one in ingest.clients.submissions_table().submissions.awards(record.id)
            if one.prize == "voucher"
        )
        assert (back.limits_taken == (held,)) is keeps


def spoil(record: SubmissionRecord, **attributes: dict[str, str]) -> None:
    """Change an item as by hand."""
    item = {**submission_item(record), **attributes}
    aws.dynamodb().put_item(TableName=env().table_name, Item=item)


def mended(entry: str) -> str:
    told = StringIO()
    call_command("restore_table", entry=entry, stdout=told)
    return told.getvalue()


@pytest.mark.parametrize("entry", ["", " ", "nowhere", "%"])
def test_an_entry_that_is_named_by_nothing_is_not_the_whole_table(entry: str) -> None:
    lose(stored(published()))
    with pytest.raises(CommandError, match="no such entry"):
        mended(entry)
    assert repaired().restored == 4, "nothing was put back before"


def test_what_of_one_entry_s_item_cannot_be_read_is_replaced_and_all_else_stays() -> None:
    record = stored(published(), device_hash="d" * 32)
    entry = Submission.objects.get()
    spoil(record, answers={"S": '{"last":"O"Neill"}'}, decision_no={"S": "none"})
    with pytest.raises(ValueError, match="answers"):
        ingest.read_submission(record.id)

    assert "replaced answers, decision_no" in mended(entry.reference.lower())

    assert ingest.read_submission(record.id) == record
    assert "nothing to replace" in mended(str(record.id))


def test_an_item_of_another_version_than_the_site_s_is_left_as_it_is() -> None:
    record = stored(published())
    spoil(record, answers={"S": "{"}, version={"N": "7"})

    with pytest.raises(CommandError, match="another version"):
        mended(str(record.id))

    with pytest.raises(ValueError, match="answers"):
        ingest.read_submission(record.id)


@pytest.mark.parametrize("entry", ["7777-7777", "00000000-0000-4000-8000-000000000000"])
def test_an_entry_that_the_site_does_not_have_cannot_be_mended(entry: str) -> None:
    with pytest.raises(CommandError, match="no such entry"):
        mended(entry)
