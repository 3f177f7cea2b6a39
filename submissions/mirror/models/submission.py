"""Submissions as the site knows them: a mirror of the table, beside what staff decided.

Three owners, no shared column: ingest facts come from the mirror alone, image
facts have a table of their own, decisions are written by services alone.
"""

from django.db import models
from django.db.models import Q

from campaignhub.words import in_words
from campaigns.accounts.tenancy import TenantModel
from ingest_lambda.contract import SubmissionStatus

_SAID = {
    SubmissionStatus.INVALID: "Refused automatically",
    SubmissionStatus.NEEDS_RESUBMISSION: "New photo asked for",
}
STATUSES = [(s.value, _SAID.get(s, in_words(s.value))) for s in SubmissionStatus]


class Submission(TenantModel):
    """One submission. ``status`` is the one that everybody sees (``contract.shown_status``)."""

    belongs_to = "campaign"
    log_name = "submission:{row.reference}"

    id = models.UUIDField(primary_key=True, editable=False)
    campaign = models.ForeignKey(
        "campaigns.Campaign",
        on_delete=models.PROTECT,
        related_name="submissions",
        # Every index below that begins with it serves as well.
        db_index=False,
    )
    reference = models.CharField(max_length=9)
    status = models.CharField(max_length=20, choices=STATUSES)

    # Ingest facts.
    release = models.PositiveIntegerField()
    attempt = models.PositiveSmallIntegerField()
    route = models.CharField(max_length=10)
    channel = models.CharField(max_length=10)
    locale = models.CharField(max_length=5)
    source = models.CharField(max_length=60, blank=True)
    partner = models.CharField(max_length=60, blank=True)
    is_test = models.BooleanField(default=False)
    ingest_status = models.CharField(max_length=20, choices=STATUSES)
    reasons = models.JSONField(default=list)
    suspicions = models.JSONField(default=list)
    consents = models.JSONField(default=dict)
    uploads = models.JSONField(default=list)
    person_hash = models.CharField(max_length=64, blank=True)
    body_hash = models.CharField(max_length=64, blank=True)
    conflicts = models.PositiveSmallIntegerField(default=0)
    held = models.BooleanField(default=False)
    prizes = models.JSONField(default=dict)
    """What became of each prize of its release (``contract.PrizeOutcome``); the awards are rows of their own."""
    has_award = models.BooleanField(default=False)
    """A prize is given to it, which somebody waits for while it is reviewed: see ``prizes``."""
    entries = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    decide_by = models.DateTimeField(null=True)
    version = models.PositiveIntegerField()
    mirrored_at = models.DateTimeField()

    # Decisions.
    decision_no = models.PositiveIntegerField(default=0)
    decision_status = models.CharField(max_length=20, blank=True, choices=STATUSES)
    decision_reasons = models.JSONField(default=list)
    decided_attempt = models.PositiveSmallIntegerField(default=0)
    decided_at = models.DateTimeField(null=True)
    resubmit_until = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-entered_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(decision_no=0, decision_status="")
                | (Q(decision_no__gt=0) & ~Q(decision_status="")),
                name="a_decision_has_a_number_and_a_status",
            ),
            models.CheckConstraint(
                condition=~Q(decision_status=SubmissionStatus.NEEDS_RESUBMISSION.value)
                | Q(resubmit_until__isnull=False),
                name="what_is_asked_again_has_a_deadline",
            ),
        )
        # Each serves a list or a queue at a million rows; each costs the mirror time.
        indexes = (
            models.Index(fields=("reference",), name="submission_reference"),
            models.Index(
                fields=("person_hash",),
                name="submission_person",
                condition=~Q(person_hash=""),
            ),
            models.Index(fields=("-entered_at", "-id"), name="submission_newest_first"),
            models.Index(fields=("campaign", "-entered_at", "-id"), name="submission_of_campaign"),
            models.Index(
                fields=("campaign", "status", "-entered_at", "-id"), name="submission_by_status"
            ),
            models.Index(
                # The order of work (``review.services.work_queue``): answers to what was asked again
                # first, then who waits for a prize, then the nearest promise.
                fields=("campaign", "attempt", "decide_by", "entered_at", "id"),
                name="submission_waiting",
                condition=Q(status=SubmissionStatus.PENDING_REVIEW.value),
            ),
            models.Index(
                fields=("campaign", "decide_by", "entered_at", "id"),
                name="submission_may_win",
                condition=Q(status=SubmissionStatus.PENDING_REVIEW.value, has_award=True),
            ),
            models.Index(
                fields=("resubmit_until", "id"),
                name="submission_asked_again",
                condition=Q(status=SubmissionStatus.NEEDS_RESUBMISSION.value),
            ),
            models.Index(
                # Empty, unless something is wrong (``review.services.stranded``).
                fields=("campaign", "status", "decide_by"),
                name="submission_unpromised",
                condition=Q(status=SubmissionStatus.PENDING_REVIEW.value, decide_by__isnull=True),
            ),
            models.Index(
                fields=("campaign", "-entered_at", "-id"),
                name="submission_tests",
                condition=Q(is_test=True),
            ),
            models.Index(
                fields=("campaign", "source"),
                name="submission_source",
                condition=~Q(source="") & Q(is_test=False),
            ),
            models.Index(
                # Those that wait to be offered prizes after a pause: few, and mostly none.
                fields=("campaign", "is_test"),
                name="submission_held",
                condition=Q(held=True),
            ),
            models.Index(
                fields=("campaign", "-entered_at", "-id"),
                name="submission_conflicts",
                condition=Q(conflicts__gt=0),
            ),
        )

    def __str__(self) -> str:
        return self.reference


class SubmissionAnswers(TenantModel):
    """What a person told us: the one table with personal answers, so that erasing is one act.

    The two keys are the names as :func:`submissions.mirror.rules.names.fold` writes
    them; search them with ``__prefix``.
    """

    belongs_to = "submission"

    submission = models.OneToOneField(
        Submission, primary_key=True, on_delete=models.CASCADE, related_name="personal"
    )
    answers = models.JSONField(default=dict)
    email = models.CharField(max_length=254, blank=True, db_index=True)
    given_name = models.CharField(max_length=300, blank=True)
    family_name = models.CharField(max_length=300, blank=True)
    given_name_key = models.CharField(max_length=60, blank=True, default="")
    family_name_key = models.CharField(max_length=60, blank=True, default="")
    phone = models.CharField(max_length=20, blank=True)

    class Meta:
        indexes = (
            models.Index(
                fields=("given_name_key",),
                name="answers_given_name",
                opclasses=("varchar_pattern_ops",),
            ),
            models.Index(
                fields=("family_name_key",),
                name="answers_family_name",
                opclasses=("varchar_pattern_ops",),
            ),
        )

    def __str__(self) -> str:
        return str(self.submission_id)


class ConsentAnswer(TenantModel):
    """An optional consent that a submission was asked for: what the list finds it by.

    Written by the mirror beside ``Submission.consents``, which every entry has. A required
    one has no row: who does not give it is refused.
    """

    belongs_to = "campaign"

    submission = models.ForeignKey(
        Submission, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    campaign = models.ForeignKey(
        "campaigns.Campaign", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    name = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    answer = models.CharField(max_length=3, choices=[("yes", "Given"), ("no", "Not given")])
    """No boolean: Django asks for a false one by ``NOT``, which no index answers on SQLite."""
    entered_at = models.DateTimeField()
    """The submission's, beside it for the order of the list."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("submission", "name"), name="a_consent_is_answered_once"
            ),
        )
        indexes = (
            models.Index(
                fields=("campaign", "name", "answer", "-entered_at", "-submission"),
                name="consent_newest_first",
            ),
            models.Index(
                fields=("campaign", "name", "version", "answer", "-entered_at", "-submission"),
                name="consent_of_version",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.version}: {self.answer}"


class ReceiptImage(TenantModel):
    """The facts about one uploaded file. Not a foreign key: a photo may come before its submission."""

    belongs_to = "submission_id"
    belongs_to_model = Submission

    key = models.CharField(max_length=300, primary_key=True)
    submission_id = models.UUIDField(db_index=True)
    attempt = models.PositiveSmallIntegerField()
    receipt = models.PositiveSmallIntegerField()
    part = models.PositiveSmallIntegerField()
    content_type = models.CharField(max_length=60)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    pages = models.JSONField(default=list)
    refusal = models.CharField(max_length=20, blank=True)
    seen_on = models.UUIDField(null=True)
    """Who uploaded the same file first, perhaps with a form that was never sent: a hint for the
    list of photos in trouble. Duplicates are found by ``receipts.SubmittedFile``."""
    exif = models.JSONField(default=dict)
    checked_at = models.DateTimeField()

    class Meta:
        ordering = ("receipt", "part")
        indexes = (
            models.Index(
                fields=("-checked_at",),
                name="image_with_trouble",
                condition=~Q(refusal="") | Q(seen_on__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.key


class PhotoCheck(TenantModel):
    """A submission that nobody looks at, while its photos have still to prove what was announced.

    One that would count by itself is only *received* as long as this is here. One
    that was refused because another entry had announced the same photo is looked
    at again if that entry never shows it.

    Written with the submission, in the mirror's transaction, and gone once all
    photos are here and nothing about them is suspect: what a crash leaves undone
    in between is found again.
    """

    belongs_to = "submission"

    submission = models.OneToOneField(
        Submission, primary_key=True, on_delete=models.CASCADE, related_name="photo_check"
    )
    since = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.submission_id)
