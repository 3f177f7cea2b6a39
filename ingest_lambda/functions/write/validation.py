"""What a submission says, what is wrong with it, and what makes a person look at it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ingest_lambda.contract import (
    IMAGE_KINDS,
    Channel,
    Current,
    Manifest,
    Meaning,
    Mode,
    Reason,
    ReasonCode,
    ReviewMode,
    SubmissionRecord,
    SubmissionStatus,
    SubmitRequest,
    Suspicion,
    TokenPayload,
)
from ingest_lambda.rules.answers import judge_answers, judge_consents
from ingest_lambda.rules.bodies import body_hash
from ingest_lambda.rules.disposable import is_disposable
from ingest_lambda.rules.people import (
    blocked_hash,
    keyed_hash,
    normalise_email,
    normalise_household,
    normalise_phone,
)
from ingest_lambda.rules.scopes import Receipt, receipts_of

MOST_REASONS = 20


@dataclass(frozen=True)
class Circumstances:
    """What is known beside the message itself; ``entered`` judges, ``written`` is only noted."""

    entered: datetime
    written: datetime
    held: bool
    """The campaign is paused: stored, but nothing is claimed."""
    closed_at: datetime | None
    """When staff closed the campaign, perhaps before its time; nothing that entered later counts."""
    blocked: frozenset[str]
    """The client's block list, as keyed hashes."""
    person_secret: str


def is_held(current: Current, entered: datetime, manifest: Manifest) -> bool:
    """Tell whether a submission is stored without prizes, to be offered them in order of entry later."""
    if current.paused:
        return True
    if manifest.prize_plan is None or current.awards_from is None:
        return False
    return entered < current.awards_from


def judge(
    said: SubmitRequest, payload: TokenPayload, manifest: Manifest, known: Circumstances
) -> SubmissionRecord:
    """Make the record of a first attempt. Pure: what is taken and counted comes later."""
    answers, reasons = judge_answers(
        manifest,
        said.answers,
        said.consents,
        route=payload.route,
        entered_on=known.entered.astimezone(ZoneInfo(manifest.timezone)).date(),
        language=payload.locale,
    )
    reasons = [
        *_time_reasons(payload, manifest, known),
        *reasons,
        *missing_images(payload, manifest),
        *_repeated_receipts(payload, manifest),
    ]
    people = people_of(answers, payload, manifest, known.person_secret)
    suspicions = [] if reasons else _suspicions(said, answers, payload, manifest, known)
    return SubmissionRecord(
        id=payload.submission_id,
        slug=payload.slug,
        campaign_id=payload.campaign_id,
        release=payload.release,
        attempt=payload.attempt,
        route=payload.route,
        channel=payload.channel,
        mode=payload.mode,
        locale=payload.locale,
        source=payload.source,
        partner=payload.partner,
        status=_status(manifest, refused=bool(reasons), suspect=bool(suspicions)),
        reasons=tuple(reasons[:MOST_REASONS]),
        suspicions=tuple(suspicions),
        answers=answers,
        consents=judge_consents(manifest, said.consents),
        uploads=payload.uploads,
        address_hash=payload.address_hash,
        device_hash=payload.device_hash,
        body_hash=body_hash(said.answers, said.consents, payload),
        held=known.held,
        started_at=payload.issued_at,
        entered_at=known.entered,
        written_at=known.written,
        **people,
    )


def _status(manifest: Manifest, *, refused: bool, suspect: bool) -> SubmissionStatus:
    if refused:
        return SubmissionStatus.INVALID
    if suspect or manifest.review is ReviewMode.EVERY:
        return SubmissionStatus.PENDING_REVIEW
    if manifest.review is ReviewMode.NONE:
        return SubmissionStatus.APPROVED
    return SubmissionStatus.RECEIVED


def _time_reasons(payload: TokenPayload, manifest: Manifest, known: Circumstances) -> list[Reason]:
    entered = known.entered
    if entered > payload.expires_at:
        return [Reason(code=ReasonCode.TOKEN_EXPIRED)]
    if manifest.mode is Mode.TEST:
        return []
    if entered < manifest.opens_at:
        return [Reason(code=ReasonCode.ENTERED_TOO_EARLY, again_at=manifest.opens_at)]
    if entered >= min(manifest.closes_at, known.closed_at or manifest.closes_at):
        return [Reason(code=ReasonCode.ENTERED_TOO_LATE)]
    return []


def missing_images(payload: TokenPayload, manifest: Manifest) -> list[Reason]:
    """Name the photos that the form requires and the token does not announce."""
    announced = {upload.field for upload in payload.uploads}
    return [
        Reason(code=ReasonCode.ANSWER_MISSING, field=field.name)
        for field in manifest.fields
        if field.kind in IMAGE_KINDS
        and field.required
        and payload.route in field.routes
        and field.name not in announced
    ]


def missing_hashes(payload: TokenPayload) -> list[Suspicion]:
    """Suspect photos that were announced without a hash: no guard is taken for them."""
    return [Suspicion.HASH_MISSING] if any(u.sha256 is None for u in payload.uploads) else []


def _repeated_receipts(payload: TokenPayload, manifest: Manifest) -> list[Reason]:
    """Refuse the same file as two receipts of one submission: it is one purchase shown twice."""
    seen: dict[str, Receipt] = {}
    for receipt, photos in receipts_of(payload.uploads, manifest).items():
        for upload in photos:
            if upload.sha256 and seen.setdefault(upload.sha256, receipt) != receipt:
                return [Reason(code=ReasonCode.RECEIPT_USED, field=upload.field)]
    return []


def people_of(
    answers: dict[str, Any], payload: TokenPayload, manifest: Manifest, secret: str
) -> dict[str, str]:
    """Return the keyed hashes by which limits know who this is, by the meanings that were answered."""

    def answer(meaning: Meaning) -> str:
        field = manifest.field_with(meaning)
        return str(answers.get(field.name) or "") if field else ""

    def hashed(kind: str, value: str) -> str:
        return keyed_hash(kind, value, secret=secret, campaign_id=payload.campaign_id)

    people: dict[str, str] = {}
    if address := answer(Meaning.EMAIL):
        people["person_hash"] = hashed("person", normalise_email(address))
    if number := answer(Meaning.PHONE):
        full = normalise_phone(number, countries=manifest.countries) or number
        people["phone_hash"] = hashed("phone", full)
    if home := normalise_household(answer(Meaning.ADDRESS), answer(Meaning.POSTCODE)):
        people["household_hash"] = hashed("household", home)
    return people


def _suspicions(
    said: SubmitRequest,
    answers: dict[str, Any],
    payload: TokenPayload,
    manifest: Manifest,
    known: Circumstances,
) -> list[Suspicion]:
    found = []
    touched_at = payload.touched_at or payload.issued_at
    seconds = (known.entered - touched_at).total_seconds()
    # A partner's server fills the form in before it starts.
    if payload.channel is Channel.WEB and seconds < manifest.minimum_fill_seconds:
        found.append(Suspicion.FILLED_TOO_FAST)
    found += missing_hashes(payload)
    if payload.challenge in ("failed", "unreachable"):
        found.append(Suspicion.CHALLENGE_FAILED)
    if said.trap.strip():
        found.append(Suspicion.HONEYPOT)
    field = manifest.field_with(Meaning.EMAIL)
    if field and is_disposable(str(answers.get(field.name) or "")):
        found.append(Suspicion.DISPOSABLE_EMAIL)
    if known.blocked and _is_blocked(answers, payload, manifest, known):
        found.append(Suspicion.BLOCK_LIST)
    return found


def _is_blocked(
    answers: dict[str, Any], payload: TokenPayload, manifest: Manifest, known: Circumstances
) -> bool:
    hashes = {payload.network_hash}
    for kind, meaning in (("email", Meaning.EMAIL), ("phone", Meaning.PHONE)):
        field = manifest.field_with(meaning)
        if field and (value := answers.get(field.name)):
            hashes.add(
                blocked_hash(
                    kind,
                    str(value),
                    secret=known.person_secret,
                    client_id=manifest.client_id,
                    country=manifest.countries[0],
                )
            )
    return not known.blocked.isdisjoint(hashes)
