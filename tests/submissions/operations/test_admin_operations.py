"""Operations: what is dead-lettered is seen by those whose it is, sent again or discarded for a reason."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from campaignhub import aws
from campaignhub.clock.models import ClockLease, RoundState
from campaigns.accounts.models import AuditEntry
from campaigns.accounts.rules.roles import Role
from campaigns.setup.models import StateChange
from campaigns.setup.rules.states import CampaignState
from ingest_lambda.adapters.quarantine import quarantine_body
from submissions.intake.services.heartbeats import beat
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mirror.models import Submission
from submissions.operations.admin import dead_letters as admin_dead_letters
from submissions.operations.models import LedgerCheck, LedgerRound
from submissions.operations.services import readings
from submissions.operations.services.dead_letters import pairs
from submissions.review.models import OutboxDecision
from submissions.review.services.decisions import approve_submission
from tests.campaigns.factories import make_user
from tests.submissions.factories import (
    NOON,
    edited_by_hand,
    make_campaign,
    make_record,
    streamed,
)
from tests.submissions.operations.operators import OPERATIONS, manager, operator
from tests.support.jobs import run_jobs
from tests.support.simulated_aws import depth as depth_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queues")]


def depth(url: str) -> int:
    return depth_of(aws.sqs(), url)


def address_of(queue: str = "submissions") -> str:
    return reverse("admin:dead_letters", args=[queue])


def put(slug: str, queue: str = "submissions") -> str:
    body = {
        "kind": "submission",
        "schema": 1,
        "slug": slug,
        "entered_at_ms": "",
        "body": {
            "submission_id": str(uuid4()),
            "token": "t" * 30,
            "answers": {"email": "ada@example.com"},
            "consents": {},
        },
    }
    sent = aws.sqs().send_message(QueueUrl=pairs()[queue].dead_url, MessageBody=json.dumps(body))
    return sent["MessageId"]


def test_an_operator_sees_every_queue_the_ledger_and_signs_of_life():
    beat("mirror", at=NOON, handled=7)
    LedgerCheck.objects.create(
        begun_at=NOON,
        ended_at=NOON,
        since=NOON - timedelta(hours=26),
        until=NOON - timedelta(minutes=15),
        hours=3,
        stored=9,
        mirrored=9,
        repaired=1,
        gaps=0,
    )
    put("summer")
    page = operator().get(OPERATIONS).content.decode()
    for words in ("Submissions", "Photos", "Mirror", "Mail tasks", "Jobs", "mirror 1"):
        assert words in page
    assert "agree: 9 entries in 3 hours" in page
    since, until = (
        f"{at:%-d %B %Y, %H:%M}"
        for at in (NOON - timedelta(hours=26), NOON - timedelta(minutes=15))
    )
    assert f"entries from {since} to {until} UTC" in page


def test_a_process_that_leaves_out_reports_is_amber_before_it_is_taken_to_be_down():
    now = timezone.now()
    for number, seconds in ((1, 5), (2, 60), (3, 180)):
        beat("mirror", number=number, at=now - timedelta(seconds=seconds))
    page = " ".join(operator().get(OPERATIONS).content.decode().split())
    assert '<span class="state state-good">mirror 1</span></td>' in page
    assert 'state-warn">mirror 2</span> <span class="ch-quiet">silent</span>' in page
    assert 'state-bad">mirror 3</span> <span class="ch-quiet">down</span>' in page


def test_a_manager_sees_what_belongs_to_no_single_client_nowhere():
    beat("mirror", at=NOON, handled=7)
    page = manager(make_campaign()).get(OPERATIONS).content.decode()
    assert "Messages that failed" in page
    assert "Queues" not in page
    assert "mirror-1@" not in page
    assert "Compare the last day" not in page


@pytest.mark.parametrize("role", [Role.MODERATOR])
def test_a_moderator_finds_no_operations(role: Role):
    browser = manager(make_campaign(), role)
    assert browser.get(OPERATIONS).status_code == 404
    assert browser.get(address_of()).status_code == 404
    assert browser.post(address_of(), {"act": "replay_all"}).status_code == 404


def test_dead_letters_are_shown_masked_and_only_to_those_whose_campaign_they_name():
    campaign = make_campaign()
    put(campaign.slug)
    put("somebody-elses")
    mine = manager(campaign).get(address_of())
    everything = operator().get(address_of())
    assert len(mine.context["letters"]) == 1
    assert len(everything.context["letters"]) == 2
    assert "ada@example.com" not in everything.content.decode()
    assert "somebody-elses" not in mine.content.decode()


def test_a_dead_letter_leads_to_the_entry_that_it_names_those_who_may_see_it():
    record = make_record(make_campaign())
    mirror_stream_records([streamed(record)], at=NOON)
    body = json.dumps(edited_by_hand(record))
    aws.sqs().send_message(QueueUrl=pairs()["mirror"].dead_url, MessageBody=body)
    entry = reverse("admin:submissions_submission_change", args=[record.id])
    reference = Submission.objects.get().reference

    page = operator().get(address_of("mirror")).content.decode()
    assert f'href="{entry}">{reference}</a>' in page
    assert "O&quot;Neill" not in page
    stranger = manager(make_campaign())
    assert reference not in stranger.get(address_of("mirror")).content.decode()


def test_another_client_s_many_dead_letters_hide_none_of_one_s_own(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(admin_dead_letters, "SHOWN", few := 20)
    campaign = make_campaign()
    for _ in range(few + 1):
        put("somebody-elses")
    put(campaign.slug)
    browser = manager(campaign)
    assert len(browser.get(address_of()).context["letters"]) == 1
    browser.post(address_of(), {"act": "replay_all"})
    run_jobs()
    assert depth(pairs()["submissions"].dead_url) == few + 1
    assert depth(pairs()["submissions"].source_url) == 1


def test_a_manager_replays_and_discards_nobody_else_s():
    campaign = make_campaign()
    put(campaign.slug)
    other = put("somebody-elses")
    browser = manager(campaign)
    browser.post(address_of(), {"act": "discard", "id": other, "reason": "curious"})
    browser.post(address_of(), {"act": "replay", "id": other})
    run_jobs()
    assert depth(pairs()["submissions"].dead_url) == 2
    browser.post(address_of(), {"act": "replay_all"})
    run_jobs()
    assert depth(pairs()["submissions"].dead_url) == 1
    assert depth(pairs()["submissions"].source_url) == 1


def test_quarantine_says_of_each_its_id_and_cause_and_how_many_there_are_of_a_cause():
    forged, url = str(uuid4()), pairs()["quarantine"].dead_url
    message = json.dumps({"body": {"submission_id": forged}})
    for body, why in (
        (message, "bad_signature"),
        (message, "bad_signature"),
        ("junk", "unreadable"),
    ):
        note = quarantine_body(body, why=why, sent_timestamp_ms="1770000000000")
        sent = aws.sqs().send_message(QueueUrl=url, MessageBody=note)
    answer = operator().get(address_of("quarantine"))
    page = answer.content.decode()
    assert f"Says to be {forged}" in page
    assert sent["MessageId"] in page
    assert answer.context["causes"] == [
        ("Kept apart for seven days: bad signature.", 2),
        ("Kept apart for seven days: unreadable.", 1),
    ]
    assert "2 of the same" in page


def test_one_some_or_all_are_sent_again():
    browser, ids = operator(), [put("summer") for _ in range(5)]
    for act, chosen, left in (
        ("replay", ids[:1], 4),
        ("replay", ids[1:3], 2),
        ("replay_all", [], 0),
    ):
        browser.post(address_of(), {"act": act, "id": chosen})
        run_jobs()
        assert depth(pairs()["submissions"].dead_url) == left
    assert depth(pairs()["submissions"].source_url) == 5
    assert AuditEntry.objects.filter(code="deadletters.replayed").count() == 3


def test_discarding_needs_a_reason():
    message = put("summer")
    browser = operator()
    page = browser.post(address_of(), {"act": "discard", "id": message}, follow=True)
    assert "Say why" in page.content.decode()
    assert depth(pairs()["submissions"].dead_url) == 1
    browser.post(address_of(), {"act": "discard", "id": message, "reason": "A test of ours."})
    assert depth(pairs()["submissions"].dead_url) == 0


def test_the_quarantine_is_the_operators_to_send_again_and_nobody_s_to_discard():
    campaign = make_campaign()
    message = put(campaign.slug, "quarantine")
    mine = manager(campaign)
    assert "never issued" in mine.get(address_of("quarantine")).content.decode()
    for browser, acts in (
        (mine, ("replay", "replay_all", "discard")),
        (operator(), ("discard",)),
    ):
        for act in acts:
            answer = browser.post(
                address_of("quarantine"), {"act": act, "id": message, "reason": "none"}
            )
            assert answer.status_code == 404, act
    assert depth(pairs()["quarantine"].dead_url) == 1
    operator().post(address_of("quarantine"), {"act": "replay", "id": message})
    run_jobs()
    assert depth(pairs()["quarantine"].dead_url) == 0
    assert depth(pairs()["submissions"].source_url) == 1


def test_what_the_mirror_pipe_gave_up_leads_to_a_comparison_of_everything():
    span = {"context": {}, "DDBStreamBatchInfo": {"batchSize": 3}}
    aws.sqs().send_message(QueueUrl=pairs()["pipe"].dead_url, MessageBody=json.dumps(span))
    assert not manager(make_campaign()).get(address_of("pipe")).context["letters"]
    browser = operator()
    assert "3 changes of the table" in browser.get(address_of("pipe")).content.decode()
    browser.post(address_of("pipe"), {"act": "replay_all"})
    replayed, compared = run_jobs()
    assert depth(pairs()["pipe"].dead_url) == 0
    assert replayed.outcome == "1 taken up: the whole table is compared, by a job of its own."
    assert compared.title == "Compare everything with the table"


def test_a_decision_that_cannot_go_is_seen_with_its_trouble_by_those_whose_it_is():
    campaign = make_campaign()
    record = make_record(campaign)
    mirror_stream_records([streamed(record)], at=NOON)
    approve_submission(record.id, actor=make_user(), at=NOON)
    OutboxDecision.objects.update(tries=3, trouble="IngestBusy")
    reference = Submission.objects.get().reference
    mine = manager(campaign).get(OPERATIONS).content.decode()
    assert reference in mine
    assert "Tried again automatically" in mine
    assert "IngestBusy" not in mine
    assert reference not in manager(make_campaign()).get(OPERATIONS).content.decode()
    OutboxDecision.objects.update(trouble="SubmissionMissing")
    page = operator().get(OPERATIONS).content.decode()
    assert 'state-bad">The table has no such entry' in page
    assert f"{reverse('admin:runbook')}#restored-table" in page


def test_the_hours_that_differ_are_named_to_those_whose_they_are():
    campaign, other = make_campaign(name="Ours"), make_campaign(name="Theirs")
    LedgerCheck.objects.create(
        begun_at=NOON,
        ended_at=NOON,
        hours=2,
        stored=9,
        mirrored=8,
        repaired=0,
        gaps=2,
        rows=[
            {
                "campaign": one.slug,
                "hour": "2026-06-03T12:00:00Z",
                "stored": {"pending_review": 3},
                "mirrored": 2,
                "repaired": 0,
                "gaps": ["an-id"],
                "gap_count": 1,
                "only_in_table": 1,
                "only_here": 0,
            }
            for one in (campaign, other)
        ],
    )
    mine = manager(campaign).get(OPERATIONS).content.decode()
    assert "Ours" in mine
    assert "Theirs" not in mine
    assert "Theirs" in operator().get(OPERATIONS).content.decode()


def test_an_operator_has_the_ledger_compared_and_sees_that_it_runs():
    browser = operator()
    page = browser.post(OPERATIONS, {"act": "compare"}, follow=True).content.decode()
    assert "Compare the last day with the table" in page
    assert "Comparing the last day" in browser.get(OPERATIONS).content.decode()
    (job,) = run_jobs()
    assert job.state == "done"
    assert LedgerCheck.objects.get().gaps == 0
    assert "Comparing the last day" not in browser.get(OPERATIONS).content.decode()


def test_an_operator_has_everything_compared_and_reads_what_came_of_it():
    browser = operator()
    page = browser.post(OPERATIONS, {"act": "compare_all"}, follow=True).content.decode()
    assert "Compare everything with the table" in page
    page = browser.get(OPERATIONS).content.decode()
    assert "Comparing everything" in page
    assert "Compare everything now" not in page
    LedgerRound.objects.update(
        ended_at=timezone.now(),
        items=18_100,
        repaired=2,
        gap_count=21,
        gaps=["photo of 1f0e"],
    )
    page = browser.get(OPERATIONS).content.decode()
    assert "Comparing everything" not in page
    assert "21 items of the table are not here after a repair: photo of 1f0e and others" in page
    LedgerRound.objects.update(gap_count=0, gaps=[])
    assert "is here: 18,100 in all. 2 were repaired" in browser.get(OPERATIONS).content.decode()


@pytest.mark.parametrize("act", ["compare", "compare_all", "switch_on"])
def test_a_manager_touches_nothing_that_is_all_clients(act: str):
    browser = manager(make_campaign())
    assert browser.post(OPERATIONS, {"act": act, "pipe": "ingest"}).status_code == 404
    assert not LedgerRound.objects.exists()


def test_a_queue_that_is_none_of_ours_is_not_there():
    assert operator().get(address_of("secrets")).status_code == 404


def test_how_long_the_oldest_has_waited_stands_beside_the_depth(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put("summer")
    now = timezone.now()
    page = operator().get(OPERATIONS).content.decode()
    assert "not known" in page
    aws.cloudwatch.cache_clear()
    aws.cloudwatch().put_metric_data(
        Namespace="AWS/SQS",
        MetricData=[
            {
                "MetricName": "ApproximateAgeOfOldestMessage",
                "Dimensions": [{"Name": "QueueName", "Value": "submissions-dead"}],
                "Timestamp": now - timedelta(minutes=1),
                "Value": 7200.0,
            }
        ],
    )
    readings.forget()
    page = operator().get(OPERATIONS).content.decode()
    assert "not known" not in page
    assert "2 hours ago" in page


def test_what_is_paused_is_named_with_who_paused_it_to_those_whose_it_is():
    dates = {"opens_at": NOON, "closes_at": NOON + timedelta(days=9)}
    ours, theirs = (
        make_campaign(name=name, state=CampaignState.PAUSED, **dates) for name in ("Ours", "Theirs")
    )
    olivia = make_user((ours.client, Role.CAMPAIGN_MANAGER))
    for at, actor, note in (
        (NOON, None, "before"),
        (NOON + timedelta(hours=1), olivia, "Wrong price."),
    ):
        StateChange.objects.create(
            campaign=ours, before="live", after="paused", at=at, actor=actor, note=note
        )
    page = manager(ours).get(OPERATIONS).content.decode()
    assert "Wrong price." in page
    assert str(olivia) in page
    assert "Theirs" not in page
    everything = operator().get(OPERATIONS).context["paused"]
    assert [(one.campaign, one.move is None) for one in everything] == [
        (ours, False),
        (theirs, True),
    ]


def test_a_round_that_rests_is_seen_first_and_a_clock_that_nobody_runs_is_said():
    now = timezone.now()
    RoundState.objects.create(name="a round that works", ended_at=now, seconds=0.25)
    RoundState.objects.create(
        name="a round that rests",
        failures=3,
        paused_until=now + timedelta(minutes=1),
        last_error="ReadTimeoutError",
    )
    lease = ClockLease.objects.create(
        name="clock", owner="host/7/1", renewed_at=now, expires_at=now + timedelta(seconds=10)
    )
    page = operator().get(OPERATIONS).content.decode()
    assert page.index("a round that rests") < page.index("a round that works")
    assert "ReadTimeoutError" in page
    assert "host/7/1" in page
    assert "Nothing runs by the clock" not in page
    ClockLease.objects.filter(pk=lease.pk).update(expires_at=now - timedelta(minutes=1))
    assert "Nothing runs by the clock" in operator().get(OPERATIONS).content.decode()
