"""The reasons in Spanish."""

from ingest_lambda.contract.reasons import ReasonCode
from ingest_lambda.contract.sentences.catalogue import Catalogue
from ingest_lambda.contract.words import LimitScope, WindowKind

SPANISH = Catalogue(
    plain={
        ReasonCode.ANSWER_MISSING: "Falta algo que necesitamos.",
        ReasonCode.ANSWER_NOT_UNDERSTOOD: "No hemos podido leer esta respuesta.",
        ReasonCode.ANSWER_TOO_LONG: "Esta respuesta es demasiado larga.",
        ReasonCode.ANSWER_OUT_OF_BOUNDS: (
            "Esta respuesta está fuera de lo que permite la promoción."
        ),
        ReasonCode.UNKNOWN_FIELD: "Tu participación contiene algo que este formulario no pide.",
        ReasonCode.CONSENT_MISSING: "Necesitamos que aceptes esto para que puedas participar.",
        ReasonCode.TOO_YOUNG: "Lo sentimos, no puedes participar en esta promoción.",
        ReasonCode.LIMIT_REACHED: "Ya has participado todas las veces que permite la promoción.",
        ReasonCode.RECEIPT_USED: "Este recibo ya se ha usado en otra participación.",
        ReasonCode.ENTERED_TOO_EARLY: (
            "Esta participación llegó antes de que empezara la promoción."
        ),
        ReasonCode.ENTERED_TOO_LATE: "Esta participación llegó cuando la promoción había terminado.",
        ReasonCode.TOKEN_EXPIRED: "Esta participación se envió más de un día después de empezarla.",
        ReasonCode.LINK_USED: "Este enlace ya se ha usado.",
        ReasonCode.ILLEGIBLE: "No podemos leer tu foto. Envíanos una más nítida, por favor.",
        ReasonCode.INCOMPLETE_IMAGE: "En tu foto falta una parte del recibo.",
        ReasonCode.MISSING_STORE: "No vemos el nombre de la tienda en tu recibo.",
        ReasonCode.MISSING_DATE: "No vemos la fecha en tu recibo.",
        ReasonCode.MISSING_TOTAL: "No vemos el total en tu recibo.",
        ReasonCode.MISSING_ITEMS: "No vemos qué se compró en tu recibo.",
        ReasonCode.NOT_A_RECEIPT: "Tu foto no muestra un recibo.",
        ReasonCode.CARD_SLIP: (
            "Este es el comprobante de la tarjeta. Envíanos el recibo de caja, por favor."
        ),
        ReasonCode.PRODUCT_NOT_FOUND: "No encontramos el producto en tu recibo.",
        ReasonCode.SCREENSHOT_NOT_ALLOWED: (
            "Envíanos una foto del recibo, por favor, no una captura de pantalla."
        ),
        ReasonCode.HANDWRITTEN: "Envíanos un recibo impreso, por favor.",
        ReasonCode.IMAGE_NOT_RECEIVED: "Tu foto no nos ha llegado. Envíala otra vez, por favor.",
        ReasonCode.IMAGE_DAMAGED: "Tu foto llegó dañada. Envíala otra vez, por favor.",
        ReasonCode.IMAGE_TOO_LARGE: "Tu foto es demasiado grande. Envía una más pequeña, por favor.",
        ReasonCode.BEFORE_PURCHASE_WINDOW: ("Tu compra es anterior a las fechas de la promoción."),
        ReasonCode.AFTER_PURCHASE_WINDOW: "Tu compra es posterior a las fechas de la promoción.",
        ReasonCode.RECEIPT_TOO_OLD: "Tu recibo es demasiado antiguo para esta promoción.",
        ReasonCode.STORE_NOT_ELIGIBLE: "Esta tienda no forma parte de la promoción.",
        ReasonCode.WRONG_VARIANT: "El producto de tu recibo no es de la promoción.",
        ReasonCode.BELOW_MIN_SPEND: "Tu compra no llega al importe que pide la promoción.",
        ReasonCode.BELOW_MIN_QUANTITY: "Tu compra tiene menos productos de los que pide la promoción.",
        ReasonCode.PROHIBITED_ITEM: "Tu recibo muestra algo que esta promoción no puede aceptar.",
        ReasonCode.REFUND_OR_ZERO: "Este recibo muestra una devolución o nada pagado.",
        ReasonCode.OUT_OF_TERRITORY: "La promoción no es válida donde se hizo esta compra.",
        ReasonCode.DUPLICATE_OWN: "Ya habías enviado este recibo.",
        ReasonCode.DUPLICATE_OTHER: "Este recibo ya se ha usado en otra participación.",
        ReasonCode.ALTERED_OR_GENERATED: "No hemos podido verificar este recibo.",
        ReasonCode.INAPPROPRIATE_IMAGE: "No podemos aceptar esta imagen.",
        ReasonCode.RESUBMISSION_EXPIRED: "La foto nueva que te pedimos no nos llegó a tiempo.",
        ReasonCode.OTHER: "No hemos podido aceptar esta participación.",
    },
    compared={
        ReasonCode.BEFORE_PURCHASE_WINDOW: (
            "Tu recibo es del {found}; cuentan las compras desde el {expected}."
        ),
        ReasonCode.AFTER_PURCHASE_WINDOW: (
            "Tu recibo es del {found}; cuentan las compras hasta el {expected}."
        ),
        ReasonCode.RECEIPT_TOO_OLD: (
            "Tu recibo es del {found}; cuentan los recibos desde el {expected}."
        ),
        ReasonCode.STORE_NOT_ELIGIBLE: (
            "Tu recibo es de {found}; cuentan las compras en {expected}."
        ),
        ReasonCode.WRONG_VARIANT: "Tu recibo muestra {found}; lo que cuenta es {expected}.",
        ReasonCode.PRODUCT_NOT_FOUND: "En tu recibo vemos {found}, pero no {expected}.",
        ReasonCode.BELOW_MIN_SPEND: (
            "Tu recibo suma {found}; la promoción pide al menos {expected}."
        ),
        ReasonCode.BELOW_MIN_QUANTITY: (
            "Tu recibo muestra {found}; la promoción pide al menos {expected}."
        ),
        ReasonCode.OUT_OF_TERRITORY: (
            "Tu compra se hizo en {found}; la promoción es válida en {expected}."
        ),
    },
    wanted={
        ReasonCode.ANSWER_NOT_UNDERSTOOD: "Escríbelo así, por favor: {expected}.",
        ReasonCode.ANSWER_TOO_LONG: "Escribe como mucho {expected} caracteres, por favor.",
    },
    comparison="{sentence} Hemos encontrado: {found}. Lo que cuenta: {expected}.",
    limit_once={
        LimitScope.PERSON: "Ya has participado{when}.",
        LimitScope.PHONE: "Este teléfono ya se ha usado{when}.",
        LimitScope.RECEIPT: "Este recibo ya se ha usado{when}.",
        LimitScope.STORE: "Ya has enviado un recibo de esta tienda{when}.",
        LimitScope.HOUSEHOLD: "Alguien de tu hogar ya ha participado{when}.",
        LimitScope.DEVICE: "Ya se ha participado desde este dispositivo{when}.",
    },
    limit_often={
        LimitScope.PERSON: (
            "Has participado {count} veces{when}, todas las que permite la promoción."
        ),
        LimitScope.PHONE: (
            "Este teléfono se ha usado {count} veces{when}, todas las que permite la promoción."
        ),
        LimitScope.RECEIPT: (
            "Este recibo se ha usado {count} veces{when}, todas las que permite la promoción."
        ),
        LimitScope.STORE: "Has enviado {count} recibos de esta tienda{when}.",
        LimitScope.HOUSEHOLD: (
            "Tu hogar ha participado {count} veces{when}, todas las que permite la promoción."
        ),
        LimitScope.DEVICE: (
            "Este dispositivo se ha usado {count} veces{when}, todas las que permite la promoción."
        ),
    },
    limit_several=(
        "La promoción admite {count} por tienda{when}, "
        "y con los {wanted} recibos que acabas de enviar serían más."
    ),
    limit_when={
        WindowKind.CAMPAIGN: "",
        WindowKind.DAY: " hoy",
        WindowKind.WEEK: " esta semana",
        WindowKind.ROLLING: " en las últimas {hours} horas",
    },
    again="Puedes participar otra vez a partir de: {moment}.",
    again_receipt="Puedes enviar el siguiente a partir de: {moment}.",
    again_receipts="Puedes enviarlos todos a partir de: {moment}.",
    again_now="Ya puedes participar otra vez.",
)
