"""The plain sentence of every reason, for campaigns that have none of their own."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from ingest_lambda.contract.reasons import Reason, ReasonCode

ENGLISH: dict[ReasonCode, str] = {
    ReasonCode.ANSWER_MISSING: "Something we need is missing.",
    ReasonCode.ANSWER_NOT_UNDERSTOOD: "We couldn't read this answer.",
    ReasonCode.ANSWER_TOO_LONG: "This answer is longer than we can take.",
    ReasonCode.ANSWER_OUT_OF_BOUNDS: "This answer is outside what the promotion allows.",
    ReasonCode.UNKNOWN_FIELD: "Your entry holds something this form doesn't ask for.",
    ReasonCode.CONSENT_MISSING: "We need your agreement to this before you can take part.",
    ReasonCode.TOO_YOUNG: "Sorry, you can't take part in this promotion.",
    ReasonCode.LIMIT_REACHED: "You've entered as often as this promotion allows.",
    ReasonCode.RECEIPT_USED: "This receipt has been used for another entry.",
    ReasonCode.ENTERED_TOO_EARLY: "This entry came before the promotion opened.",
    ReasonCode.ENTERED_TOO_LATE: "This entry came after the promotion closed.",
    ReasonCode.TOKEN_EXPIRED: "This entry was sent more than a day after it was begun.",
    ReasonCode.LINK_USED: "This link has been used already.",
    ReasonCode.ILLEGIBLE: "We can't read your photo. Please send a sharper one.",
    ReasonCode.INCOMPLETE_IMAGE: "Part of the receipt is missing from your photo.",
    ReasonCode.MISSING_STORE: "We can't see the name of the shop on your receipt.",
    ReasonCode.MISSING_DATE: "We can't see the date on your receipt.",
    ReasonCode.MISSING_TOTAL: "We can't see the total on your receipt.",
    ReasonCode.MISSING_ITEMS: "We can't see what was bought on your receipt.",
    ReasonCode.NOT_A_RECEIPT: "Your photo doesn't show a receipt.",
    ReasonCode.CARD_SLIP: "This is a card slip. Please send the till receipt.",
    ReasonCode.PRODUCT_NOT_FOUND: "We can't find the product on your receipt.",
    ReasonCode.SCREENSHOT_NOT_ALLOWED: "Please send a photo of the receipt, not a screenshot.",
    ReasonCode.HANDWRITTEN: "Please send a printed receipt.",
    ReasonCode.IMAGE_NOT_RECEIVED: "Your photo hasn't reached us. Please send it again.",
    ReasonCode.IMAGE_DAMAGED: "Your photo arrived damaged. Please send it again.",
    ReasonCode.IMAGE_TOO_LARGE: "Your photo is too large for us. Please send a smaller one.",
    ReasonCode.BEFORE_PURCHASE_WINDOW: "Your purchase was before the promotion's dates.",
    ReasonCode.AFTER_PURCHASE_WINDOW: "Your purchase was after the promotion's dates.",
    ReasonCode.RECEIPT_TOO_OLD: "Your receipt is too old for this promotion.",
    ReasonCode.STORE_NOT_ELIGIBLE: "This shop isn't part of the promotion.",
    ReasonCode.WRONG_VARIANT: "The product on your receipt isn't one of the promotion's.",
    ReasonCode.BELOW_MIN_SPEND: "Your purchase is below the amount the promotion asks for.",
    ReasonCode.BELOW_MIN_QUANTITY: "Your purchase has fewer products than the promotion asks for.",
    ReasonCode.PROHIBITED_ITEM: "Your receipt shows something this promotion can't accept.",
    ReasonCode.REFUND_OR_ZERO: "This receipt shows a refund or nothing paid.",
    ReasonCode.OUT_OF_TERRITORY: "The promotion doesn't run where this purchase was made.",
    ReasonCode.DUPLICATE_OWN: "You've sent this receipt before.",
    ReasonCode.DUPLICATE_OTHER: "This receipt has been used for another entry.",
    ReasonCode.ALTERED_OR_GENERATED: "We couldn't verify this receipt.",
    ReasonCode.INAPPROPRIATE_IMAGE: "We can't accept this picture.",
    ReasonCode.RESUBMISSION_EXPIRED: "The new photo we asked for didn't reach us in time.",
    ReasonCode.OTHER: "We couldn't accept this entry.",
}


def sentence(
    reason: Reason, *, locale: str, texts: Mapping[str, Mapping[str, str]], timezone: str
) -> str:
    """Return the sentence an entrant reads for ``reason``.

    The first there is: what the moderator wrote, the campaign's own text in
    the entrant's language, the catalogue's. A limit says when the next entry
    is possible, in the campaign's zone.
    """
    if reason.message:
        return reason.message
    if own := texts.get(locale, {}).get(reason.code):
        return own
    if reason.code is ReasonCode.LIMIT_REACHED and reason.again_at is not None:
        again = reason.again_at.astimezone(ZoneInfo(timezone))
        place = timezone.rsplit("/", 1)[-1].replace("_", " ")
        return (
            f"{ENGLISH[reason.code]} You can enter again from "
            f"{again.day} {again:%B, %H:%M} ({place})."
        )
    return ENGLISH[reason.code]
