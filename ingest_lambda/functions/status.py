"""What an entrant may know of a submission: no personal data, since a mail may reach someone else."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ingest_lambda.adapters.log_context import log_about
from ingest_lambda.adapters.releases import Releases
from ingest_lambda.adapters.stock import Stock
from ingest_lambda.adapters.table import Table
from ingest_lambda.adapters.tokens import verify
from ingest_lambda.contract import (
    POLL_SECONDS,
    Action,
    AwardState,
    ImageRecord,
    Manifest,
    PrizeOutcome,
    Purpose,
    Reason,
    ReasonCode,
    ShownAward,
    ShownImage,
    ShownReason,
    StatusAnswer,
    SubmissionRecord,
    SubmissionStatus,
    TokenPayload,
    reference_of,
    sentence,
    token_keys_of,
)
from ingest_lambda.errors import BadToken, UnknownCampaign
from ingest_lambda.rules.photos import are_as_announced, shown_images
from ingest_lambda.rules.promises import promised_verdict

_UNTIL = (ReasonCode.LIMIT_REACHED, ReasonCode.ENTERED_TOO_EARLY)
_OWN = (Purpose.OWN, Purpose.RESUBMIT)
"""Tokens of who sends the photos; a link to the status tells of the submission alone."""
_WAITING = (SubmissionStatus.RECEIVED, SubmissionStatus.PENDING_REVIEW)


@dataclass(frozen=True)
class StatusReader:
    """What the status call works with; built once per warm function."""

    table: Table
    stock: Stock
    releases: Releases
    token_keys: str

    def __post_init__(self) -> None:
        """Stop here, and loudly, where a key is malformed."""
        token_keys_of(self.token_keys)

    def read(self, slug: str, submission_id: UUID, token: str, *, at: datetime) -> StatusAnswer:
        """Answer for the holder of a token of this submission.

        ``queued`` until the writer has stored it: it is safe in the queue, but not
        judged yet.

        Raises:
            BadToken: none of ours, or of another submission or campaign.
        """
        log_about(submission_id)
        payload = verify(
            token,
            token_keys=self.token_keys,
            is_announced=self.releases.announces_token_key,
        )
        if payload.submission_id != submission_id or payload.slug != slug:
            raise BadToken
        record = self.table.submissions.get(submission_id)
        if record is None or (record.attempt < payload.attempt and payload.purpose is Purpose.OWN):
            return StatusAnswer(
                submission_id=submission_id,
                reference=reference_of(submission_id),
                status="queued",
                images=self._images(payload, record)[0],
                poll_after_seconds=POLL_SECONDS[0],
            )
        if payload.epoch < record.epoch:
            raise BadToken
        manifest = self.releases.manifest(slug, record.release)
        if manifest is None:
            raise UnknownCampaign
        return self._answer(record, manifest, payload, at)

    def _answer(
        self, record: SubmissionRecord, manifest: Manifest, payload: TokenPayload, at: datetime
    ) -> StatusAnswer:
        status = record.shown_status
        images, photos = self._images(payload, record)
        unproved = self._is_unproved(record, photos)
        awards = () if unproved else self._awards(record, manifest, payload.locale)
        if _counts_unasked(record) and any(one.state == AwardState.PROVISIONAL for one in awards):
            # The photos have proved it this moment, and its awards are being confirmed.
            unproved, awards = True, ()
        if unproved:
            status = SubmissionStatus.RECEIVED
        waiting = status in _WAITING
        reasons = self._reasons(record, status)
        current = self.releases.current(record.slug)
        ended = at >= (current.closes_at if current else manifest.closes_at)
        if ended:
            reasons = tuple(reason.model_copy(update={"again_at": None}) for reason in reasons)
        return StatusAnswer(
            submission_id=record.id,
            reference=reference_of(record.id),
            received_at=record.entered_at,
            status=status,
            decide_by=promised_verdict(record, manifest) if waiting and not unproved else None,
            images=images,
            reasons=tuple(
                _shown(reason, manifest, payload.locale, None if ended else at)
                for reason in reasons
            ),
            awards=awards,
            actions=_actions(record, status, at),
            may_enter_again_at=_free_at(reasons),
            poll_after_seconds=POLL_SECONDS[2 if unproved else -1] if waiting else None,
        )

    def _awards(
        self, record: SubmissionRecord, manifest: Manifest, locale: str
    ) -> tuple[ShownAward, ...]:
        """Say what became of each prize, with the code of a confirmed award.

        An award that has lost its unit is shown as what the submission says of the
        prize since.
        """
        if not record.prizes or manifest.prize_plan is None:
            return ()
        awards = {award.prize: award for award in self.table.submissions.awards(record.id)}
        shown = []
        for prize in manifest.prize_plan.prizes:
            outcome = record.prizes.get(prize.name)
            award = awards.get(prize.name)
            if outcome is None:
                continue
            code = None
            if award is not None and award.state is AwardState.CONFIRMED:
                given = self.stock.given.get(record.campaign_id, prize.name, award.unit)
                code = given.code if given and given.submission_id == record.id else None
            shown.append(
                ShownAward(
                    prize=prize.name,
                    name=prize.names.get(locale) or next(iter(prize.names.values())),
                    state=award.state if award and outcome is PrizeOutcome.GIVEN else outcome,
                    code=code,
                )
            )
        return tuple(shown)

    def _images(
        self, payload: TokenPayload, record: SubmissionRecord | None
    ) -> tuple[tuple[ShownImage, ...], tuple[ImageRecord, ...]]:
        """Return what the entrant sees of the photos, and the facts about those that came.

        Of an attempt that is not written yet the token says which they are.
        """
        uploads = payload.uploads
        if record is not None and record.attempt >= payload.attempt:
            uploads = record.uploads
        if not uploads and not (record and record.uploads):
            return (), ()
        photos = self.table.photos.images(payload.submission_id)
        announced = uploads if payload.purpose in _OWN else ()
        return shown_images(announced, photos), photos

    @staticmethod
    def _is_unproved(record: SubmissionRecord, photos: tuple[ImageRecord, ...]) -> bool:
        """Tell whether it would count by its campaign's own rules, but for its photos.

        The writer judges before the photos are decoded, and a file that differs from
        the announced one, or never comes, sends the submission to review on the site:
        until then it is not shown as approved.
        """
        if not _counts_unasked(record):
            return False
        return bool(record.uploads) and not are_as_announced(record.uploads, photos)

    @staticmethod
    def _reasons(record: SubmissionRecord, status: SubmissionStatus) -> tuple[Reason, ...]:
        if record.decision_status is not status:
            return record.reasons
        if status is SubmissionStatus.NEEDS_RESUBMISSION:
            # An answer that lacked a photo: what is missing, beside what was asked for.
            return (*record.decision_reasons, *record.reasons)
        return record.decision_reasons


def _counts_unasked(record: SubmissionRecord) -> bool:
    """Tell whether it counts by its campaign's own rules, without a verdict on it."""
    return record.shown_status is SubmissionStatus.APPROVED and not record.decision_status


def _free_at(reasons: tuple[Reason, ...]) -> datetime | None:
    """Return when the next entry is possible: with several limits reached, when the last has room."""
    bound = [r.again_at for r in reasons if r.code in _UNTIL]
    known = [at for at in bound if at is not None]
    return max(known) if known and len(known) == len(bound) else None


def _shown(reason: Reason, manifest: Manifest, locale: str, at: datetime | None) -> ShownReason:
    return ShownReason(
        field=reason.field,
        code=reason.code,
        message=sentence(
            reason,
            locale=locale,
            texts=manifest.reason_texts,
            timezone=manifest.timezone,
            limits=manifest.limits,
            at=at,
        ),
        found=reason.found,
        expected=reason.expected,
    )


def _actions(
    record: SubmissionRecord, status: SubmissionStatus, at: datetime
) -> tuple[Action, ...]:
    if status is not SubmissionStatus.NEEDS_RESUBMISSION:
        return ()
    if record.resubmit_until is not None and at > record.resubmit_until:
        return ()
    return (Action(kind="resubmit", until=record.resubmit_until),)
