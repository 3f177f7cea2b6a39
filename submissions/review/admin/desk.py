"""The review desk: one submission at a time, in the order of work, with the next one ready."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from campaignhub.errors import DomainError
from campaignhub.staff_site.routes import one
from campaignhub.staff_site.views import RowPage, StaffPage, attempt
from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services import audit
from campaigns.accounts.services.scope import can
from campaigns.setup.services.scope import campaign_ids_of
from ingest_lambda.contract import SubmissionStatus
from submissions.awards.admin.of_submission import prizes_of
from submissions.mail.admin.of_submission import mails_of
from submissions.mirror.admin.person import (
    name_of,
    other_submissions,
    shown_answers,
    shown_consents,
    staff_of,
)
from submissions.mirror.models import Submission
from submissions.mirror.rules.times import urgency
from submissions.mirror.services.releases import zone_of
from submissions.receipts.admin import REPEATS, first_of, shots_of
from submissions.receipts.rules.photo_gaps import GAP_WORDS
from submissions.receipts.services.photos import gaps_of
from submissions.review.admin.reason_choices import (
    languages_of,
    order_for,
    reason_groups,
    spelled_order,
)
from submissions.review.admin.verdicts import SAID, preview, seen_decision, take_verdict
from submissions.review.admin.wording import history, how_it_came, why_here
from submissions.review.services import decisions, work_queue
from submissions.review.services.deciding import undo_time

DECIDABLE = (SubmissionStatus.PENDING_REVIEW, SubmissionStatus.RECEIVED)
REVERSIBLE = (
    SubmissionStatus.APPROVED,
    SubmissionStatus.REJECTED,
    SubmissionStatus.NEEDS_RESUBMISSION,
    SubmissionStatus.INVALID,
)
_LAST_ACT = "desk_last_act"
_GO_BACK: dict[str, Callable[..., Submission]] = {
    "reopen": decisions.reopen_submission,
    "revoke": decisions.revoke_submission,
}
_DONE = {
    "reopen": "waits for review again.",
    "revoke": "no longer counts.",
}


class DeskPage(StaffPage):
    """A page of the desk: it works without JavaScript, and stands outside the admin's frame.

    With it, the page keeps the next submission ready (``?part=1`` returns the
    desk alone) and sends verdicts behind the moderator's back.
    """

    capability = Capability.SUBMISSION_REVIEW

    @property
    def part(self) -> str:
        """Return what is set where the desk alone is asked for."""
        return self.request.GET.get("part", "")

    def get_template_names(self) -> list[str]:
        """Name the page, or the desk in it."""
        return [f"admin/review/{self.template_name}{'' if self.part else '_page'}.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return what the page around the desk needs; a part needs nothing of it."""
        if self.part:
            return kwargs
        said = messages.get_messages(self.request)
        return {"last_act": _last_act(self.request), "desk_messages": said, **kwargs}


class Next(DeskPage):
    """The way to what is due first; a page only where nothing waits."""

    template_name = "nothing"
    title = "Review"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Go there, passing over what the browser has at hand already."""
        user = staff_of(request)
        found = work_queue.next_submission(
            _reviewed_by(user),
            actor=user,
            at=timezone.now(),
            passing_over=_ids(request.GET.getlist("not")),
        )
        if found is None:
            return self.render_to_response(self.get_context_data(title=self.title))
        where = reverse("admin:submissions_submission_change", args=[found])
        orders = [("ranked", order) for order in request.GET.getlist("ranked")]
        # What is passed over is decided by the time that this desk is looked at.
        decided = [("not", one) for one in request.GET.getlist("not")]
        kept = urlencode([("part", "1"), *orders, *decided])
        return HttpResponseRedirect(f"{where}?{kept}" if self.part else where)


class SubmissionPage(RowPage, DeskPage):
    """A page of one submission."""

    related = ("campaign__client", "personal")
    row: Submission

    def _can(self, capability: Capability) -> bool:
        return can(staff_of(self.request), capability, self.row.campaign.client)

    @property
    def here(self) -> str:
        """Return where the submission stands on the desk."""
        return reverse("admin:submissions_submission_change", args=[self.row.pk])


class Review(SubmissionPage):
    """One submission with its photos, and the verdict on it."""

    template_name = "desk"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Hold it for whoever may decide, and note who sees personal data before it is shown."""
        submission, user, now = self.row, staff_of(self.request), timezone.now()
        may_review = self._can(Capability.SUBMISSION_REVIEW)
        sees_contact = self._can(Capability.SUBMISSION_CONTACT)
        if sees_contact:
            audit.record(submission, "submission.contact_seen", actor=user, at=now)
        can_decide = may_review and submission.status in DECIDABLE
        held_by = None
        if can_decide:
            work_queue.hold(submission.pk, actor=user, at=now)
            held_by = work_queue.held_by_another(submission.pk, actor=user, at=now)
        leads = may_review and self._can(Capability.SUBMISSION_LEAD)
        order = order_for(self.request, submission.campaign_id) if can_decide else []
        languages = languages_of(self.request)
        shots = shots_of(submission, visible=self.model_admin.get_queryset(self.request))
        repeats = [REPEATS] if any(shot.repeats for shot in shots) else []
        gaps = gaps_of([submission]).get(submission.pk, ()) if can_decide else ()
        return super().get_context_data(
            title=f"Review {submission.reference}",
            submission=submission,
            status=submission.get_status_display(),
            zone=zone_of(submission),
            name=name_of(submission, masked=not sees_contact),
            shots=shots,
            first_shot=first_of(shots, submission),
            gaps=[(gap.value, GAP_WORDS[gap]) for gap in gaps],
            prizes=prizes_of(submission),
            answers=shown_answers(submission, masked=not sees_contact),
            consents=shown_consents(submission),
            came=how_it_came(submission),
            why=[*why_here(submission), *repeats],
            others=other_submissions(submission),
            history=history(submission),
            mails=mails_of(submission, may_send=self._can(Capability.MAIL_SEND), at=now),
            urgency=urgency(submission.decide_by, now=now),
            groups=reason_groups(submission, order=order, languages=languages)
            if can_decide
            else {},
            ranked=spelled_order(order),
            can_decide=can_decide,
            can_ask=submission.attempt == 1,
            can_reverse=submission.status in REVERSIBLE and leads,
            is_refused=submission.status == SubmissionStatus.INVALID,
            can_revoke=submission.status == SubmissionStatus.APPROVED and leads,
            can_undo=may_review and decisions.may_undo(submission, actor=user, at=now),
            held_by=held_by,
            left=work_queue.left(
                _reviewed_by(user), passing_over=_ids(self.request.GET.getlist("not"))
            ),
            counted=work_queue.COUNTED,
            pace=work_queue.pace(actor=user, at=now),
        )

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Take the verdict, and go on with the next."""
        if not self._can(Capability.SUBMISSION_REVIEW):
            raise Http404
        user, now = staff_of(request), timezone.now()
        in_background = "application/json" in request.headers.get("Accept", "")
        try:
            after = seen_decision(request.POST, self.row)
            decided = take_verdict(self.row, request.POST, after=after, actor=user, at=now)
        except DomainError as error:
            if in_background:
                return JsonResponse({"trouble": error.message, "where": self.here}, status=409)
            messages.error(request, error.message)
            return HttpResponseRedirect(self.here)
        work_queue.let_go(self.row.pk, actor=user)
        act = request.session[_LAST_ACT] = {
            "said": SAID[request.POST["verdict"]].format(reference=decided.reference),
            "decision_no": decided.decision_no,
            "undo": reverse("admin:submissions_review_undo", args=[self.row.pk]),
            "until": (now + undo_time()).timestamp(),
        }
        if in_background:
            return JsonResponse({**act, "seconds": int(undo_time().total_seconds())})
        return HttpResponseRedirect(reverse("admin:submissions_review_next"))


class Sentences(SubmissionPage):
    """The sentences that the entrant would read for the chosen reasons.

    What is typed comes in the body: the web server's log keeps every address.
    """

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Return them, or why these reasons don't do."""
        try:
            return JsonResponse({"lines": preview(self.row, request.POST)})
        except DomainError as error:
            return JsonResponse({"trouble": error.message}, status=422)


class Undo(SubmissionPage):
    """A verdict taken back: one's own within the undo minute; as a lead any, with a reason.

    A lead also revokes an approval for good, or puts into the queue what the campaign's
    own rules refused.
    """

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Go back, from the decision that the page showed."""
        user, now = staff_of(request), timezone.now()
        note = request.POST.get("note", "").strip()[:1000]
        act = request.POST.get("act", "reopen")
        slip = (
            act == "reopen"
            and self._can(Capability.SUBMISSION_REVIEW)
            and decisions.may_undo(self.row, actor=user, at=now)
        )
        if act not in _GO_BACK or not (slip or self._can(Capability.SUBMISSION_LEAD)):
            raise Http404

        def done() -> str:
            seen: dict[str, Any] = {"after": seen_decision(request.POST, self.row), "note": note}
            if slip:
                decisions.undo_decision(self.row.pk, actor=user, at=now, **seen)
            else:
                message = request.POST.get("message", "").strip()[:1000]
                _GO_BACK[act](self.row.pk, actor=user, at=now, message=message, **seen)
            return f"{self.row.reference} {_DONE[act]}"

        if attempt(request, done):
            request.session.pop(_LAST_ACT, None)
        return HttpResponseRedirect(self.here)


class Leave(SubmissionPage):
    """Letting go of a submission that was held but not decided on, so that others get it."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Let go."""
        work_queue.let_go(self.row.pk, actor=staff_of(request))
        return HttpResponse(status=204)


_SUBMISSION = one(Submission, "submission_id")
DESK_PAGES = (
    ("next/", Next, "review_next"),
    (f"{_SUBMISSION}/change/", Review, "submission_change"),
    (f"{_SUBMISSION}/undo/", Undo, "review_undo"),
    (f"{_SUBMISSION}/sentences/", Sentences, "review_sentences"),
    (f"{_SUBMISSION}/leave/", Leave, "review_leave"),
)
"""Its addresses; the review stands in the place of Django's change page."""


def _reviewed_by(user: User) -> list[UUID]:
    return campaign_ids_of(user, Capability.SUBMISSION_REVIEW)


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
