"""The reasons in German."""

from ingest_lambda.contract.reasons import ReasonCode
from ingest_lambda.contract.sentences.catalogue import Catalogue
from ingest_lambda.contract.words import LimitScope, WindowKind

GERMAN = Catalogue(
    plain={
        ReasonCode.ANSWER_MISSING: "Hier fehlt uns noch etwas.",
        ReasonCode.ANSWER_NOT_UNDERSTOOD: "Diese Antwort konnten wir nicht lesen.",
        ReasonCode.ANSWER_TOO_LONG: "Diese Antwort ist zu lang.",
        ReasonCode.ANSWER_OUT_OF_BOUNDS: (
            "Diese Antwort liegt außerhalb dessen, was die Aktion erlaubt."
        ),
        ReasonCode.UNKNOWN_FIELD: (
            "Deine Teilnahme enthält etwas, wonach dieses Formular nicht fragt."
        ),
        ReasonCode.CONSENT_MISSING: "Ohne deine Zustimmung hierzu kannst du nicht teilnehmen.",
        ReasonCode.TOO_YOUNG: "Leider kannst du an dieser Aktion nicht teilnehmen.",
        ReasonCode.LIMIT_REACHED: "Du hast so oft teilgenommen, wie die Aktion erlaubt.",
        ReasonCode.RECEIPT_USED: "Dieser Bon wurde schon für eine andere Teilnahme verwendet.",
        ReasonCode.ENTERED_TOO_EARLY: "Diese Teilnahme kam vor dem Beginn der Aktion.",
        ReasonCode.ENTERED_TOO_LATE: "Diese Teilnahme kam nach dem Ende der Aktion.",
        ReasonCode.TOKEN_EXPIRED: (
            "Diese Teilnahme wurde mehr als einen Tag nach ihrem Beginn abgeschickt."
        ),
        ReasonCode.LINK_USED: "Dieser Link wurde schon verwendet.",
        ReasonCode.ILLEGIBLE: (
            "Wir können dein Foto nicht lesen. Bitte schick uns ein schärferes."
        ),
        ReasonCode.INCOMPLETE_IMAGE: "Auf deinem Foto fehlt ein Teil des Bons.",
        ReasonCode.MISSING_STORE: "Wir sehen den Namen des Geschäfts auf deinem Bon nicht.",
        ReasonCode.MISSING_DATE: "Wir sehen das Datum auf deinem Bon nicht.",
        ReasonCode.MISSING_TOTAL: "Wir sehen die Summe auf deinem Bon nicht.",
        ReasonCode.MISSING_ITEMS: "Wir sehen auf deinem Bon nicht, was gekauft wurde.",
        ReasonCode.NOT_A_RECEIPT: "Dein Foto zeigt keinen Kassenbon.",
        ReasonCode.CARD_SLIP: "Das ist der Kartenbeleg. Bitte schick uns den Kassenbon.",
        ReasonCode.PRODUCT_NOT_FOUND: "Wir finden das Produkt auf deinem Bon nicht.",
        ReasonCode.SCREENSHOT_NOT_ALLOWED: (
            "Bitte schick uns ein Foto des Bons, keinen Screenshot."
        ),
        ReasonCode.HANDWRITTEN: "Bitte schick uns einen gedruckten Bon.",
        ReasonCode.IMAGE_NOT_RECEIVED: (
            "Dein Foto ist nicht bei uns angekommen. Bitte schick es noch einmal."
        ),
        ReasonCode.IMAGE_DAMAGED: "Dein Foto kam beschädigt an. Bitte schick es noch einmal.",
        ReasonCode.IMAGE_TOO_LARGE: "Dein Foto ist zu groß. Bitte schick uns ein kleineres.",
        ReasonCode.BEFORE_PURCHASE_WINDOW: "Dein Kauf lag vor dem Zeitraum der Aktion.",
        ReasonCode.AFTER_PURCHASE_WINDOW: "Dein Kauf lag nach dem Zeitraum der Aktion.",
        ReasonCode.RECEIPT_TOO_OLD: "Dein Bon ist zu alt für diese Aktion.",
        ReasonCode.STORE_NOT_ELIGIBLE: "Dieses Geschäft nimmt an der Aktion nicht teil.",
        ReasonCode.WRONG_VARIANT: "Das Produkt auf deinem Bon gehört nicht zur Aktion.",
        ReasonCode.BELOW_MIN_SPEND: "Dein Einkauf liegt unter dem Betrag, den die Aktion verlangt.",
        ReasonCode.BELOW_MIN_QUANTITY: (
            "Dein Einkauf enthält weniger Produkte, als die Aktion verlangt."
        ),
        ReasonCode.PROHIBITED_ITEM: (
            "Dein Bon zeigt etwas, das wir in dieser Aktion nicht annehmen können."
        ),
        ReasonCode.REFUND_OR_ZERO: "Dieser Bon zeigt eine Rückgabe oder nichts Bezahltes.",
        ReasonCode.OUT_OF_TERRITORY: "Wo du gekauft hast, läuft die Aktion nicht.",
        ReasonCode.DUPLICATE_OWN: "Diesen Bon hast du schon einmal geschickt.",
        ReasonCode.DUPLICATE_OTHER: "Dieser Bon wurde schon für eine andere Teilnahme verwendet.",
        ReasonCode.ALTERED_OR_GENERATED: "Wir konnten diesen Bon nicht bestätigen.",
        ReasonCode.INAPPROPRIATE_IMAGE: "Dieses Bild können wir nicht annehmen.",
        ReasonCode.RESUBMISSION_EXPIRED: (
            "Das neue Foto, um das wir gebeten hatten, kam nicht rechtzeitig an."
        ),
        ReasonCode.OTHER: "Wir konnten diese Teilnahme nicht annehmen.",
    },
    compared={
        ReasonCode.BEFORE_PURCHASE_WINDOW: (
            "Dein Bon ist vom {found}; es zählen Käufe ab dem {expected}."
        ),
        ReasonCode.AFTER_PURCHASE_WINDOW: (
            "Dein Bon ist vom {found}; es zählen Käufe bis zum {expected}."
        ),
        ReasonCode.RECEIPT_TOO_OLD: ("Dein Bon ist vom {found}; es zählen Bons ab dem {expected}."),
        ReasonCode.STORE_NOT_ELIGIBLE: "Dein Bon ist von {found}; es zählen Käufe bei {expected}.",
        ReasonCode.WRONG_VARIANT: "Dein Bon zeigt {found}; es zählt {expected}.",
        ReasonCode.PRODUCT_NOT_FOUND: "Auf deinem Bon sehen wir {found}, aber nicht {expected}.",
        ReasonCode.BELOW_MIN_SPEND: (
            "Dein Bon beträgt {found}; die Aktion verlangt mindestens {expected}."
        ),
        ReasonCode.BELOW_MIN_QUANTITY: (
            "Dein Bon zeigt {found}; die Aktion verlangt mindestens {expected}."
        ),
        ReasonCode.OUT_OF_TERRITORY: ("Gekauft wurde in {found}; die Aktion läuft in {expected}."),
    },
    wanted={
        ReasonCode.ANSWER_NOT_UNDERSTOOD: "Bitte schreib es so: {expected}.",
        ReasonCode.ANSWER_TOO_LONG: "Bitte schreib höchstens {expected} Zeichen.",
    },
    comparison="{sentence} Gefunden: {found}. Was zählt: {expected}.",
    limit_once={
        LimitScope.PERSON: "Du hast{when} schon teilgenommen.",
        LimitScope.PHONE: "Diese Telefonnummer wurde{when} schon verwendet.",
        LimitScope.RECEIPT: "Dieser Bon wurde{when} schon verwendet.",
        LimitScope.STORE: "Du hast{when} schon einen Bon von diesem Geschäft eingesandt.",
        LimitScope.HOUSEHOLD: "Aus deinem Haushalt wurde{when} schon teilgenommen.",
        LimitScope.DEVICE: "Von diesem Gerät wurde{when} schon teilgenommen.",
    },
    limit_often={
        LimitScope.PERSON: (
            "Du hast{when} {count}-mal teilgenommen, so oft, wie die Aktion erlaubt."
        ),
        LimitScope.PHONE: (
            "Diese Telefonnummer wurde{when} {count}-mal verwendet, so oft, wie die Aktion erlaubt."
        ),
        LimitScope.RECEIPT: (
            "Dieser Bon wurde{when} {count}-mal verwendet, so oft, wie die Aktion erlaubt."
        ),
        LimitScope.STORE: "Du hast{when} {count} Bons von diesem Geschäft eingesandt.",
        LimitScope.HOUSEHOLD: (
            "Aus deinem Haushalt wurde{when} {count}-mal teilgenommen, "
            "so oft, wie die Aktion erlaubt."
        ),
        LimitScope.DEVICE: (
            "Von diesem Gerät wurde{when} {count}-mal teilgenommen, so oft, wie die Aktion erlaubt."
        ),
    },
    limit_several=(
        "Die Aktion nimmt{when} pro Geschäft {count} an; "
        "mit den {wanted} Bons, die du gerade eingesandt hast, wären es mehr."
    ),
    limit_when={
        WindowKind.CAMPAIGN: "",
        WindowKind.DAY: " heute",
        WindowKind.WEEK: " diese Woche",
        WindowKind.ROLLING: " in den letzten {hours} Stunden",
    },
    again="Du kannst wieder teilnehmen ab {moment}.",
    again_receipt="Den nächsten kannst du einsenden ab {moment}.",
    again_receipts="Alle zusammen kannst du einsenden ab {moment}.",
    again_now="Du kannst jetzt wieder teilnehmen.",
)
