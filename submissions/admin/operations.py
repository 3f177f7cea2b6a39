"""Operations: what waits in the machinery, what went wrong in it, and what a person can do about it."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from celery import current_app
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from campaignhub.errors import DomainError
from campaigns.models import Campaign, User
from campaigns.rules.roles import Capability
from campaigns.services.scope import campaigns_of, can
from submissions.admin.person import staff_of
from submissions.models import Heartbeat, LedgerCheck, Mail, OutboxDecision
from submissions.rules.mails import MailState
from submissions.rules.times import moment
from submissions.services import deadletters
from submissions.services.deadletters import DeadLetter

READ_ONLY = "quarantine"
"""Its messages were never issued by us: they are counted and kept apart, and go by themselves."""
SHOWN = 200
LATE_SECONDS = 120
"""Who has not been heard of for so long is taken to be down."""
_ZONE = "UTC"
_COMPARE_TASK = "submissions.reconcile"
_ASKED_AT = "ledger_asked_at"
_PATIENCE_SECONDS = 300
_ABOUT = re.compile(r'"(?:slug|campaign_id)": (?:\{\s*"S": )?"([^"]+)"')
_PHOTO = re.compile(r"\b(?:incoming|receipts)/([^/\s]+)/")


class OperationsPages:
    """The pages of the machinery, for :class:`SubmissionAdmin`.

    Operators see all of it. Owners and managers see what belongs to their
    clients; a message that names no campaign belongs to nobody's.
    """

    admin_site: Any

    def operations_urls(self) -> list[URLPattern]:
        """Return the addresses."""
        view = self.admin_site.admin_view
        return [
            path("operations/", view(self.operations_view), name="submissions_operations"),
            path(
                "operations/<slug:queue>/",
                view(self.dead_letters_view),
                name="submissions_dead_letters",
            ),
        ]

    def operations_view(self, request: HttpRequest) -> HttpResponse:
        """Show what waits, what is in trouble and the last comparison of the ledger."""
        user, now = staff_of(request), timezone.now()
        if not _may(user):
            raise Http404
        if request.method == "POST":
            return _compare_now(request, user)
        campaigns = campaigns_of(user, Capability.OPERATIONS)
        decisions = OutboxDecision.objects.filter(
            carried_at=None, submission__campaign__in=campaigns
        )
        context = {
            **self.admin_site.each_context(request),
            "title": "Operations",
            "is_fullwidth": "1",
            "queues": _queues(now),
            "decisions": [
                {"row": row, "made": moment(row.created_at, now=now, timezone=_ZONE)}
                for row in decisions.select_related("submission").order_by("id")[:20]
            ],
            "decisions_waiting": len(decisions.values_list("pk")[:1000]),
            "mails": [
                (state, _mail_count(campaigns, state))
                for state in (MailState.UNKNOWN, MailState.FAILED)
            ],
            "sees_all": user.is_superuser,
            "comparing": _is_comparing(request, now),
            **_ledger(campaigns, now),
            "beats": _signs_of_life(now) if user.is_superuser else [],
        }
        return TemplateResponse(request, "admin/submissions/operations.html", context)

    def dead_letters_view(self, request: HttpRequest, queue: str) -> HttpResponse:
        """Show the dead letters of a queue; send some or all again, or discard some for a reason."""
        user, now = staff_of(request), timezone.now()
        pair = deadletters.pairs().get(queue)
        if pair is None or not _may(user):
            raise Http404
        if request.method == "POST":
            return self._act_on_letters(request, queue, user)
        letters, trouble = _letters(queue, user)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Dead letters: {pair.label}",
            "is_fullwidth": "1",
            "pair": pair,
            "letters": [
                {"letter": one, "sent": moment(one.entered_at, now=now, timezone=_ZONE)}
                for one in letters
            ],
            "trouble": trouble,
            "read_only": queue == READ_ONLY,
            "shown": SHOWN,
        }
        return TemplateResponse(request, "admin/submissions/dead_letters.html", context)

    def _act_on_letters(self, request: HttpRequest, queue: str, user: User) -> HttpResponse:
        act, now = request.POST.get("act", ""), timezone.now()
        here = reverse("admin:submissions_dead_letters", args=[queue])
        if queue == READ_ONLY or act not in ("replay", "replay_all", "discard"):
            raise Http404
        chosen = set(request.POST.getlist("id"))
        if not user.is_superuser or act == "replay_all":
            letters, trouble = _letters(queue, user)
            if trouble:
                messages.error(request, trouble)
                return HttpResponseRedirect(here)
            mine = {letter.message_id for letter in letters}
            chosen = mine if act == "replay_all" else chosen & mine
        if not chosen:
            messages.error(
                request, "Choose messages first: tick the box at the start of their rows."
            )
            return HttpResponseRedirect(here)
        try:
            if act == "discard":
                reason = request.POST.get("reason", "")
                count = deadletters.discard(
                    queue, message_ids=chosen, reason=reason, actor=user, at=now
                )
                done = "discarded"
            else:
                everything = None if act == "replay_all" and user.is_superuser else chosen
                count = deadletters.replay(queue, message_ids=everything, actor=user, at=now)
                done = "sent again"
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, f"{count} message{'' if count == 1 else 's'} {done}.")
        return HttpResponseRedirect(here)


def _compare_now(request: HttpRequest, user: User) -> HttpResponse:
    """Have the worker compare the last day; its result appears on the page."""
    if not user.is_superuser or request.POST.get("act") != "compare":
        raise Http404
    try:
        current_app.send_task(_COMPARE_TASK, expires=600)
    except OperationalError:
        messages.error(request, "The worker's queue doesn't answer. Please try again in a minute.")
    else:
        request.session[_ASKED_AT] = timezone.now().timestamp()
    return HttpResponseRedirect(reverse("admin:submissions_operations"))


def _is_comparing(request: HttpRequest, now: datetime) -> bool:
    """Tell whether a comparison that this person asked for is still to come."""
    asked_at = request.session.get(_ASKED_AT, 0)
    check = LedgerCheck.objects.first()
    done = check is not None and check.begun_at.timestamp() >= asked_at
    return not done and now.timestamp() - asked_at < _PATIENCE_SECONDS


def _may(user: User) -> bool:
    return user.is_superuser or can(user, Capability.OPERATIONS)


def _queues(now: datetime) -> list[dict[str, Any]]:
    pairs = deadletters.pairs()
    return [
        {
            "pair": pairs[depth.name],
            "depth": depth,
            "apart": depth.name == READ_ONLY,
            "waiting": _age(depth.waiting, depth.waiting_since, now),
            "dead": _age(depth.dead, depth.dead_since, now),
        }
        for depth in deadletters.depths(at=now)
    ]


def _age(count: int | None, since: datetime | None, now: datetime) -> dict[str, Any]:
    """Say how long the oldest of so many messages has waited, and whether that is too long."""
    if not count:
        return {}
    if since is None:
        return {"unknown": True}
    return {
        "since": moment(since, now=now, timezone=_ZONE),
        "late": (now - since).total_seconds() > LATE_SECONDS,
    }


def _signs_of_life(now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "beat": beat,
            "heard": moment(beat.at, now=now, timezone=_ZONE),
            "late": (now - beat.at).total_seconds() > LATE_SECONDS,
        }
        for beat in Heartbeat.objects.order_by("name")
    ]


def _ledger(campaigns: QuerySet[Campaign], now: datetime) -> dict[str, Any]:
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
        "checked": moment(check.ended_at, now=now, timezone=_ZONE),
        "differing": [
            {**row, "name": names[row["campaign"]], "in_table": sum(row["stored"].values())}
            for row in check.rows
            if row["campaign"] in names
        ],
    }


def _mail_count(campaigns: QuerySet[Campaign], state: MailState) -> int:
    rows = Mail.objects.filter(state=state, submission__campaign__in=campaigns)
    return len(rows.order_by().values_list("pk")[:1000])


def _letters(queue: str, user: User) -> tuple[Sequence[DeadLetter], str]:
    """Return the dead letters that are the user's business, and why there are none where it failed."""
    try:
        letters = deadletters.list_dead_letters(queue, most=SHOWN)
    except DomainError as error:
        return [], error.message
    if user.is_superuser:
        return letters, ""
    known: set[str] = set()
    for row in campaigns_of(user, Capability.OPERATIONS).values_list(
        "slug", "test_slug", "pk", "test_id"
    ):
        known |= {str(value) for value in row}
    return [letter for letter in letters if (named := named_in(letter)) and named <= known], ""


def named_in(letter: DeadLetter) -> set[str]:
    """Return the slugs and ids of the campaigns that a dead letter names."""
    return set(_ABOUT.findall(letter.content)) | set(_PHOTO.findall(letter.subject))
