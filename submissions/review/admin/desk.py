"""The review desk: one submission at a time, in the order of work, with the next one ready."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.http import urlencode

from campaignhub.errors import DomainError
from campaignhub.staff_site.routes import one, page
from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services import audit
from campaigns.accounts.services.scope import can
from campaigns.setup.services.scope import campaign_ids_of
from ingest_lambda.contract import SubmissionStatus
from submissions.mirror.admin.person import name_of, other_submissions, shown_answers, staff_of
from submissions.mirror.models import Submission
from submissions.mirror.rules.times import shown_time, urgency
from submissions.receipts.admin import shots_of
from submissions.review.admin.verdicts import (
    SAID,
    preview,
    reason_groups,
    seen_decision,
    take_verdict,
)
from submissions.review.admin.wording import history, how_it_came, why_here
from submissions.review.services import decisions, work_queue
from submissions.review.services.undo import undo_time

DECIDABLE = (SubmissionStatus.PENDING_REVIEW, SubmissionStatus.RECEIVED)
REVERSIBLE = (
    SubmissionStatus.APPROVED,
    SubmissionStatus.REJECTED,
    SubmissionStatus.NEEDS_RESUBMISSION,
)
_LAST_ACT = "desk_last_act"
_GO_BACK: dict[str, Callable[..., Submission]] = {
    "reopen": decisions.reopen_submission,
    "revoke": decisions.revoke_submission,
    "restore": decisions.restore_submission,
}
_DONE = {
    "reopen": "waits for review again.",
    "revoke": "no longer counts.",
    "restore": "is taken in after all.",
}


class Desk:
    """The pages of the desk; each works without JavaScript.

    With it, the page keeps the next submission ready (``?part=1`` returns the
    desk alone) and sends verdicts behind the moderator's back.
    """

    def __init__(self, site: Any, *, rows: Callable[[HttpRequest], QuerySet[Submission]]) -> None:
        self._site = site
        self._rows = rows
        """What the viewer may see."""

    def urls(self) -> list[URLPattern]:
        """Put the review in the place of Django's change page."""
        this = one(Submission, "submission_id")
        known = (
            ("next/", self.next_view, "review_next"),
            (f"{this}/change/", self.review_view, "submission_change"),
            (f"{this}/undo/", self.undo_view, "review_undo"),
            (f"{this}/sentences/", self.sentences_view, "review_sentences"),
            (f"{this}/leave/", self.leave_view, "review_leave"),
        )
        return [page(self._site, route, view, f"submissions_{name}") for route, view, name in known]

    # ---------------------------------------------------------------- pages

    def next_view(self, request: HttpRequest) -> HttpResponse:
        """Go to what is due first, or say that nothing waits."""
        user = staff_of(request)
        if not can(user, Capability.SUBMISSION_REVIEW):
            raise Http404
        found = work_queue.next_submission(
            _reviewed_by(user),
            actor=user,
            at=timezone.now(),
            passing_over=_ids(request.GET.getlist("not")),
        )
        part = request.GET.get("part")
        if found is None:
            context = self._frame(request, part) | {"title": "Review"}
            return TemplateResponse(request, _template("nothing", part), context)
        where = reverse("admin:submissions_submission_change", args=[found])
        return HttpResponseRedirect(f"{where}?{urlencode({'part': 1})}" if part else where)

    def review_view(self, request: HttpRequest, submission_id: UUID) -> HttpResponse:
        """Show one submission with its photos, and take the verdict on it."""
        submission = self._submission(request, submission_id)
        user = staff_of(request)
        may_review = can(user, Capability.SUBMISSION_REVIEW, submission.campaign.client)
        if request.method == "POST":
            if not may_review:
                raise Http404
            return self._verdict(request, submission, user)
        part = request.GET.get("part")
        context = self._frame(request, part) | self._desk(request, submission, may_review)
        return TemplateResponse(request, _template("desk", part), context)

    def sentences_view(self, request: HttpRequest, submission_id: UUID) -> HttpResponse:
        """Answer with the sentences that the entrant would read for the chosen reasons."""
        submission = self._submission(request, submission_id)
        try:
            return JsonResponse({"lines": preview(submission, request.GET)})
        except DomainError as error:
            return JsonResponse({"trouble": error.message}, status=422)

    def undo_view(self, request: HttpRequest, submission_id: UUID) -> HttpResponse:
        """Take a verdict back: one's own within the undo minute; as a lead any, with a reason.

        A lead also revokes an approval for good, or takes in what the
        campaign's own rules refused.
        """
        submission = self._submission(request, submission_id)
        user = staff_of(request)
        now = timezone.now()
        client = submission.campaign.client
        note = request.POST.get("note", "").strip()[:1000]
        act = request.POST.get("act", "reopen")
        slip = (
            act == "reopen"
            and can(user, Capability.SUBMISSION_REVIEW, client)
            and decisions.may_undo(submission, actor=user, at=now)
        )
        lead = can(user, Capability.SUBMISSION_LEAD, client)
        if request.method != "POST" or act not in _GO_BACK or not (slip or lead):
            raise Http404
        go_back = decisions.undo_decision if slip else _GO_BACK[act]
        here = reverse("admin:submissions_submission_change", args=[submission.pk])
        try:
            after = seen_decision(request.POST, submission)
            go_back(submission.pk, actor=user, at=now, note=note, after=after)
        except DomainError as error:
            messages.error(request, error.message)
        else:
            request.session.pop(_LAST_ACT, None)
            messages.success(request, f"{submission.reference} {_DONE[act]}")
        return HttpResponseRedirect(here)

    def leave_view(self, request: HttpRequest, submission_id: UUID) -> HttpResponse:
        """Let go of a submission that was held but not decided on, so that others get it."""
        if request.method != "POST":
            raise Http404
        submission = self._submission(request, submission_id)
        work_queue.let_go(submission.pk, actor=staff_of(request))
        return HttpResponse(status=204)

    # ---------------------------------------------------------------- what they are made of

    def _submission(self, request: HttpRequest, submission_id: UUID) -> Submission:
        rows = self._rows(request).select_related("campaign__client", "personal")
        submission = rows.filter(pk=submission_id).first()
        if submission is None:
            raise Http404
        return submission

    def _frame(self, request: HttpRequest, part: str | None) -> dict[str, Any]:
        """Return what the page around the desk needs; a part needs nothing of it."""
        if part:
            return {}
        return {"last_act": _last_act(request), "desk_messages": messages.get_messages(request)}

    def _desk(
        self, request: HttpRequest, submission: Submission, may_review: bool
    ) -> dict[str, Any]:
        user, now = staff_of(request), timezone.now()
        client, zone = submission.campaign.client, submission.campaign.timezone
        sees_contact = can(user, Capability.SUBMISSION_CONTACT, client)
        if sees_contact:
            audit.record(
                "submission.contact_seen",
                actor=user,
                client=client,
                target=f"submission:{submission.reference}",
                at=now,
            )
        can_decide = may_review and submission.status in DECIDABLE
        if can_decide:
            work_queue.hold(submission.pk, actor=user, at=now)
        visible = self._rows(request)
        scope = _reviewed_by(user)
        reversible = submission.status in REVERSIBLE
        leads = may_review and can(user, Capability.SUBMISSION_LEAD, client)
        return {
            "title": f"Review {submission.reference}",
            "submission": submission,
            "status": submission.get_status_display(),
            "name": name_of(submission, masked=not sees_contact),
            "shots": shots_of(submission, visible=visible),
            "answers": shown_answers(submission, masked=not sees_contact),
            "came": how_it_came(submission),
            "why": why_here(submission),
            "others": other_submissions(submission, now=now),
            "history": history(submission, now=now),
            "entered": shown_time(submission.entered_at, now=now, timezone=zone),
            "due": submission.decide_by
            and shown_time(submission.decide_by, now=now, timezone=zone),
            "urgency": urgency(submission.decide_by, now=now),
            "groups": reason_groups(submission) if can_decide else {},
            "can_decide": can_decide,
            "can_ask": submission.attempt == 1,
            "can_reverse": reversible and leads,
            "can_revoke": submission.status == SubmissionStatus.APPROVED and leads,
            "can_restore": submission.status == SubmissionStatus.INVALID and leads,
            "can_undo": may_review and decisions.may_undo(submission, actor=user, at=now),
            "held_by": work_queue.held_by_another(submission.pk, actor=user, at=now)
            if can_decide
            else None,
            "left": work_queue.left(scope),
            "counted": work_queue.COUNTED,
            "pace": work_queue.pace(actor=user, at=now),
        }

    def _verdict(self, request: HttpRequest, submission: Submission, user: User) -> HttpResponse:
        now = timezone.now()
        in_background = "application/json" in request.headers.get("Accept", "")
        here = reverse("admin:submissions_submission_change", args=[submission.pk])
        try:
            after = seen_decision(request.POST, submission)
            decided = take_verdict(submission, request.POST, after=after, actor=user, at=now)
        except DomainError as error:
            if in_background:
                return JsonResponse({"trouble": error.message, "where": here}, status=409)
            messages.error(request, error.message)
            return HttpResponseRedirect(here)
        work_queue.let_go(submission.pk, actor=user)
        request.session[_LAST_ACT] = {
            "said": SAID[request.POST["verdict"]].format(reference=decided.reference),
            "decision_no": decided.decision_no,
            "undo": reverse("admin:submissions_review_undo", args=[submission.pk]),
            "until": (now + undo_time()).timestamp(),
        }
        if in_background:
            act = request.session[_LAST_ACT]
            return JsonResponse({**act, "seconds": int(undo_time().total_seconds())})
        return HttpResponseRedirect(reverse("admin:submissions_review_next"))


def _reviewed_by(user: User) -> list[UUID]:
    return campaign_ids_of(user, Capability.SUBMISSION_REVIEW)


def _template(name: str, part: str | None) -> str:
    return f"admin/submissions/{name}.html" if part else f"admin/submissions/{name}_page.html"


def _ids(texts: list[str]) -> set[UUID]:
    found = set()
    for text in texts[:50]:
        try:
            found.add(UUID(text))
        except ValueError:
            continue  # typed by hand; it names nothing that could be passed over
    return found


def _last_act(request: HttpRequest) -> dict[str, Any] | None:
    """Return what was just done, as long as it can be undone."""
    act: dict[str, Any] | None = request.session.get(_LAST_ACT)
    if act is None:
        return None
    seconds = act["until"] - timezone.now().timestamp()
    return {**act, "seconds": int(seconds)} if seconds > 1 else None
