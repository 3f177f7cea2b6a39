"""Deciding on many submissions at once: asked first, with the number that it changes, then done one by one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone

from campaignhub.errors import DomainError
from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services.scope import can_still, clients_of
from ingest_lambda.contract import SubmissionStatus
from submissions.mirror.admin.person import staff_of
from submissions.mirror.models import Submission
from submissions.receipts.rules.photo_gaps import GAP_WORDS, PhotoGap
from submissions.receipts.services.photos import gaps_of
from submissions.review.admin.reason_choices import languages_of, reason_choices
from submissions.review.admin.verdicts import SAID, take_verdict
from submissions.review.services.decisions import NoReadablePhoto, ReasonsNeeded
from submissions.review.services.reason_uses import ranked

MOST_NAMED = 10
ACTS = {
    "approve": ("Approve", "Each entrant is told by mail a minute later."),
    "reject": ("Reject", "Each entrant is told why by mail a minute later."),
    "ask_again": ("Ask again", "Each entrant gets a link by mail to send a new photo."),
}


def act_on_many(request: HttpRequest, model_admin: Any) -> HttpResponse:
    """Ask first, with the number of those that it will change; then do it, one by one.

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
        chosen, problem = _act_now(request, user, chosen, seen)
        if not chosen:
            return HttpResponseRedirect(request.get_full_path())
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


def _act_now(
    request: HttpRequest, user: User, chosen: list[Submission], seen: dict[UUID, int]
) -> tuple[list[Submission], str]:
    """Decide on each that is still as the page showed it; say of the others what happened.

    Returns those that the form lacks something for, and what that is.
    """
    done, unreadable, troubles = 0, [], []
    form = request.POST.copy()
    act = form["verdict"] = request.POST["act"]
    despite = act == "approve" and "despite" in form
    if despite and not form.get("note", "").strip():
        return chosen, "Say in the note why they count without a photo. Nothing was approved yet."
    left: list[Submission] = []
    problem = ""
    for number, row in enumerate(chosen):
        # Hundreds take a while, in which who does it may be let go.
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
    if despite and unreadable:
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
    for trouble in list(dict.fromkeys(troubles))[:3]:
        messages.error(request, trouble)
    return left, problem


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
