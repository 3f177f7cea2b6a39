"""The reasons in French."""

from ingest_lambda.contract.reasons import ReasonCode
from ingest_lambda.contract.sentences.catalogue import Catalogue
from ingest_lambda.contract.words import LimitScope, WindowKind

FRENCH = Catalogue(
    plain={
        ReasonCode.ANSWER_MISSING: "Il nous manque quelque chose ici.",
        ReasonCode.ANSWER_NOT_UNDERSTOOD: "Nous n’avons pas pu lire cette réponse.",
        ReasonCode.ANSWER_TOO_LONG: "Cette réponse est trop longue.",
        ReasonCode.ANSWER_OUT_OF_BOUNDS: "Cette réponse dépasse ce que permet l’opération.",
        ReasonCode.UNKNOWN_FIELD: (
            "Votre participation contient un élément que ce formulaire ne demande pas."
        ),
        ReasonCode.CONSENT_MISSING: "Nous avons besoin de votre accord pour que vous participiez.",
        ReasonCode.TOO_YOUNG: "Désolés, vous ne pouvez pas participer à cette opération.",
        ReasonCode.LIMIT_REACHED: "Vous avez participé autant de fois que l’opération le permet.",
        ReasonCode.RECEIPT_USED: "Ce ticket a déjà servi pour une autre participation.",
        ReasonCode.ENTERED_TOO_EARLY: (
            "Cette participation est arrivée avant le début de l’opération."
        ),
        ReasonCode.ENTERED_TOO_LATE: "Cette participation est arrivée après la fin de l’opération.",
        ReasonCode.TOKEN_EXPIRED: (
            "Cette participation a été envoyée plus d’un jour après avoir été commencée."
        ),
        ReasonCode.LINK_USED: "Ce lien a déjà été utilisé.",
        ReasonCode.ILLEGIBLE: (
            "Nous n’arrivons pas à lire votre photo. Envoyez-en une plus nette, s’il vous plaît."
        ),
        ReasonCode.INCOMPLETE_IMAGE: "Il manque une partie du ticket sur votre photo.",
        ReasonCode.MISSING_STORE: "Nous ne voyons pas le nom du magasin sur votre ticket.",
        ReasonCode.MISSING_DATE: "Nous ne voyons pas la date sur votre ticket.",
        ReasonCode.MISSING_TOTAL: "Nous ne voyons pas le total sur votre ticket.",
        ReasonCode.MISSING_ITEMS: "Nous ne voyons pas les achats sur votre ticket.",
        ReasonCode.NOT_A_RECEIPT: "Votre photo ne montre pas un ticket de caisse.",
        ReasonCode.CARD_SLIP: (
            "C’est le reçu de la carte. Envoyez le ticket de caisse, s’il vous plaît."
        ),
        ReasonCode.PRODUCT_NOT_FOUND: "Nous ne trouvons pas le produit sur votre ticket.",
        ReasonCode.SCREENSHOT_NOT_ALLOWED: (
            "Envoyez une photo du ticket, s’il vous plaît, pas une capture d’écran."
        ),
        ReasonCode.HANDWRITTEN: "Envoyez un ticket imprimé, s’il vous plaît.",
        ReasonCode.IMAGE_NOT_RECEIVED: (
            "Votre photo ne nous est pas parvenue. Envoyez-la de nouveau, s’il vous plaît."
        ),
        ReasonCode.IMAGE_DAMAGED: (
            "Votre photo est arrivée endommagée. Envoyez-la de nouveau, s’il vous plaît."
        ),
        ReasonCode.IMAGE_TOO_LARGE: (
            "Votre photo est trop lourde. Envoyez-en une plus petite, s’il vous plaît."
        ),
        ReasonCode.BEFORE_PURCHASE_WINDOW: "Votre achat est antérieur aux dates de l’opération.",
        ReasonCode.AFTER_PURCHASE_WINDOW: "Votre achat est postérieur aux dates de l’opération.",
        ReasonCode.RECEIPT_TOO_OLD: "Votre ticket est trop ancien pour cette opération.",
        ReasonCode.STORE_NOT_ELIGIBLE: "Ce magasin ne participe pas à l’opération.",
        ReasonCode.WRONG_VARIANT: "Le produit de votre ticket ne fait pas partie de l’opération.",
        ReasonCode.BELOW_MIN_SPEND: (
            "Votre achat est inférieur au montant que demande l’opération."
        ),
        ReasonCode.BELOW_MIN_QUANTITY: (
            "Votre achat compte moins de produits que n’en demande l’opération."
        ),
        ReasonCode.PROHIBITED_ITEM: (
            "Votre ticket montre un article que cette opération ne peut pas accepter."
        ),
        ReasonCode.REFUND_OR_ZERO: "Ce ticket montre un remboursement ou aucun paiement.",
        ReasonCode.OUT_OF_TERRITORY: "L’opération n’a pas lieu là où cet achat a été fait.",
        ReasonCode.DUPLICATE_OWN: "Vous avez déjà envoyé ce ticket.",
        ReasonCode.DUPLICATE_OTHER: "Ce ticket a déjà servi pour une autre participation.",
        ReasonCode.ALTERED_OR_GENERATED: "Nous n’avons pas pu vérifier ce ticket.",
        ReasonCode.INAPPROPRIATE_IMAGE: "Nous ne pouvons pas accepter cette image.",
        ReasonCode.RESUBMISSION_EXPIRED: (
            "La nouvelle photo demandée ne nous est pas parvenue à temps."
        ),
        ReasonCode.OTHER: "Nous n’avons pas pu accepter cette participation.",
    },
    compared={
        ReasonCode.BEFORE_PURCHASE_WINDOW: (
            "Votre ticket est daté du {found} ; les achats comptent à partir du {expected}."
        ),
        ReasonCode.AFTER_PURCHASE_WINDOW: (
            "Votre ticket est daté du {found} ; les achats comptent jusqu’au {expected}."
        ),
        ReasonCode.RECEIPT_TOO_OLD: (
            "Votre ticket est daté du {found} ; les tickets comptent à partir du {expected}."
        ),
        ReasonCode.STORE_NOT_ELIGIBLE: (
            "Votre ticket vient de {found} ; comptent les achats chez {expected}."
        ),
        ReasonCode.WRONG_VARIANT: "Votre ticket montre {found} ; ce qui compte : {expected}.",
        ReasonCode.PRODUCT_NOT_FOUND: (
            "Sur votre ticket, nous voyons {found}, mais pas {expected}."
        ),
        ReasonCode.BELOW_MIN_SPEND: (
            "Votre ticket s’élève à {found} ; l’opération demande au moins {expected}."
        ),
        ReasonCode.BELOW_MIN_QUANTITY: (
            "Votre ticket montre {found} ; l’opération demande au moins {expected}."
        ),
        ReasonCode.OUT_OF_TERRITORY: (
            "Lieu de l’achat : {found} ; lieu de l’opération : {expected}."
        ),
    },
    wanted={
        ReasonCode.ANSWER_NOT_UNDERSTOOD: "Écrivez-le ainsi, s’il vous plaît : {expected}.",
        ReasonCode.ANSWER_TOO_LONG: "Écrivez au plus {expected} caractères, s’il vous plaît.",
    },
    comparison="{sentence} Trouvé : {found}. Ce qui compte : {expected}.",
    limit_once={
        LimitScope.PERSON: "Vous avez déjà participé{when}.",
        LimitScope.PHONE: "Ce numéro de téléphone a déjà servi{when}.",
        LimitScope.RECEIPT: "Ce ticket a déjà servi{when}.",
        LimitScope.STORE: "Vous avez déjà envoyé un ticket de ce magasin{when}.",
        LimitScope.HOUSEHOLD: "Quelqu’un de votre foyer a déjà participé{when}.",
        LimitScope.DEVICE: "Cet appareil a déjà servi{when}.",
    },
    limit_often={
        LimitScope.PERSON: (
            "Vous avez participé {count} fois{when}, autant que l’opération le permet."
        ),
        LimitScope.PHONE: (
            "Ce numéro de téléphone a servi {count} fois{when}, autant que l’opération le permet."
        ),
        LimitScope.RECEIPT: (
            "Ce ticket a servi {count} fois{when}, autant que l’opération le permet."
        ),
        LimitScope.STORE: "Vous avez envoyé {count} tickets de ce magasin{when}.",
        LimitScope.HOUSEHOLD: (
            "Votre foyer a participé {count} fois{when}, autant que l’opération le permet."
        ),
        LimitScope.DEVICE: (
            "Cet appareil a servi {count} fois{when}, autant que l’opération le permet."
        ),
    },
    limit_several=(
        "L’opération en accepte {count} par magasin{when} ; "
        "avec les {wanted} tickets que vous venez d’envoyer, il y en aurait plus."
    ),
    limit_when={
        WindowKind.CAMPAIGN: "",
        WindowKind.DAY: " aujourd’hui",
        WindowKind.WEEK: " cette semaine",
        WindowKind.ROLLING: " ces {hours} dernières heures",
    },
    again="Vous pourrez participer de nouveau à partir de : {moment}.",
    again_receipt="Vous pourrez envoyer le suivant à partir de : {moment}.",
    again_receipts="Vous pourrez les envoyer tous à partir de : {moment}.",
    again_now="Vous pouvez de nouveau participer.",
)
