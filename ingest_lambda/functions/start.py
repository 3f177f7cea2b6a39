"""The first call of a page: an id, a token, and a form for each photo.

Nothing is stored, but for a count of the places that a submission has been given
once its photos are replaced or added to.
"""

import secrets
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from ingest_lambda.adapters.bucket import UploadForms
from ingest_lambda.adapters.challenge import Challenges
from ingest_lambda.adapters.releases import Releases
from ingest_lambda.adapters.table import Partner, Table
from ingest_lambda.adapters.tokens import sign, verify
from ingest_lambda.contract import (
    IMAGE_KINDS,
    SUBMIT_SECONDS,
    UNSENT_KEPT,
    Channel,
    Current,
    FieldSpec,
    Manifest,
    Mode,
    Purpose,
    Route,
    StartAnswer,
    StartRequest,
    SubmissionStatus,
    TokenPayload,
    Upload,
    UploadForm,
    Wanted,
    check_person_secret,
    incoming_key,
    reference_of,
    token_keys_of,
)
from ingest_lambda.contract.photos import declared_type
from ingest_lambda.errors import (
    BadToken,
    ChallengeFailed,
    HashMissing,
    LinkUsed,
    NotOpen,
    Paused,
    ReleaseChanged,
    TokenExpired,
    TooManyUploads,
    TryAgain,
    UnknownCampaign,
    UnknownRoute,
    UploadRefused,
)
from ingest_lambda.rules.people import (
    api_key_hash,
    blocked_hash,
    device_key,
    keyed_hash,
    normalise_address,
)
from ingest_lambda.rules.storable import storable_text

MOST_KEYS = 12
"""Places in the store for one field of one attempt, replaced photos included."""


def new_submission_id(at: datetime) -> UUID:
    """Return a UUID version 7 (RFC 9562): its first 48 bits are the time, so that rows lie in order.

    The time of the start, by which the site knows until when this submission
    may be sent (``submissions.rules.unsent``).
    """
    number = (int(at.timestamp() * 1000) << 80) | secrets.randbits(80)
    number = (number & ~(0xF << 76)) | (7 << 76)
    number = (number & ~(0x3 << 62)) | (2 << 62)
    return UUID(int=number)


def _most_keys(spec: FieldSpec) -> int:
    """Return the most places of a field: twelve, or as many as its form has room for."""
    return max(MOST_KEYS, spec.max_receipts * spec.images_per_receipt)


def source_of(text: str | None) -> str | None:
    """Return which poster or QR code sent the visitor, in characters that every store takes."""
    return storable_text(text).strip() or None if text else None


@dataclass(frozen=True)
class Caller:
    """Who calls, as far as a request tells: the address, to be hashed at once."""

    address: str | None = None
    channel: Channel = Channel.WEB
    api_key: str | None = field(default=None, repr=False)
    """A partner's, which the gateway has let in; it does not know whose campaigns it may open."""


@dataclass(frozen=True)
class Starter:
    """What ``start`` works with; built once per warm function."""

    table: Table
    releases: Releases
    forms: UploadForms
    token_keys: str
    person_secret: str
    challenges: Challenges = field(default_factory=Challenges)

    def __post_init__(self) -> None:
        """Stop here, and loudly, where a secret is malformed."""
        token_keys_of(self.token_keys)
        check_person_secret(self.person_secret)

    def start(
        self, slug: str, request: StartRequest, *, caller: Caller, at: datetime
    ) -> StartAnswer:
        """Begin a submission, or with a token renew its forms and change its photos.

        Raises:
            UnknownCampaign, NotOpen, Paused, ReleaseChanged, UnknownRoute, LinkUsed,
            UploadRefused, HashMissing, TooManyUploads, BadToken, TokenExpired, ChallengeFailed.
            TryAgain: the table or the verifier is away.
        """
        current = self.releases.current(slug)
        if current is None:
            raise UnknownCampaign
        # First of all: whatever a stranger sends along, the answer is the same.
        partner = self._partner(slug, current, caller)
        earlier = self._earlier(slug, request, at)
        release = earlier.release if earlier else request.release
        manifest = self.releases.manifest(slug, release)
        if manifest is None:
            raise ReleaseChanged
        if earlier is None:
            self._is_open(current, manifest, request, at)
        payload = self._payload(request, manifest, earlier, caller, partner, at)
        payload = self._challenged(payload, request, manifest, caller)
        uploads = self._uploads(request.uploads, payload, manifest)
        given = self._count_keys(uploads, payload, manifest, is_first=earlier is None)
        payload = payload.model_copy(update={"uploads": uploads, "keys_given": given})
        return StartAnswer(
            submission_id=payload.submission_id,
            reference=reference_of(payload.submission_id),
            attempt=payload.attempt,
            token=sign(payload, token_keys=self.token_keys),
            expires_at=payload.expires_at,
            uploads=tuple(self._form(upload) for upload in uploads),
        )

    def _partner(self, slug: str, current: Current, caller: Caller) -> Partner | None:
        """Return whose key this is; to a key of another client a campaign does not exist.

        Judged by the release in force, so that nothing in the request decides.
        """
        if caller.channel is not Channel.PARTNER:
            return None
        partner = self.releases.partner(api_key_hash(caller.api_key or ""))
        manifest = self.releases.manifest(slug, current.release)
        if partner is None or manifest is None or partner.client_id != manifest.client_id:
            raise UnknownCampaign
        return partner

    def _earlier(self, slug: str, request: StartRequest, at: datetime) -> TokenPayload | None:
        if request.token is None:
            return None
        payload = verify(
            request.token,
            token_keys=self.token_keys,
            is_announced=self.releases.announces_token_key,
        )
        if payload.slug != slug or payload.purpose not in (Purpose.OWN, Purpose.RESUBMIT):
            raise BadToken
        if payload.purpose is Purpose.OWN and (again := self._asked_again(payload)) is not None:
            payload = again
        if at > payload.expires_at:
            raise TokenExpired
        if payload.attempt > 1:
            stored = self.table.submissions.get(payload.submission_id)
            if stored is None:
                raise BadToken
            asked = stored.shown_status is SubmissionStatus.NEEDS_RESUBMISSION
            if stored.attempt + 1 != payload.attempt or not asked:
                raise LinkUsed
        return payload

    def _asked_again(self, payload: TokenPayload) -> TokenPayload | None:
        """Return the payload of the next attempt while a new photo is asked of who sent the first.

        The page that sent an entry shows its verdict; whoever reads there that
        another photo is wanted takes it right there, without the mail's link.
        """
        stored = self.table.submissions.get(payload.submission_id)
        if stored is None or stored.attempt != payload.attempt or stored.epoch > payload.epoch:
            return None
        if stored.shown_status is not SubmissionStatus.NEEDS_RESUBMISSION:
            return None
        return payload.model_copy(
            update={
                "attempt": payload.attempt + 1,
                "purpose": Purpose.RESUBMIT,
                "uploads": (),
                "keys_given": {},
                "expires_at": stored.resubmit_until or payload.expires_at,
            }
        )

    @staticmethod
    def _is_open(current: Current, manifest: Manifest, request: StartRequest, at: datetime) -> None:
        if current.archived or at >= current.closes_at:
            raise NotOpen(until=None)
        if at < current.opens_at and manifest.mode is Mode.LIVE:
            raise NotOpen(until=current.opens_at)
        if current.paused:
            raise Paused
        if request.release != current.release:
            raise ReleaseChanged
        if request.route not in manifest.routes:
            raise UnknownRoute(field="route")

    def _payload(
        self,
        request: StartRequest,
        manifest: Manifest,
        earlier: TokenPayload | None,
        caller: Caller,
        partner: Partner | None,
        at: datetime,
    ) -> TokenPayload:
        if earlier is not None:
            return earlier
        locale = request.locale if request.locale in manifest.languages else manifest.languages[0]
        issued_at = at.astimezone(UTC)
        return TokenPayload(
            submission_id=new_submission_id(issued_at),
            slug=manifest.slug,
            campaign_id=manifest.campaign_id,
            release=manifest.release,
            route=Route(request.route),
            locale=locale,
            channel=caller.channel,
            partner=partner.name if partner else None,
            mode=manifest.mode,
            source=source_of(request.source),
            address_hash=self._hash("address", normalise_address(caller.address or ""), manifest),
            device_hash=self._hash("device", device_key(caller.address or ""), manifest),
            network_hash=self._network_hash(caller.address, manifest),
            issued_at=issued_at,
            expires_at=issued_at + timedelta(seconds=SUBMIT_SECONDS),
        )

    def _challenged(
        self, payload: TokenPayload, request: StartRequest, manifest: Manifest, caller: Caller
    ) -> TokenPayload:
        """Ask for a proof of being human where the campaign wants one; once it is given, it holds.

        The page may start before the visitor has given it, and bring it with
        the next call. Partners' servers are known by their keys, and a link to
        send again by its mail.
        """
        spec = manifest.challenge
        if spec is None or payload.channel is not Channel.WEB or payload.purpose is not Purpose.OWN:
            return payload
        if payload.challenge == "passed" or (payload.challenge and request.challenge is None):
            return payload
        outcome = self.challenges.ask(spec, request.challenge, address=caller.address)
        if outcome != "passed" and spec.on_trouble == "refuse":
            raise ChallengeFailed if outcome == "failed" else TryAgain("verifier_away")
        return payload.model_copy(update={"challenge": outcome})

    def _network_hash(self, address: str | None, manifest: Manifest) -> str | None:
        if not address:
            return None
        return blocked_hash(
            "device_address", address, secret=self.person_secret, client_id=manifest.client_id
        )

    def _hash(self, kind: str, value: str | None, manifest: Manifest) -> str | None:
        if not value:
            return None
        return keyed_hash(kind, value, secret=self.person_secret, campaign_id=manifest.campaign_id)

    def _uploads(
        self, wanted: tuple[Wanted, ...], payload: TokenPayload, manifest: Manifest
    ) -> tuple[Upload, ...]:
        kept = {
            (u.field, u.receipt, u.part, u.size, u.content_type, u.sha256): u
            for u in payload.uploads
        }
        places: set[tuple[int, int]] = set()
        uploads = []
        for want in wanted:
            content_type = self._may_upload(want, payload, manifest)
            if (want.receipt, want.part) in places:
                raise UploadRefused(field=want.field)
            places.add((want.receipt, want.part))
            same = kept.get(
                (want.field, want.receipt, want.part, want.size, content_type, want.sha256)
            )
            uploads.append(same or self._new_upload(want, content_type, payload))
        self._not_too_many(wanted, manifest)
        return tuple(uploads)

    def _count_keys(
        self,
        uploads: tuple[Upload, ...],
        payload: TokenPayload,
        manifest: Manifest,
        *,
        is_first: bool,
    ) -> dict[str, int]:
        """Return how many places each field has been given, with those of ``uploads`` that are new.

        A token may be used many times, also at once, so from the second call on
        the table counts. The first call of a submission is bounded by the form
        itself, and leaves nothing behind.
        """
        known = {upload.key for upload in payload.uploads}
        fresh = Counter(upload.field for upload in uploads if upload.key not in known)
        given = {
            name: payload.keys_given.get(name, 0) + fresh[name]
            for name in {*payload.keys_given, *fresh}
        }
        if not fresh or is_first:
            return given
        most = {spec.name: _most_keys(spec) for spec in manifest.fields if spec.name in fresh}
        counted = self.table.photos.count_keys(
            payload.submission_id,
            payload.attempt,
            fresh,
            before=payload.keys_given,
            most=most,
            expires_at=payload.expires_at + UNSENT_KEPT,
        )
        if counted is None:
            raise TooManyUploads(field=min(fresh, key=lambda name: most[name] - given[name]))
        return given | counted

    @staticmethod
    def _new_upload(want: Wanted, content_type: str, payload: TokenPayload) -> Upload:
        return Upload(
            field=want.field,
            receipt=want.receipt,
            part=want.part,
            key=incoming_key(
                payload.slug,
                payload.submission_id,
                payload.attempt,
                want.receipt,
                want.part,
                secrets.token_hex(4),
            ),
            size=want.size,
            content_type=content_type,
            sha256=want.sha256,
            processed=want.processed,
        )

    @staticmethod
    def _may_upload(want: Wanted, payload: TokenPayload, manifest: Manifest) -> str:
        """Return the type that its form is signed for."""
        field = manifest.field(want.field)
        if field is None or field.kind not in IMAGE_KINDS or payload.route not in field.routes:
            raise UploadRefused(field=want.field)
        content_type = declared_type(want.content_type, want.name)
        if content_type is None:
            raise UploadRefused(field=want.field)
        if not 0 < want.size <= manifest.max_image_bytes:
            raise UploadRefused(field=want.field)
        # Without it no guard is taken. A partner's software may be older than the rule; what it
        # sends without a hash is looked at by a person.
        if want.sha256 is None and payload.channel is not Channel.PARTNER:
            raise HashMissing(field=want.field)
        return content_type

    @staticmethod
    def _not_too_many(wanted: tuple[Wanted, ...], manifest: Manifest) -> None:
        for spec in manifest.fields:
            mine = [want for want in wanted if want.field == spec.name]
            receipts = {want.receipt for want in mine}
            if len(receipts) > spec.max_receipts:
                raise UploadRefused(field=spec.name)
            for receipt in receipts:
                if sum(want.receipt == receipt for want in mine) > spec.images_per_receipt:
                    raise UploadRefused(field=spec.name)

    def _form(self, upload: Upload) -> UploadForm:
        url, fields = self.forms.upload_form(upload)
        return UploadForm(
            field=upload.field, receipt=upload.receipt, part=upload.part, url=url, fields=fields
        )
