"""The closed vocabularies of the domain, as they appear in every store and message."""

from enum import StrEnum


class FieldKind(StrEnum):
    """What a form field asks for. Consents are a list of their own in the manifest."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    EMAIL = "email"
    PHONE = "phone"
    POSTAL_CODE = "postal_code"
    DATE = "date"
    BIRTH_DATE = "birth_date"
    NUMBER = "number"
    CHOICE = "choice"
    CHOICES = "choices"
    HIDDEN = "hidden"
    RECEIPT_IMAGE = "receipt_image"
    OTHER_IMAGE = "other_image"


IMAGE_KINDS = frozenset({FieldKind.RECEIPT_IMAGE, FieldKind.OTHER_IMAGE})


class Meaning(StrEnum):
    """What an answer is about, whatever its label says. Rules read meanings, never labels."""

    GIVEN_NAME = "given_name"
    FAMILY_NAME = "family_name"
    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"
    POSTCODE = "postcode"
    REGION = "region"
    BIRTH_DATE = "birth_date"
    PURCHASE_DATE = "purchase_date"
    STORE = "store"
    RECEIPT_NUMBER = "receipt_number"
    TOTAL = "total"
    QUANTITY = "quantity"


class Route(StrEnum):
    """How the right to enter arose."""

    PURCHASE = "purchase"
    FREE = "free"


class Channel(StrEnum):
    """How the submission came."""

    WEB = "web"
    PARTNER = "partner"
    POST = "post"
    STAFF = "staff"


class Mode(StrEnum):
    """Whether a submission counts. What ``test`` makes counts nowhere."""

    LIVE = "live"
    TEST = "test"


class Purpose(StrEnum):
    """What a token allows.

    A link in a mail allows ``status`` by itself: to look, and to send the photo
    that is asked for, as the mail that asks for it does.
    """

    OWN = "own"
    STATUS = "status"
    RESUBMIT = "resubmit"
    CLAIM = "claim"


class SubmissionStatus(StrEnum):
    """The one status of a submission (the moves between them: ``submissions.review.rules.moves``)."""

    RECEIVED = "received"
    INVALID = "invalid"
    PENDING_REVIEW = "pending_review"
    NEEDS_RESUBMISSION = "needs_resubmission"
    APPROVED = "approved"
    REJECTED = "rejected"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"


class ReviewMode(StrEnum):
    """Which submissions a person looks at before they count."""

    EVERY = "every"
    WINNERS = "winners"
    NONE = "none"


class Notice(StrEnum):
    """Acts that an entrant is told of by mail unless the campaign keeps quiet about them."""

    REFUSED = "refused"
    """By the campaign's own rules."""
    REOPENED = "reopened"
    """It waits for review, or waits again."""
    REVOKED = "revoked"
    NO_PRIZE = "no_prize"
    """It won nothing of what is won by chance or while stock lasts. Off unless a campaign wants it."""


NOTICES_AT_FIRST = (Notice.REFUSED, Notice.REOPENED, Notice.REVOKED)
"""What entrants are told of as long as staff don't choose otherwise."""


class MessageKind(StrEnum):
    """What an entrant may send about a submission later, through ``POST /messages``."""

    CORRECTION = "correction"
    WITHDRAWAL = "withdrawal"
    APPEAL = "appeal"
    CLAIM = "claim"


class LimitScope(StrEnum):
    """Whose uses a limit counts."""

    PERSON = "person"
    PHONE = "phone"
    RECEIPT = "receipt"
    STORE = "store"
    """The receipts that one person sends from one store: counted by receipt, not by submission."""
    HOUSEHOLD = "household"
    DEVICE = "device"


SOFT_SCOPES = frozenset({LimitScope.DEVICE})
"""Over such a limit a submission goes to review; it is never refused by it alone."""


class WindowKind(StrEnum):
    """The time over which a limit counts; day and week in the campaign's zone."""

    CAMPAIGN = "campaign"
    DAY = "day"
    WEEK = "week"
    ROLLING = "rolling"


class AwardState(StrEnum):
    """The states of an award that live in the table; the later ones are Django's."""

    PROVISIONAL = "provisional"
    CONFIRMED = "confirmed"
    RELEASED = "released"
    """Its unit went back into the stock: the submission was refused before it was told that it won."""
    REVOKED = "revoked"
    """It was confirmed, and the submission counts no longer."""


class Mechanic(StrEnum):
    """How a prize is awarded."""

    EVERYONE = "everyone"
    """To each submission until the stock ends."""
    MOMENT = "moment"
    """To the first submission after each winning moment."""


BY_CHANCE = frozenset({Mechanic.MOMENT})
"""A submission gets at most one prize of these."""


class AwardTiming(StrEnum):
    """When a submission is offered a prize."""

    AT_ONCE = "at_once"
    """When it is written. Its award is provisional until the review and the photos are done."""
    AFTER_APPROVAL = "after_approval"
    """In the transaction that approves it, by its own time of entry."""


class PrizeOutcome(StrEnum):
    """What became of one prize for one submission. The award itself, if any, says the rest."""

    GIVEN = "given"
    NOT_THIS_TIME = "not_this_time"
    """No winning moment was due, or it got another prize by chance."""
    NONE_LEFT = "none_left"
    LIMIT_REACHED = "limit_reached"
    """An award limit of the person, phone or household."""
    HELD = "held"
    """It entered, or was approved for it, while the campaign was paused, and is offered the prize later."""
    AFTER_APPROVAL = "after_approval"


class Suspicion(StrEnum):
    """Why a submission goes to review although nothing refused it. Staff see each as a sentence."""

    HASH_MISSING = "hash_missing"
    """A partner announced a photo without its hash, so no guard is taken for it."""
    OTHER_HASH = "other_hash"
    IMAGE_SEEN_BEFORE = "image_seen_before"
    PHOTO_MISSING = "photo_missing"
    """It counted unseen, and a photo that it announced never came."""
    PHOTO_UNREADABLE = "photo_unreadable"
    """It counted unseen, and a file that it sent as a photo gives no picture."""
    DEVICE_LIMIT = "device_limit"
    FILLED_TOO_FAST = "filled_too_fast"
    HONEYPOT = "honeypot"
    CHALLENGE_FAILED = "challenge_failed"
    DISPOSABLE_EMAIL = "disposable_email"
    BLOCK_LIST = "block_list"
    SLOT_TAKEN = "slot_taken"
    """It was let in again, but its place under a limit, or its receipt, is another's by now."""
    RECEIPT_CLAIMED = "receipt_claimed"
    """It was refused for a photo that another entry had announced and never sent."""
    OVER_LIMIT = "over_limit"
    """It was asked for a new photo, and shows more than a limit has room for."""


class ImageState(StrEnum):
    """What is known of an announced photo, as its sender may know it."""

    AWAITED = "awaited"
    """It has not come, or was not looked at yet."""
    TAKEN = "taken"
    REFUSED = "refused"
    """It gives no picture, or is the same file as another of this submission; ``code`` says which."""


SAME_PHOTO = "same_photo"
"""The code of a photo that is the same file as another one of its own submission."""


class ImageRefusal(StrEnum):
    """Why an uploaded file gave no picture."""

    NOT_AN_IMAGE = "not_an_image"
    EMPTY = "empty"
    DAMAGED = "damaged"
    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MANY_PAGES = "too_many_pages"
    ENCRYPTED = "encrypted"
