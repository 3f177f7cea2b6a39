"""Deciding on many submissions at once: asked first, with the number that it changes; more than a few are a job."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from campaignhub.errors import DomainError
from campaigns.accounts.models import Client, User
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services.scope import can_still, clients_of
from ingest_lambda.contract import SubmissionStatus
from submissions.mirror.admin.person import staff_of
from submissions.mirror.models import Submission
from submissions.receipts.rules.photo_gaps import GAP_WORDS, PhotoGap
from submissions.receipts.services.photos import gaps_of
from submissions.review.admin.reason_choices import languages_of, reason_choices
from submissions.review.admin.verdicts import SAID, said, take_verdict
from submissions.review.services.bulk_verdicts import AT_ONCE, decide_many
from submissions.review.services.decisions import NoReadablePhoto, ReasonsNeeded, check_reasons
from submissions.review.services.reason_uses import ranked

MOST_NAMED = 10
ACTS = {
    "approve": ("Approve", "Each entrant is told by mail a minute later."),
    "reject": ("Reject", "Each entrant is told why by mail a minute later."),
    "ask_again": ("Ask again", "Each entrant gets a link by mail to send a new photo."),
}
_STATUSES = {
    "reject": SubmissionStatus.REJECTED,
    "ask_again": SubmissionStatus.NEEDS_RESUBMISSION,
}
"""Those that are given for reasons."""


def act_on_many(request: HttpRequest, model_admin: Any) -> HttpResponse:
    """Ask first, with the number of those that it will change; then do it, or have a job do it.

    Where the form lacks something, it is asked again with all that was filled in,
    for those that are still to be decided.
    """
    user, act = staff_of(request), request.POST["act"]
    if act not in ACTS:
        raise Http404
    clients = clients_of(user, Capability.SUBMISSION_LEAD)
    seen = _chosen(request.POST.getlist("id"))
    rows = Submission.objects.filter(pk__in=list(seen), campaign__client__in=clients)
    chosen = list(rows.select_related("campaign__client"))
    if not chosen:
        messages.error(request, "Choose entries first: tick the box at the start of their rows.")
        return HttpResponseRedirect(request.get_full_path())
    problem = ""
    if "confirmed" in request.POST:
        if len(chosen) > AT_ONCE:
            problem, where = _start_jobs(request, user, chosen, seen)
        else:
            chosen, problem = _act_now(request, user, chosen, seen)
            where = request.get_full_path()
        if not problem:
            return HttpResponseRedirect(where)
    ready = [
        row
        for row in chosen
        if row.status == SubmissionStatus.PENDING_REVIEW and seen[row.pk] == row.decision_no
    ]
    verb, consequence = ACTS[act]
    gaps = gaps_of(ready) if act == "approve" else {}
    found = {gap for of in gaps.values() for gap in of}
    campaigns = {row.campaign_id: row.campaign for row in ready}
    left_out = [row for row in chosen if row not in ready]
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"{verb} many",
        "act": act,
        "verb": verb,
        "consequence": consequence,
        "ready": ready,
        "left_out": len(left_out),
        "decided": left_out[:MOST_NAMED],
        "problem": problem,
        "form": request.POST,
        "picked": request.POST.getlist("reason"),
        # A gap that came meanwhile has still to be ticked.
        "despite": found <= set(" ".join(request.POST.getlist("despite")).split()),
        "campaigns": sorted({row.campaign.name for row in ready}),
        "unreadable": len(gaps),
        "gaps": [gap for gap in PhotoGap if gap in found],
        "gap_words": [GAP_WORDS[gap] for gap in PhotoGap if gap in found],
        "codes": []
        if act == "approve"
        else reason_choices(
            act,
            list(campaigns.values()),
            order=ranked(campaigns),
            languages=languages_of(request),
        ),
        "back": request.get_full_path(),
    }
    return TemplateResponse(request, "admin/review/many.html", context)


def _start_jobs(
    request: HttpRequest, user: User, chosen: list[Submission], seen: dict[UUID, int]
) -> tuple[str, str]:
    """Start a job for the entries of each client; return what the form lacks, and where to follow them."""
    form, act = _form_of(request), request.POST["act"]
    if problem := _note_lacks(form):
        return problem, ""
    try:
        given = said(form)
        if act in _STATUSES:
            check_reasons(_STATUSES[act], given["reasons"])
    except ReasonsNeeded as error:
        return error.message, ""
    by_client: dict[Client, list[Submission]] = {}
    for row in chosen:
        by_client.setdefault(row.campaign.client, []).append(row)
    jobs = [
        decide_many(
            [(row.pk, seen[row.pk]) for row in rows],
            act,
            client=client,
            title=_title(act, rows),
            actor=user,
            at=timezone.now(),
            **given,
        )
        for client, rows in by_client.items()
    ]
    if len(jobs) == 1:
        return "", reverse("admin:jobs_job_read", args=[jobs[0].pk])
    return "", reverse("admin:jobs_job_changelist")


def _title(act: str, rows: list[Submission]) -> str:
    campaigns = sorted({row.campaign.name for row in rows})
    of = campaigns[0] if len(campaigns) == 1 else f"{len(campaigns)} campaigns"
    return f"{ACTS[act][0]} {len(rows)} entries of {of}"


def _act_now(
    request: HttpRequest, user: User, chosen: list[Submission], seen: dict[UUID, int]
) -> tuple[list[Submission], str]:
    """Decide on each that is still as the page showed it; say of the others what happened.

    Returns those that the form lacks something for, and what that is.
    """
    form, act = _form_of(request), request.POST["act"]
    if problem := _note_lacks(form):
        return chosen, problem
    done, unreadable, troubles = 0, [], []
    left: list[Submission] = []
    problem = ""
    for number, row in enumerate(chosen):
        # Whoever does it may be let go meanwhile.
        if not can_still(user, Capability.SUBMISSION_LEAD, row.campaign.client):
            troubles.append(f"You don't decide on entries of {row.campaign.client} any more.")
            continue
        try:
            take_verdict(row, form, after=seen[row.pk], actor=user, at=timezone.now())
        except ReasonsNeeded as error:
            # The form's fault: none of the others would fare better.
            left, problem = chosen[number:], error.message
            break
        except NoReadablePhoto:
            unreadable.append(row)
        except DomainError as error:
            troubles.append(error.message)
        else:
            done += 1
    if done:
        word = SAID[act].format(reference="").strip().rstrip(".")
        messages.success(request, f"{done} {'entry' if done == 1 else 'entries'} {word}.")
    if "despite" in form and unreadable:
        left = unreadable
        problem = "What is wrong with these photos has changed. Please look again before you tick the box."
    elif unreadable:
        count = len(unreadable)
        some = "1 entry has" if count == 1 else f"{count} entries have"
        messages.error(
            request,
            f"{some} no photo that can be read, and {'waits' if count == 1 else 'wait'} for "
            "review as before. To approve, tick the box and say why.",
        )
    # Each names its entry, and who decided on it meanwhile.
    named = list(dict.fromkeys(troubles))
    for trouble in named[:MOST_NAMED]:
        messages.error(request, trouble)
    if len(named) > MOST_NAMED:
        messages.error(request, f"{len(named) - MOST_NAMED} others weren't decided on either.")
    return left, problem


def _form_of(request: HttpRequest) -> QueryDict:
    """Return the form as that of one verdict."""
    form = request.POST.copy()
    form["verdict"] = request.POST["act"]
    if form["verdict"] != "approve":
        form.pop("despite", None)
    return form


def _note_lacks(form: QueryDict) -> str:
    if "despite" in form and not form.get("note", "").strip():
        return "Say in the note why they count without a photo. Nothing was approved yet."
    return ""


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
