"""The list of submissions: filters as chips, a search that leaves no trace in addresses, acts on many."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from campaignhub.errors import DomainError
from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services.scope import can, can_still, clients_of
from campaigns.setup.models import Campaign
from campaigns.setup.services.scope import campaigns_of
from ingest_lambda.contract import SubmissionStatus
from submissions.mirror.admin.person import answers_of, name_of, staff_of
from submissions.mirror.models import Submission
from submissions.mirror.models.submission import STATUSES
from submissions.mirror.rules.masking import mask
from submissions.mirror.rules.times import shown_time, urgency
from submissions.mirror.services.looks import Search, note_look
from submissions.mirror.services.search import LOOKED_AT, Wanted, find, kind_of_search
from submissions.review.admin.list_filters import FLAGS, chips_of, filters_of, in_force, query_of
from submissions.review.admin.verdicts import SAID, reason_choices, take_verdict

PAGE = 50
TONES = {
    SubmissionStatus.RECEIVED: "info",
    SubmissionStatus.PENDING_REVIEW: "warn",
    SubmissionStatus.NEEDS_RESUBMISSION: "warn",
    SubmissionStatus.APPROVED: "good",
    SubmissionStatus.REJECTED: "bad",
    SubmissionStatus.INVALID: "bad",
    SubmissionStatus.REVOKED: "bad",
    SubmissionStatus.WITHDRAWN: "idle",
}
_ACTS = {
    "approve": ("Approve", "Each entrant is told by mail a minute later."),
    "reject": ("Reject", "Each entrant is told why by mail a minute later."),
    "ask_again": ("Ask again", "Each entrant gets a link by mail to send a new photo."),
}


class SubmissionList:
    """The list, and what is done to many of its rows."""

    def __init__(self, site: Any, opts: Any) -> None:
        self._site = site
        self._opts = opts

    def view(self, request: HttpRequest) -> HttpResponse:
        """Show the list, or do something to many of its rows."""
        user = staff_of(request)
        if not can(user, Capability.SUBMISSION_VIEW):
            raise Http404
        if "act" in request.POST:
            return self._act_on_many(request, user)
        text = (request.POST.get("q") or request.GET.get("q", "")).strip()
        asked = request.POST if request.method == "POST" else request.GET
        if request.method == "POST" and kind_of_search(text) in ("", "reference", "id"):
            # A reference tells nothing of a person, so this result may have an address.
            return HttpResponseRedirect(f"?{query_of(asked, q=text)}")
        campaigns = {
            row.pk: row
            for row in campaigns_of(user, Capability.SUBMISSION_VIEW)
            .select_related("client")
            .order_by("name")
        }
        wanted, chosen = _read(asked, text, campaigns)
        open_clients = set(
            clients_of(user, Capability.SUBMISSION_CONTACT).values_list("pk", flat=True)
        )
        by_person = {pk for pk, row in campaigns.items() if row.client_id in open_clients}
        found = find(wanted, campaigns=list(chosen), by_person=by_person, most=PAGE + 1)
        rows = _rows_of(found.ids[:PAGE])
        open_to = {pk: row.client_id for pk, row in chosen.items() if pk in by_person}
        hits = dict.fromkeys(open_to.values(), 0)
        for pk, client in open_to.items():
            hits[client] += found.hits[pk]
        note_look(
            "submission",
            rows=[row for row in rows if row.campaign.client_id in open_clients],
            actor=user,
            at=timezone.now(),
            target=next((f"campaign:{row.slug}" for row in chosen.values()), "")
            if asked.get("campaign")
            else "",
            search=Search(found.by, text, hits) if text else None,
            only=in_force(asked),
        )
        context = {
            **self._site.each_context(request),
            "title": "Submissions",
            "opts": self._opts,
            "is_fullwidth": "1",
            **_shown(user, rows, open_clients),
            "searches_people": bool(by_person),
            "finds_some_by_reference": len(by_person) < len(campaigns),
            "cut": found.cut,
            "looked_at": LOOKED_AT,
            "text": text,
            "chips": chips_of(asked, campaigns),
            "filters": filters_of(asked, campaigns),
            "kept": {k: v for k, v in asked.items() if k in ("status", "campaign", *FLAGS)},
            "narrowed": any(asked.get(k) for k in ("status", "campaign", *FLAGS)) or bool(text),
        }
        if len(found.ids) > PAGE:
            last = context["rows"][-1]["submission"]
            context["older"] = f"{int(last.entered_at.timestamp() * 1_000_000)}.{last.pk}"
            context["older_link"] = f"?{query_of(asked, before=context['older'])}"
        return TemplateResponse(request, "admin/submissions/list.html", context)

    # ---------------------------------------------------------------- many at once

    def _act_on_many(self, request: HttpRequest, user: User) -> HttpResponse:
        """Ask first, with the number of those that it will change; then do it, one by one."""
        act = request.POST["act"]
        if act not in _ACTS:
            raise Http404
        clients = clients_of(user, Capability.SUBMISSION_LEAD)
        seen = _chosen(request.POST.getlist("id"))
        chosen = list(
            Submission.objects.filter(
                pk__in=list(seen), campaign__client__in=clients
            ).select_related("campaign__client")
        )
        if not chosen:
            messages.error(
                request, "Choose entries first: tick the box at the start of their rows."
            )
            return HttpResponseRedirect(reverse("admin:submissions_submission_changelist"))
        if "confirmed" in request.POST:
            return self._act_now(request, user, chosen, seen)
        ready = [
            row
            for row in chosen
            if row.status == SubmissionStatus.PENDING_REVIEW and seen[row.pk] == row.decision_no
        ]
        verb, consequence = _ACTS[act]
        context = {
            **self._site.each_context(request),
            "title": f"{verb} many",
            "act": act,
            "verb": verb,
            "consequence": consequence,
            "ready": ready,
            "left_out": len(chosen) - len(ready),
            "campaigns": sorted({row.campaign.name for row in ready}),
            "codes": [] if act == "approve" else reason_choices(act),
            "back": reverse("admin:submissions_submission_changelist"),
        }
        return TemplateResponse(request, "admin/submissions/many.html", context)

    def _act_now(
        self, request: HttpRequest, user: User, chosen: list[Submission], seen: dict[UUID, int]
    ) -> HttpResponse:
        """Decide on each that is still as the page showed it; say of the others what happened."""
        done, troubles = 0, []
        form = request.POST.copy()
        act = request.POST["act"]
        form["verdict"] = act
        for row in chosen:
            # Hundreds take a while, in which who does it may be let go.
            if not can_still(user, Capability.SUBMISSION_LEAD, row.campaign.client):
                troubles.append(f"You don't decide on entries of {row.campaign.client} any more.")
                continue
            try:
                take_verdict(row, form, after=seen[row.pk], actor=user, at=timezone.now())
            except DomainError as error:
                troubles.append(error.message)
                continue
            done += 1
        word = SAID[act].format(reference="").strip().rstrip(".")
        if done:
            messages.success(request, f"{done} {'entry' if done == 1 else 'entries'} {word}.")
        for trouble in list(dict.fromkeys(troubles))[:3]:
            messages.error(request, trouble)
        return HttpResponseRedirect(reverse("admin:submissions_submission_changelist"))


def _rows_of(ids: list[UUID]) -> list[Submission]:
    by_id = (
        Submission.objects.select_related("campaign__client", "personal")
        .defer("uploads", "consents", "personal__answers")
        .in_bulk(ids)
    )
    return [by_id[pk] for pk in ids if pk in by_id]


def _shown(user: User, submissions: list[Submission], open_clients: set[int]) -> dict[str, Any]:
    """Return what each row shows."""
    now = timezone.now()
    lead_clients = set(clients_of(user, Capability.SUBMISSION_LEAD).values_list("pk", flat=True))
    rows = []
    for row in submissions:
        masked = row.campaign.client_id not in open_clients
        email, zone = answers_of(row).email, row.campaign.timezone
        rows.append(
            {
                "submission": row,
                "name": name_of(row, masked=masked),
                "email": mask(email, "email") if masked else email,
                "status": row.get_status_display(),
                "tone": TONES[SubmissionStatus(row.status)],
                "entered": shown_time(row.entered_at, now=now, timezone=zone),
                "due": row.decide_by
                and row.status == SubmissionStatus.PENDING_REVIEW
                and shown_time(row.decide_by, now=now, timezone=zone),
                "urgency": urgency(row.decide_by, now=now),
                "may_act": row.campaign.client_id in lead_clients,
            }
        )
    return {"rows": rows, "may_act": bool(lead_clients)}


def _read(
    asked: QueryDict, text: str, campaigns: dict[UUID, Campaign]
) -> tuple[Wanted, dict[UUID, Campaign]]:
    wanted = Wanted(
        status=asked.get("status", "") if asked.get("status") in dict(STATUSES) else "",
        test="test" in asked,
        photo_trouble="photo" in asked,
        conflict="conflict" in asked,
        text=text,
    )
    if before := asked.get("before"):
        wanted = replace(wanted, older_than=_place(before))
    if named := asked.get("campaign"):
        found = [pk for pk in campaigns if str(pk) == named]
        return wanted, {pk: campaigns[pk] for pk in found}
    return wanted, campaigns


def _place(text: str) -> tuple[datetime, UUID] | None:
    try:
        micros, _, submission_id = text.partition(".")
        at = datetime.fromtimestamp(int(micros) // 1_000_000, UTC)
        return at.replace(microsecond=int(micros) % 1_000_000), UUID(submission_id)
    except (ValueError, OverflowError, OSError):
        return None  # typed by hand; the list begins at its beginning


def _chosen(texts: list[str]) -> dict[UUID, int]:
    """Return which entries were ticked, each with the number of the decision that its row showed."""
    found = {}
    for text in texts[:500]:
        submission_id, _, number = text.partition(".")
        try:
            found[UUID(submission_id)] = int(number)
        except ValueError:
            continue  # not of our page
    return found
