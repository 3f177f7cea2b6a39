"""A round through the whole table finds what the index by hour says nothing of: photos, messages, prizes."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from campaignhub import ingest
from campaigns.accounts.models import AuditEntry
from campaigns.jobs.models import Job
from campaigns.jobs.services.asking import cancel
from campaigns.jobs.services.running import LEASE
from campaigns.setup.models import Campaign
from ingest_lambda.adapters.table import LedgerItems
from ingest_lambda.contract import AwardState, Mode
from submissions.intake.services.mirroring import mirror_records
from submissions.mail.models import Mail
from submissions.mirror.models import Award, DeletedTest, EntrantMessage, ReceiptImage, Submission
from submissions.operations.models import LedgerRound
from submissions.operations.services import ledger_rounds
from submissions.operations.services.backfill import backfill
from submissions.operations.services.ledger import reconcile
from submissions.operations.services.ledger_rounds import (
    _compare_next,
    ask_for_round,
    compare_everything,
    go_on,
)
from submissions.operations.tasks import reconcile as hourly
from tests.campaigns.jobs.counting import deliver
from tests.submissions.factories import (
    NOON,
    make_award,
    make_campaign,
    make_image,
    make_message,
    make_record,
    make_upload,
)
from tests.submissions.operations.operators import make_operator
from tests.support.at_once import at_once
from tests.support.jobs import run_jobs
from tests.support.simulated_aws import simulated_aws

pytestmark = pytest.mark.dialects

LATER = NOON + timedelta(days=2)
KINDS = (ReceiptImage, EntrantMessage, Award)


@pytest.fixture
def account(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    with simulated_aws(monkeypatch) as queues:
        yield queues


def stored(campaign: Campaign, **overrides: Any) -> Any:
    """Put a submission with a photo, a message and a prize into the table and, by the mirror, here."""
    record = make_record(campaign, **overrides)
    record = record.model_copy(update={"uploads": (make_upload(record.id),)})
    image = make_image(record.id, record.uploads[0])
    message, award = make_message(record.id), make_award(record.id)
    table = ingest.clients.submissions_table()
    table.submissions.create(record)
    table.photos.put_image(image)
    table.submissions.put_message(message)
    put_award(award)
    mirror_records([record, image, message, award], at=NOON, notify=True)
    return record


def put_award(award: Any) -> None:
    table = ingest.clients.submissions_table()
    key = {"pk": {"S": f"SUBMISSION#{award.submission_id}"}, "sk": {"S": f"AWARD#{award.prize}"}}
    table.store.client.put_item(TableName=table.store.name, Item={**key, **award.to_attributes()})


def take_from_table(record: Any, sort_key: str) -> None:
    table = ingest.clients.submissions_table()
    for item in table.store.group(record.id):
        if item["sk"]["S"].startswith(sort_key):
            table.store.client.delete_item(
                TableName=table.store.name, Key={"pk": item["pk"], "sk": item["sk"]}
            )


def pages(*, of: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = LedgerItems.items_after
    monkeypatch.setattr(
        LedgerItems,
        "items_after",
        lambda self, position="", *, most=0: whole(self, position, most=of),
    )


def at_once_enough() -> bool:
    return True


def after(calls: int) -> Callable[[], bool]:
    """Return what is content after so many pages."""
    left = iter([False] * (calls - 1))
    return lambda: next(left, True)


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("lost", KINDS)
def test_what_was_lost_of_an_agreeing_submission_is_brought_here(lost):
    campaign = make_campaign()
    for _ in range(3):
        stored(campaign)
    mails = list(Mail.objects.order_by("pk").values_list("pk", "kind", "state"))
    assert len(mails) == 6, "each entry and each prize is told of"
    lost.objects.filter(pk=lost.objects.values("pk")[:1]).delete()
    assert reconcile(at=LATER).repaired == 0, "the hours agree"
    whole = compare_everything(at=LATER, repair=True)
    assert (whole.items, whole.repaired, whole.gap_count) == (12, 1, 0)
    assert lost.objects.count() == 3
    assert compare_everything(at=LATER, repair=True).repaired == 0
    after = list(Mail.objects.order_by("pk").values_list("pk", "kind", "state"))
    assert after == mails, "nobody is written to a second time"


@pytest.mark.usefixtures("account")
def test_a_later_version_of_a_prize_or_an_entry_is_brought_here():
    record = stored(make_campaign())
    put_award(make_award(record.id, state=AwardState.CONFIRMED, version=2))
    ingest.clients.submissions_table().submissions.replace(
        record.model_copy(update={"version": 2, "held": True})
    )
    assert compare_everything(at=LATER, repair=True).repaired == 2
    assert Award.objects.get().state == AwardState.CONFIRMED
    assert Submission.objects.get().held


@pytest.mark.usefixtures("account")
def test_a_photo_whose_entry_never_came_is_here_too():
    submission_id = uuid4()
    ingest.clients.submissions_table().photos.put_image(
        make_image(submission_id, make_upload(submission_id))
    )
    assert compare_everything(at=LATER, repair=True).repaired == 1
    assert ReceiptImage.objects.get().submission_id == submission_id


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize(
    ("sort_key", "word"), [("IMAGE#", "photo"), ("MESSAGE#", "message"), ("AWARD#", "award")]
)
def test_what_is_here_and_not_in_the_table_is_a_gap_that_stays(sort_key, word):
    record = stored(make_campaign())
    stored(make_campaign())
    take_from_table(record, sort_key)
    whole = compare_everything(at=LATER, repair=True)
    assert (whole.repaired, whole.gap_count) == (0, 1)
    assert whole.gaps == [f"{word} of {record.id}"]
    assert all(kind.objects.count() == 2 for kind in KINDS), "nothing is ever deleted"


@pytest.mark.usefixtures("account")
def test_what_cannot_be_taken_in_is_a_gap():
    stranger = make_record(make_campaign(), campaign_id=str(uuid4()))
    ingest.clients.submissions_table().submissions.create(stranger)
    whole = compare_everything(at=LATER, repair=True)
    assert (whole.repaired, whole.gaps) == (0, [f"entry of {stranger.id}"])


@pytest.mark.usefixtures("account")
def test_a_test_that_was_deleted_here_is_not_missed():
    campaign = make_campaign()
    gone = make_record(campaign, mode=Mode.TEST, campaign_id=str(campaign.test_id))
    ingest.clients.submissions_table().submissions.create(gone)
    DeletedTest.objects.create(submission_id=gone.id, at=NOON)
    assert compare_everything(at=LATER, repair=True).gap_count == 0
    assert not Submission.objects.exists()


@pytest.mark.usefixtures("account")
def test_limits_guards_and_releases_are_none_of_the_sites():
    record = make_record(make_campaign())
    ingest.clients.submissions_table().submissions.create(record, guards=("image:" + "a" * 64,))
    mirror_records([record], at=NOON, notify=False)
    assert compare_everything(at=LATER, repair=True).items == 1


# ---------------------------------------------------------------- by the clock


@pytest.mark.usefixtures("account")
def test_a_round_goes_on_where_it_stopped_and_the_next_one_begins_at_the_start(monkeypatch):
    campaign = make_campaign()
    for _ in range(3):
        stored(campaign)
    ReceiptImage.objects.all().delete()
    pages(of=4, monkeypatch=monkeypatch)
    go_on(at=LATER, enough=at_once_enough)
    under_way = LedgerRound.objects.get()
    assert (under_way.items, under_way.ended_at) == (4, None)
    assert 0 < under_way.percent < 100
    repaired = under_way.repaired
    assert ReceiptImage.objects.count() == repaired
    go_on(at=LATER, enough=after(9))
    ended = LedgerRound.objects.get()
    assert (ended.items, ended.repaired, ended.gap_count) == (12, 3, 0)
    assert (ended.ended_at, ended.percent) == (LATER, 100)
    go_on(at=LATER, enough=at_once_enough)
    assert LedgerRound.objects.count() == 2


@pytest.mark.usefixtures("account")
def test_what_came_a_moment_ago_is_on_its_way_and_not_lost():
    record = stored(make_campaign())
    ReceiptImage.objects.all().delete()
    go_on(at=NOON + timedelta(minutes=10), enough=after(9))
    assert LedgerRound.objects.get().repaired == 0
    go_on(at=NOON + timedelta(minutes=20), enough=after(9))
    assert ReceiptImage.objects.get().submission_id == record.id


@pytest.mark.usefixtures("account")
def test_the_hour_compares_no_entry_that_may_be_on_its_way():
    campaign = make_campaign(
        opens_at=NOON - timedelta(hours=1), closes_at=NOON + timedelta(days=900)
    )
    settled, fresh = (
        make_record(campaign, entered_at=NOON + timedelta(minutes=minutes)) for minutes in (1, 20)
    )
    for record in (settled, fresh):
        ingest.clients.submissions_table().submissions.create(record)
    mirror_records(
        [make_record(campaign, entered_at=NOON - timedelta(hours=1))], at=NOON, notify=True
    )
    check = reconcile(at=NOON + timedelta(minutes=30), until=NOON + timedelta(minutes=15))
    assert check.repaired == 1
    assert set(Submission.objects.values_list("pk", flat=True)) >= {settled.id}
    assert not Submission.objects.filter(pk=fresh.id).exists()


@pytest.mark.usefixtures("account")
def test_every_hour_goes_on_with_the_round():
    stored(make_campaign())
    ReceiptImage.objects.all().delete()
    hourly()
    assert ReceiptImage.objects.count() == 1
    assert LedgerRound.objects.get().ended_at is not None


# ---------------------------------------------------------------- asked for


@pytest.mark.usefixtures("account")
def test_a_round_that_is_asked_for_begins_anew_and_is_asked_for_once(monkeypatch):
    campaign = make_campaign()
    for _ in range(3):
        stored(campaign)
    pages(of=4, monkeypatch=monkeypatch)
    go_on(at=LATER, enough=at_once_enough)
    ReceiptImage.objects.all().delete()
    actor = make_operator()
    job = ask_for_round(actor=actor, at=LATER)
    first = LedgerRound.objects.get()
    assert (first.items, first.position) == (0, "")
    assert ask_for_round(actor=make_operator(), at=LATER) == job
    assert AuditEntry.objects.get(code="ledger.round_asked").actor == actor
    go_on(at=LATER, enough=after(9))
    assert LedgerRound.objects.get().items == 0, "it is the job's"
    (ended,) = run_jobs(at=LATER)
    done = LedgerRound.objects.get()
    assert (done.pk, done.asked_by, done.repaired) == (first.pk, actor, 3)
    assert done.ended_at is not None
    assert (ended.state, ended.done) == ("done", done.items)
    assert "3 were missing here or older, and are repaired. None differs." in ended.outcome


@pytest.mark.usefixtures("account")
def test_a_job_begins_no_round_that_nobody_asked_for():
    stored(make_campaign())
    ask_for_round(actor=make_operator(), at=LATER)
    LedgerRound.objects.get().delete()
    (ended,) = run_jobs(at=LATER)
    assert (ended.state, ended.outcome) == ("done", "Nothing was compared.")
    assert not LedgerRound.objects.exists()


@pytest.mark.usefixtures("account")
def test_a_comparison_that_is_killed_and_delivered_twice_counts_each_page_once(monkeypatch):
    campaign = make_campaign()
    for _ in range(3):
        stored(campaign)
    pages(of=4, monkeypatch=monkeypatch)
    job = ask_for_round(actor=make_operator(), at=LATER)
    for _ in range(2):
        deliver(job, steps=1, at=LATER, slice_no=0)
    # Killed with its second page compared and noted, before the job was written.
    _compare_next(Job.objects.get(pk=job.pk), LATER)
    run_jobs(at=LATER + LEASE)
    done = LedgerRound.objects.get()
    assert (done.items, Job.objects.get(pk=job.pk).done) == (12, 12)


@pytest.mark.usefixtures("account")
def test_a_comparison_that_is_cancelled_goes_on_by_the_clock(monkeypatch):
    campaign = make_campaign()
    for _ in range(3):
        stored(campaign)
    pages(of=4, monkeypatch=monkeypatch)
    actor = make_operator()
    job = ask_for_round(actor=actor, at=LATER)
    deliver(job, steps=1, at=LATER)
    cancel(job.pk, actor=actor, at=LATER)
    go_on(at=LATER, enough=after(9))
    done = LedgerRound.objects.get()
    assert (done.asked_by, done.items) == (None, 12)


@pytest.mark.usefixtures("account")
def test_a_round_that_is_asked_for_during_the_last_page_of_another_is_compared_too(monkeypatch):
    stored(make_campaign())
    actor, lost_at = make_operator(), LATER + timedelta(minutes=1)
    job = ask_for_round(actor=actor, at=LATER)
    first, whole = LedgerRound.objects.get(), LedgerItems.items_after

    def asked_again(self: LedgerItems, position: str = "", *, most: int = 0) -> Any:
        monkeypatch.setattr(LedgerItems, "items_after", whole)
        page = whole(self, position)
        ReceiptImage.objects.all().delete()
        assert ask_for_round(actor=actor, at=lost_at, lost_at=lost_at) == job
        return page

    monkeypatch.setattr(LedgerItems, "items_after", asked_again)
    (ended,) = run_jobs(at=LATER)
    again = LedgerRound.objects.get()
    assert again.pk != first.pk
    assert again.ended_at is not None, "no job and no clock would go on with it"
    assert ended.done == again.items == 4
    assert "None differs." in ended.outcome


@pytest.mark.usefixtures("account")
def test_a_round_that_is_asked_for_as_the_job_ends_goes_on_by_the_clock(monkeypatch):
    stored(make_campaign())
    actor, note = make_operator(), ledger_rounds._note
    job = ask_for_round(actor=actor, at=LATER)

    def asked_behind_it(under_way: LedgerRound, before: str) -> bool:
        is_noted = note(under_way, before)
        assert ask_for_round(actor=actor, at=LATER) == job
        return is_noted

    monkeypatch.setattr(ledger_rounds, "_note", asked_behind_it)
    run_jobs(at=LATER)
    monkeypatch.setattr(ledger_rounds, "_note", note)
    assert LedgerRound.objects.filter(ended_at=None).get().asked_by == actor
    go_on(at=LATER, enough=after(9))
    assert not LedgerRound.objects.filter(ended_at=None).exists()


@pytest.mark.usefixtures("account")
def test_a_worker_with_an_older_page_changes_nothing(monkeypatch):
    campaign = make_campaign()
    for _ in range(3):
        stored(campaign)
    pages(of=4, monkeypatch=monkeypatch)
    go_on(at=LATER, enough=at_once_enough)
    whole = LedgerItems.items_after

    def overtaken(self: LedgerItems, position: str = "", *, most: int = 0) -> Any:
        monkeypatch.setattr(LedgerItems, "items_after", whole)
        go_on(at=LATER, enough=at_once_enough)
        return whole(self, position)

    monkeypatch.setattr(LedgerItems, "items_after", overtaken)
    go_on(at=LATER, enough=after(9))
    assert LedgerRound.objects.get().items == 8, "a page counts once"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_begin_at_once_share_one_round(monkeypatch, django_db_reset_sequences):
    with simulated_aws(monkeypatch):
        stored(make_campaign())
        actor = make_operator()
        asked = at_once(*(lambda: ask_for_round(actor=actor, at=LATER) for _ in range(4)))
        assert len({one.pk for one in asked}) == 1
        at_once(*(lambda: deliver(asked[0], at=LATER, slice_no=0) for _ in range(3)))
        assert LedgerRound.objects.filter(asked_by=actor).get().items == 4


# ---------------------------------------------------------------- the command


def closed() -> Campaign:
    return make_campaign(opens_at=NOON - timedelta(hours=1), closes_at=NOON + timedelta(hours=1))


@pytest.mark.usefixtures("account")
def test_the_command_repairs_a_lost_photo_and_fails_while_something_is_only_here():
    campaign = closed()
    record = stored(campaign)
    ReceiptImage.objects.all().delete()
    told = StringIO()
    with pytest.raises(CommandError, match="1 hours or items"):
        call_command("reconcile", dry_run=True, stdout=told)
    assert not ReceiptImage.objects.exists()
    call_command("reconcile", stdout=told)
    assert "4 in the table, 1 repaired, 0 still differ" in told.getvalue()
    take_from_table(record, "MESSAGE#")
    with pytest.raises(CommandError) as failed:
        call_command("reconcile", stdout=told)
    assert failed.value.returncode == 1
    assert f"message of {record.id}" in told.getvalue()


@pytest.mark.usefixtures("account")
def test_a_narrower_command_says_what_it_did_not_compare():
    campaign = closed()
    stored(campaign)
    told = StringIO()
    call_command("reconcile", campaign=campaign.slug, stdout=told)
    assert "not compared" in told.getvalue()
    assert not LedgerRound.objects.exists()


@pytest.mark.usefixtures("account")
def test_after_a_rebuild_a_round_has_nothing_to_do():
    campaign = make_campaign()
    records = [stored(campaign) for _ in range(3)]
    for kind in KINDS:
        kind.objects.all().delete()
    assert backfill(at=LATER).taken == 4 * len(records)
    assert compare_everything(at=LATER, repair=True).repaired == 0


@pytest.mark.usefixtures("account")
def test_old_rounds_are_let_go(monkeypatch):
    monkeypatch.setattr(ledger_rounds, "_KEPT", 2)
    for day in range(5):
        go_on(at=LATER + timedelta(days=day), enough=at_once_enough)
    assert LedgerRound.objects.count() == 3
