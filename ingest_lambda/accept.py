"""The writer: one envelope from the queue becomes one submission in the table, exactly once."""

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from ingest_lambda.contract import (
    Claims,
    Envelope,
    FieldKind,
    LimitScope,
    LimitSpec,
    Manifest,
    Meaning,
    MessageEnvelope,
    MessageRecord,
    Mode,
    Purpose,
    Reason,
    ReasonCode,
    ReviewMode,
    SubmissionEnvelope,
    SubmissionRecord,
    SubmissionStatus,
    Suspicion,
    TakenLimit,
    WindowKind,
    entered_at,
    instant_text,
)
from ingest_lambda.errors import BadToken, TryAgain
from ingest_lambda.releases import Releases
from ingest_lambda.rules.answers import judge_answers, judge_consents
from ingest_lambda.rules.bodies import body_hash
from ingest_lambda.rules.people import keyed_hash, normalise_email, normalise_phone
from ingest_lambda.rules.windows import window_ends_at, window_key
from ingest_lambda.table import Cancelled, LimitUse, Table
from ingest_lambda.tokens import verify

TRIES = 4
LONGEST_WAIT_SECONDS = 0.5
_ENVELOPE: TypeAdapter[Envelope] = TypeAdapter(Envelope)


class Quarantine(Protocol):
    """Where messages go whose token was never issued: apart, and into no table."""

    def put(self, body: str, *, why: str) -> None:
        """Keep one message for seven days."""


@dataclass(frozen=True)
class Writer:
    """What the writer works with; built once per warm function."""

    table: Table
    releases: Releases
    quarantine: Quarantine
    token_keys: str
    person_secret: str
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], None] = time.sleep
    rng: random.Random = random.SystemRandom()  # noqa: RUF009 - one source for all

    def accept(self, body: str, *, sent_timestamp_ms: str) -> str:
        """Write one message of the submissions queue; return what became of it, in one word.

        ``sent_timestamp_ms`` is the queue's own, used where the gateway had no
        time to give. A message that can never be good (not JSON, no known
        shape, a token that was never ours) goes to quarantine and counts as
        done: delivered again it would be as bad as before.

        Raises:
            TryAgain: the table was busy or away; deliver this record again.
        """
        try:
            envelope = _ENVELOPE.validate_json(body)
            claims = verify(envelope.body.token, token_keys=self.token_keys)
            self._belongs(envelope, claims)
        except ValidationError:
            self.quarantine.put(body, why="not_understood")
            return "quarantined"
        except BadToken:
            self.quarantine.put(body, why="bad_token")
            return "quarantined"
        entered = entered_at(envelope.entered_at_ms, sent_timestamp_ms=sent_timestamp_ms)
        manifest = self.releases.manifest(claims.slug, claims.release)
        if manifest is None:
            # The token is ours, so the release was there: the table lost it or is behind.
            raise TryAgain("release_missing")
        if isinstance(envelope, MessageEnvelope):
            return self._keep_message(envelope, entered)
        return self._patiently(lambda: self._write(envelope, claims, manifest, entered))

    @staticmethod
    def _belongs(envelope: SubmissionEnvelope | MessageEnvelope, claims: Claims) -> None:
        if claims.submission_id != envelope.body.submission_id or claims.slug != envelope.slug:
            raise BadToken
        if isinstance(envelope, SubmissionEnvelope) and claims.purpose not in (
            Purpose.OWN,
            Purpose.RESUBMIT,
        ):
            raise BadToken

    def _patiently(self, write: Callable[[], str]) -> str:
        """Try again in place, with full jitter, before the queue has to deliver again."""
        for attempt in range(TRIES):
            try:
                return write()
            except TryAgain:
                if attempt == TRIES - 1:
                    raise
                self.sleep(self.rng.uniform(0, LONGEST_WAIT_SECONDS * 2**attempt / 4))
        raise AssertionError("unreachable")

    def _keep_message(self, envelope: MessageEnvelope, entered: datetime) -> str:
        record = MessageRecord(
            submission_id=envelope.body.submission_id,
            message_id=envelope.body.message_id,
            kind=envelope.body.kind,
            body=envelope.body.body,
            entered_at=entered,
            written_at=self.clock(),
        )
        return self._patiently(lambda: "stored" if self.table.put_message(record) else "seen")

    def _write(
        self,
        envelope: SubmissionEnvelope,
        claims: Claims,
        manifest: Manifest,
        entered: datetime,
    ) -> str:
        record = self.judge(envelope, claims, manifest, entered)
        if claims.attempt > 1:
            return self._write_again(record)
        uses = self._uses(record, manifest)
        record = _with_limits(record, uses, manifest)
        while True:
            try:
                self.table.create_submission(record, uses=uses)
            except Cancelled as cancelled:
                if cancelled.failed[0] == 0:
                    return self._meet(record, manifest)
                record, uses = self._refused(record, uses, manifest, cancelled.failed[0] - 1)
            else:
                return record.status.value

    # ------------------------------------------------------------ judging

    def judge(
        self,
        envelope: SubmissionEnvelope,
        claims: Claims,
        manifest: Manifest,
        entered: datetime,
    ) -> SubmissionRecord:
        """Make the record of a submission: what it says, what is wrong, what it wants to take."""
        said = envelope.body
        zone = ZoneInfo(manifest.timezone)
        answers, reasons = judge_answers(
            manifest,
            said.answers,
            said.consents,
            route=claims.route,
            entered_on=entered.astimezone(zone).date(),
        )
        reasons = self._time_reasons(claims, manifest, entered) + reasons
        reasons += self._missing_images(claims, manifest)
        suspicions = [] if reasons else self._suspicions(claims, manifest, entered)
        record = SubmissionRecord(
            id=claims.submission_id,
            slug=claims.slug,
            campaign_id=claims.campaign_id,
            release=claims.release,
            attempt=claims.attempt,
            route=claims.route,
            channel=claims.channel,
            mode=claims.mode,
            locale=claims.locale,
            source=claims.source,
            partner=claims.partner,
            status=_status(manifest, refused=bool(reasons), suspect=bool(suspicions)),
            reasons=tuple(reasons[:20]),
            suspicions=tuple(suspicions),
            answers=answers,
            consents=judge_consents(manifest, said.consents),
            uploads=claims.uploads,
            address_hash=claims.address_hash,
            device_hash=claims.device_hash,
            body_hash=body_hash(said.answers, said.consents, claims),
            held=self._is_paused(claims.slug),
            started_at=claims.issued_at,
            entered_at=entered,
            written_at=self.clock(),
            **self._people(answers, claims, manifest),
        )
        if reasons or claims.attempt > 1:
            return record
        guards = tuple(
            dict.fromkeys(
                f"image:{upload.sha256}"
                for upload in claims.uploads
                if upload.sha256 and _is_receipt(manifest, upload.field)
            )
        )
        once_per_receipt = any(_is_guard(limit) for limit in manifest.limits)
        return record.model_copy(update={"guards_taken": guards if once_per_receipt else ()})

    def _time_reasons(self, claims: Claims, manifest: Manifest, entered: datetime) -> list[Reason]:
        if entered > claims.expires_at:
            return [Reason(code=ReasonCode.TOKEN_EXPIRED)]
        if claims.attempt > 1 or manifest.mode is Mode.TEST:
            return []
        if entered < manifest.opens_at:
            return [Reason(code=ReasonCode.ENTERED_TOO_EARLY, again_at=manifest.opens_at)]
        if entered >= manifest.closes_at:
            return [Reason(code=ReasonCode.ENTERED_TOO_LATE)]
        return []

    @staticmethod
    def _missing_images(claims: Claims, manifest: Manifest) -> list[Reason]:
        announced = {upload.field for upload in claims.uploads}
        return [
            Reason(code=ReasonCode.ANSWER_MISSING, field=field.name)
            for field in manifest.fields
            if field.kind in (FieldKind.RECEIPT_IMAGE, FieldKind.OTHER_IMAGE)
            and field.required
            and claims.route in field.routes
            and field.name not in announced
        ]

    @staticmethod
    def _suspicions(claims: Claims, manifest: Manifest, entered: datetime) -> list[Suspicion]:
        found = []
        if (entered - claims.issued_at).total_seconds() < manifest.minimum_fill_seconds:
            found.append(Suspicion.FILLED_TOO_FAST)
        if claims.challenge in ("failed", "unreachable"):
            found.append(Suspicion.CHALLENGE_FAILED)
        return found

    def _people(
        self, answers: dict[str, Any], claims: Claims, manifest: Manifest
    ) -> dict[str, Any]:
        people: dict[str, Any] = {}
        email = manifest.field_with(Meaning.EMAIL)
        if email and (address := answers.get(email.name)):
            people["person_hash"] = self.hash(
                "person", normalise_email(address), claims.campaign_id
            )
        phone = manifest.field_with(Meaning.PHONE)
        if phone and (number := answers.get(phone.name)):
            full = normalise_phone(number, country=manifest.countries[0]) or number
            people["phone_hash"] = self.hash("phone", full, claims.campaign_id)
        return people

    def hash(self, kind: str, value: str, campaign_id: str) -> str:
        """Hash something personal under the campaign's own key."""
        return keyed_hash(kind, value, secret=self.person_secret, campaign_id=campaign_id)

    def _is_paused(self, slug: str) -> bool:
        current = self.releases.current(slug)
        return bool(current and current.paused)

    # ------------------------------------------------------------ limits

    def _uses(self, record: SubmissionRecord, manifest: Manifest) -> tuple[LimitUse, ...]:
        """Reckon which limits a submission takes a use of; none when it is refused anyway."""
        if record.status is SubmissionStatus.INVALID:
            return ()
        uses = []
        for limit in manifest.limits:
            scope_hash = _scope_hash(limit, record)
            if scope_hash is None or _is_guard(limit):
                continue
            window = window_key(
                limit.window, entered_at=record.entered_at, timezone=manifest.timezone
            )
            if limit.window.kind is WindowKind.ROLLING:
                uses.append(self._rolling_use(limit, scope_hash, record))
            else:
                ends = window_ends_at(
                    limit.window, entered_at=record.entered_at, timezone=manifest.timezone
                )
                uses.append(
                    LimitUse(
                        limit=limit.name,
                        scope_hash=scope_hash,
                        window=window,
                        count=limit.count,
                        # Kept well beyond the window, for what is replayed late.
                        expires_at=ends + timedelta(days=120) if ends else None,
                    )
                )
        return tuple(uses)

    def _rolling_use(self, limit: LimitSpec, scope_hash: str, record: SubmissionRecord) -> LimitUse:
        hours = timedelta(hours=limit.window.hours or 1)
        times, revision = self.table.rolling_uses(record.campaign_id, limit.name, scope_hash)
        begin, end = (
            instant_text(record.entered_at - hours),
            instant_text(record.entered_at + hours),
        )
        inside = tuple(use for use in times if begin < use[0] < end and use[1] != str(record.id))
        mine = (instant_text(record.entered_at), str(record.id))
        # Over the limit, the revision is one that cannot be: the transaction refuses it here.
        return LimitUse(
            limit=limit.name,
            scope_hash=scope_hash,
            window="rolling",
            count=limit.count,
            expires_at=record.entered_at + hours + timedelta(days=120),
            times=tuple(sorted({*times, mine}))[-200:],
            revision=revision if len(inside) < limit.count else -1,
        )

    def _refused(
        self,
        record: SubmissionRecord,
        uses: tuple[LimitUse, ...],
        manifest: Manifest,
        place: int,
    ) -> tuple[SubmissionRecord, tuple[LimitUse, ...]]:
        """Turn a submission that a limit or guard refused into an ``invalid`` one that takes nothing."""
        if place < len(uses):
            use = uses[place]
            if use.times is not None and use.revision >= 0:
                raise TryAgain("rolling_limit_moved")
            limit = next(spec for spec in manifest.limits if spec.name == use.limit)
            reason = Reason(
                code=ReasonCode.LIMIT_REACHED,
                limit=limit.name,
                again_at=_again_at(limit, use, record, manifest),
            )
        else:
            reason = Reason(code=ReasonCode.RECEIPT_USED)
        refused = record.model_copy(
            update={
                "status": SubmissionStatus.INVALID,
                "reasons": (reason,),
                "limits_taken": (),
                "guards_taken": (),
            }
        )
        return refused, ()

    # ------------------------------------------------------------ twice and again

    def _meet(self, record: SubmissionRecord, manifest: Manifest) -> str:
        """Settle with what is stored under the same id already."""
        stored = self.table.submission(record.id)
        if stored is None:
            raise TryAgain("just_gone")
        if stored.attempt > record.attempt:
            return "seen"
        if stored.body_hash != record.body_hash:
            if record.body_hash in stored.conflict_hashes:
                return "conflict"
            hashes = (*stored.conflict_hashes, record.body_hash)[-20:]
            self._next_version(stored, conflict_hashes=hashes)
            return "conflict"
        if record.entered_at >= stored.entered_at:
            return "seen"
        late = stored.status is SubmissionStatus.INVALID and any(
            reason.code is ReasonCode.ENTERED_TOO_LATE for reason in stored.reasons
        )
        if not late or record.status is SubmissionStatus.INVALID:
            self._next_version(stored, entered_at=record.entered_at)
            return "seen"
        return self._judge_anew(record, stored, manifest)

    def _judge_anew(
        self, record: SubmissionRecord, stored: SubmissionRecord, manifest: Manifest
    ) -> str:
        """Let the punctual copy count, though a late one was processed before it."""
        record = record.model_copy(update={"version": stored.version + 1})
        uses = self._uses(record, manifest)
        record = _with_limits(record, uses, manifest)
        try:
            self.table.replace_submission(record, uses=uses)
        except Cancelled as cancelled:
            if cancelled.failed[0] == 0:
                raise TryAgain("version_moved") from cancelled
            refused, _ = self._refused(record, uses, manifest, cancelled.failed[0] - 1)
            self._replace(refused)
            return refused.status.value
        return record.status.value

    def _write_again(self, record: SubmissionRecord) -> str:
        """Store attempt n + 1, which is welcome only while a new photo is asked for."""
        stored = self.table.submission(record.id)
        if stored is None:
            raise TryAgain("first_attempt_missing")
        if stored.attempt >= record.attempt:
            return "seen"
        welcome = stored.shown_status is SubmissionStatus.NEEDS_RESUBMISSION
        in_time = stored.resubmit_until is None or record.entered_at <= stored.resubmit_until
        if stored.attempt + 1 != record.attempt or not welcome or not in_time:
            return "not_asked"
        self._replace(
            stored.model_copy(
                update={
                    "attempt": record.attempt,
                    "status": SubmissionStatus.PENDING_REVIEW,
                    "uploads": record.uploads,
                    "body_hash": record.body_hash,
                    "conflict_hashes": (),
                    "written_at": record.written_at,
                    "version": stored.version + 1,
                }
            )
        )
        return "resubmitted"

    def _next_version(self, stored: SubmissionRecord, **changes: Any) -> None:
        self._replace(stored.model_copy(update={**changes, "version": stored.version + 1}))

    def _replace(self, record: SubmissionRecord) -> None:
        try:
            self.table.replace_submission(record)
        except Cancelled as cancelled:
            raise TryAgain("version_moved") from cancelled


def _status(manifest: Manifest, *, refused: bool, suspect: bool) -> SubmissionStatus:
    if refused:
        return SubmissionStatus.INVALID
    if suspect or manifest.review is ReviewMode.EVERY:
        return SubmissionStatus.PENDING_REVIEW
    if manifest.review is ReviewMode.NONE:
        return SubmissionStatus.APPROVED
    return SubmissionStatus.RECEIVED


def _is_guard(limit: LimitSpec) -> bool:
    """Whether a limit is the plain "once per receipt", which a guard enforces for the whole campaign."""
    return (
        limit.scope is LimitScope.RECEIPT
        and limit.count == 1
        and limit.window.kind is WindowKind.CAMPAIGN
    )


def _is_receipt(manifest: Manifest, field_name: str) -> bool:
    field = manifest.field(field_name)
    return field is not None and field.kind is FieldKind.RECEIPT_IMAGE


def _scope_hash(limit: LimitSpec, record: SubmissionRecord) -> str | None:
    if limit.scope is LimitScope.PERSON:
        return record.person_hash
    if limit.scope is LimitScope.PHONE:
        return record.phone_hash
    if limit.scope is LimitScope.RECEIPT:
        return next((u.sha256 for u in record.uploads if u.sha256), None)
    return None


def _with_limits(
    record: SubmissionRecord, uses: tuple[LimitUse, ...], manifest: Manifest
) -> SubmissionRecord:
    specs = {spec.name: spec for spec in manifest.limits}
    taken = tuple(
        TakenLimit(
            limit=use.limit,
            scope_hash=use.scope_hash,
            window=use.window,
            gives_back_when_rejected=specs[use.limit].gives_back_when_rejected,
        )
        for use in uses
    )
    return record.model_copy(update={"limits_taken": taken})


def _again_at(
    limit: LimitSpec, use: LimitUse, record: SubmissionRecord, manifest: Manifest
) -> datetime | None:
    """Return when the entrant may enter next; ``None`` where the campaign is over by then."""
    if limit.window.kind is WindowKind.ROLLING:
        hours = timedelta(hours=limit.window.hours or 1)
        others = sorted(at for at, who in use.times or () if who != str(record.id))
        oldest = others[-limit.count] if len(others) >= limit.count else None
        again = datetime.fromisoformat(oldest) + hours if oldest else None
    else:
        again = window_ends_at(
            limit.window, entered_at=record.entered_at, timezone=manifest.timezone
        )
    return again if again and again < manifest.closes_at else None


def quarantine_body(body: str, why: str) -> str:
    """Wrap a message for quarantine with the reason it is there."""
    return json.dumps({"why": why, "message": body[:60_000]}, ensure_ascii=False)
