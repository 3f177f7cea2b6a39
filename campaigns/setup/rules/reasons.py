"""Reasons as staff meet them: short labels to choose by, and which of them a campaign may do without."""

from collections.abc import Iterable, Mapping

from ingest_lambda.contract import FINAL, RETRYABLE, ReasonCode

LABELS: Mapping[ReasonCode, str] = {
    ReasonCode.ILLEGIBLE: "Can't be read",
    ReasonCode.INCOMPLETE_IMAGE: "Receipt cut off",
    ReasonCode.MISSING_STORE: "Store not visible",
    ReasonCode.MISSING_DATE: "Date not visible",
    ReasonCode.MISSING_TOTAL: "Total not visible",
    ReasonCode.MISSING_ITEMS: "Items not visible",
    ReasonCode.NOT_A_RECEIPT: "Not a receipt",
    ReasonCode.CARD_SLIP: "Card slip",
    ReasonCode.PRODUCT_NOT_FOUND: "Product not found",
    ReasonCode.SCREENSHOT_NOT_ALLOWED: "Screenshot",
    ReasonCode.HANDWRITTEN: "Handwritten",
    ReasonCode.IMAGE_NOT_RECEIVED: "Photo never arrived",
    ReasonCode.IMAGE_DAMAGED: "Photo damaged",
    ReasonCode.IMAGE_TOO_LARGE: "Photo too large",
    ReasonCode.ILLEGIBLE_FINAL: "Still can't be read",
    ReasonCode.BEFORE_PURCHASE_WINDOW: "Bought too early",
    ReasonCode.AFTER_PURCHASE_WINDOW: "Bought too late",
    ReasonCode.RECEIPT_TOO_OLD: "Receipt too old",
    ReasonCode.STORE_NOT_ELIGIBLE: "Other store",
    ReasonCode.WRONG_VARIANT: "Other product",
    ReasonCode.BELOW_MIN_SPEND: "Spent too little",
    ReasonCode.BELOW_MIN_QUANTITY: "Bought too few",
    ReasonCode.PROHIBITED_ITEM: "Excluded item",
    ReasonCode.REFUND_OR_ZERO: "Refund or nothing paid",
    ReasonCode.OUT_OF_TERRITORY: "Other country or region",
    ReasonCode.DUPLICATE_OWN: "Sent before by this person",
    ReasonCode.DUPLICATE_OTHER: "Used for another entry",
    ReasonCode.ALTERED_OR_GENERATED: "Altered or generated",
    ReasonCode.INAPPROPRIATE_IMAGE: "Inappropriate picture",
    ReasonCode.RESUBMISSION_EXPIRED: "New photo came too late",
    ReasonCode.OTHER: "Another reason, in your own words",
}
"""What staff choose by, where a campaign has no label of its own."""

LONGEST_LABEL = 60
LONGEST_SENTENCE = 400
"""In characters; a sentence with what was found and expected stays within ``Reason.message``."""

WORDED = tuple(
    code for code in ReasonCode if code in RETRYABLE | FINAL and code != ReasonCode.OTHER
)
"""Reasons of a verdict that have a sentence; ``OTHER`` says what the moderator typed."""

ALWAYS_OFFERED = frozenset(
    {
        ReasonCode.IMAGE_NOT_RECEIVED,
        ReasonCode.IMAGE_DAMAGED,
        ReasonCode.RESUBMISSION_EXPIRED,
        ReasonCode.ILLEGIBLE_FINAL,
        ReasonCode.OTHER,
    }
)
"""Reasons that automatic rules give, and those without which some entry could get no verdict."""

HIDEABLE = tuple(code for code in WORDED if code not in ALWAYS_OFFERED)


def is_offered(code: ReasonCode, hidden: Iterable[str]) -> bool:
    """Tell whether the desk offers a reason; one that automatic rules give can't be hidden."""
    return code in ALWAYS_OFFERED or code not in hidden


def label_of(
    code: ReasonCode, labels: Mapping[str, Mapping[str, str]], *, languages: Iterable[str]
) -> str:
    """Return what staff read for a reason: the campaign's label in the first of ``languages`` that has one, else ours."""
    spoken = (str(labels.get(language, {}).get(code, "")).strip() for language in languages)
    return next(filter(None, spoken), LABELS[code])
