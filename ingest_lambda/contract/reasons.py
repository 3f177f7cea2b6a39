"""Reasons: the codes a verdict carries, what follows from each, and its plain sentence.

A reason without a sentence never reaches a person (LOOK §6), so the sentences
live beside the codes; a campaign may replace any of them per language.
"""

from enum import StrEnum

from pydantic import Field

from ingest_lambda.contract.shape import Instant, Shape


class ReasonCode(StrEnum):
    """Every reason a submission can be refused, asked again or rejected for."""

    # The writer's: the campaign's own rules.
    ANSWER_MISSING = "ANSWER_MISSING"
    ANSWER_NOT_UNDERSTOOD = "ANSWER_NOT_UNDERSTOOD"
    ANSWER_TOO_LONG = "ANSWER_TOO_LONG"
    ANSWER_OUT_OF_BOUNDS = "ANSWER_OUT_OF_BOUNDS"
    UNKNOWN_FIELD = "UNKNOWN_FIELD"
    CONSENT_MISSING = "CONSENT_MISSING"
    TOO_YOUNG = "TOO_YOUNG"
    LIMIT_REACHED = "LIMIT_REACHED"
    RECEIPT_USED = "RECEIPT_USED"
    ENTERED_TOO_EARLY = "ENTERED_TOO_EARLY"
    ENTERED_TOO_LATE = "ENTERED_TOO_LATE"
    TOKEN_EXPIRED = "TOKEN_EXPIRED"  # noqa: S105 - a reason, not a secret
    LINK_USED = "LINK_USED"
    # A moderator's or a machine's, with another try.
    ILLEGIBLE = "ILLEGIBLE"
    INCOMPLETE_IMAGE = "INCOMPLETE_IMAGE"
    MISSING_STORE = "MISSING_STORE"
    MISSING_DATE = "MISSING_DATE"
    MISSING_TOTAL = "MISSING_TOTAL"
    MISSING_ITEMS = "MISSING_ITEMS"
    NOT_A_RECEIPT = "NOT_A_RECEIPT"
    CARD_SLIP = "CARD_SLIP"
    PRODUCT_NOT_FOUND = "PRODUCT_NOT_FOUND"
    SCREENSHOT_NOT_ALLOWED = "SCREENSHOT_NOT_ALLOWED"
    HANDWRITTEN = "HANDWRITTEN"
    IMAGE_NOT_RECEIVED = "IMAGE_NOT_RECEIVED"
    IMAGE_DAMAGED = "IMAGE_DAMAGED"
    IMAGE_TOO_LARGE = "IMAGE_TOO_LARGE"
    # Final.
    ILLEGIBLE_FINAL = "ILLEGIBLE_FINAL"
    BEFORE_PURCHASE_WINDOW = "BEFORE_PURCHASE_WINDOW"
    AFTER_PURCHASE_WINDOW = "AFTER_PURCHASE_WINDOW"
    RECEIPT_TOO_OLD = "RECEIPT_TOO_OLD"
    STORE_NOT_ELIGIBLE = "STORE_NOT_ELIGIBLE"
    WRONG_VARIANT = "WRONG_VARIANT"
    BELOW_MIN_SPEND = "BELOW_MIN_SPEND"
    BELOW_MIN_QUANTITY = "BELOW_MIN_QUANTITY"
    PROHIBITED_ITEM = "PROHIBITED_ITEM"
    REFUND_OR_ZERO = "REFUND_OR_ZERO"
    OUT_OF_TERRITORY = "OUT_OF_TERRITORY"
    DUPLICATE_OWN = "DUPLICATE_OWN"
    DUPLICATE_OTHER = "DUPLICATE_OTHER"
    ALTERED_OR_GENERATED = "ALTERED_OR_GENERATED"
    INAPPROPRIATE_IMAGE = "INAPPROPRIATE_IMAGE"
    RESUBMISSION_EXPIRED = "RESUBMISSION_EXPIRED"
    OTHER = "OTHER"


class Reason(Shape):
    """One reason, with what was found and what was expected where both are known.

    ``message`` is the sentence that the entrant reads, in the entrant's language. It is
    empty if the writer refused; then the status call takes it from the catalogue.
    """

    code: ReasonCode
    field: str | None = Field(default=None, max_length=40)
    message: str = Field(default="", max_length=1000)
    found: str | None = Field(default=None, max_length=200)
    expected: str | None = Field(default=None, max_length=200)
    limit: str | None = Field(default=None, max_length=40)
    """The name in the manifest of the limit that was reached."""
    wanted: int | None = Field(default=None, ge=2, le=1000)
    """How many uses of the limit the submission needed, if more than one."""
    again_at: Instant | None = None
    """When the entrant may enter again; absent if never."""


RETRYABLE = frozenset(
    {
        ReasonCode.ILLEGIBLE,
        ReasonCode.INCOMPLETE_IMAGE,
        ReasonCode.MISSING_STORE,
        ReasonCode.MISSING_DATE,
        ReasonCode.MISSING_TOTAL,
        ReasonCode.MISSING_ITEMS,
        ReasonCode.NOT_A_RECEIPT,
        ReasonCode.CARD_SLIP,
        ReasonCode.PRODUCT_NOT_FOUND,
        ReasonCode.SCREENSHOT_NOT_ALLOWED,
        ReasonCode.HANDWRITTEN,
        ReasonCode.IMAGE_NOT_RECEIVED,
        ReasonCode.IMAGE_DAMAGED,
        ReasonCode.IMAGE_TOO_LARGE,
    }
)
"""Reasons after which an entrant may send again (DOMAIN §3); a campaign may change it."""

FINAL = frozenset(
    {
        ReasonCode.ILLEGIBLE_FINAL,
        ReasonCode.BEFORE_PURCHASE_WINDOW,
        ReasonCode.AFTER_PURCHASE_WINDOW,
        ReasonCode.RECEIPT_TOO_OLD,
        ReasonCode.STORE_NOT_ELIGIBLE,
        ReasonCode.WRONG_VARIANT,
        ReasonCode.BELOW_MIN_SPEND,
        ReasonCode.BELOW_MIN_QUANTITY,
        ReasonCode.PROHIBITED_ITEM,
        ReasonCode.REFUND_OR_ZERO,
        ReasonCode.OUT_OF_TERRITORY,
        ReasonCode.DUPLICATE_OWN,
        ReasonCode.DUPLICATE_OTHER,
        ReasonCode.ALTERED_OR_GENERATED,
        ReasonCode.INAPPROPRIATE_IMAGE,
        ReasonCode.RESUBMISSION_EXPIRED,
        ReasonCode.OTHER,
    }
)
"""Reasons that a rejection may carry; none asks for a photo, for there is no way to send it.

``ILLEGIBLE_FINAL`` is for the last try, ``RESUBMISSION_EXPIRED`` for the clock.
"""

KEEPS_SLOT = frozenset(
    {ReasonCode.DUPLICATE_OWN, ReasonCode.DUPLICATE_OTHER, ReasonCode.ALTERED_OR_GENERATED}
)
"""Rejections that never give a slot back, whatever the campaign says (DOMAIN §4)."""
