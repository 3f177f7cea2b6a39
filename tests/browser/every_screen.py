"""The scene and the hands behind ``screens.txt``: every staff screen with every action that it offers."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connections
from django.http import FileResponse, HttpRequest, HttpResponse
from django.test import Client as Browser
from django.test import override_settings
from django.test.testcases import LiveServerThread
from django.utils import timezone

from campaignhub import aws, ingest
from campaignhub.env import env
from campaigns.access.models import BlockEntry, PartnerKey
from campaigns.accounts.models import (
    AuditEntry,
    Client,
    Invitation,
    Membership,
    SenderIdentity,
    User,
)
from campaigns.accounts.rules.roles import Role
from campaigns.accounts.services import invitations
from campaigns.jobs.models import Job
from campaigns.prizes.models import Prize, SealedSet
from campaigns.prizes.services.uploads import receive_codes
from campaigns.setup.models import Campaign
from ingest_lambda.contract import Given
from submissions.intake.services.heartbeats import beat
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mail.models import Mail, SendingHold
from submissions.mirror.models import Award
from submissions.operations.models import MinuteSample
from submissions.review.services.decisions import approve_submission
from tests.campaigns.factories import make_draft, make_prize
from tests.security.two_clients import Side, make_entry, make_operator, make_side
from tests.submissions.factories import make_copy, make_record, streamed

if TYPE_CHECKING:
    pass

TABLE = Path(__file__).with_name("screens.txt")
MORE_THAN_A_PAGE = 55
CONTROLS = """() => {
  const seen = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled;
  const said = (text) => (text || "").replace(/[0-9A-Z]{4}-[0-9A-Z]{4}/g, "REFERENCE").replace(/[\\s\\u00a0]+/g, " ").trim();
  const text = (one) => {
    const copy = one.cloneNode(true);
    copy.querySelectorAll("[aria-hidden=true], .material-symbols-outlined, select, textarea").forEach((part) => part.remove());
    return copy.textContent.trim();
  };
  const name = (one) => said(one.getAttribute("aria-label")
    || one.querySelector("h3, strong")?.textContent
    || (one.labels?.length ? one.labels[0].querySelector(".choice-card-face b")?.textContent || text(one.labels[0]) : "")
    || one.placeholder
    || text(one) || one.title || one.name || one.id || one.className);
  const first = document.querySelector("#result_list .data-row");
  const within = document.querySelectorAll("#content, #header-inner .ch-button, body > header.bar, body > main, #submit-row");
  const all = new Set([...within].flatMap((one) => one.matches("a, button") ? [one]
    : [...one.querySelectorAll("a[href], button, summary, input:not([type=hidden]), select, textarea")]));
  window.controls = [...all]
    .filter((one) => seen(one) && (!one.closest("#result_list .data-row") || first.contains(one)))
    .map((one) => [name(one), one]);
  return window.controls.map(([name]) => name);
}"""
CONTROL = """([wanted, nth]) => window.controls.filter(([name]) => name === wanted)[nth]?.[1]"""


@dataclass
class Screen:
    """One screen: who looks, at which address, and the lines of what it offers."""

    name: str
    user: str
    address: str
    lines: list[str] = field(default_factory=list)

    @property
    def controls(self) -> set[str]:
        """Return the names of the controls that it offers."""
        ways = (re.split(" [>=»] ", line)[0] for line in self.lines)
        return {re.sub(r" #\d+$", "", way) for way in ways}


def screens() -> list[Screen]:
    """Read the table."""
    found: list[Screen] = []
    for line in TABLE.read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("    "):
            found[-1].lines.append(line.strip())
        else:
            name, user, address = (part.strip() for part in line.split("|"))
            found.append(Screen(name, user, address))
    return found


@dataclass
class Scene:
    """What stands on the screens, by the names that their addresses use, and who looks."""

    users: dict[str, User]
    names: dict[str, Any]

    def cookie(self, user: str) -> str:
        """Return the session of somebody who is signed in."""
        browser = Browser()
        browser.force_login(self.users[user])
        return browser.cookies["sessionid"].value


class KeptFiles(StaticFilesHandler):
    """Static files that the browser asks for once, not for every page."""

    def serve(self, request: HttpRequest) -> HttpResponse | FileResponse:
        """Let the browser keep the file."""
        response = super().serve(request)
        response["Cache-Control"] = "max-age=600"
        return response


@contextmanager
def live_site() -> Iterator[str]:
    """Serve the site from a thread, within the test's own transaction; yield its address.

    What is append-only refuses to be emptied after a test, so it is rolled back instead.
    """
    connection = connections["default"]
    thread = LiveServerThread(
        "127.0.0.1",
        static_handler=KeptFiles,
        connections_override={"default": connection},
    )
    thread.daemon = True
    connection.inc_thread_sharing()
    try:
        with override_settings(ALLOWED_HOSTS=["127.0.0.1"]):
            thread.start()
            thread.is_ready.wait()
            if thread.error:
                raise thread.error
            yield f"http://{thread.host}:{thread.port}"
            thread.terminate()
    finally:
        connection.dec_thread_sharing()


def make_scene() -> Scene:
    """Make one of everything, in every state that offers an action of its own."""
    now = timezone.now()
    long_ago = now - timedelta(hours=2)
    side = make_side(
        "Quillmark", opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=9)
    )
    make_side("Otherclient")
    campaign = side[Campaign]
    Campaign.objects.filter(pk=campaign.pk).update(state="live")
    draft = Campaign.objects.create(client=side.client, name="Only a draft", slug="only-a-draft")
    campaigns = {state: _moved(side, state) for state in ("paused", "closed")}
    prizes = _prizes(side)
    entries = {
        status: make_entry(campaign, "Quillmark", status=status, id=UUID(int=number + 7))
        for number, status in enumerate(("pending_review", "approved", "invalid"))
    }
    seen = entries["approved"]
    approve_submission(seen.pk, actor=side.staff[Role.OWNER], at=long_ago, after=seen.decision_no)
    records = [
        make_record(campaign, entered_at=now - timedelta(days=2, seconds=number))
        for number in range(MORE_THAN_A_PAGE)
    ]
    mirror_stream_records([streamed(record) for record in records], at=now)
    mails = {
        state: Mail.objects.create(
            submission=entries["approved"],
            campaign=campaign,
            kind="approved",
            event=f"decision-{state}",
            # The newest, however long the making of the scene took.
            queued_at=timezone.now() + timedelta(seconds=number),
            not_before=now,
            state=state,
        )
        for number, state in enumerate(("failed", "unknown", "sent"))
    }
    make_copy(mails["sent"], at=now)
    SendingHold.objects.create(
        reason="unreachable", since=long_ago, attempts=3, next_attempt_at=now + timedelta(minutes=9)
    )
    another = invitations.invite(
        side.client,
        address="another@quillmark.example",
        role=Role.MODERATOR,
        actor=side.staff[Role.OWNER],
        at=now,
    )
    jobs = {state: _job(side, state) for state in ("failed", "running")}
    beat("mirror", at=now, handled=7)
    MinuteSample.objects.create(
        minute=now.replace(second=0, microsecond=0), values={"entered": 120, "age": 2.5}
    )
    body = {
        "kind": "submission",
        "schema": 1,
        "slug": campaign.slug,
        "entered_at_ms": "",
        "body": {},
    }
    for url in (env().submissions_dead_letter_queue_url, env().quarantine_queue_url):
        for _ in range(3):
            aws.sqs().send_message(QueueUrl=url, MessageBody=json.dumps(body))
    award: Award = side[Award]
    code = Given(
        prize=award.prize, unit=award.unit, submission_id=award.submission_id, code="GOLD-7319"
    )
    ingest.restore_given(str(campaign.pk), [code])
    operator = make_operator()
    operator.first_name, operator.last_name, operator.email = "Olga", "Operator", "olga@hub.example"
    operator.set_password("a sentence of the operator's")
    operator.save()
    return Scene(
        users={
            "operator": operator,
            "owner": side.staff[Role.OWNER],
            "moderator": side.staff[Role.MODERATOR],
            "auditor": side.staff[Role.AUDITOR],
        },
        names={
            "campaign": campaign.pk,
            "draft": draft.pk,
            **{state: row.pk for state, row in campaigns.items()},
            **{f"entry_{status}": row.pk for status, row in entries.items()},
            **{f"mail_{state}": row.pk for state, row in mails.items()},
            **{f"job_{state}": row.pk for state, row in jobs.items()},
            **{f"prize_{key}": row.pk for key, row in prizes.items()},
            "prized": prizes["drawn"].campaign_id,
            "sealed": side[SealedSet].pk,
            "award": side[Award].pk,
            "client": side[Client].pk,
            "sender": side[SenderIdentity].pk,
            "member": Membership.objects.get(user=side.staff[Role.CAMPAIGN_MANAGER]).pk,
            "invitation": side[Invitation].pk,
            "another_invitation": another.pk,
            "blocked": side[BlockEntry].pk,
            "key": side[PartnerKey].pk,
            "logged": side[AuditEntry].pk,
        },
    )


def _moved(side: Side, state: str) -> Campaign:
    campaign = make_draft(
        client=side.client,
        name=f"It is {state}",
        slug=f"it-is-{state}",
        closes_at=timezone.now() + timedelta(days=30),
    )
    Campaign.objects.filter(pk=campaign.pk).update(state=state)
    return campaign


def _prizes(side: Side) -> dict[str, Prize]:
    """Make a prize for each of the pages that prizes have: with codes, with a file to look at, with a list."""
    campaign = make_draft(
        client=side.client,
        name="It has prizes",
        slug="it-has-prizes",
        opens_at=timezone.now(),
        closes_at=timezone.now() + timedelta(days=30),
        expected_submissions=4_000,
    )
    hours = {"from_hour": 8, "until_hour": 22}
    found = {
        "drawn": make_prize(campaign, key="car", stock=300, value=1000, **hours),
        "listed": make_prize(campaign, key="trip", stock=3, pace="list"),
        "coded": make_prize(campaign, key="voucher", kind="code", stock=500, **hours),
    }
    receive_codes(
        found["coded"],
        name="vouchers.csv",
        chunks=[b"code;value\nQUILL-0001;10\nQUILL-0002;10\n=1+1;10\nQUILL-0002;10\n"],
        actor=side.staff[Role.OWNER],
        at=timezone.now(),
    )
    return found | {"ready": side[Prize]}


def _job(side: Side, state: str) -> Job:
    now = timezone.now()
    has_ended = state == "failed"
    return Job.objects.create(
        client=side.client,
        actor=side.staff[Role.OWNER],
        kind="review.bulk_verdict",
        title="Approve 412 entries of Quillmark summer" if has_ended else "Reject 90 entries",
        state=state,
        total=412,
        done=120,
        counts={"approved": 118, "decided meanwhile": 2},
        notes=["Olivia already approved K4FM-GZ05. Your decision wasn't saved."],
        outcome="The table didn't answer. 118 approved." if has_ended else "",
        asked_at=now + timedelta(seconds=has_ended),
        started_at=now,
        paced_at=now - timedelta(seconds=30),
        ended_at=now if has_ended else None,
        due_at=None if has_ended else now,
    )
