"""The list of submissions and the page on which one is reviewed."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.files.storage import storages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from pydantic import ValidationError
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from campaignhub.errors import DomainError
from campaigns.admin.scoped import ScopedModelAdmin
from campaigns.models import Campaign
from campaigns.rules.roles import Capability
from campaigns.services import audit
from campaigns.services.scope import can, clients_of
from ingest_lambda.contract import (
    RETRYABLE,
    Reason,
    ReasonCode,
    SubmissionStatus,
    Suspicion,
    tidy_reference,
)
from ingest_lambda.contract.reasons import FINAL
from ingest_lambda.contract.sentences import ENGLISH
from submissions.models import ReceiptImage, Submission, SubmissionEvent
from submissions.rules.masking import mask
from submissions.services import decisions

_COLOURS = {
    "Pending review": "warning",
    "Received": "info",
    "Approved": "success",
    "Rejected": "danger",
    "Invalid": "danger",
    "Needs resubmission": "warning",
    "Revoked": "danger",
    "Withdrawn": "info",
}
_SUSPICIONS = {
    Suspicion.FILLED_TOO_FAST: "The form was filled in faster than people type.",
    Suspicion.CHALLENGE_FAILED: "The check for robots did not succeed.",
}


class OwnCampaigns(admin.RelatedFieldListFilter):
    """Offer the campaigns of one's own clients only: a name in a filter is a leak as well."""

    def field_choices(self, _field: Any, request: HttpRequest, _model_admin: Any) -> Any:
        """Return the campaigns to choose from."""
        clients = clients_of(request.user, Capability.SUBMISSION_VIEW)  # type: ignore[arg-type]
        rows = Campaign.objects.filter(client__in=clients).order_by("name")
        return [(campaign.pk, str(campaign)) for campaign in rows]


@admin.register(Submission)
class SubmissionAdmin(ScopedModelAdmin):
    """What came in, newest first; one click to the review."""

    client_path = "campaign__client"
    view_capability = Capability.SUBMISSION_VIEW
    list_display = ("person", "shown_status", "campaign", "entered_at", "decide_by")
    list_filter = ("status", ("campaign", OwnCampaigns))
    list_select_related = ("campaign", "personal")
    list_per_page = 50
    paginator = InfinitePaginator
    show_full_result_count = False
    search_fields = ("reference",)
    search_help_text = "Reference, e-mail or last name"
    ordering = ("-entered_at", "-id")

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """A submission is never edited; it is decided on."""
        return False

    @display(description="Entrant", header=True)
    def person(self, submission: Submission) -> tuple[str, str]:
        """Show the name with the reference below."""
        personal = submission.personal
        name = f"{personal.given_name} {personal.family_name}".strip()
        return name or "No name", submission.reference

    @display(description="Status", label=_COLOURS, ordering="status")
    def shown_status(self, submission: Submission) -> str:
        """Show the status as a word."""
        label: str = submission.get_status_display()
        return label

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Submission], search_term: str
    ) -> tuple[QuerySet[Submission], bool]:
        """Search by reference, e-mail or name, through indexes only."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if reference := tidy_reference(term):
            found = Q(reference=reference)
            found |= Q(personal__family_name=term)
            return queryset.filter(found), False
        if "@" in term:
            return queryset.filter(personal__email=term.lower()), False
        return queryset.filter(
            Q(personal__family_name__startswith=term) | Q(personal__given_name__startswith=term)
        ), False

    # ---------------------------------------------------------------- the review page

    def get_urls(self) -> list[URLPattern]:
        """Put the review in the place of Django's change page."""
        return [
            path(
                "<uuid:submission_id>/change/",
                self.admin_site.admin_view(self.review_view),
                name="submissions_submission_change",
            ),
            path(
                "next/", self.admin_site.admin_view(self.next_view), name="submissions_review_next"
            ),
            *super().get_urls(),
        ]

    def _waiting(self, request: HttpRequest) -> QuerySet[Submission]:
        rows: QuerySet[Submission] = self.get_queryset(request)
        return rows.filter(status=SubmissionStatus.PENDING_REVIEW).order_by("decide_by", "id")

    def next_view(self, request: HttpRequest) -> HttpResponse:
        """Go to the submission that is due first, or to the list when none waits."""
        submission = self._waiting(request).first()
        if submission is None:
            messages.info(
                request, "Nothing waits for review. New entries appear here by themselves."
            )
            return HttpResponseRedirect(reverse("admin:submissions_submission_changelist"))
        return HttpResponseRedirect(
            reverse("admin:submissions_submission_change", args=[submission.pk])
        )

    def review_view(self, request: HttpRequest, submission_id: UUID) -> HttpResponse:
        """Show one submission with its photos, and take the verdict on it."""
        submission = (
            self.get_queryset(request)
            .select_related("campaign__client", "personal")
            .filter(pk=submission_id)
            .first()
        )
        if submission is None:
            raise Http404
        client = submission.campaign.client
        user: Any = request.user
        may_review = can(user, Capability.SUBMISSION_REVIEW, client)
        if request.method == "POST":
            if not may_review:
                raise Http404
            return self._take_verdict(request, submission)
        sees_contact = can(user, Capability.SUBMISSION_CONTACT, client)
        if sees_contact:
            audit.record(
                "submission.contact_seen",
                actor=user,
                client=client,
                target=f"submission:{submission.reference}",
                at=timezone.now(),
            )
        context = {
            **self.admin_site.each_context(request),
            "title": f"Review {submission.reference}",
            "submission": submission,
            "photos": _photos(submission),
            "answers": _answers(submission, masked=not sees_contact),
            "why": [_SUSPICIONS.get(s, s.replace("_", " ")) for s in submission.suspicions],
            "refusals": [ENGLISH.plain.get(ReasonCode(r["code"]), r["code"]) for r in submission.reasons],
            "others": self.get_queryset(request)
            .filter(campaign=submission.campaign, person_hash=submission.person_hash)
            .exclude(pk=submission.pk)
            .exclude(person_hash="")[:10],
            "events": SubmissionEvent.objects.filter(submission_id=submission.pk).select_related(
                "actor"
            ),
            "reviews": submission.reviews.select_related("actor"),
            "retryable": [(c.value, ENGLISH.plain[c]) for c in ReasonCode if c in RETRYABLE],
            "final": [
                (c.value, ENGLISH.plain[c])
                for c in ReasonCode
                if c in FINAL and c is not ReasonCode.RESUBMISSION_EXPIRED
            ],
            "can_decide": may_review and submission.status in ("pending_review", "received"),
            "can_reopen": may_review and submission.status in ("approved", "rejected"),
            "left": len(self._waiting(request).values_list("pk")[:1000]),
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/submissions/review.html", context)

    def _take_verdict(self, request: HttpRequest, submission: Submission) -> HttpResponse:
        verdict = request.POST.get("verdict", "")
        user: Any = request.user
        shared: dict[str, Any] = {
            "actor": user,
            "at": timezone.now(),
            "note": request.POST.get("note", "")[:1000],
        }
        here = reverse("admin:submissions_submission_change", args=[submission.pk])
        try:
            if verdict == "approve":
                decisions.approve_submission(submission.pk, **shared)
            elif verdict == "reject":
                decisions.reject_submission(submission.pk, reasons=_reasons(request), **shared)
            elif verdict == "ask_again":
                decisions.ask_again(submission.pk, reasons=_reasons(request), **shared)
            elif verdict == "reopen":
                decisions.reopen_submission(submission.pk, **shared)
                messages.success(request, f"{submission.reference} waits for review again.")
                return HttpResponseRedirect(here)
            else:
                raise Http404
        except DomainError as error:
            messages.error(request, error.message)
            return HttpResponseRedirect(here)
        word = {"approve": "approved", "reject": "rejected", "ask_again": "asked again"}[verdict]
        messages.success(request, f"{submission.reference} is {word}. The entrant is told by mail.")
        return HttpResponseRedirect(reverse("admin:submissions_review_next"))


def _reasons(request: HttpRequest) -> list[Reason]:
    codes = request.POST.getlist("reason")[:3]
    found = request.POST.get("found", "").strip()[:200] or None
    expected = request.POST.get("expected", "").strip()[:200] or None
    try:
        return [
            Reason(
                code=ReasonCode(code),
                message=request.POST.get("note", "").strip() if code == ReasonCode.OTHER else "",
                found=found if number == 0 else None,
                expected=expected if number == 0 else None,
            )
            for number, code in enumerate(codes)
        ]
    except (ValueError, ValidationError) as exc:
        raise decisions.ReasonsNeeded("Choose the reasons from the list.") from exc


def _photos(submission: Submission) -> list[dict[str, Any]]:
    """Return each announced photo with its pictures, joined in whatever order they came."""
    facts = {row.key: row for row in ReceiptImage.objects.filter(submission_id=submission.pk)}
    store = storages["receipts"]
    photos = []
    for upload in submission.uploads:
        row = facts.get(upload["key"])
        photos.append(
            {
                "row": row,
                "missing": row is None,
                "refusal": row.refusal.replace("_", " ") if row else "",
                "pages": [
                    {
                        "view": store.url(page["view_key"]),
                        "thumbnail": store.url(page["thumbnail_key"]),
                        "width": page["width"],
                        "height": page["height"],
                    }
                    for page in (row.pages if row else [])
                ],
                "other_hash": bool(row and upload.get("sha256") and row.sha256 != upload["sha256"]),
                "seen_on": row.seen_on if row else None,
            }
        )
    return photos


def _answers(submission: Submission, *, masked: bool) -> list[tuple[str, str]]:
    rows = submission.campaign.form_fields.all()
    answers = submission.personal.answers
    shown = []
    for row in rows:
        if row.name not in answers:
            continue
        value = answers[row.name]
        text = ", ".join(value) if isinstance(value, list) else str(value)
        shown.append((str(row), mask(text, row.meaning) if masked else text))
    return shown
