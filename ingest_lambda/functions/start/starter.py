"""The first call of a page: who may start what, and the token that says so."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from ingest_lambda.adapters.bucket import UploadForms
from ingest_lambda.adapters.challenge import Challenges
from ingest_lambda.adapters.log_context import log_about
from ingest_lambda.adapters.releases import Releases
from ingest_lambda.adapters.table import Partner, Table
from ingest_lambda.adapters.tokens import sign, verify
from ingest_lambda.contract import (
    SUBMIT_SECONDS,
    Channel,
    Current,
    Manifest,
    Mode,
    Purpose,
    Route,
    StartAnswer,
    StartRequest,
    SubmissionRecord,
    SubmissionStatus,
    TokenPayload,
    Upload,
    UploadForm,
    check_person_secret,
    reference_of,
    token_keys_of,
)
from ingest_lambda.contract.grammar.sources import MOST_SOURCE_CHARS, read_source
from ingest_lambda.errors import (
    BadToken,
    ChallengeFailed,
    LinkUsed,
    NotOpen,
    Paused,
    ReleaseChanged,
    TokenExpired,
    TryAgain,
    UnknownCampaign,
    UnknownRoute,
)
from ingest_lambda.functions.start.uploads import announced_uploads, uploads_given
from ingest_lambda.rules.people import (
    api_key_hash,
    blocked_hash,
    device_key,
    keyed_hash,
    normalise_address,
)


def new_submission_id(at: datetime) -> UUID:
    """Return a UUID version 7 (RFC 9562): its first 48 bits are the time, so that rows lie in order.

    The time of the start, by which the site knows until when this submission
    may be sent (``submissions.operations.rules.unsent_photos``).
    """
    number = (int(at.timestamp() * 1000) << 80) | secrets.randbits(80)
    number = (number & ~(0xF << 76)) | (7 << 76)
    number = (number & ~(0x3 << 62)) | (2 << 62)
    return UUID(int=number)


def source_of(text: str | None) -> str | None:
    """Return which poster or QR code sent the visitor, as :func:`read_source` cleans it."""
    return read_source(text, most=MOST_SOURCE_CHARS) or None


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
        # Before anything else is read: to a key of another client every request gets the same answer.
        partner = self._partner(slug, current, caller)
        earlier = self._earlier(slug, request, at)
        release = earlier.release if earlier else request.release
        manifest = self.releases.manifest(slug, release)
        if manifest is None:
            raise ReleaseChanged
        if earlier is None:
            self._is_open(current, manifest, request, at)
        payload = self._payload(request, manifest, earlier, caller, partner, at)
        log_about(payload.submission_id)
        payload = self._challenged(payload, request, manifest, caller)
        uploads = announced_uploads(request.uploads, payload, manifest)
        given = uploads_given(
            uploads, payload, manifest, table=self.table, is_first=earlier is None
        )
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
        log_about(payload.submission_id)
        if payload.slug != slug or payload.purpose is Purpose.CLAIM:
            raise BadToken
        payload = _continued(payload, self.table.submissions.get(payload.submission_id))
        if at > payload.expires_at:
            raise TokenExpired
        return payload

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
            touched_at=self._touched_at(request, manifest),
            expires_at=issued_at + timedelta(seconds=SUBMIT_SECONDS),
        )

    def _touched_at(self, request: StartRequest, manifest: Manifest) -> datetime | None:
        """Return when the form was first touched, where an earlier token of the campaign proves it.

        Nothing depends on it but a suspicion of haste, so what proves nothing is
        passed over. It is not bound to one visitor: a program that keeps a token to
        seem slow could as well wait.
        """
        if not request.since:
            return None
        try:
            first = verify(
                request.since,
                token_keys=self.token_keys,
                is_announced=self.releases.announces_token_key,
            )
        except (BadToken, TryAgain):
            return None
        if (first.slug, first.mode, first.purpose) != (manifest.slug, manifest.mode, Purpose.OWN):
            return None
        return first.touched_at or first.issued_at

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

    def _form(self, upload: Upload) -> UploadForm:
        url, fields = self.forms.upload_form(upload)
        return UploadForm(
            field=upload.field, receipt=upload.receipt, part=upload.part, url=url, fields=fields
        )


def _continued(payload: TokenPayload, stored: SubmissionRecord | None) -> TokenPayload:
    """Return the payload with which an earlier token goes on.

    While a new photo is asked for, every link to the submission takes it: the
    mail that asked, an earlier one, the page that sent the first. Its deadline is
    the table's, which may have been set anew since the link was written.

    Raises:
        BadToken: a link to what was never stored.
        LinkUsed: a mail's link, and no photo is asked for, or no longer.
    """
    is_first = payload.purpose is Purpose.OWN
    if stored is None:
        if is_first:
            return payload
        raise BadToken
    attempt = stored.attempt + 1
    is_of_it = (
        payload.attempt == attempt
        if payload.purpose is Purpose.RESUBMIT
        else payload.attempt <= stored.attempt
    )
    is_asked = stored.shown_status is SubmissionStatus.NEEDS_RESUBMISSION
    if not (is_of_it and is_asked and stored.epoch <= payload.epoch):
        if is_first:
            return payload
        raise LinkUsed
    goes_on: dict[str, object] = {"expires_at": stored.resubmit_until or payload.expires_at}
    if payload.purpose is not Purpose.RESUBMIT:
        goes_on |= {"attempt": attempt, "purpose": Purpose.RESUBMIT}
        goes_on |= {"uploads": (), "keys_given": {}}
    return payload.model_copy(update=goes_on)
