"""Everything that can go wrong on the public path, and what follows from it."""

from ingest_lambda.contract import Instant


class Refused(Exception):
    """A rule said no, for good. ``code`` is part of the public contract."""

    code = "refused"
    detail = "This can't be accepted."

    def __init__(self, *, field: str | None = None, until: Instant | None = None) -> None:
        super().__init__(self.code)
        self.field = field
        self.until = until


class UnknownCampaign(Refused):
    """No campaign was ever published under this slug."""

    code = "unknown_campaign"
    detail = "There is no promotion at this address."


class NotOpen(Refused):
    """The campaign has not opened yet, or has closed."""

    code = "not_open"
    detail = "This promotion isn't taking entries now."


class Paused(Refused):
    """The campaign takes no new entries for the moment."""

    code = "paused"
    detail = "This promotion is taking a short break. Please come back later."


class ReleaseChanged(Refused):
    """The page is older than the campaign: what it shows is no longer what is agreed to."""

    code = "release_changed"
    detail = "This page has changed since you opened it. Please load it again."


class LinkUsed(Refused):
    """A link to send again that has done its work."""

    code = "link_used"
    detail = "This link has been used already. Your new photo is with us."


class UploadRefused(Refused):
    """An announced file is of a kind, size or number that the form does not take."""

    code = "upload_refused"
    detail = "This file can't be accepted. Please choose a JPG, PNG, HEIC or PDF of up to 15 MB."


class HashMissing(UploadRefused):
    """A page announced a file without its SHA-256; only a partner may."""

    detail = (
        "This photo came without its checksum. Please load the page again and choose it once more."
    )


class TooManyUploads(UploadRefused):
    """A submission's photos were replaced so often that its field has no place left."""

    detail = "You've changed this photo very often. Please load the page again and start over."


class UnknownRoute(Refused):
    """The campaign cannot be entered on this route, or there is no such route at all."""

    code = "unknown_route"
    detail = "This promotion can't be entered in this way. Please load the page again."


class ChallengeFailed(Refused):
    """The campaign wants a proof of being human, and this was none."""

    code = "challenge_failed"
    detail = "We couldn't tell that you're a person. Please load the page again and try once more."


class BadToken(Refused):
    """The token was never issued by us, was altered, or belongs to something else."""

    code = "bad_token"
    detail = "Please open the promotion's page again and start from there."


class TokenUnreadable(BadToken):
    """Signed by us and not of a shape that this version reads: a release is being rolled out."""


class TokenExpired(Refused):
    """The token was good, but its time is over."""

    code = "token_expired"
    detail = "This took longer than a day. Please start again; your answers are kept."


class BadRequest(Refused):
    """The body is not what the contract says."""

    code = "bad_request"
    detail = "This request isn't in the form that we understand."


class NoSuchTable(Exception):
    """The table that the environment names does not exist. A fault of the deployment, never passing."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no table {name!r} in this account and region; see TABLE_NAME.")


class NoSuchQueue(Exception):
    """The queue that the environment names does not exist. A fault of the deployment, never passing."""

    def __init__(self, variable: str) -> None:
        super().__init__(f"There is no queue at the address in {variable}.")


class TryAgain(Exception):
    """Passing: a throttle, a conflict, a time-out. Only this record is delivered again."""
