"""Operations: what waits in the machinery, what went wrong in it, and what a person can do about it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from campaignhub.staff_site.views import StaffPage, attempt
from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Capability
from campaigns.jobs.models import Job
from campaigns.setup.models import Campaign
from campaigns.setup.services.scope import campaigns_of
from submissions.mail.rules.mails import MailState
from submissions.mail.rules.refusals import WHAT_TO_DO, Hold
from submissions.mail.services.attention import troubled_mails
from submissions.mail.services.holds import holds_seen_by, try_now
from submissions.mirror.admin.person import staff_of
from submissions.mirror.services.releases import zone_of
from submissions.operations.admin.dead_letters import OF_CAMPAIGNS
from submissions.operations.admin.machinery import machinery
from submissions.operations.models import LedgerCheck
from submissions.operations.services import dead_letters, ledger_rounds, readings
from submissions.operations.services.comparisons import COMPARE_DAY, start_comparison
from submissions.operations.services.paused import paused_campaigns
from submissions.operations.services.pipes import pipe_states, switch_on
from submissions.operations.services.sources import sources
from submissions.review.models import OutboxDecision
from submissions.review.services.stranded import stranded

WHY_NOT_APPLIED = {
    "being carried": "Being applied now.",
    "numbered anew": "Another decision came first. Tried again with a new number.",
    "IngestBusy": "The table doesn't answer. Tried again automatically.",
    "SubmissionMissing": "The table has no such entry. If it is behind this site, put back what it lacks.",
    "unforeseen": "Unexpected error, noted in the worker's log. Tried again automatically.",
}
"""What the outbox notes of a decision that it could not carry, as people read it."""


class Operations(StaffPage):
    """What waits, what is in trouble and the last comparison of the ledger.

    Operators see all of it. Owners and managers see what belongs to their clients.
    """

    title = "Operations"
    capability = Capability.OPERATIONS
    template_name = "admin/operations/operations.html"

    def shown(self) -> dict[str, Any]:
        """Add what this person may see of it."""
        user, now = staff_of(self.request), timezone.now()
        campaigns = campaigns_of(user, Capability.OPERATIONS)
        decisions = OutboxDecision.objects.filter(
            carried_at=None, campaign__in=list(campaigns.values_list("pk", flat=True))
        )
        troubled = troubled_mails(user)
        left_alone = stranded(campaigns.values_list("pk", flat=True), at=now)
        return {
            "is_fullwidth": "1",
            "failed": [dead_letters.pairs().get(name) for name in OF_CAMPAIGNS],
            "decisions": [
                (decision, WHY_NOT_APPLIED.get(decision.trouble, decision.trouble))
                for decision in decisions.select_related("submission").order_by("id")[:20]
            ],
            "decisions_waiting": len(decisions.values_list("pk")[:1000]),
            "stranded": [
                (entry, zone_of(entry)) for entry in left_alone.select_related("campaign")[:20]
            ],
            "mails": [
                (state, troubled[state.value]) for state in (MailState.UNKNOWN, MailState.FAILED)
            ],
            "holds": _holds(user, now),
            "sees_all": user.is_superuser,
            "comparing": Job.objects.filter(kind=COMPARE_DAY.name, ended_at=None).exists(),
            **_ledger(campaigns),
            **(machinery(now) if user.is_superuser else {}),
            "paused": paused_campaigns(campaigns.values_list("pk", flat=True)),
            "read_at": now,
        }

    def post(self, request: HttpRequest) -> HttpResponse:
        """Do what an operator asks for; what comes of it appears on the page."""
        user = staff_of(request)
        acts: dict[str, Callable[[HttpRequest, User], Job | None]] = {
            "compare": _compare_last_day,
            "compare_all": _compare_everything,
            "switch_on": _switch_on,
            "try_mail": _try_mail,
        }
        act = acts.get(request.POST.get("act", ""))
        if not user.is_superuser or act is None:
            raise Http404
        job = act(request, user)
        where = reverse("admin:jobs_job_read", args=[job.pk]) if job else request.path
        return HttpResponseRedirect(where)


def _compare_last_day(_request: HttpRequest, user: User) -> Job:
    return start_comparison(user, timezone.now())


def _compare_everything(_request: HttpRequest, user: User) -> Job:
    return ledger_rounds.ask_for_round(actor=user, at=timezone.now())


def _switch_on(request: HttpRequest, user: User) -> None:
    key = request.POST.get("pipe", "")
    answers = readings.current(sources(), at=timezone.now())
    stuck = {pipe.key: pipe for pipe in pipe_states(answers) if pipe.is_stuck}
    if key not in stuck:
        messages.info(request, "That Pipe needs no switching on.")
        return

    def switch() -> str:
        switch_on(key, actor=user, at=timezone.now())
        readings.forget()
        return f"{stuck[key].label} is being switched on; it goes on where it stopped."

    attempt(request, switch)


def _try_mail(request: HttpRequest, user: User) -> None:
    def tried() -> str:
        try_now(actor=user, at=timezone.now())
        return "An e-mail is being tried. If it is taken, all others follow automatically."

    attempt(request, tried)


def _holds(user: User, now: datetime) -> list[dict[str, Any]]:
    """Return why no e-mails are sent: of the account to everyone here, of a sender to its own client's."""
    return [
        {
            "row": hold,
            "is_due": hold.next_attempt_at <= now,
            "meaning": meaning,
            "what_to_do": what_to_do,
        }
        for hold in holds_seen_by(user)
        for meaning, what_to_do in (WHAT_TO_DO[Hold(hold.reason)],)
    ]


def _ledger(campaigns: QuerySet[Campaign]) -> dict[str, Any]:
    """Return the last comparison and, of the hours that differed, those of one's own campaigns."""
    check = LedgerCheck.objects.first()
    if check is None:
        return {"check": None}
    names: dict[str, str] = {}
    for campaign in campaigns:
        for known_as in (campaign.slug, campaign.test_slug, campaign.pk, campaign.test_id):
            names[str(known_as)] = campaign.name
    return {
        "check": check,
        "differing": [
            {**row, "name": names[row["campaign"]], "in_table": sum(row["stored"].values())}
            for row in check.rows
            if row["campaign"] in names
        ],
    }
