"""The reasons in English."""

from ingest_lambda.contract.reasons import ReasonCode
from ingest_lambda.contract.sentences.catalogue import Catalogue
from ingest_lambda.contract.words import LimitScope, WindowKind

ENGLISH = Catalogue(
    plain={
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
        ReasonCode.BELOW_MIN_QUANTITY: (
            "Your purchase has fewer products than the promotion asks for."
        ),
        ReasonCode.PROHIBITED_ITEM: "Your receipt shows something this promotion can't accept.",
        ReasonCode.REFUND_OR_ZERO: "This receipt shows a refund or nothing paid.",
        ReasonCode.OUT_OF_TERRITORY: "The promotion doesn't run where this purchase was made.",
        ReasonCode.DUPLICATE_OWN: "You've sent this receipt before.",
        ReasonCode.DUPLICATE_OTHER: "This receipt has been used for another entry.",
        ReasonCode.ALTERED_OR_GENERATED: "We couldn't verify this receipt.",
        ReasonCode.INAPPROPRIATE_IMAGE: "We can't accept this picture.",
        ReasonCode.RESUBMISSION_EXPIRED: "The new photo we asked for didn't reach us in time.",
        ReasonCode.OTHER: "We couldn't accept this entry.",
    },
    compared={
        ReasonCode.BEFORE_PURCHASE_WINDOW: (
            "Your receipt is dated {found}; purchases from {expected} count."
        ),
        ReasonCode.AFTER_PURCHASE_WINDOW: (
            "Your receipt is dated {found}; purchases until {expected} count."
        ),
        ReasonCode.RECEIPT_TOO_OLD: (
            "Your receipt is dated {found}; receipts from {expected} on count."
        ),
        ReasonCode.STORE_NOT_ELIGIBLE: (
            "Your receipt is from {found}; purchases at {expected} count."
        ),
        ReasonCode.WRONG_VARIANT: "Your receipt shows {found}; {expected} counts.",
        ReasonCode.PRODUCT_NOT_FOUND: "On your receipt we found {found}, but not {expected}.",
        ReasonCode.BELOW_MIN_SPEND: (
            "Your receipt comes to {found}; the promotion asks for at least {expected}."
        ),
        ReasonCode.BELOW_MIN_QUANTITY: (
            "Your receipt shows {found}; the promotion asks for at least {expected}."
        ),
        ReasonCode.OUT_OF_TERRITORY: (
            "Your purchase was made in {found}; the promotion runs in {expected}."
        ),
    },
    wanted={
        ReasonCode.ANSWER_NOT_UNDERSTOOD: "Please write it like {expected}.",
        ReasonCode.ANSWER_TOO_LONG: "Please write at most {expected} characters.",
    },
    comparison="{sentence} We found: {found}. What counts: {expected}.",
    limit_once={
        LimitScope.PERSON: "You've entered{when} already.",
        LimitScope.PHONE: "This phone number has been used{when} already.",
        LimitScope.RECEIPT: "This receipt has been used{when} already.",
        LimitScope.STORE: "You've sent a receipt from this store{when} already.",
        LimitScope.HOUSEHOLD: "Someone in your household has entered{when} already.",
        LimitScope.DEVICE: "Someone has entered from this device{when} already.",
    },
    limit_often={
        LimitScope.PERSON: "You've entered {count} times{when}, as often as the promotion allows.",
        LimitScope.PHONE: (
            "This phone number has been used {count} times{when}, as often as the promotion allows."
        ),
        LimitScope.RECEIPT: (
            "This receipt has been used {count} times{when}, as often as the promotion allows."
        ),
        LimitScope.STORE: "You've sent {count} receipts from this store{when}.",
        LimitScope.HOUSEHOLD: (
            "Your household has entered {count} times{when}, as often as the promotion allows."
        ),
        LimitScope.DEVICE: (
            "This device was used {count} times{when}, as often as the promotion allows."
        ),
    },
    limit_several=(
        "The promotion takes {count} per store{when}, "
        "and the {wanted} receipts you just sent would be more."
    ),
    limit_when={
        WindowKind.CAMPAIGN: "",
        WindowKind.DAY: " today",
        WindowKind.WEEK: " this week",
        WindowKind.ROLLING: " in the last {hours} hours",
    },
    again="You can enter again from {moment}.",
    again_receipt="You can send the next one from {moment}.",
    again_receipts="You can send all of them from {moment}.",
    again_now="You can enter again now.",
)
